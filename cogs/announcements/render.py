from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import discord
from discord import ButtonStyle

from bot.deliveries.schedule import instant
from bot.features.announcements.access import WRITE
from bot.features.announcements.models import AnnouncementState, CheckState, Ping
from bot.features.announcements.planning import TOO_EARLY_DEADLINE
from bot.features.announcements.rules import Problem
from bot.features.announcements.values import Answers, Content, Draft, Listed, Look, Said
from bot.features.audiences.models import Place
from bot.features.audiences.rules import (
    AllLcs,
    Audience,
    CommitteeMembers,
    Everyone,
    InRegions,
    InStates,
    Members,
    Replied,
)
from bot.features.audiences.service import Choices
from bot.features.audiences.values import Addressee, ContactRoute, LcName, Unreached, Why, WhyNot
from bot.features.committees.models import COLOUR, EMOJI, Reply
from bot.features.members.models import Kind
from bot.features.memberships.models import MembershipKind
from bot.features.memberships.rules import kinds
from bot.features.people.actors import OrganisationCard
from bot.i18n import N_, Words
from bot.links import address
from bot.ui.committees import committee_name
from bot.ui.dates import long_time, stamp
from bot.ui.lengths import some
from bot.ui.local_committees import STATE_WORDS as LC_STATE_WORDS
from bot.ui.pages import Item, Page
from bot.ui.replies import fill

PLACE_WORDS = {
    Place.NATIONAL: N_("the organisation's announcements channel"),
    Place.LC_CHANNELS: N_("each LC's channel"),
    Place.LC_OFFICERS: N_("the private thread of each LC's officers"),
    Place.LC_SERVERS: N_("each LC's own server"),
    Place.DIRECT: N_("DMs to people who have turned them on"),
}
PING_WORDS = {
    Ping.NONE: N_("nobody"),
    Ping.LC_ROLE: N_("each LC's role, in its channel"),
    Ping.HERE: N_("@here (people online)"),
    Ping.EVERYONE: N_("@everyone"),
}
STATE_WORDS = {
    AnnouncementState.DRAFT: N_("draft"),
    AnnouncementState.SCHEDULED: N_("scheduled"),
    AnnouncementState.REPEATING: N_("repeating"),
    AnnouncementState.PAUSED: N_("paused"),
    AnnouncementState.SENT: N_("sent"),
    AnnouncementState.TAKEN_BACK: N_("withdrawn"),
    AnnouncementState.DISCARDED: N_("discarded"),
    AnnouncementState.ENDED: N_("ended"),
}
WHY_WORDS = {
    Why.NO_PLACE: N_("has no channel here"),
    Why.NOT_CHOSEN: N_("has a channel, but not in the places you chose"),
    Why.ABSENT: N_("the bot is no longer in its server"),
}
#: For the preview; ``n`` counts the persons.
WHY_NOT_LINES = {
    WhyNot.NOT_WANTED: N_("**{n}** have DMs off. They'll find it on their home page and in the list."),
    WhyNot.NOT_CHOSEN: N_("**{n}** won't get a DM because you didn't choose DMs. They'll find it on their home page."),
    WhyNot.NO_ACCOUNT: N_("**{n}** aren't on Discord. Please reach them by LINE or email."),
}
WHY_NOT_WORDS = {
    WhyNot.NOT_WANTED: N_("DMs off"),
    WhyNot.NOT_CHOSEN: N_("DMs not chosen"),
    WhyNot.NO_ACCOUNT: N_("not on Discord"),
}
WALK_WORDS = {
    Kind.GRADUATE: N_("graduates"),
    Kind.HIGH_SCHOOL: N_("high-school students"),
    Kind.WORKING: N_("working adults"),
    Kind.STUDENT: N_("students of all years"),
}
REPLY_WORDS: dict[Reply | None, str] = {
    Reply.JOINING: N_("taking part"),
    Reply.WATCHING: N_("watching"),
    Reply.NOT_THIS_YEAR: N_("not this year"),
    None: N_("no answer yet"),
}
CHECK_WORDS = {
    CheckState.ASKED: N_("Waiting for {name} to review it"),
    CheckState.APPROVED: N_("{name} approved it"),
    CheckState.RETURNED: N_("{name} asked for changes"),
}
WHO_ANSWERS = N_("One officer of each LC answers for the whole LC, usually the LC representative.")
_BETWEEN = "\n\n———\n\n"


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
    meant_for: str = "",
    look: Look | None = None,
    answers: str = "",
) -> Page:
    """The announcement as it arrives: in both languages for many readers, in the reader's own for one.

    ``meant_for``: the recipients, where other people read it too. ``look``: of the committee that it is about.
    ``answers``: what the message shows of them.
    """
    if personal:
        text = words.either(content.text_ja, content.text_en)
    else:
        text = _BETWEEN.join(filter(None, (content.text_ja, content.text_en)))
    fields = []
    if meant_for:
        fields.append((words("For"), meant_for[:1000], False))
    if content.link:
        fields.append((words("Link"), content.link, False))
    if filename:
        fields.append((words("File"), discord.utils.escape_markdown(filename), True))
    if deadline is not None:
        fields.append((words("Deadline"), f"{stamp(deadline)} ({stamp(deadline, 'R')})", True))
    if answers:
        fields.append((words("Answers"), answers, False))
    look = look or Look(EMOJI, COLOUR)
    return Page(
        title=f"{look.emoji} {content.title}",
        text=text,
        fields=fields,
        footer=signature,
        colour=discord.Colour(look.colour),
    )


