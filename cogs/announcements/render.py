from __future__ import annotations

from datetime import datetime

import discord

from bot.deliveries.schedule import instant
from bot.features.announcements.audiences import (
    AllLcs,
    Audience,
    CommitteeMembers,
    Everyone,
    InRegions,
    InStates,
    Replied,
)
from bot.features.announcements.choices import Choices
from bot.features.announcements.models import CheckState, Ping, Place, State
from bot.features.announcements.records import ContactRoute, Content, Draft, LcName, Listed, Said, Unreached, Why
from bot.features.announcements.rules import is_link
from bot.features.committees.models import Reply
from bot.features.people.actors import OrganisationCard
from bot.i18n import N_, Words
from bot.ui.local_committees import STATE_WORDS as LC_STATE_WORDS
from bot.ui.pages import Item, Page
from bot.ui.replies import fill

PLACE_WORDS = {
    Place.NATIONAL: N_("the organisation's announcements channel"),
    Place.LC_CHANNELS: N_("each LC's channel"),
    Place.LC_OFFICERS: N_("the private thread of each LC's officers"),
    Place.LC_SERVERS: N_("each LC's own server"),
    Place.DIRECT: N_("direct messages to those who asked for them"),
}
PING_WORDS = {
    Ping.NONE: N_("nobody"),
    Ping.LC_ROLE: N_("each LC's role, in its channel"),
    Ping.HERE: N_("@here: who is online"),
    Ping.EVERYONE: N_("@everyone"),
}
STATE_WORDS = {
    State.DRAFT: N_("draft"),
    State.SCHEDULED: N_("planned"),
    State.REPEATING: N_("repeating"),
    State.PAUSED: N_("paused"),
    State.SENT: N_("sent"),
    State.TAKEN_BACK: N_("taken back"),
    State.DISCARDED: N_("discarded"),
    State.ENDED: N_("over"),
}
WHY_WORDS = {
    Why.NO_PLACE: N_("has no channel here"),
    Why.NOT_CHOSEN: N_("has a channel, but not among the chosen places"),
    Why.ABSENT: N_("the bot isn't in its server any more"),
}
REPLY_WORDS: dict[Reply | None, str] = {
    Reply.JOINING: N_("taking part"),
    Reply.WATCHING: N_("watching"),
    Reply.NOT_THIS_YEAR: N_("not this year"),
    None: N_("no answer yet"),
}
CHECK_WORDS = {
    CheckState.ASKED: N_("{name} is asked to check it"),
    CheckState.APPROVED: N_("{name} has checked it"),
    CheckState.RETURNED: N_("{name} asks for changes"),
}
_BETWEEN = "\n\n———\n\n"


def stamp(at: datetime, style: str = "f") -> str:
    """An instant as Discord shows it in each reader's own time."""
    return f"<t:{int(at.timestamp())}:{style}>"


def size(of: int) -> str:
    return f"{of / 1024 / 1024:.1f} MB" if of >= 1024 * 1024 else f"{max(1, of // 1024)} KB"


def message_page(
    content: Content,
    words: Words,
    *,
    signature: str,
    deadline: datetime | None = None,
    filename: str | None = None,
    personal: bool = False,
) -> Page:
    """The announcement as it arrives: in both languages where many read it, in the reader's where one does."""
    if personal:
        text = words.either(content.text_ja, content.text_en)
    else:
        text = _BETWEEN.join(filter(None, (content.text_ja, content.text_en)))
    fields = []
    if content.link:
        fields.append((words("Link"), content.link, False))
    if filename:
        fields.append((words("File"), discord.utils.escape_markdown(filename), True))
    if deadline is not None:
        fields.append((words("Deadline"), f"{stamp(deadline)} ({stamp(deadline, 'R')})", True))
    return Page(title=f"📣 {content.title}", text=text, fields=fields, footer=signature)


def signature(said: Said, organisation: tuple[str, str], words: Words) -> str:
    """Who speaks: the LC or the organisation, the post and the name."""
    of = said.lc
    where = words.either(of.name_ja, of.name_en) if of else words.either(*organisation)
    post = words.either(said.signed_ja, said.signed_en)
    return " ".join(filter(None, (where, post, said.sender)))


def link_button(link: str, words: Words) -> list[Item]:
    return [discord.ui.Button(label=words("Open the link"), url=link)] if is_link(link) and len(link) <= 512 else []


