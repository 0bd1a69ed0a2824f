"""The one answer to everything that goes wrong, for commands, components and forms alike.

On a private page it stands above what is there, so that people go on from where they are (``bot.ui.in_place``). After a
command, or on a message that others see, it is a private message of its own.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import discord
import structlog
from discord import app_commands

from bot.errors import Conflict, NextStep, NotAllowed, UserError
from bot.i18n import N_, Words, words_for
from bot.ui.answering import (
    answer_once,
    has_shown,
    is_answered,
    is_overtaken,
    note_answered,
    note_turned,
    shown_by,
    shown_with,
)
from bot.ui.dates import long_date, long_time
from bot.ui.in_place import with_error
from bot.ui.pages import ERROR, Page, in_rows
from bot.ui.requests import Interaction, MemberRequest, Request, caller_of, has_written, host, on_private_message
from bot.ui.written import Written, shown_back

log = structlog.get_logger("tsunagu.errors")

_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # nothing that looks like something else on a phone

#: Discord's error for an interaction that it has given up, three seconds after it was made.
TOO_LATE = 10062

STALE = N_("This button or form belongs to an older message and no longer works. Nothing was changed.")

FAULT = N_("Something went wrong on our side. Please try again; if it stays, tell an officer this number: {ref}")
SAVED = N_(
    "Your change was saved, but then something went wrong on our side. Please look at it before you do it again. If "
    "something is missing, tell an officer this number: {ref}"
)


def fill(message: str, params: Mapping[str, Any], words: Words, *, escape: bool = True) -> str:
    """A message with its parameters, each as this reader writes it. (Japanese, English) pairs become one of the two.

    ``escape`` what Discord would take for markup; not for a text that goes into a file.
    """

    def readable(value: Any) -> Any:
        if isinstance(value, datetime) and value.tzinfo is None:
            return long_time(value, words)
        if isinstance(value, date):
            return long_date(value, words)
        if isinstance(value, tuple):
            return words.either(*value)
        if isinstance(value, str) and escape:
            return discord.utils.escape_markdown(value)
        return value

    return words(message, **{name: readable(value) for name, value in params.items()})


def step_button(step: NextStep, words: Words) -> discord.ui.Button[Any]:
    label = words(step.label) if step.translate else step.label
    return discord.ui.Button(label=label[:80], custom_id=step.custom_id, style=discord.ButtonStyle.secondary)


#: Where what stands on the page has changed.
ANEW = N_("Open the page again")
#: The way on where an error knows no better one.
HOME_STEP = NextStep(N_("Home"), "homes:open")


def error_page(error: UserError, words: Words, written: Sequence[Written] = (), again: NextStep | None = None) -> Page:
    """``written`` in a form that came to nothing stands above; ``again`` opens the form once more."""
    above = shown_back(written, words, may_open=again is not None)
    steps = [*([again] if again else []), *_steps(error)]
    if isinstance(error, NotAllowed):
        steps.append(HOME_STEP)
    return Page(
        title=words("That didn't work"),
        text=fill(error.message, error.params, words),
        rows=in_rows([step_button(step, words) for step in steps[:25]]),
        colour=ERROR,
        quoted=above,
    )


def _steps(error: UserError) -> Sequence[NextStep]:
    return error.next_steps or (HOME_STEP,)


async def reply_error(
    interaction: Interaction, error: BaseException, written: Sequence[Written] = (), again: NextStep | None = None
) -> None:
    """Tell the user privately, in their language, what went wrong and what to do next.

    Anything but a UserError is a fault of ours: it is logged with its traceback under a reference, and the user is
    given the reference. Where Discord has given up waiting, there is nobody left to tell.
    ``written`` and ``again``: see ``error_page``.
    """
    if isinstance(error, app_commands.CommandInvokeError | app_commands.TransformerError) and error.__cause__:
        error = error.__cause__
    if isinstance(error, app_commands.TransformerError):
        error = UserError(N_("“{value}” can't be used here. Please choose from the list."), value=str(error.value))
    if isinstance(error, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch):
        error = UserError(
            N_("This command has changed. Please reload Discord (Ctrl+R, or restart the app) and type it again.")
        )
    if isinstance(error, app_commands.CheckFailure):
        error = UserError(N_("You can't use this command here."))
    if isinstance(error, discord.NotFound) and error.code == TOO_LATE:
        host(interaction).errors["fault"] += 1
        log.warning("answered too late", origin=caller_of(interaction).origin, guild_id=interaction.guild_id)
        return  # Discord has told them, and takes no answer any more
    language, saved = None, has_written(interaction)
    host(interaction).errors["user" if isinstance(error, UserError) else "fault"] += 1
    if not isinstance(error, UserError):
        reference = "".join(secrets.choice(_ALPHABET) for _ in range(8))
        log.error(
            "unexpected error",
            reference=reference,
            origin=caller_of(interaction).origin,
            guild_id=interaction.guild_id,
            exc_info=error,
        )
        error = UserError(SAVED if saved else FAULT, ref=reference)
    try:
        request = await Request.open(interaction)
        language = request.words.language
    except Exception:  # the database may be what is broken; an answer in Discord's language is still an answer
        log.exception("no language for an error")
        language = str(interaction.locale).split("-", 1)[0]
    await _answer(interaction, error, words_for(language), written, again)


async def _answer(
    interaction: Interaction, error: UserError, words: Words, written: Sequence[Written], again: NextStep | None
) -> None:
    page = error_page(error, words, written, again)
    extra: dict[str, Any] = {"view": view} if (view := page.view()) else {}
    try:
        if await _answered_in_place(interaction, error, page, words, again):
            return
        if not is_answered(interaction):
            await answer_once(
                interaction,
                lambda: interaction.response.send_message(
                    embeds=page.embeds(), files=page.files(), ephemeral=True, **extra
                ),
            )
        else:
            await interaction.followup.send(embeds=page.embeds(), files=page.files(), ephemeral=True, **extra)
    except discord.HTTPException as failure:
        # The interaction is gone (too late, or answered by another process): there is nobody left to tell.
        log.warning("an error could not be shown", status=failure.status, code=failure.code)


#: The first answers after which the message that was pressed on is still the one that is being answered.
_OF_THE_PAGE = (
    None,
    discord.InteractionResponseType.deferred_message_update,
    discord.InteractionResponseType.message_update,
)


async def _may_still_see(interaction: Interaction) -> bool:
    """May they see what stands there? Those who lost a right since it was shown perhaps may not."""
    seen = shown_with(interaction)
    for kind in (MemberRequest, Request) if seen is not None else ():
        try:
            if (await kind.open(interaction)).rights == seen:
                return True
        except UserError:
            continue
        except Exception:  # the database may be what is broken
            log.exception("no rights for an error")
    return False


async def _answered_in_place(
    interaction: Interaction, error: UserError, page: Page, words: Words, again: NextStep | None
) -> bool:
    """Show it on the private page that was pressed, if that is still there and has room."""
    if not on_private_message(interaction):
        return False
    keeps = not isinstance(error, NotAllowed) or await _may_still_see(interaction)
    if is_overtaken(interaction) or has_shown(interaction):
        return False
    response = interaction.response
    if response.type not in _OF_THE_PAGE:
        return False
    edit: dict[str, Any] | None
    if not keeps:
        edit = {"embeds": page.embeds(), "view": page.view(), "attachments": page.files()}
    else:
        short = replace(page, title="", text=f"⚠️ {page.text}")
        anew = shown_by(interaction) if isinstance(error, Conflict) or error.message == SAVED else None
        steps = [*([NextStep(ANEW, anew)] if anew else []), *_steps(error)]
        buttons = [step_button(step, words) for step in steps]
        edit = with_error(interaction, short, buttons, step_button(again, words) if again else None)
    if edit is None:
        return False
    if keeps:
        note_answered(interaction)
    else:
        note_turned(interaction)
    try:
        if is_answered(interaction):
            await interaction.edit_original_response(**edit)
        else:
            await answer_once(interaction, lambda: response.edit_message(**edit))
    except discord.HTTPException as failure:
        log.info("an error could not be shown in place", status=failure.status, code=failure.code)
        return False  # somebody has closed the page, perhaps
    return True