def answers_text(answers: Answers | None, words: Words) -> str:
    """What a message shows of the answers: to one LC a tick once it has answered, to all how many LCs have. Members
    read it too, so it says who answers."""
    if answers is None:
        return ""
    if answers.lc is not None:
        name = words.either(answers.lc.name_ja, answers.lc.name_en)
        return words("✅ {lc}: answered", lc=name) if answers.has_answered else words(WHO_ANSWERS)
    counted = words("**{n}** of {all} LCs have answered", n=answers.answered, all=answers.asked)
    return f"{counted}\n{words(WHO_ANSWERS)}"


def signature(said: Said, organisation: tuple[str, str], words: Words) -> str:
    """The sender: the LC or the organisation, the post and the name."""
    of = said.lc
    where = words.either(of.name_ja, of.name_en) if of else words.either(*organisation)
    post = words.either(said.signed_ja, said.signed_en)
    return " ".join(filter(None, (where, post, said.sender)))


def link_button(link: str, words: Words) -> list[Item]:
    leads_to = address(link)
    return [discord.ui.Button(label=words("Open the link"), url=leads_to)] if leads_to else []


def lc_list(lcs: list[LcName], words: Words, most: int = 8) -> str:
    return some([words.either(lc.name_ja, lc.name_en) for lc in lcs], most, words(", "), words)


def audience_text(audience: Audience, names: dict[str, str], words: Words) -> str:
    """The recipients, in words. ``names``: as ``names_of`` gives them."""

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
                "member LCs that answered “{replies}” for {committee}",
                committee=names.get(f"committee:{committee_id}", "?"),
                replies=said,
            )
        case InStates(states=states):
            text = words("LCs: {states}", states=words(", ").join(names[f"state:{state}"] for state in states))
        case CommitteeMembers(committee_id=committee_id):
            text = words("people in charge of {committee}", committee=names.get(f"committee:{committee_id}", "?"))
        case Members() as rule:
            text = members_text(rule, names, words)
        case rule:
            text = listed("lc", rule.lc_ids)
    if audience.excluded:
        text += words(" (except {lcs})", lcs=listed("lc", audience.excluded))
    return text


def members_text(rule: Members, names: dict[str, str], words: Words) -> str:
    """Which persons, in words."""
    comma, parts = words(", "), []
    if rule.committee_ids:
        committees = comma.join(names.get(f"committee:{one}", "?") for one in rule.committee_ids)
        parts.append(words("interested in {committees}", committees=committees))
    if rule.years or rule.walks:
        which = [year_text(year, words) for year in rule.years] + [words(WALK_WORDS[walk]) for walk in rule.walks]
        parts.append(comma.join(which))
    if rule.kinds:
        parts.append(comma.join(kind_text(kind, words) for kind in rule.kinds))
    return words("members: {parts}", parts=words("; ").join(parts)) if parts else words("all members")


def year_text(year: int, words: Words) -> str:
    return words("year {year}", year=year)


def kind_text(kind: MembershipKind, words: Words) -> str:
    card = kinds()[kind]
    return words.either(card.name_ja, card.name_en)


def people_lines(people: Sequence[Addressee], words: Words) -> list[str]:
    """How many recipients get a direct message, and where the others find the announcement."""
    why = Counter(one.why_not for one in people)
    lines = [words("**{n}** of them get it by DM.", n=why[None])]
    lines += [words(text, n=why[one]) for one, text in WHY_NOT_LINES.items() if why[one]]
    return lines


def contact_text(route: ContactRoute, words: Words) -> str:
    """One line on how else to reach an LC; empty if nothing is known."""
    told = (
        [words("representative {name}", name=discord.utils.escape_markdown(route.representative))]
        if (route.representative)
        else []
    )
    told += [discord.utils.escape_mentions(" ".join(detail.split()))[:120] for detail in route.details]
    return " / ".join(told)  # a link ends at the next space


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
    problems = list(draft.problems)
    if (
        draft.state is AnnouncementState.SCHEDULED
        and draft.deadline
        and draft.planned
        and draft.deadline <= draft.planned
    ):
        problems.append(Problem(TOO_EARLY_DEADLINE, {}))
    return [f"⚠️ {fill(problem.message, problem.params, words)}" for problem in problems]