def lc_list(lcs: list[LcName], words: Words, most: int = 8) -> str:
    shown = words(", ").join(words.either(lc.name_ja, lc.name_en) for lc in lcs[:most])
    left = len(lcs) - most
    return shown + (words.plural(" and {n} more", " and {n} more", left) if left > 0 else "")


def audience_text(audience: Audience, names: dict[str, str], words: Words) -> str:
    """To whom, in words. ``names``: as ``names_of`` gives them."""

    def listed(kind: str, ids: tuple[int, ...]) -> str:
        return words(", ").join(names.get(f"{kind}:{one}", "?") for one in ids)

    match audience.rule:
        case Everyone():
            text = words("everyone")
        case AllLcs():
            text = words("all member LCs")
        case InRegions(region_ids=ids):
            text = words("member LCs in {regions}", regions=listed("region", ids))
        case Replied(committee_id=committee_id, replies=replies):
            said = words(", ").join(names[f"reply:{reply}"] for reply in replies)
            text = words(
                "member LCs that said to {committee}: {replies}",
                committee=names.get(f"committee:{committee_id}", "?"),
                replies=said,
            )
        case InStates(states=states):
            text = words("LCs: {states}", states=words(", ").join(names[f"state:{state}"] for state in states))
        case CommitteeMembers(committee_id=committee_id):
            text = words("those in charge of {committee}", committee=names.get(f"committee:{committee_id}", "?"))
        case rule:
            text = listed("lc", rule.lc_ids)
    if audience.excluded:
        text += words(" (without {lcs})", lcs=listed("lc", audience.excluded))
    return text


def contact_text(route: ContactRoute, words: Words) -> str:
    """One line on how to reach an LC besides; empty where nothing is known."""
    told = (
        [words("representative {name}", name=discord.utils.escape_markdown(route.representative))]
        if (route.representative)
        else []
    )
    told += [discord.utils.escape_mentions(" ".join(detail.split()))[:120] for detail in route.details]
    return words(", ").join(told)


def unreached_text(unreached: tuple[Unreached, ...], words: Words, most: int = 6) -> str:
    lines = []
    for one in unreached[:most]:
        line = words("{lc}: {why}", lc=words.either(one.lc.name_ja, one.lc.name_en), why=words(WHY_WORDS[one.why]))
        if contact := contact_text(one.contact, words):
            line += f"\n  {contact}"
        lines.append(line)
    if (left := len(unreached) - most) > 0:
        lines.append(words.plural("and {n} more LC", "and {n} more LCs", left))
    return "\n".join(f"・{line}" for line in lines)


def problem_lines(draft: Draft, words: Words) -> list[str]:
    return [f"⚠️ {fill(problem.message, problem.params, words)}" for problem in draft.problems]


def quoted_page(draft: Draft, organisation: OrganisationCard, words: Words) -> Page:
    """The draft as it will arrive. Texts that are too long are shown as far as Discord shows them."""
    of = draft.lc
    where = words.either(of.name_ja, of.name_en) if of else words.either(organisation.name_ja, organisation.name_en)
    content = draft.content
    shown = Content(content.title[:100], content.text_ja[:1990], content.text_en[:1990], content.link[:500])
    deadline = instant(draft.deadline, organisation.time_zone) if draft.deadline else None
    return message_page(
        shown, words, signature=where, deadline=deadline, filename=draft.file.filename if draft.file else None
    )


def listed_option(one: Listed, words: Words) -> discord.SelectOption:
    told = [words(STATE_WORDS[one.state])]
    if one.planned and one.state in (State.SCHEDULED, State.REPEATING):
        told.append(f"{one.planned:%Y-%m-%d %H:%M}")
    if one.lc:
        told.append(words.either(one.lc.name_ja, one.lc.name_en))
    return discord.SelectOption(
        label=one.title[:100] or "?", value=str(one.announcement_id), description=words(", ").join(told)[:100]
    )


def names_of(choices: Choices, words: Words) -> dict[str, str]:
    """What ``audience_text`` may name."""
    names = {f"region:{region_id}": words.either(ja, en) for region_id, ja, en in choices.regions}
    names |= {f"committee:{committee_id}": short for committee_id, short in choices.committees}
    names |= {f"lc:{lc.lc_id}": words.either(lc.name_ja, lc.name_en) for lc in choices.lcs}
    names |= {f"reply:{reply}": words(text) for reply, text in REPLY_WORDS.items()}
    return names | {f"state:{state}": words(text) for state, text in LC_STATE_WORDS.items()}
