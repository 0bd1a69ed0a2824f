"""One pasted text becomes the draft of an event."""

from __future__ import annotations

from datetime import datetime

from bot.features.events.reading import repeats, titles, words
from bot.features.events.reading.labels import Label, Segment, segments, take_label
from bot.features.events.reading.pasted import Pasted
from bot.features.events.reading.results import EventText, Part, Question
from bot.features.events.reading.times import TimesReader, When
from bot.features.events.repeat_reading import Repeating
from bot.times import Day, Moment, Span
from bot.times.scanning import NO_DAY, RULE

_ORDER = list(Part)


def read_event(text: str, now: datetime, time_zone: str) -> EventText:
    """The event that ``text`` describes, as somebody would write it in a chat. ``now`` is an instant, seen from a place
    with ``time_zone``.

    Nothing is guessed and nothing is lost: what can't be used is asked about in ``unclear`` and stays in ``text``.
    """
    return read_pasted(Pasted(text), now, time_zone)


def read_pasted(pasted: Pasted, now: datetime, time_zone: str) -> EventText:
    """As ``read_event``; afterwards ``pasted`` knows the owner of each character."""
    asked = list[Question]()
    words.set_links_aside(pasted)
    labels = segments(pasted)
    link = words.read_link(pasted, labels, asked)
    title = titles.read_labelled_title(pasted, labels, asked)
    times = TimesReader(pasted, labels, now, time_zone)
    phrase = repeats.find_repeat(pasted, now, time_zone)
    when, repeat = times.when(), None
    repeating = _repeating(pasted, phrase, times, when, now) if phrase is not None else None
    if repeating is not None:
        repeat, when = repeating.repeat, _first(repeating)
    deadline = times.deadline(when.start)
    times.keep_the_rest()
    limit = words.read_limit(pasted, labels, asked)
    cost = words.read_cost(pasted, labels)
    audience = words.read_audience(pasted, labels, asked)
    alcohol = words.read_alcohol(pasted, asked)
    words.read_labelled_places(pasted, labels)
    is_online = words.read_online(pasted) or words.is_meeting(link)
    words.set_open_places_aside(pasted)
    words.read_places(pasted)
    _take_labels(pasted, labels)
    titles.take_left_overs(pasted)
    for label in labels:  # what they say is no title
        pasted.claim(label.label, label.end, Part.TEXT)
    if title is None:
        title = titles.read_title(pasted, asked)
    titles.take_marks(pasted)
    asked += times.asked
    place = " / ".join(dict.fromkeys(words.written(pasted, Part.PLACE)))
    return EventText(
        title=title,
        start=when.start,
        end=when.end,
        whole_days=when.whole_days,
        place=place,
        link=link,
        is_online=is_online,
        limit=limit,
        audience=audience,
        cost=cost,
        alcohol=alcohol,
        deadline=deadline,
        text=titles.description(pasted),
        unclear=tuple(sorted(asked, key=lambda question: _ORDER.index(question.about))),
        repeat=repeat,
    )


def _repeating(
    pasted: Pasted, phrase: repeats.Phrase, times: TimesReader, when: When, now: datetime
) -> Repeating | None:
    """What repeats, if the text has no other time: then the questions about it are answered."""
    if when.start is not None:
        within = any(Part.WHEN in pasted.owners[start:end] for start, end in phrase.pieces)
        found = phrase if within and phrase.has_hours else None
    else:
        is_open = all(question.message in (RULE, NO_DAY) for question in times.asked)
        found = repeats.with_hours(pasted, phrase, now, times.zone) if is_open else None
    if found is None:
        return None
    repeats.take(pasted, found)
    times.asked = [question for question in times.asked if question.about is not Part.WHEN]
    for several in (times.deadlines, times.mentions):
        several[:] = [one for one in several if pasted.is_free(one.start, one.end)]
    return found.repeating


def _first(repeating: Repeating) -> When:
    match repeating.first:
        case Span(start, end):
            return When(start.local, end.local)
        case Moment(local):
            return When(local)
        case Day():
            return When()


def _take_labels(pasted: Pasted, labels: list[Segment]) -> None:
    """Labels whose value was read. The others stay in the description, before what they say."""
    for segment in labels:
        owners = pasted.owners[segment.start : segment.end]
        left = "".join(pasted.text[start:end] for start, end in pasted.free(segment.start, segment.end))
        is_read = any(owner not in (None, Part.TEXT) for owner in owners)
        is_kept = titles.has_ink(left) or Part.TEXT in owners
        if is_read and (segment.kind is Label.WHEN or not is_kept):
            take_label(pasted, segment)
