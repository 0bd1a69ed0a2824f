"""What is said unasked: the question of 1 April with its reminders, that a fee has come in; and the hours' work."""

from __future__ import annotations

from discord import ButtonStyle

from bot.deliveries.values import Due
from bot.features.memberships.fees import FeeService
from bot.features.memberships.renewals import RenewalService
from bot.features.memberships.staff import LeavingStaffService
from bot.i18n import Words
from bot.ui.brief import BriefPart
from bot.ui.home import home_button
from bot.ui.pages import Item, Page
from bot.ui.renderers import Line, Message, Occasion
from cogs.memberships.own import OpenButton


async def asking(occasion: Occasion, due: Due) -> Message | None:
    renewal, stay = await _open(occasion, due)
    if not (renewal or stay):
        return None
    words, address = occasion.words, occasion.address
    lines = []
    if renewal:
        name = words.either(address.name_ja, address.name_en)
        lines.append(
            words(
                "A new fiscal year has begun. Are you staying with {name}, and which year are you in now? You only "
                "need to choose once. Memberships don't renew automatically.",
                name=name,
            )
        )
    if stay:
        lines.append(words("And are you still in your LC? One press lets its officers know."))
    text = "\n".join(lines)
    if due.payload["number"]:
        text += "\n" + words("You'll get at most two reminders, and none after you answer.")
    button = OpenButton.make(words("Answer"), emoji="🎫", style=ButtonStyle.primary)
    return Message(Page(title=words("Are you staying?"), text=text, rows=[[button, home_button(words)]]))


async def asking_line(occasion: Occasion, due: Due) -> Line | None:
    renewal, stay = await _open(occasion, due)
    words = occasion.words
    if renewal:
        return Line(words("New fiscal year: are you staying, and which year are you in now?"), _answer(words))
    return Line(words("New fiscal year: are you still in your LC?"), _answer(words)) if stay else None


def _answer(words: Words) -> Item:
    return OpenButton.make(words("Answer"), emoji="🎫")


async def _open(occasion: Occasion, due: Due) -> tuple[bool, bool]:
    service = occasion.services[RenewalService]
    return await service.open_questions(int(due.payload["person_id"]), int(due.payload["year"]))


async def paid(occasion: Occasion, due: Due) -> Message | None:
    if not await occasion.services[FeeService].is_paid(int(due.payload["fee_id"]), due.payload.get("tick")):
        return None
    words = occasion.words
    text = words("The treasurer has received your fee. You're an individual member until the end of March. Thank you!")
    row = [OpenButton.make(words("My membership"), emoji="🎫"), home_button(words)]
    return Message(Page(title=words("Fee received"), text=text, rows=[row]))


async def paid_line(occasion: Occasion, due: Due) -> Line | None:
    if not await occasion.services[FeeService].is_paid(int(due.payload["fee_id"]), due.payload.get("tick")):
        return None
    return Line(occasion.words("The treasurer has received your fee. Thank you!"))


async def _is_ended(occasion: Occasion, due: Due) -> bool:
    today = occasion.today
    return not await occasion.services[LeavingStaffService].is_staff(int(due.payload["person_id"]), today)


async def staff_begun(occasion: Occasion, due: Due) -> Message | None:
    """To a candidate whose last step a national officer has ticked. None if they are none any more."""
    if await _is_ended(occasion, due):
        return None
    words = occasion.words
    text = words("All your steps are completed. Thank you! Your page shows until when you are staff.")
    row = [OpenButton.make(words("My membership"), emoji="🎫"), home_button(words)]
    return Message(Page(title=words("You're staff now"), text=text, rows=[row]))


async def staff_begun_line(occasion: Occasion, due: Due) -> Line | None:
    return None if await _is_ended(occasion, due) else Line(occasion.words("You're staff now"))


async def staff_ended(occasion: Occasion, due: Due) -> Message | None:
    """To somebody whose time as staff or a candidate an officer ended. None if they are one again."""
    if not await _is_ended(occasion, due):
        return None
    words, address = occasion.words, occasion.address
    text = words(
        "This was recorded by a national officer of {name}. Your membership and fee stay as they are, and you can "
        "apply again. If you don't know why, please ask a national officer.",
        name=words.either(address.name_ja, address.name_en),
    )
    row = [OpenButton.make(words("My membership"), emoji="🎫"), home_button(words)]
    return Message(Page(title=words("You're no longer staff or a candidate"), text=text, rows=[row]))


async def staff_ended_line(occasion: Occasion, due: Due) -> Line | None:
    if not await _is_ended(occasion, due):
        return None
    return Line(occasion.words("You're no longer staff or a candidate."))


async def april(occasion: Occasion, due: Due) -> None:
    service = occasion.services[RenewalService]
    await service.ask(due.organisation_id, int(due.payload["year"]), int(due.payload["after"]))


async def february(occasion: Occasion, due: Due) -> None:
    service = occasion.services[RenewalService]
    await service.spare(due.organisation_id, int(due.payload["year"]), int(due.payload["after"]))


async def brief_part(occasion: Occasion) -> BriefPart:
    """How many have not said yet whether they stay: a number, no names. Only while it can be answered in time."""
    words, address = occasion.words, occasion.address
    asked, silent = await occasion.services[RenewalService].count_open(address.organisation_id)
    line = words.plural(
        "{n} of {asked} people hasn't said yet whether they're staying",
        "{n} of {asked} people haven't said yet whether they're staying",
        silent,
        asked=asked,
    )
    return BriefPart(words("The new fiscal year"), [line] if silent else [])
