"""When an event is, and until when one can sign up."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.deliveries.schedule import local_time
from bot.errors import Invalid
from bot.features.events.reading.labels import Label, Segment
from bot.features.events.reading.pasted import Pasted
from bot.features.events.reading.results import Part, Question
from bot.i18n import N_
from bot.times import Day, Days, Found, Moment, Span, Unclear, find, read
from bot.times.reading import OVER
from bot.times.results import NOT_UNDERSTOOD
from bot.times.scanning import NO_DAY, NO_TIME

NO_WHEN = N_("When is it? Please enter the day and the time.")
TWO = N_("The text says “{one}” and “{other}”. Which of them is right?")
WHOLE_DAY = N_("When does it start on {day}? Leave the time out if it takes the whole day.")
HOURS_OF_DAYS = N_(
    "It lasts several days, and the text says “{text}”. When does it start on the first, and end on the last?"
)
OTHER_ZONE = N_("“{text}” is a time in another time zone. Please enter the time here.")
NO_DEADLINE = N_("Until when can people sign up? “{text}” can't be read as a date and time.")
DEADLINE_TOO_LATE = N_("The sign-up deadline, {deadline}, is after the start. Please check both.")

_LAST_MINUTE = time(23, 59)
#: Words that say that a time beside them isn't the event's.
_ASIDE_BEFORE = re.compile(
    r"(?<![0-9時分半頃])(?:前回|昨年|去年|前年|次回|開場|受付(?:開始)?|集合(?:時[間刻])?|解散|二次会|リハ(?:ーサル)?"
    r"|doors?(?: open)?(?: at)?|meet(?:ing)? up at)\s*(?:[はの:(]|\s)*$"
)
_ASIDE_AFTER = re.compile(r"\s*(?:に\s*)?(?:集合|開場|受付|解散|生まれ|doors)")
_AFTER_SOMETHING = re.compile(r"(?:開始|終了|講義|授業|放課)の?\s*$")
_BEHIND = re.compile(r"前|ago|昨|先週|先月|去年|last|おととい|きのう|yesterday")
#: Days that mean something else as often: 1日体験, 年末の飲み会.
_VAGUE = re.compile(r"[0-9〇一二三四五六七八九十]+\s*日|.*末日?|the [0-9]+(?:st|nd|rd|th)?")
_CLOCK = re.compile(r"[0-9]{1,2}\s*[:時]")
_WHOLE = re.compile(r"終日|一日中|(?<![a-z])all day(?: long)?(?![a-z])")
_ENDS_AFTER = re.compile(r"\s*(?:頃|ごろ)?\s*(?:に\s*)?(?:終了|閉会|終演|おわり|終わり)(?:予定)?")
_ENDS_BEFORE = re.compile(r"(?<![0-9時分半頃])(?:終了|閉会|終演)(?:予定|時[間刻])?\s*[は:]?\s*$")
_SIGN_UP = r"(?:参加)?(?:お?申し?込み?|応募|出欠|回答|返信|エントリー|登録|参加表明)"
_DEADLINE_BEFORE = re.compile(
    rf"(?:(?:{_SIGN_UP}(?:の|は)?)?(?:締め?切り?日?|〆切?|期限|期日)|{_SIGN_UP})\s*(?:[はが:]|\s)*$"
    r"|(?:(?:please )?(?:rsvp|sign[- ]?up|register|apply|reply|let us know)(?: \w+){0,2} (?:by|before|until)"
    r"|(?:sign[- ]?up |registration )?deadline(?: is|:)?|(?<![a-z])(?:by|until))\s*$"
)
_DEADLINE_AFTER = re.compile(
    r"\s*(?:まで(?:に)?\s*)?(?:〆切?|締め?切り?|必着|迄)(?:です)?(?!\s*[はが:]?\s*[0-9今明来])"
)
_ON = re.compile(r"(?:(?<![a-z])(?:on|at|from)\s+)+$|@\s*$")
_ZONE = re.compile(
    r"\s*[(]?(?P<name>jst|utc|gmt|kst|c[es]t|cest|bst|e[sd]t|p[sd]t|sgt|ict|日本時間|現地時間)(?![a-z])[)]?"
)
_CLAUSE_ENDS = re.compile(r"$|[\s、。,.!！)）」|]")
_BETWEEN_DAYS = re.compile(r"\s*(?:[・、,&/]|と|および|または|もしくは|か|or|and)\s*")


@dataclass(frozen=True, slots=True)
class Mention:
    """A time in the text, from ``start`` to ``end``. ``label``: of the segment it stands in."""

    start: int
    end: int
    found: Found
    label: Label | None

    @property
    def is_full(self) -> bool:
        return self.found.names_day and self.found.has_hours and isinstance(self.found.said, Moment | Span)

    @property
    def is_day(self) -> bool:
        """A day without hours. 今夜 is one, though it can't be used alone."""
        found = self.found
        needs_hours = found.problem is not None and found.problem.message == NO_TIME
        return found.names_day and not found.has_hours and (found.said is not None or needs_hours)

    @property
    def is_hours(self) -> bool:
        return not self.found.names_day and self.found.has_hours and self.found.said is not None

    @property
    def day(self) -> date | None:
        match self.found.said:
            case Day(day) | Days(first=day):
                return day
            case Moment(local) | Span(start=Moment(local)):
                return local.date()
        return None


