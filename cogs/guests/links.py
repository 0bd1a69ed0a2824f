"""A personal link for somebody without an account, from whoever organises what they signed up for."""

from __future__ import annotations

from discord.utils import escape_markdown

from bot.errors import Conflict
from bot.features.guests.inviting import InvitingService
from bot.i18n import N_
from bot.ui.home import home_button
from bot.ui.items import RoutedButton
from bot.ui.pages import Item, Page
from bot.ui.replies import step_button
from bot.ui.requests import MemberRequest, host
from cogs.guests.names import people_step

NO_PUBLIC_ADDRESS = N_("This bot has no public address, so there are no links. Please tell them yourself.")


class LinkButton(RoutedButton, route="guests:link:{signup_id:int}:{party_id:int}"):
    """It is shown once; a former one of theirs ends."""

    async def act(self, request: MemberRequest, signup_id: int, party_id: int) -> None:
        words, public = request.words, host(request.interaction).settings.public_url
        if public is None:
            raise Conflict(NO_PUBLIC_ADDRESS, next_steps=[people_step(signup_id)])
        made = await request.services[InvitingService].personal(request.actor, party_id)
        text = [
            words("Please send this to {name} alone. It is shown only now.", name=escape_markdown(made.name)),
            f"```\n{public}/a/{made.token}\n```",
            words("By it they see their place, answer an offer, change their name, or cancel."),
            words("A link they had before has ended."),
        ]
        row: list[Item] = [step_button(people_step(signup_id), words), home_button(words)]
        await request.show(Page(words("Personal link"), "\n".join(text), rows=[row]))
