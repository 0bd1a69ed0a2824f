"""What is said differently about each kind of sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.i18n import N_


@dataclass(frozen=True, slots=True)
class KindTexts:
    """Message ids. ``again``: where to choose the mended file; ``nothing``: all of it is there already; ``new`` and
    ``changed``: headings of what comes and changes; ``handout``: about the file with the codes, if there is one."""

    again: str
    nothing: str
    new: str
    changed: str
    handout: Sequence[str] = ()
    exported: str = ""
    #: The beginning of the names of its files.
    file: str = "sheet"


TEXTS = {
    "local_committees": KindTexts(
        again=N_("Please mend these cells in your file and choose it again with /manage import."),
        nothing=N_("All of this is in the directory already. There is nothing to import."),
        new=N_("New LCs"),
        changed=N_("LCs that change"),
        handout=(
            N_("Please save it now: it is given out only here. If it gets lost, /post code makes a new one."),
            N_("Give each person their own code, and nobody else's. It works once, with /post claim."),
        ),
        exported=N_(
            "It has people's names in it: please keep it where only officers see it. It can be imported again."
        ),
        file="lc",
    ),
    "fees": KindTexts(
        again=N_("Please mend these cells in your file and choose it again with /manage fee-import."),
        nothing=N_("Every fee in this file is ticked already. There is nothing to do."),
        new=N_("New"),
        changed=N_("Fees to be ticked"),
        file="fees",
    ),
    "people": KindTexts(
        again=N_("Please mend these cells in your file and choose it again with /manage people-import."),
        nothing=N_("All of these people are here already. There is nothing to import."),
        new=N_("New records"),
        changed=N_("Records that change"),
        handout=(
            N_("Please save it now: it is given out only here."),
            N_(
                "Give each person their own code, and nobody else's. It works once, with /record. Until then nobody "
                "finds the record; after 60 days without a claim it is deleted."
            ),
        ),
        exported=N_(
            "It has personal data in it: please keep it where only officers see it, and delete it when you are done. "
            "That you took it out stands in the audit."
        ),
        file="people",
    ),
}
