"""What a row of the sheet of LCs means: pure decisions about one row after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.errors import UserError
from bot.features.local_committees.models import DECIDED, LcState
from bot.features.local_committees.rules import check_state
from bot.features.people.actors import Actor
from bot.features.people.rules import fiscal_year
from bot.features.posts.service import check_term
from bot.features.schools.names import fold
from bot.features.sheets.breathing import breathe
from bot.features.sheets.cells import split_names
from bot.features.sheets.kinds.local_committees.finding import NewRegion
from bot.features.sheets.kinds.local_committees.lines import TOO_LONG, Line, Unusable
from bot.features.sheets.kinds.local_committees.placing import Placing
from bot.features.sheets.kinds.local_committees.state import Directory, Place, RegionRow, Span
from bot.features.sheets.marks import is_nothing
from bot.features.sheets.values import Entry, Finding, ImportPlan, Progress
from bot.i18n import N_
from bot.typed import name_problem, one_line

#: What an import may change of an LC that is there.
CHANGING = ("own_name_ja", "own_name_en", "own_aliases", "club_type", "state", "state_since", "state_decision")


@dataclass(frozen=True, slots=True)
class Appointment:
    """A representative who isn't known to the bot yet. The name goes to the list of codes and nowhere else."""

    name: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class Change:
    """One LC as it will stand: ``before`` None for a new school. ``fields`` of the LC that change."""

    before: Place | None
    after: Place
    region: RegionRow | NewRegion | None
    fields: tuple[str, ...]
    appointment: Appointment | None


class Examiner:
    """Looks at all rows of one file."""

    def __init__(self, directory: Directory, actor: Actor) -> None:
        self._directory = directory
        self._today = actor.today
        self._spans: dict[int, list[Span]] = {}
        for span in directory.spans:
            self._spans.setdefault(span.lc_id, []).append(span)
        self._people: dict[str, int] = {}

    def plan(self, entries: Sequence[Entry], progress: Progress) -> ImportPlan:
        placing = Placing(self._directory, {entry.values.get("code", "").strip() for entry in entries})
        changes: list[Change] = []
        findings: list[Finding] = []
        unchanged = 0
        progress.total = len(entries)
        for done, entry in enumerate(entries):
            progress.done = done
            breathe(done)
            line = Line(entry)
            try:
                change = self._change(line, placing)
            except Unusable:
                change = None
            findings += line.findings
            if change is None or line.is_bad:
                continue
            if change.before is not None and not change.fields and change.appointment is None:
                unchanged += 1
            else:
                changes.append(change)
        new = [change.after.name for change in changes if change.before is None]
        changed = [change.after.name for change in changes if change.before is not None]
        return ImportPlan(
            changes=changes,
            new=len(new),
            changed=len(changed),
            unchanged=unchanged,
            codes=sum(change.appointment is not None for change in changes),
            findings=findings,
            new_names=new,
            changed_names=changed,
        )

    def _change(self, line: Line, placing: Placing) -> Change:
        before, region = placing.known(line), None
        if before is None:
            place: Place
            place, region = placing.new(line)
        else:
            place = before
        after = self._state(line, self._own(line, place))
        fields = tuple(key for key in CHANGING if getattr(after, key) != getattr(place, key))
        return Change(before, after, region, fields, self._appointment(line, before))

    def _own(self, line: Line, place: Place) -> Place:
        """What the LC says of itself. An empty cell leaves it as it is; short names are added, never taken away."""
        known = {place.name_ja, place.name_en, *place.aliases.split("\n"), *place.former_names.split("\n")}
        kept = list(filter(None, place.own_aliases.split("\n")))
        named = [one_line(name) for name in split_names(line.raw.get("aliases", ""))]
        if problem := next(filter(None, map(name_problem, named)), None):
            line.bad("aliases", problem)
        added = [name for name in named if not (name in known or is_nothing(name))]
        aliases = "\n".join(dict.fromkeys([*kept, *added]))
        if len(aliases) > 400:
            line.bad("aliases", TOO_LONG, n=400)
        return place._replace(
            own_name_ja=line.cells.get("own_name_ja", place.own_name_ja),
            own_name_en=line.cells.get("own_name_en", place.own_name_en),
            own_aliases=aliases,
            club_type=line.word("club_type") or place.club_type,
        )

    def _state(self, line: Line, place: Place) -> Place:
        """Where the LC stands, by the rules that hold everywhere."""
        wanted, since = line.word("state"), line.day("state_since", self._today)
        decision = line.cells.get("state_decision")
        if wanted is None:
            return place
        if wanted == place.state:
            if (since and since != place.state_since) or (decision and decision != place.state_decision):
                message = N_("The LC already has this status. Its date and decision stay as they are.")
                line.note("state", message)
            return place
        if wanted in DECIDED and "state_since" not in line.cells:
            line.bad("state_since", N_("This status needs a date. Please enter when it began."))
        on = since or self._today
        try:
            check_state(LcState(place.state), LcState(wanted), on, decision, self._today, is_first=place.was_never_said)
        except UserError as error:
            key = "state_since" if on > self._today else "state" if decision else "state_decision"
            line.bad(key, error.message, **error.params)
        return place._replace(state=wanted, state_since=on, state_decision=decision)

    def _appointment(self, line: Line, place: Place | None) -> Appointment | None:
        """The representative, unless there is one, or a code for one, in that time."""
        name = line.cells.get("representative")
        starts, ends = line.day("starts"), line.day("ends")
        if name is None:
            return None
        first = self._people.setdefault(fold(name), line.number)
        if first != line.number:
            line.note("representative", N_("Row {n} has the same name."), n=first)
        year = fiscal_year(starts or ends or self._today)
        starts, ends = starts or year[0], ends or year[1]
        key = "ends" if "ends" in line.cells else "starts" if "starts" in line.cells else "representative"
        try:
            check_term(starts, ends)
        except UserError as error:
            line.bad(key, error.message, **error.params)
            return None
        spans = self._spans.get(place.lc_id, []) if place else []
        if any((span.starts_on, span.ends_on) == (starts, ends) for span in spans):
            return None
        taken = next((span for span in spans if span.starts_on <= ends and span.ends_on >= starts), None)
        if taken is not None:
            message = N_(
                "This LC already has a representative, or a code for one, from {starts} to {ends}. No code "
                "will be created. If that person has stepped down, end that term first."
            )
            line.note("representative", message, starts=taken.starts_on, ends=taken.ends_on)
            return None
        if ends < self._today:
            line.bad(key, N_("This term is already over. Please correct it, or leave the name empty."))
            return None
        return Appointment(name, starts, ends)
