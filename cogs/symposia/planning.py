"""Planning a year, and another rule: what would change is shown before it is done."""

from __future__ import annotations

from typing import Any

from discord import ButtonStyle

from bot.features.symposia.editions import EditionService, Preview
from bot.features.symposia.planning import Planned, Rule, Standing, checked_rule, read_months
from bot.features.symposia.service import SymposiumService
from bot.features.symposia.steps import rule_step, symposium_step
from bot.i18n import N_, Words
from bot.ui.fields import Choice, Maybe, Number, Text
from bot.ui.forms import Form
from bot.ui.home import home_button
from bot.ui.items import RoutedButton
from bot.ui.opening import button_to
from bot.ui.pages import Item, Page
from bot.ui.replies import step_button
from bot.ui.requests import MemberRequest
from cogs.symposia import words as told
from cogs.symposia.pages import SymposiumButton

YES_NO = {True: N_("Yes"), False: N_("No")}


async def plan_year(request: MemberRequest, symposium_id: int) -> None:
    await _show(request, await request.services[EditionService].preview(request.actor, symposium_id))


PlanButton = button_to("symposia:plan:{symposium_id:int}", plan_year)


async def write_rule(request: MemberRequest, symposium_id: int) -> None:
    one = await request.services[SymposiumService].kept(request.actor, symposium_id)
    await RuleForm(request.words, one.rule, symposium_id).open(request.interaction)


RuleButton = button_to("symposia:rule:{symposium_id:int}", write_rule)


class RuleForm(Form, route="symposia:rule", title=N_("When does it take place?")):
    months = Text(N_("Months"), 100, hint=N_("Such as “odd months” or “Jan, May, Nov”"))
    general = Text(N_("Months with the general meeting"), 100, hint=N_("Leave empty if there is none"), required=False)
    every = Choice(N_("How often?"), told.EVERY_WORDS)
    since = Maybe(Number(N_("A year in which it takes place"), hint=N_("Only if it isn't every year")))
    changes_country = Choice[bool](N_("Is the host country another one each time?"), YES_NO)

    def __init__(self, words: Words, rule: Rule, symposium_id: int) -> None:
        super().__init__(words)
        self.symposium_id = symposium_id
        self.months, self.general = (told.months_typed(one, words) for one in (rule.months, rule.general))
        self.every, self.since, self.changes_country = rule.every, rule.since or None, rule.changes_country

    async def act(self, request: MemberRequest) -> None:
        months, general = read_months(self.months), read_months(self.general)
        since = self.since or request.today.year
        rule = checked_rule(Rule(months, general, self.every, since, self.changes_country))
        preview = await request.services[EditionService].preview(request.actor, self.symposium_id, rule)
        await _show(request, preview)


async def _show(request: MemberRequest, found: Preview) -> None:
    words, plan = request.words, found.plan
    lines = [told.rule_line(found.rule, words), words("Planned until the end of {year}.", year=found.until), ""]
    lines += [_planned_line(one, words) for one in plan.editions]
    lines += [words("🗑️ Dropped: {edition}", edition=_was(one, words)) for one in plan.dropped]
    announced = [one for one in plan.fixed if (one.year, one.month) >= (request.today.year, request.today.month)]
    lines += [words("📌 Stays as it is: {edition}", edition=_was(one, words)) for one in announced if one.number]
    symposium_id, is_new = found.symposium.symposium_id, found.rule != found.symposium.rule
    row: list[Item] = []
    if plan.changes or is_new or found.until > found.symposium.planned_until:
        values: dict[str, Any] = {
            "symposium_id": symposium_id,
            "until": found.until,
            "token": plan.token,
            "rule": found.rule.text,
        }
        row.append(ApplyButton.make(words("Plan it like this"), emoji="✅", style=ButtonStyle.success, **values))
    else:
        lines.append(words("Nothing would change."))
    row.append(step_button(rule_step(symposium_id), words))
    last = [step_button(symposium_step(symposium_id), words), home_button(words)]
    title = words("Preview: {name}", name=told.name_of(found.symposium, words))
    await request.show(Page(title, "\n".join(lines), rows=[row, last]))


def _planned_line(one: Planned, words: Words) -> str:
    edition = _said(one.number, one.year, one.month, words)
    if one.was is None:
        return words("➕ New: {edition}", edition=edition)
    if one.is_moved or one.is_renumbered:
        line = words("↪️ {before} becomes {edition}", before=_was(one.was, words), edition=edition)
        return line + words(" (something was entered for it already)") if one.was.is_kept else line
    return words("・As before: {edition}", edition=edition)


def _was(one: Standing, words: Words) -> str:
    return _said(one.number, one.year, one.month, words)


def _said(number: int, year: int, month: int, words: Words) -> str:
    return words("{number}, {day}", number=told.number_of(number, words), day=told.month_of(year, month, words))


class ApplyButton(RoutedButton, route="symposia:apply:{symposium_id:int}:{until:int}:{token}:{rule:text}"):
    async def act(self, request: MemberRequest, symposium_id: int, until: int, token: str, rule: str) -> None:
        await request.services[EditionService].apply(request.actor, symposium_id, rule, until, token)
        request.done = request.words("Planned.")
        await SymposiumButton.show(request, symposium_id)