@dataclass(frozen=True, slots=True)
class When:
    start: datetime | None = None
    end: datetime | None = None
    whole_days: bool = False


def mentions(pasted: Pasted, segments: list[Segment], now: datetime, time_zone: str) -> list[Mention]:
    """All times of the text that may be the event's, or its deadline."""
    found = list[Mention]()
    for start, end in pasted.free():
        for one in find(pasted.text[start:end], now, time_zone):
            at, ends = start + one.start, start + one.end
            label = next((segment.kind for segment in segments if segment.holds(at)), None)
            mention = Mention(at, ends, one, label)
            if not _is_aside(pasted, mention):
                found.append(mention)
                continue
            after = _ASIDE_AFTER.match(pasted.plain, ends, end)
            if (clock := _CLOCK.search(pasted.plain, at, ends)) and one.names_day and one.has_hours:
                # 12/5 18:30開場 19:00開演: the day is the event's
                for day in find(pasted.text[at : clock.start()], now, time_zone)[:1]:
                    found.append(Mention(at + day.start, at + day.end, day, label))
                at = clock.start()
            pasted.claim(at, after.end() if after else ends, Part.TEXT)
    return found


def _before(pasted: Pasted, mention: Mention) -> str:
    """What stands before it on its line, as far as it matters."""
    return pasted.plain[max(pasted.line_start(mention.start), mention.start - 40) : mention.start]


def _is_aside(pasted: Pasted, mention: Mention) -> bool:
    before = _before(pasted, mention)
    found = mention.found
    after = _ASIDE_AFTER.match(pasted.plain, mention.end, pasted.line_end(mention.end))
    if _ASIDE_BEFORE.search(before) or (mention.found.has_hours and after):
        return True
    if _BEHIND.search(found.core) and not found.is_plain:
        return True
    if found.core.endswith("後") and _AFTER_SOMETHING.search(before):
        return True
    is_said = mention.label in (Label.WHEN, Label.DEADLINE)
    return not is_said and not found.has_hours and _VAGUE.fullmatch(found.core) is not None and not found.is_until


