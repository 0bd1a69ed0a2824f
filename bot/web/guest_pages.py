"""The pages behind an address without a login, as HTML for phones: no scripts, and nothing from elsewhere."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from html import escape

from bot.deliveries.schedule import local_time
from bot.features.events import question_rules
from bot.features.events.models import AnswerKind, Audience, EventState
from bot.features.events.queries import EventCard
from bot.features.events.question_rows import QuestionLine
from bot.features.guests.rules import GONE
from bot.features.guests.values import Shown
from bot.features.signups.models import PartyState
from bot.i18n import N_, Words
from bot.links import is_link
from bot.ui.committees import committee_name
from bot.ui.counts import choice_line, count_line
from bot.ui.dates import long_span, long_time

STYLE = """
:root{color-scheme:light dark;--line:#ccd;--soft:#f3f4f8;--main:#3b5bdb}
@media(prefers-color-scheme:dark){:root{--line:#445;--soft:#23252c;--main:#8ea2ff}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:36rem;padding:1rem;font:1.05rem/1.6 system-ui,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.4rem;line-height:1.35;margin:.3rem 0 .8rem}
h2{font-size:1.1rem;margin:1.6rem 0 .4rem}
nav{text-align:right;font-size:.9rem}
dl{margin:0}dt{font-size:.85rem;opacity:.75}dd{margin:0 0 .6rem}
.text{white-space:pre-wrap}
.box{background:var(--soft);border:1px solid var(--line);border-radius:.6rem;padding:.7rem 1rem;margin:1rem 0}
.bad{border-color:#d33;border-width:2px}
label{display:block;margin:.8rem 0 .2rem}
input[type=text],textarea,select{width:100%;padding:.7rem;font:inherit;border:1px solid var(--line);border-radius:.5rem}
.tick{display:flex;gap:.6rem;align-items:baseline}
fieldset{border:1px solid var(--line);border-radius:.5rem;margin:.8rem 0}
button{width:100%;margin-top:1rem;padding:.8rem;font:inherit;font-weight:600;border:1px solid var(--line)}
button{border-radius:.6rem;background:transparent;color:inherit}
button.main{background:var(--main);border-color:var(--main);color:#fff}
@media(prefers-color-scheme:dark){button.main{color:#112}}
summary{margin-top:1rem;cursor:pointer;text-decoration:underline}
small{opacity:.8}
code{user-select:all}
"""
#: What the page may load: its own style, and nothing else. Its forms go back to itself.
POLICY = (
    "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'; "
    f"style-src 'sha256-{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'"
)
#: What was done, as the address of the page says it afterwards.
SAID = {
    "entered": N_("Your sign-up has arrived. Your place is shown below."),
    "accepted": N_("You have a place. See you there!"),
    "refused": N_("Thank you. The next in line is asked."),
    "left": N_("Your sign-up was cancelled."),
    "renamed": N_("Your name was changed."),
    "answered": N_("Your answers were saved."),
}
AUDIENCE = {
    Audience.EVERYBODY: N_("Anyone can join"),
    Audience.JOINED: N_("For everybody who has joined the organisation"),
    Audience.LC: N_("For members of the LC"),
}
STANDING = {
    PartyState.APPLIED: N_("You've applied. The organiser will answer. This page shows it."),
    PartyState.ACCEPTED: N_("You have a place."),
    PartyState.DECLINED: N_("The organiser couldn't give you a place."),
    PartyState.REFUSED: N_("You left the place to the next in line."),
    PartyState.EXPIRED: N_("The time to answer was over, so the place went to the next in line."),
    PartyState.REMOVED: N_("The organiser took you off the list."),
    PartyState.LAPSED: N_("No place became free."),
    PartyState.WITHDRAWN: N_("You're no longer signed up."),
    PartyState.CANCELLED: N_("It was cancelled."),
}
FOR_ORGANISERS = N_("Only the organisers see your answer.")
FOR_SEVEN_DAYS = N_("🔒 Only the organisers see this. It is deleted 7 days after the event.")
YES_NO = {question_rules.YES: N_("Yes"), question_rules.NO: N_("No")}
#: Other languages are offered by their own names.
_OTHER = {"ja": ("en", "English"), "en": ("ja", "日本語")}


def shared_page(
    shown: Shown,
    words: Words,
    *,
    once: str,
    typed: Mapping[str, str] | None = None,
    error: str = "",
    is_same_name: bool = False,
) -> str:
    """``typed``: what somebody sent, to be sent again. ``once``: see ``rules.Entry``."""
    parts = [boxed(error, "bad"), _event(shown, words)]
    if shown.is_open:
        parts += [
            _heading(words("Sign up")),
            _enter_form(shown, words, typed or {}, once, is_same_name=is_same_name),
        ]
    elif (closed := _closed(shown, words)) and shown.event.state is EventState.POSTED:
        parts.append(boxed(closed))
    return whole_page(words.either(shown.event.title_ja, shown.event.title_en), parts, words, about=_when(shown, words))


def personal_page(
    shown: Shown,
    words: Words,
    *,
    address: str,
    said: str = "",
    typed: Mapping[str, str] | None = None,
    error: str = "",
) -> str:
    """``address``: its own, for people to keep."""
    told = words(SAID[said]) if said in SAID else ""
    parts = [boxed(error, "bad"), boxed(told), _standing(shown, words), _event(shown, words)]
    keep = words("This is your personal link. Please save it, for example as a bookmark, and don't share it.")
    more = words("Use it to see your place, answer an offer, change your name, or cancel.")
    parts.append(_heading(words("Your personal link")))
    parts.append(f'<div class="box">{safe(keep)} {safe(more)}<br><code>{safe(address)}</code></div>')
    if shown.questions and shown.event.mine is not None and shown.event.mine.is_live and not _has_begun(shown):
        parts.append(_heading(words("Your answers")))
        parts.append(send_button("answers", words("Save"), words, inner=_questions(shown, words, typed or {})))
    if shown.may_change:
        parts.append(_own_forms(shown, words, typed or {}))
    return whole_page(words.either(shown.event.title_ja, shown.event.title_en), parts, words)


def plain_page(words: Words, title: str, text: str) -> str:
    return whole_page(title, [f"<h1>{safe(title)}</h1><p>{safe(text)}</p>"], words, may_turn=False)


def gone_page(words: Words) -> str:
    """Revoked, over, or never there: nobody learns which."""
    return plain_page(words, words("This link has ended"), words(GONE))


def safe(text: str) -> str:
    return escape(text, quote=True)


def _heading(text: str) -> str:
    return f"<h2>{safe(text)}</h2>"


def _paragraph(text: str) -> str:
    return f"<p>{safe(text)}</p>" if text else ""


def whole_page(title: str, parts: Sequence[str], words: Words, *, about: str = "", may_turn: bool = True) -> str:
    other, name = _OTHER[words.language]
    nav = f'<nav><a href="?lang={other}" hreflang="{other}" lang="{other}">{name}</a></nav>' if may_turn else ""
    preview = f'<meta property="og:title" content="{safe(title)}">' if about else ""
    preview += f'<meta property="og:description" content="{safe(about)}">' if about else ""
    return (
        f'<!doctype html><html lang="{words.language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        f"<title>{safe(title)}</title>{preview}<style>{STYLE}</style></head>"
        f"<body>{nav}<main>{''.join(filter(None, parts))}</main></body></html>"
    )


def boxed(text: str, kind: str = "") -> str:
    role = ' role="alert"' if kind else ' role="status"'
    return f'<div class="box {kind}"{role}>{safe(text)}</div>' if text else ""


def _when(shown: Shown, words: Words) -> str:
    """On the event's own clocks; they are named where they aren't the organisation's."""
    event = shown.event
    assert event.when is not None, "a posted event has a time"
    if event.when.whole_days:
        return long_span(event.when.starts.date(), event.when.last_day, words)
    told = long_span(event.when.starts, event.when.ends, words)
    return told if event.time_zone == shown.organisation.time_zone else f"{told} ({event.time_zone})"


def _event(shown: Shown, words: Words) -> str:
    event = shown.event
    title = words.either(event.title_ja, event.title_en)
    rows = [(words("Time"), _when(shown, words))]
    place = event.place or (words("Online") if event.is_online or event.has_link else "")
    rows.append((words("Place"), place))
    rows.append((words("For"), words(AUDIENCE[event.audience])))
    rows.append((words("Organised by"), _host(shown, words)))
    rows.append((words("Cost"), event.cost))
    if event.alcohol is not None:
        rows.append((words("Alcohol"), words("With alcohol") if event.alcohol else words("Without alcohol")))
    if event.closes is not None:
        rows.append((words("Sign up by"), long_time(event.closes, words)))
    if event.counts is not None and event.state is EventState.POSTED:
        rows.append((words("Participants"), count_line(event.counts, words)))
    found = "".join(f"<dt>{safe(name)}</dt><dd>{safe(text)}</dd>" for name, text in rows if text)
    cancelled = ""
    if event.state is EventState.CANCELLED:
        cancelled = boxed(words("This event was cancelled: {reason}", reason=event.reason), "bad")
    said = words.either(event.text, event.text_en)
    text = f'<p class="text">{safe(said)}</p>' if said else ""
    return f"<h1>{safe(title)}</h1>{cancelled}<dl>{found}</dl>{text}"


def _host(shown: Shown, words: Words) -> str:
    event = shown.event
    if event.lc_id is not None:
        return words.either(event.lc_ja, event.lc_en)
    if event.abbreviation is not None:
        return committee_name(event.abbreviation, words)
    return words.either(shown.organisation.name_ja, shown.organisation.name_en)


def _closed(shown: Shown, words: Words) -> str:
    if shown.opens_at is not None and shown.now < shown.opens_at:
        opens = local_time(shown.opens_at, shown.event.time_zone).replace(tzinfo=None)
        return words("Sign-up opens on {time}.", time=long_time(opens, words))
    return words("Sign-up is over. If you still want to come, please ask the organiser.")


def _enter_form(shown: Shown, words: Words, typed: Mapping[str, str], once: str, *, is_same_name: bool) -> str:
    event: EventCard = shown.event
    is_full = event.counts is not None and event.counts.free == 0
    line = words("It's full right now. You can join the line.") if is_full else ""
    another = ""
    if is_same_name:
        label = words("I'm someone else with the same name")
        another = f'<label class="tick"><input type="checkbox" name="another" value="1"> {safe(label)}</label>'
    notice = words(
        "Your name and school are seen by the organisers of this event and the officers in charge, and used for "
        "nothing else. By signing up you agree. You can delete them on your own page at any time."
    )
    label = words("Join the line") if is_full else words("Sign up")
    name = text_field("name", words("Your name"), typed, required=True, complete="name")
    school = text_field("school", words("Your school (optional)"), typed, complete="organization")
    hidden = f'<input type="hidden" name="once" value="{safe(once)}">'
    small = f"<p><small>{safe(notice)}</small></p>"
    inner = f"{hidden}{name}{school}{_choices(shown, words, typed)}{_questions(shown, words, typed)}{another}{small}"
    return _paragraph(line) + send_button("enter", label, words, is_main=True, inner=inner)


def text_field(name: str, label: str, typed: Mapping[str, str], *, required: bool = False, complete: str = "") -> str:
    return (
        f'<label for="{name}">{safe(label)}</label>'
        f'<input type="text" id="{name}" name="{name}" maxlength="100" autocomplete="{complete}"'
        f' value="{safe(typed.get(name, ""))}"{" required" if required else ""}>'
    )


def _choices(shown: Shown, words: Words, typed: Mapping[str, str]) -> str:
    if not shown.event.choices:
        return ""
    chosen = typed.get("answer", "")
    options = "".join(
        f'<option value="{one.choice_id}"{" selected" if chosen == str(one.choice_id) else ""}>'
        f"{safe(choice_line(one, words))}</option>"
        for one in shown.event.choices
    )
    label = safe(words("Way to take part"))
    empty = '<option value=""></option>'
    return f'<label for="answer">{label}</label><select id="answer" name="answer" required>{empty}{options}</select>'


def _has_begun(shown: Shown) -> bool:
    return shown.event.starts_at is not None and shown.event.starts_at <= shown.now


def _questions(shown: Shown, words: Words, typed: Mapping[str, str]) -> str:
    """The event's own."""
    return "".join(_question(one, shown.given.get(one.id, ()), words, typed) for one in shown.questions)


def _question(question: QuestionLine, given: Sequence[str], words: Words, typed: Mapping[str, str]) -> str:
    """``given``: what they answered before; ``typed``: what they sent just now. A written answer has a field ``w…``,
    and a chosen one ``q…``."""
    writes = not question_rules.possible(question)
    name = f"{'w' if writes else 'q'}{question.id}"
    now = typed[name].split("\n") if name in typed else list(given)
    label = safe(words.either(question.text_ja, question.text_en))
    small = safe(words(FOR_SEVEN_DAYS if question.is_sensitive else FOR_ORGANISERS))
    about = f'id="{name}" name="{name}"{" required" if question.is_required else ""}'
    if question.kind is AnswerKind.SEVERAL:
        ticks = "".join(
            f'<label class="tick"><input type="checkbox" name="{name}" value="{safe(one)}"'
            f"{' checked' if one in now else ''}> {safe(one)}</label>"
            for one in question.options
        )
        # An empty one, so that nothing chosen is an answer, too.
        nothing = f'<input type="hidden" name="{name}" value="">'
        return f"<fieldset><legend>{label}</legend>{nothing}{ticks}<small>{small}</small></fieldset>"
    if question.kind is AnswerKind.LONG:
        box = f'<textarea {about} rows="4" maxlength="{question_rules.LONG}">{safe(chr(10).join(now))}</textarea>'
    elif writes:
        value = safe(" ".join(now))
        box = f'<input type="text" {about} maxlength="{question_rules.SHORT}" value="{value}">'
    else:
        labels = {one: words(YES_NO[one]) for one in YES_NO} if question.kind is AnswerKind.YES_NO else {}
        options = "".join(
            f'<option value="{safe(one)}"{" selected" if one in now else ""}>{safe(labels.get(one, one))}</option>'
            for one in question_rules.possible(question)
        )
        box = f'<select {about}><option value=""></option>{options}</select>'
    return f'<label for="{name}">{label}</label>{box}<small>{small}</small>'


def send_button(do: str, label: str, words: Words, *, is_main: bool = False, inner: str = "") -> str:
    kind = ' class="main"' if is_main else ""
    return (
        f'<form method="post" action="?lang={words.language}"><input type="hidden" name="do" value="{do}">{inner}'
        f"<button{kind}>{safe(label)}</button></form>"
    )


def _standing(shown: Shown, words: Words) -> str:
    """How they stand, and what they can do about it."""
    event, mine = shown.event, shown.event.mine
    if mine is None:
        return _again(shown, words)
    lines, forms = [_stands(shown, words)], ""
    if mine.reason:
        lines.append(words("The organiser's reason: {reason}", reason=mine.reason))
    if mine.may_accept:
        forms += send_button("accept", words("Take the place"), words, is_main=True)
    if mine.state is PartyState.OFFERED and mine.is_live:
        forms += send_button("refuse", words("Pass"), words)
    elif mine.is_live:
        forms += _leave(shown, words)
    text = "".join(f"<p><strong>{safe(line)}</strong></p>" for line in lines)
    link = ""
    if event.link:
        found = "<br>".join(_linked(line) for line in event.link.splitlines())
        label = safe(words("To join:"))
        link = f"<p>{label}<br>{found}</p>"
    again = "" if mine.is_live else _again(shown, words)
    name = _paragraph(words("Signed up as: {name}", name=shown.name)) if shown.name else ""
    return f'<div class="box">{name}{text}{link}{forms}{again}</div>'


def _stands(shown: Shown, words: Words) -> str:
    mine = shown.event.mine
    assert mine is not None
    if mine.state is PartyState.OFFERED and mine.offer_until is not None:
        until = local_time(mine.offer_until, shown.event.time_zone).replace(tzinfo=None)
        return words("A place is free for you until {time}. Please take it or pass.", time=long_time(until, words))
    if mine.state is PartyState.WAITING and mine.position is not None:
        told = words("You're number {n} of {all} in the line.", n=mine.position, all=mine.length)
        if mine.may_accept:
            return told + " " + words("A place is free right now. The first to take it gets it.")
        return told + " " + words("Please open this page again to see whether a place is free.")
    return words(STANDING[mine.state])


def _leave(shown: Shown, words: Words) -> str:
    mine = shown.event.mine
    is_waiting = mine is not None and mine.state is PartyState.WAITING
    label = words("Leave the line") if is_waiting else words("Cancel my sign-up")
    yes = words("Yes, leave the line") if is_waiting else words("Yes, cancel my sign-up")
    return f"<details><summary>{safe(label)}</summary>{send_button('leave', yes, words)}</details>"


def _again(shown: Shown, words: Words) -> str:
    if not shown.is_open:
        return ""
    inner = _choices(shown, words, {}) + _questions(shown, words, {})
    return send_button("again", words("Sign up again"), words, is_main=True, inner=inner)


def _linked(line: str) -> str:
    return f'<a href="{safe(line)}" rel="noopener noreferrer">{safe(line)}</a>' if is_link(line) else safe(line)


def _own_forms(shown: Shown, words: Words, typed: Mapping[str, str]) -> str:
    name = text_field("name", words("Your name"), {"name": shown.name} | dict(typed), required=True, complete="name")
    text = words("Your name, your school and this sign-up are deleted. This can't be undone.")
    summary = safe(words("Delete my data"))
    return (
        _heading(words("Your data"))
        + send_button("rename", words("Change my name"), words, inner=name)
        + f"<details><summary>{summary}</summary>{_paragraph(text)}"
        + send_button("forget", words("Yes, delete my data"), words)
        + "</details>"
    )
