"""What is due: the morning's look, and a reader's message of the day."""

from __future__ import annotations

from bot.deliveries.values import Due
from bot.features.tasks.queries import TaskLine
from bot.features.tasks.reminding import NATION, TaskWatch
from bot.ui.dates import long_date
from bot.ui.home import home_button
from bot.ui.pages import Item, Page
from bot.ui.renderers import Line, Message, Occasion
from bot.ui.replies import step_button
from cogs.tasks import pages

#: So many tasks are listed; of the rest only the number is said.
LISTED = 15


async def look(occasion: Occasion, due: Due) -> None:
    await occasion.services[TaskWatch].look(due.organisation_id)


async def _found(occasion: Occasion, due: Due) -> list[TaskLine]:
    return await occasion.services[TaskWatch].bundle(due.organisation_id, due.payload, occasion.today)


def _way_on(found: list[TaskLine], occasion: Occasion, due: Due) -> Item:
    """To where the only task is done, else to the list that its reader has."""
    words = occasion.words
    if len(found) == 1 and found[0].step is not None:
        return step_button(found[0].step, words)
    if due.payload["reader"] == "lc":
        return pages.LcTasksButton.make(words("Tasks"), emoji="📌", lc_id=due.payload["lc"])
    return pages.TasksButton.make(words("Tasks"), emoji="📌")


async def bundle(occasion: Occasion, due: Due) -> Message | None:
    """None if all of it is done, or somebody else's, meanwhile."""
    found, words = await _found(occasion, due), occasion.words
    if not found:
        return None
    text = [f"・{pages.told(one, words)}" for one in found[:LISTED]]
    if (more := len(found) - LISTED) > 0:
        text.append(words.plural("and {n} more thing", "and {n} more things", more))
    if due.payload["reader"] == NATION:
        text.insert(
            0, words("Nobody is assigned to these, or they are long overdue. Please make sure somebody takes them on.")
        )
    title = words.plural("{n} task to see to", "{n} tasks to see to", len(found))
    return Message(Page(title, "\n".join(text), rows=[[_way_on(found, occasion, due), home_button(words)]]))


async def bundle_line(occasion: Occasion, due: Due) -> Line | None:
    found, words = await _found(occasion, due), occasion.words
    if not found:
        return None
    first = pages.title_of(found[0], words)
    text = words("{task} (by {date})", task=first, date=long_date(found[0].due_on, words))
    if len(found) > 1:
        text = words.plural("{task} and {n} more", "{task} and {n} more", len(found) - 1, task=text)
    return Line(text, _way_on(found, occasion, due), len(found))
