"""Taking along everything, and deleting it: buttons of ``/me``."""

from __future__ import annotations

from discord import ButtonStyle

from bot.features.members.mydata import MyDataService, as_csv, as_json
from bot.i18n import Words
from bot.ui.dates import long_date
from bot.ui.home import home_button
from bot.ui.items import RoutedButton
from bot.ui.opening import button_to
from bot.ui.pages import TROUBLE, Document, Item, Page
from bot.ui.requests import MemberRequest
from cogs.members.views import CARD_ITEMS, CardButton


async def export(request: MemberRequest) -> None:
    words = request.words
    held = await request.services[MyDataService].export(request.actor)
    if not held:
        text = words("We don't hold any data about you.")
        await request.show(Page(title=words("My data"), text=text, rows=_home(words)))
        return
    lines = [words("・{title}: {n}", title=words(one.title), n=len(one.rows)) for one in held]
    lines.append(words("Both files contain the same data: JSON for programs, CSV for spreadsheets."))
    page = Page(
        title=words("My data"),
        text="\n".join(lines),
        documents=[Document(as_json(held), "mydata.json"), Document(as_csv(held), "mydata.csv")],
        rows=_home(words),
    )
    await request.show(page)


async def ask(request: MemberRequest) -> None:
    """The second look before everything goes."""
    words = request.words
    request.services[MyDataService].require_deletable(request.actor)
    text = "\n".join(
        [
            words(
                "**Deleted for good:** your name and details, your LC and committees, your settings, messages to you,"
                " and the roles this bot gave you."
            ),
            words(
                "**Kept without your name:** that someone was a member and when, which fee was paid, and that "
                "something was changed."
            ),
            words(
                "Your Discord account and your messages in channels are not affected. Each backup is deleted once "
                "there are 14 newer ones: after about two weeks, with one backup a night. If a backup is restored, "
                "your data is deleted again."
            ),
            *(
                words(
                    "**You are due to become {post} on {date}:** this is cancelled too, and the people in charge are "
                    "told that the post is open again.",
                    post=words.either(one.name_ja, one.name_en),
                    date=long_date(one.starts_on, words),
                )
                for one in request.actor.holdings
                if one.is_officer and one.starts_on > request.actor.today
            ),
            words("If you only want to correct something, use “My page”."),
        ]
    )
    rows: list[list[Item]] = [
        [
            ForgetButton.make(words("Delete all my data"), style=ButtonStyle.danger),
            CardButton.make(words("Back"), emoji="↩️"),
        ]
    ]
    await request.show(Page(title=words("Delete all your data?"), text=text, rows=rows, colour=TROUBLE))


def _home(words: Words) -> list[list[Item]]:
    return [[home_button(words)]]


ExportButton = button_to("members:export", export)
DeleteButton = button_to("members:delete", ask)


class ForgetButton(RoutedButton, route="members:forget"):
    async def act(self, request: MemberRequest) -> None:
        words = request.words
        await request.services[MyDataService].delete(request.actor)
        text = words("All your data has been deleted. You're welcome to join again at any time.")
        await request.show(Page(title=words("Deleted"), text=text, rows=_home(words)))


def _export_item(words: Words) -> Item:
    return ExportButton.make(words("Export my data"), emoji="📦")


def _delete_item(words: Words) -> Item:
    return DeleteButton.make(words("Delete my data"), emoji="🗑️")


CARD_ITEMS += [_export_item, _delete_item]