class TimesReader:
    """Sorts the times of a text, claims those that it uses and asks about the rest."""

    def __init__(self, pasted: Pasted, segments: list[Segment], now: datetime, time_zone: str) -> None:
        self.pasted, self.segments, self.now, self.zone = pasted, segments, now, time_zone
        self.asked = list[Question]()
        every = mentions(pasted, segments, now, time_zone)
        self.deadlines = [one for one in every if self._is_deadline(one)]
        until = {one.start for one in self.deadlines}
        self.mentions = [one for one in every if one.start not in until]

    # What a mention is

    def _before(self, one: Mention) -> str:
        return _before(self.pasted, one)

    def _after(self, pattern: re.Pattern[str], at: int) -> re.Match[str] | None:
        return pattern.match(self.pasted.plain, at, self.pasted.line_end(at))

    def _is_deadline(self, one: Mention) -> bool:
        if one.label is Label.DEADLINE or self._after(_DEADLINE_AFTER, one.end):
            return True
        if one.label in (Label.WHEN, Label.END):
            return False
        return (one.found.is_until and one.found.names_day) or _DEADLINE_BEFORE.search(self._before(one)) is not None

    def _is_end(self, one: Mention) -> bool:
        if not (one.is_hours or one.is_full) or isinstance(one.found.said, Span):
            return False
        if one.label is Label.END or one.found.is_until:
            return True
        return bool(self._after(_ENDS_AFTER, one.end) or _ENDS_BEFORE.search(self._before(one)))

    def _ask(self, message: str, about: Part = Part.WHEN, **values: object) -> None:
        self.asked.append(Question(about, message, values))

    def _text(self, one: Mention) -> str:
        return self.pasted.text[one.start : one.end].strip()[:60]

    def _claim(self, one: Mention, part: Part = Part.WHEN) -> None:
        start, end = one.start, one.end
        if match := _ON.search(self._before(one)):
            start -= len(match.group())
        if zone := self._after(_ZONE, end):
            end = zone.end()
        self.pasted.claim(start, end, part)

    # The event

    def when(self) -> When:
        ends = [one for one in self.mentions if self._is_end(one)]
        closing = {one.start for one in ends}
        starts = [one for one in self.mentions if one.start not in closing]
        labelled = [one for one in starts if one.label is Label.WHEN]
        troubles = [one for one in labelled or starts if self._is_trouble(one)]
        if troubles:
            for one in troubles[:3]:
                problem = one.found.problem
                assert problem is not None
                self._ask(problem.message, **problem.params)
            return When()
        full = self._one_of([one for one in labelled if one.is_full])
        if full is None and not self.asked:
            full = self._one_of(
                [one for one in starts if one.is_full and all(one.day == day.day for day in labelled if day.is_day)]
            )
        if self.asked:
            return When()
        used = [full] if full else self._day_and_hours(labelled, starts)
        return self._decided(used, starts, ends) if used else When()

    def _is_trouble(self, one: Mention) -> bool:
        """It can't be used and has to be asked about: a slip in what is meant as the event's time."""
        problem = one.found.problem
        if problem is None or problem.message == NO_TIME:
            return False
        others = any(other.is_full for other in self.mentions)
        return isinstance(problem, Unclear) or one.found.has_hours or one.label is Label.WHEN or not others

    def _one_of(self, full: list[Mention]) -> Mention | None:
        """The one that all of them mean; asked about if they mean several."""
        if not full:
            return None
        best = next((one for one in full if isinstance(one.found.said, Span)), full[0])
        for other in full:
            if not _agree(best, other):
                self._ask(TWO, one=self._text(full[0]), other=self._text(other if other is not full[0] else best))
                return None
        return best

    def _day_and_hours(self, labelled: list[Mention], starts: list[Mention]) -> list[Mention]:
        """A day and the hours that stand apart from it, or a day alone."""
        days = [one for one in labelled if one.is_day] or [one for one in starts if one.is_day and one.found.is_plain]
        days = days or [one for one in starts if one.is_day]
        hours = [one for one in labelled if one.is_hours] or [one for one in starts if one.is_hours]
        for several in (days, hours):
            for other in several[1:]:
                if other.found.said != several[0].found.said:
                    self._ask(TWO, one=self._text(several[0]), other=self._text(other))
                    return []
        if not days:
            self._ask(NO_DAY if hours else NO_WHEN)
            return []
        return [days[0], *hours[:1]]

    def _decided(self, used: list[Mention], starts: list[Mention], ends: list[Mention]) -> When:
        day, hours = used[0], used[1] if len(used) > 1 else None
        for one in used:
            if (zone := self._after(_ZONE, one.end)) and not self._is_ours(zone["name"], one):
                self._ask(OTHER_ZONE, text=self.pasted.text[one.start : zone.end()].strip())
                return When()
        if hours and isinstance(day.found.said, Days):
            self._ask(HOURS_OF_DAYS, text=self._text(hours))
            used, hours = [day], None
        core = f"{day.found.core} {hours.found.core}" if hours else day.found.core
        said = None if hours is None and self._is_listed(day, starts) else self._with_end(core, ends, used)
        if said is None:
            return When()
        for one in used:
            self._claim(one)
        for one in starts:
            if one not in used and one.day is not None and _agree(day, one):
                self._claim(one)
        # The labelled time counts, but another one elsewhere may be the right one.
        if other := next((one for one in starts if one.is_full and not _agree(day, one) and one.day is not None), None):
            self._ask(TWO, one=self._text(day), other=self._text(other))
        return self._as_when(said)

    def _is_ours(self, name: str, one: Mention) -> bool:
        said = one.found.said
        local = said.start.local if isinstance(said, Span) else said.local if isinstance(said, Moment) else None
        if name == "日本時間":
            return self.zone == "Asia/Tokyo"
        at = local or local_time(self.now, self.zone)
        return (at.replace(tzinfo=ZoneInfo(self.zone)).tzname() or "").lower() == name

    def _is_listed(self, chosen: Mention, starts: list[Mention]) -> bool:
        """Another day stands beside it: 12/5・12/19 19時 are two meetings."""
        for other in starts:
            first, second = sorted((chosen, other), key=lambda one: one.start)
            between = self.pasted.plain[first.end : second.start]
            is_another = (chosen.is_full and other.is_hours) or (other.is_day and other.day != chosen.day)
            if other is not chosen and is_another and _BETWEEN_DAYS.fullmatch(between):
                self._ask(TWO, one=self._text(first), other=self._text(second))
                return True
        return False

    def _with_end(self, core: str, ends: list[Mention], used: list[Mention]) -> Day | Days | Moment | Span | None:
        """What was said, with the end that stands apart from it."""
        try:
            said = read(core, self.now, self.zone)
            if isinstance(said, Moment) and len(ends) == 1:
                said = read(f"{core}~{ends[0].found.core}", self.now, self.zone)
                used.append(ends[0])
                self._claim_end(ends[0])
        except Invalid as problem:
            self._ask(problem.message, **problem.params)
            return None
        return said

    def _claim_end(self, one: Mention) -> None:
        if after := self._after(_ENDS_AFTER, one.end):
            self.pasted.claim(one.start, after.end(), Part.WHEN)
        elif (before := _ENDS_BEFORE.search(self._before(one))) and one.label is not Label.END:
            self.pasted.claim(one.start - len(before.group()), one.end, Part.WHEN)

    def _as_when(self, said: Day | Days | Moment | Span) -> When:
        midnight, day = time(), timedelta(days=1)
        today = local_time(self.now, self.zone)
        match said:
            case Day(first):
                whole = next(self.pasted.matches(_WHOLE), None)
                if whole:
                    self.pasted.claim(*whole.span(), Part.WHEN)
                when = When(datetime.combine(first, midnight), datetime.combine(first + day, midnight), True)
                if not whole:
                    self._ask(WHOLE_DAY, day=first)
            case Days(first, last):
                when = When(datetime.combine(first, midnight), datetime.combine(last + day, midnight), True)
            case Moment(local):
                when = When(local)
            case Span(start, end):
                when = When(start.local, end.local)
        assert when.start is not None
        if when.start < (today.replace(hour=0, minute=0, second=0, microsecond=0) if when.whole_days else today):
            self._ask(OVER, text=when.start.date() if when.whole_days else when.start)
        return when

    def keep_the_rest(self) -> None:
        """Times that can't be used stay in the description, and never in the title."""
        for one in (*self.mentions, *self.deadlines):
            zone = self._after(_ZONE, one.end)
            self.pasted.claim(one.start, zone.end() if zone else one.end, Part.TEXT)

    # The deadline

    def deadline(self, start: datetime | None) -> datetime | None:
        values = dict[datetime, Mention]()
        for one in self.deadlines:
            match one.found.said:
                case Moment(local) if one.found.names_day:
                    values.setdefault(local, one)
                case Day(day):
                    values.setdefault(datetime.combine(day, _LAST_MINUTE), one)
                case _:
                    problem = one.found.problem or Invalid(NO_DEADLINE, text=self._text(one))
                    message = NO_DEADLINE if problem.message == NOT_UNDERSTOOD else problem.message
                    self._ask(message, Part.DEADLINE, **problem.params)
                    return None
        if len(values) > 1:
            first, second = [self._text(one) for one in values.values()][:2]
            self._ask(TWO, Part.DEADLINE, one=first, other=second)
            return None
        for deadline in values:
            if start is not None and deadline > start and deadline.date() != start.date():
                self._ask(DEADLINE_TOO_LATE, Part.DEADLINE, deadline=deadline)
            for one in self.deadlines:
                self._claim_deadline(one)
            return deadline
        return None

    def _claim_deadline(self, one: Mention) -> None:
        start, end = one.start, one.end
        if after := self._after(_DEADLINE_AFTER, end):
            end = after.end()
        words = _DEADLINE_BEFORE.search(self._before(one))
        if one.label is not Label.DEADLINE:
            if words is None and not self._after(_CLAUSE_ENDS, end):
                # 参加したい人は12/1までに連絡: the sentence needs its day
                self.pasted.claim(start, end, Part.TEXT)
                return
            if words and (self._after(_CLAUSE_ENDS, end) or words.group()[0].isascii()):
                start -= len(words.group())
        self._claim(replace(one, start=start, end=end), Part.DEADLINE)


def _agree(one: Mention, other: Mention) -> bool:
    """They can mean the same time."""
    if one is other or one.day != other.day:
        return one is other
    if other.is_day or one.is_day:
        return not isinstance(other.found.said, Days) or one.found.said == other.found.said
    first, second = one.found.said, other.found.said
    if isinstance(first, Span) and isinstance(second, Moment):
        return first.start == second
    if isinstance(first, Moment) and isinstance(second, Span):
        return first == second.start
    return first == second
