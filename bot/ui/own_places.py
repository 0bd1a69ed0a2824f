"""What people do with their own place in a sign-up: take it, pass it on, leave, and say whether they want messages.

A page on which they do so declares the buttons once::

    AcceptButton, RefuseButton, LeaveButton, ReallyLeaveButton, MessagesButton = own_place(
        "events:{what}:{event_id:int}", signup_of, show_event
    )
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from discord import ButtonStyle

from bot.features.signups.models import PartyState
from bot.features.signups.service import SignUpService
from bot.features.signups.values import OwnPage
from bot.i18n import Words
from bot.ui.items import RoutedButton
from bot.ui.pages import Page
from bot.ui.replies import step_button
from bot.ui.requests import MemberRequest

#: In a button: may the bot write? Older buttons have the numbers.
YES, NO = "yes", "no"
_YES = {YES, "1"}

Buttons = tuple[type[RoutedButton], type[RoutedButton], type[RoutedButton], type[RoutedButton], type[RoutedButton]]


class Show(Protocol):
    """The page that the buttons stand on. ``says``: how the reader stands, unless they were told just now."""

    def __call__(self, request: MemberRequest, number: int, /, *, says: bool = True) -> Awaitable[None]: ...


def own_place(route: str, signup_of: Callable[[MemberRequest, int], Awaitable[int]], show: Show) -> Buttons:
    """To take an offered place, to pass it on, to leave (and surely), and to choose messages.

    ``route``: with ``{what}`` and the number of the subject. ``signup_of``: the subject's sign-up; raises NotFound.
    """

    class Accept(RoutedButton, route=_routed(route, "accept")):
        async def act(self, request: MemberRequest, **values: Any) -> None:
            (number,) = values.values()
            await request.services[SignUpService].accept(request.actor, await signup_of(request, number))
            request.done = request.words("You're signed up. See you there!")
            await show(request, number, says=False)

    class Refuse(RoutedButton, route=_routed(route, "refuse")):
        async def act(self, request: MemberRequest, **values: Any) -> None:
            (number,) = values.values()
            await request.services[SignUpService].refuse(request.actor, await signup_of(request, number))
            request.done = request.words("Thank you. The next in line is asked.")
            await show(request, number)

    class Leave(RoutedButton, route=_routed(route, "leave")):
        """Where others wait, it asks first: the place, or the turn, would be gone."""

        async def act(self, request: MemberRequest, **values: Any) -> None:
            (number,) = values.values()
            own = await request.services[SignUpService].own(request.actor, await signup_of(request, number))
            asked = _asked(own, request.words)
            if asked is None:
                await _leave(request, number)
                return
            title, text, yes = asked
            row = [ReallyLeave.make(yes, style=ButtonStyle.danger, **values), step_button(own.step, request.words)]
            await request.show(Page(title, text, rows=[row]))

    class ReallyLeave(RoutedButton, route=_routed(route, "really_leave")):
        async def act(self, request: MemberRequest, **values: Any) -> None:
            (number,) = values.values()
            await _leave(request, number)

    class Messages(RoutedButton, route=_routed(route, "messages") + ":{word}"):
        """Changes, free places and a reminder come as direct messages, or not."""

        async def act(self, request: MemberRequest, word: str, **values: Any) -> None:
            (number,) = values.values()
            signup_id = await signup_of(request, number)
            await request.services[SignUpService].allow_messages(request.actor, signup_id, word in _YES)
            words = request.words
            if word in _YES:
                request.done = words("We'll message you about changes, and remind you once before it starts.")
            else:
                request.done = words("You won't get messages about this. If it is cancelled, /home says so.")
            await show(request, number)

    async def _leave(request: MemberRequest, number: int) -> None:
        await request.services[SignUpService].leave(request.actor, await signup_of(request, number))
        request.done = request.words("Your sign-up was cancelled.")
        await show(request, number)

    made = (Accept, Refuse, Leave, ReallyLeave, Messages)
    for one in made:
        one.__module__ = getattr(show, "__module__", one.__module__)  # there the bot finds it (``Host.add_items``)
    return made


def _routed(route: str, what: str) -> str:
    return route.replace("{what}", what)


def _asked(own: OwnPage, words: Words) -> tuple[str, str, str] | None:
    """Title, text and button of a question; None where nothing is lost for good."""
    state, waiting = own.party.state if own.party is not None else None, own.counts.waiting
    if state is PartyState.WAITING:
        text = words("If you sign up again later, you start at the end of the line.")
        return words("Leave the line"), text, words("Yes, leave the line")
    if state is PartyState.ACCEPTED and waiting:
        text = words.plural(
            "{n} person is waiting. If you cancel, your place goes to the next in line.",
            "{n} people are waiting. If you cancel, your place goes to the next in line.",
            waiting,
        )
        return words("Cancel my sign-up"), text, words("Yes, give up my place")
    return None
