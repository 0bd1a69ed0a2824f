"""Pages that have no command of their own, as people open them: with the buttons of a page that has one."""

from __future__ import annotations

from typing import Any

import simcord

from bot.ui.permissions import MARK_OF_NATION, MARK_OF_OFFICER
from tests.support.worlds import buttons, menus, shown

Person = simcord.MemberActor
Result = simcord.InteractionResult


async def sees_all(person: Person) -> Person:
    """Let somebody see ``/officer`` and ``/manage``, as a role of the server's own may: the services decide."""
    role = person.guild.create_role("sees", permissions=MARK_OF_NATION | MARK_OF_OFFICER)
    backend: Any = person._env.backend
    own = backend.get_member(person.guild.id, person.id).role_ids
    backend.edit_member(person.guild.id, person.id, {"role_ids": [*own, role.id]})
    await person._env.settle()
    return person


async def press(person: Person, result: Result, beginning: str) -> Result:
    """Press the button whose ``custom_id`` begins so. Where it isn't shown, they press it all the same, as somebody may
    who still has an older message."""
    page = shown(result)
    there = [one for one in buttons(page) if one.startswith(beginning)]
    if not there:
        there = [beginning]
        made = {"type": 2, "style": 2, "label": "older", "custom_id": beginning}
        backend: Any = person._env.backend
        backend.get_message(page.channel_id, page.id).components.append({"type": 1, "components": [made]})
    return await person.click(page, custom_id=there[0])


async def opened(
    person: Person, channel: simcord.ChannelHandle, command: str, beginning: str, **options: Any
) -> Result:
    """The page behind a button of a command's page."""
    return await press(person, await person.slash(channel, command, **options), beginning)


async def find_lc(person: Person, channel: simcord.ChannelHandle, text: str) -> Result:
    form = await opened(person, channel, "lc", "local_committees:ask")
    return await person.submit_modal(form, {"text": text})


async def open_contacts(person: Person, channel: simcord.ChannelHandle, lc: str, committee: str = "") -> Result:
    """How to reach an LC."""
    page = await opened(person, channel, "lc", "contacts:show:", lc=lc)
    if committee:
        (menu,) = menus(shown(page))
        value = next(value for label, value in menus(shown(page))[menu].items() if f"（{committee.upper()}）" in label)
        page = await person.select(shown(page), values=[value], custom_id=menu)
    return page


async def lc_history(person: Person, channel: simcord.ChannelHandle, **options: str) -> Result:
    card = await person.slash(channel, "lc", **options)
    (contacts,) = [one for one in buttons(shown(card)) if one.startswith("contacts:show:")]
    return await press(person, card, f"local_committees:history:{contacts.rpartition(':')[2]}:0")


async def lc_roles(person: Person, channel: simcord.ChannelHandle) -> Result:
    """In an LC's own server: the roles that follow the records."""
    return await opened(person, channel, "home", "discord_roles:show")


async def open_membership(person: Person, channel: simcord.ChannelHandle) -> Result:
    return await opened(person, channel, "me", "memberships:open")


async def export_data(person: Person, channel: simcord.ChannelHandle) -> Result:
    return await opened(person, channel, "me", "members:export")


async def delete_data(person: Person, channel: simcord.ChannelHandle) -> Result:
    return await opened(person, channel, "me", "members:delete")


async def take_record(person: Person, channel: simcord.ChannelHandle, code: str = "") -> Result:
    """Take over one's record, with the code or as far as the page that asks for it."""
    page = await opened(person, channel, "me", "rosters:record")
    if not code:
        return page
    form = await press(person, page, "rosters:enter")
    return await person.submit_modal(form, {"code": code})


async def claim_post(
    person: Person, channel: simcord.ChannelHandle, *, code: str = "", post: str = "", **fields: str
) -> Result:
    """Take up a post, with a code or by saying which it is."""
    page = await opened(person, channel, "me", "posts:claim")
    if code:
        form = await press(person, page, "posts:enter")
        return await person.submit_modal(form, {"code": code})
    form = await _choose(person, page, post)
    return await person.submit_modal(form, fields)


async def post_code(
    person: Person, channel: simcord.ChannelHandle, post: str, lc: str | None = None, **days: str
) -> Result:
    """A one-time code for a post of an LC."""
    page = await opened(person, channel, "officer posts", "posts:choose:code:", **({"lc": lc} if lc else {}))
    form = await _choose(person, page, post)
    return await person.submit_modal(form, days)


async def end_term(
    person: Person, channel: simcord.ChannelHandle, who: str, day: str = "", *, is_sure: bool = True, **options: str
) -> Result:
    """End the term whose line has this text in it, on a day or today. ``is_sure``: answer that they mean it."""
    page = shown(await person.slash(channel, "officer posts", **options))
    menu, lines = next((key, lines) for key, lines in menus(page).items() if key.startswith("posts:end:"))
    value = next(value for line, value in lines.items() if who in line)
    form = await person.select(page, values=[value], custom_id=menu)
    asked = await person.submit_modal(form, {"day": day})
    sure = [one for one in buttons(shown(asked)) if one.startswith("posts:end_now:")]
    return await person.click(shown(asked), custom_id=sure[0]) if sure and is_sure else asked


async def _choose(person: Person, result: Result, post: str) -> Result:
    """A post by its key, in the menu that has it."""
    page = shown(result)
    for menu, lines in menus(page).items():
        for value in lines.values():
            if value.partition(":")[2] == post:
                return await person.select(page, values=[value], custom_id=menu)
    raise AssertionError(f"{post} isn't offered")


async def open_drafts(person: Person, channel: simcord.ChannelHandle) -> Result:
    return await opened(person, channel, "announcements", "announcements:drafts")


async def open_templates(person: Person, channel: simcord.ChannelHandle) -> Result:
    return await opened(person, channel, "announcements", "announcements:templates")


async def latest_status(person: Person, channel: simcord.ChannelHandle) -> Result:
    """How the latest announcement goes."""
    return await opened(person, channel, "announcements", "announcements:latest")
