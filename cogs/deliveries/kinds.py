"""What each kind of delivery is called where several are listed. No two kinds share a name."""

from __future__ import annotations

from bot.deliveries.bundles import BUNDLE
from bot.deliveries.notices import OUTAGE_KIND, TROUBLE_KIND
from bot.i18n import N_, Words
from bot.kit.messages import MessageKind

#: Those that the deliveries themselves say; features declare the others with their names.
_OWN = {
    TROUBLE_KIND: N_("Word that something did not arrive"),
    OUTAGE_KIND: N_("Word that I was away"),
    BUNDLE: N_("Change of a message that says several things"),
}


def name_of(kind: str, words: Words) -> str:
    """For a kind that a later version of the program left behind, its own key is better than nothing."""
    if kind in MessageKind.known:
        return words(MessageKind.known[kind].called)
    return words(_OWN[kind]) if kind in _OWN else kind