def unplanned_line(draft: Draft, zone: str, words: Words) -> str | None:
    """A line that says that a change after the review keeps it from going out."""
    waits, time = draft.check in (CheckState.ASKED, CheckState.RETURNED), ""
    if draft.planned is not None:
        time = stamp(instant(draft.planned, zone))
    if draft.state is AnnouncementState.PAUSED and waits:
        line = words("It was changed after the review. Once it's reviewed again, you can resume the series.")
    elif draft.state is not AnnouncementState.DRAFT or not time or draft.check is CheckState.NONE:
        return None
    elif waits:
        line = words(
            "It was changed after the review, so it's no longer scheduled for {time}. Ask for another review.",
            time=time,
        )
    else:
        line = words(
            "It was scheduled for {time}, then changed and reviewed again. Please schedule it again.", time=time
        )
    return f"⏹️ {line}"


def quoted_page(draft: Draft, organisation: OrganisationCard, words: Words) -> Page:
    """The draft as it will arrive. Texts that are too long are cut where Discord cuts them."""
    of = draft.lc
    where = words.either(of.name_ja, of.name_en) if of else words.either(organisation.name_ja, organisation.name_en)
    content = draft.content
    shown = Content(content.title[:100], content.text_ja[:1990], content.text_en[:1990], content.link[:500])
    deadline = instant(draft.deadline, organisation.time_zone) if draft.deadline else None
    filename = draft.file.filename if draft.file else None
    return message_page(shown, words, signature=where, deadline=deadline, filename=filename, look=draft.look)


def listed_option(one: Listed, words: Words) -> discord.SelectOption:
    told = [words(STATE_WORDS[one.state])]
    if one.planned and one.state in (AnnouncementState.SCHEDULED, AnnouncementState.REPEATING):
        told.append(long_time(one.planned, words))
    if one.lc:
        told.append(words.either(one.lc.name_ja, one.lc.name_en))
    return discord.SelectOption(
        label=one.title[:100] or "?", value=str(one.announcement_id), description=words(", ").join(told)[:100]
    )


def names_of(choices: Choices, words: Words) -> dict[str, str]:
    """The names that ``audience_text`` uses."""
    names = {f"region:{region_id}": words.either(ja, en) for region_id, ja, en in choices.regions}
    names |= {f"committee:{committee_id}": committee_name(short, words) for committee_id, short in choices.committees}
    names |= {f"lc:{lc.lc_id}": words.either(lc.name_ja, lc.name_en) for lc in choices.lcs}
    names |= {f"reply:{reply}": words(text) for reply, text in REPLY_WORDS.items()}
    return names | {f"state:{state}": words(text) for state, text in LC_STATE_WORDS.items()}


NEW = WRITE.custom_id
SENT = "announcements:sent"
LATEST = "announcements:latest"
TEMPLATES = "announcements:templates"
DRAFT = "announcements:draft:{announcement_id:int}"
DRAFTS = "announcements:drafts"
EDIT = "announcements:edit:{announcement_id:int}"
DISCARD = "announcements:discard:{announcement_id:int}"
SEND = "announcements:send:{announcement_id:int}:{version:int}"
AT = "announcements:at:{announcement_id:int}:{version:int}"
STOP = "announcements:stop:{announcement_id:int}"
REPEAT = "announcements:repeat:{announcement_id:int}"
SERIES = "announcements:series:{announcement_id:int}"
CHECK = "announcements:check:{announcement_id:int}"
AUDIENCE = "announcements:audience:{announcement_id:int}"
NARROW = "announcements:narrow:{announcement_id:int}"
PLACES = "announcements:places:{announcement_id:int}"
QUESTIONS = "announcements:questions:{announcement_id:int}"
MORE = "announcements:more:{announcement_id:int}"
KEEP = "announcements:keep:{announcement_id:int}"
STATUS = "announcements:status:{announcement_id:int}"
TEXTS = "announcements:texts:{announcement_id:int}"
CORRECT = "announcements:correct:{announcement_id:int}"
TAKE_BACK = "announcements:take_back:{announcement_id:int}"
PEOPLE = "announcements:people:{announcement_id:int}:{page:int}"
PEOPLE_CSV = "announcements:people_csv:{announcement_id:int}"
SILENT = "announcements:silent:{announcement_id:int}:{page:int}"
_PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")


def to(
    route: str,
    label: str,
    *,
    emoji: str | None = None,
    style: ButtonStyle = ButtonStyle.secondary,
    disabled: bool = False,
    **values: Any,
) -> Item:
    """A button that leads along a route."""
    custom_id = _PARAMETER.sub(lambda match: str(values[match[1]]), route)
    return discord.ui.Button(label=label[:80], emoji=emoji, style=style, disabled=disabled, custom_id=custom_id)
