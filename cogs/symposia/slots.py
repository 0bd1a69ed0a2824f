"""The page of a slot: who has it, the steps with the speaker, and the texts to ask and to thank them."""

from __future__ import annotations

from functools import partial

from discord import ButtonStyle
from discord.utils import escape_markdown

from bot.errors import Conflict
from bot.features.symposia.models import SpeakerState
from bot.features.symposia.queries import SlotCard, SpeakerCard, SymposiumCard
from bot.features.symposia.rules import STEPS, TITLED, SlotDraft, SpeakerDraft
from bot.features.symposia.sizes import AFFILIATION, CONTACT, SPEAKER, TITLE
from bot.features.symposia.speakers import HAS_SPEAKER, NO_SPEAKER, SlotService, SpeakerService
from bot.features.symposia.steps import edition_step, slot_step
from bot.i18n import N_, Words
from bot.ui.dates import stamp
from bot.ui.draft_forms import DraftForm
from bot.ui.fields import Choice, People, Text
from bot.ui.forms import Form
from bot.ui.home import home_button
from bot.ui.items import RoutedButton
from bot.ui.opening import button_to, menu_to
from bot.ui.pages import Item, Page
from bot.ui.replies import step_button
from bot.ui.requests import MemberRequest
from cogs.symposia import words as told
from cogs.symposia.letters import asking, thanking

YES_NO = {False: N_("No"), True: N_("Yes")}
OUTSIDE = N_("From outside medicine?")
OUTSIDE_HINT = N_("Not from medicine, dentistry or pharmacy")
TICKS = {
    SpeakerState.ACCEPTED: (N_("Accepted"), "✅"),
    SpeakerState.DECLINED: (N_("Declined"), "✖️"),
    SpeakerState.SLIDES: (N_("Slides received"), "📑"),
    SpeakerState.SETTLED: (N_("Travel and honorarium settled"), "🧾"),
    SpeakerState.THANKED: (N_("Thanked"), "💐"),
}


async def show_slot(request: MemberRequest, slot_id: int, *, withdraws: bool = False) -> None:
    """``withdraws``: ask whether the speaker really withdraws."""
    symposium, edition, slot = await request.services[SlotService].slot(request.actor, slot_id)
    words, one = request.words, slot.speaker
    lines = [escape_markdown(told.heading(edition, words)), told.slot_line(slot, words)]
    if slot.from_outside:
        lines.append(words("For somebody from outside medicine, dentistry and pharmacy"))
    if one is not None and symposium.keeps:
        lines += _about(symposium, one, words)
    if slot.former and symposium.keeps:
        lines += ["", words("Before:")]
        lines += [line for former in slot.former for line in _steps(former, words)]
    is_own = one is not None and one.is_me
    rows: list[list[Item]] = []
    if withdraws and one is not None and (symposium.keeps or is_own):
        lines += ["", words("Does the speaker really withdraw? The slot is open again at once.")]
        to = SpeakerState.WITHDRAWN.value
        sure = words("Yes, they withdraw")
        danger = ButtonStyle.danger
        rows.append([TickButton.make(sure, style=danger, slot_id=slot_id, speaker_id=one.speaker_id, to=to)])
    elif symposium.keeps:
        rows += _keeping(slot, words, is_ahead=edition.is_ahead)
    elif one is not None and is_own:
        if not one.has_accepted:
            lines += ["", words("If you accept, your name is shown to everybody with the programme.")]
        rows.append(_own(slot, one, words))
    rows.append([step_button(edition_step(edition.edition_id), words), home_button(words)])
    await request.show(Page(told.name_of(symposium, words), "\n".join(lines), rows=[row for row in rows if row]))


SlotSelect = menu_to("symposia:one_slot", show_slot)
SlotButton = button_to("symposia:slot:{slot_id:int}", show_slot)
WithdrawButton = button_to("symposia:withdraw:{slot_id:int}", partial(show_slot, withdraws=True))


def _about(symposium: SymposiumCard, one: SpeakerCard, words: Words) -> list[str]:
    lines = _steps(one, words)
    if one.is_outside:
        lines.append(words("From outside medicine"))
    if one.contact:
        lines.append(words("Contact (only owners see it): {contact}", contact=escape_markdown(one.contact)))
    elif not one.is_member and not symposium.owns:
        lines.append(words("Only owners of the series see their contact."))
    return lines


def _steps(one: SpeakerCard, words: Words) -> list[str]:
    lines = [f"**{escape_markdown(told.who(one, words))}**"]
    for step in one.steps:
        by = escape_markdown(step.by) or words("somebody")
        said = words(told.SPEAKER_WORDS[step.state])
        lines.append(words("{at}: {step} ({name})", at=stamp(step.at, "d"), step=said, name=by))
    return lines


def _keeping(slot: SlotCard, words: Words, *, is_ahead: bool) -> list[list[Item]]:
    number, one = slot.slot_id, slot.speaker
    change = EditSlotButton.make(words("Edit the slot"), emoji="✏️", slot_id=number)
    if one is None:
        if not is_ahead:
            return [[change]]
        return [
            [
                MemberButton.make(words("Ask a member"), emoji="🙋", slot_id=number),
                GuestButton.make(words("Ask a guest"), emoji="✉️", slot_id=number),
                change,
                RemoveSlotButton.make(words("Remove the slot"), emoji="🗑️", slot_id=number),
            ]
        ]
    ticks = [_tick(slot, one, to, words) for to in TICKS if STEPS[to].may(one.state)]
    if TITLED.may(one.state) or one.state in (SpeakerState.TITLE, SpeakerState.SLIDES, SpeakerState.SETTLED):
        label = words("Title received") if TITLED.may(one.state) else words("Another title")
        ticks.insert(0, TitleButton.make(label, emoji="📝", slot_id=number))
    rest: list[Item] = [LettersButton.make(words("Texts for mail"), emoji="📋", slot_id=number), change]
    if not one.is_member:
        rest.append(DetailsButton.make(words("Guest's details"), emoji="👤", slot_id=number))
    if STEPS[SpeakerState.WITHDRAWN].may(one.state):
        rest.append(WithdrawButton.make(words("Withdraws"), emoji="↩️", slot_id=number))
    return [ticks, rest]


def _own(slot: SlotCard, one: SpeakerCard, words: Words) -> list[Item]:
    """What a speaker does about their own talk."""
    if not one.has_accepted:
        return [_tick(slot, one, to, words) for to in (SpeakerState.ACCEPTED, SpeakerState.DECLINED)]
    if STEPS[SpeakerState.WITHDRAWN].may(one.state):
        return [WithdrawButton.make(words("I can't come"), emoji="↩️", slot_id=slot.slot_id)]
    return []


def _tick(slot: SlotCard, one: SpeakerCard, to: SpeakerState, words: Words) -> Item:
    label, emoji = TICKS[to]
    return TickButton.make(words(label), emoji=emoji, slot_id=slot.slot_id, speaker_id=one.speaker_id, to=to.value)


class TickButton(RoutedButton, route="symposia:tick:{slot_id:int}:{speaker_id:int}:{to}"):
    async def act(self, request: MemberRequest, slot_id: int, speaker_id: int, to: str) -> None:
        step = next((one for one in STEPS if one.value == to), None)
        if step is None:
            raise Conflict(NO_SPEAKER, next_steps=[slot_step(slot_id)])
        await request.services[SpeakerService].take(request.actor, slot_id, speaker_id, step)
        request.done = request.words("Saved.")
        symposium, _, slot = await request.services[SlotService].slot(request.actor, slot_id)
        if symposium.keeps or (slot.speaker is not None and slot.speaker.is_me):
            await show_slot(request, slot_id)
        else:
            await request.show(Page(told.name_of(symposium, request.words), rows=[[home_button(request.words)]]))


class TitleForm(Form, route="symposia:title", title=N_("Title received")):
    title_ja = Text(N_("Title in Japanese"), TITLE, required=False)
    title_en = Text(N_("Title in English"), TITLE, hint=N_("One of the two titles is enough"), required=False)

    def __init__(self, words: Words, slot_id: int) -> None:
        super().__init__(words)
        self.slot_id = slot_id

    async def act(self, request: MemberRequest) -> None:
        await request.services[SpeakerService].title(request.actor, self.slot_id, self.title_ja, self.title_en)
        request.done = request.words("Saved.")
        await show_slot(request, self.slot_id)


async def write_title(request: MemberRequest, slot_id: int) -> None:
    await request.services[SpeakerService].open_to(request.actor, slot_id)
    await TitleForm(request.words, slot_id).open(request.interaction)


TitleButton = button_to("symposia:title:{slot_id:int}", write_title)


class MemberForm(Form, route="symposia:member", title=N_("Ask a member")):
    who = People(N_("Who?"), hint=N_("Somebody who has joined here"), most=1)
    is_outside = Choice[bool](OUTSIDE, YES_NO, hint=OUTSIDE_HINT)

    def __init__(self, words: Words, slot_id: int) -> None:
        super().__init__(words)
        self.slot_id, self.is_outside = slot_id, False

    async def act(self, request: MemberRequest) -> None:
        (user,) = self.who
        service = request.services[SpeakerService]
        await service.ask_member(request.actor, self.slot_id, user.id, is_outside=self.is_outside)
        request.done = request.words("Entered as asked. They find it on the page of the edition.")
        await show_slot(request, self.slot_id)


async def ask_member(request: MemberRequest, slot_id: int) -> None:
    await request.services[SpeakerService].open_to(request.actor, slot_id)
    await MemberForm(request.words, slot_id).open(request.interaction)


MemberButton = button_to("symposia:ask_member:{slot_id:int}", ask_member)


class GuestForm(DraftForm[SpeakerDraft], route="symposia:guest", title=N_("A guest from outside")):
    """A new one, or the details of the one who has the slot."""

    name = Text(N_("Name"), SPEAKER)
    affiliation = Text(N_("Affiliation"), AFFILIATION, hint=N_("As it should stand in the programme"), required=False)
    contact = Text(
        N_("Mail or phone"), CONTACT, hint=N_("Only owners see it. It is deleted a year later."), required=False
    )
    is_outside = Choice[bool](OUTSIDE, YES_NO, hint=OUTSIDE_HINT)

    def __init__(self, words: Words, slot_id: int, kept: SpeakerDraft, *, is_new: bool) -> None:
        super().__init__(words, kept)
        self.slot_id, self.is_new = slot_id, is_new

    async def act(self, request: MemberRequest) -> None:
        service = request.services[SpeakerService]
        if self.is_new:
            await service.ask_guest(request.actor, self.slot_id, self.draft)
            request.done = request.words("Entered as asked. Below are texts to send.")
        else:
            await service.edit_guest(request.actor, self.slot_id, self.draft, self.kept)
            request.done = request.words("Saved.")
        await show_slot(request, self.slot_id)


async def ask_guest(request: MemberRequest, slot_id: int) -> None:
    slot = await request.services[SpeakerService].open_to(request.actor, slot_id)
    if slot.speaker is not None:
        raise Conflict(HAS_SPEAKER, next_steps=[slot_step(slot_id)])
    draft = SpeakerDraft("", is_outside=slot.from_outside)
    await GuestForm(request.words, slot_id, draft, is_new=True).open(request.interaction)


GuestButton = button_to("symposia:ask_guest:{slot_id:int}", ask_guest)


async def edit_guest(request: MemberRequest, slot_id: int) -> None:
    kept = await request.services[SpeakerService].guest(request.actor, slot_id)
    await GuestForm(request.words, slot_id, kept, is_new=False).open(request.interaction)


DetailsButton = button_to("symposia:details:{slot_id:int}", edit_guest)


async def edit_slot(request: MemberRequest, slot_id: int) -> None:
    slot = await request.services[SpeakerService].open_to(request.actor, slot_id)
    kept = SlotDraft(slot.role, slot.title_ja, slot.title_en, slot.from_outside)
    await SlotForm(request.words, kept, slot_id).open(request.interaction)


EditSlotButton = button_to("symposia:edit_slot:{slot_id:int}", edit_slot)


class SlotForm(DraftForm[SlotDraft], route="symposia:slot", title=N_("Edit the slot")):
    role = Choice(N_("Role"), told.ROLE_WORDS)
    title_ja = Text(N_("Title in Japanese"), TITLE, required=False)
    title_en = Text(N_("Title in English"), TITLE, required=False)
    from_outside = Choice[bool](N_("For somebody from outside medicine?"), YES_NO)

    def __init__(self, words: Words, kept: SlotDraft, slot_id: int) -> None:
        super().__init__(words, kept)
        self.slot_id = slot_id

    async def act(self, request: MemberRequest) -> None:
        await request.services[SlotService].edit(request.actor, self.slot_id, self.draft, self.kept)
        request.done = request.words("Saved.")
        await show_slot(request, self.slot_id)


class RemoveSlotButton(RoutedButton, route="symposia:remove_slot:{slot_id:int}"):
    async def act(self, request: MemberRequest, slot_id: int) -> None:
        edition_id = await request.services[SlotService].remove(request.actor, slot_id)
        words = request.words
        row = [step_button(edition_step(edition_id), words), home_button(words)]
        await request.show(Page(words("Slots"), words("The slot was removed."), rows=[row]))


async def show_letters(request: MemberRequest, slot_id: int) -> None:
    """Texts to paste into a mail, in both languages."""
    await request.services[SpeakerService].open_to(request.actor, slot_id)
    symposium, edition, slot = await request.services[SlotService].slot(request.actor, slot_id)
    if slot.speaker is None:
        raise Conflict(NO_SPEAKER, next_steps=[slot_step(slot_id)])
    write = thanking if slot.speaker.has_accepted and not edition.is_ahead else asking
    texts = [write(symposium, edition, slot, Words(language)) for language in ("ja", "en")]
    words = request.words
    title = words("Text to thank them") if write is thanking else words("Text to ask them")
    text = "\n".join(f"```\n{text.replace('`', 'ˋ')}\n```" for text in texts)
    row = [step_button(slot_step(slot_id), words), home_button(words)]
    await request.show(Page(title, text, rows=[row]))


LettersButton = button_to("symposia:letters:{slot_id:int}", show_letters)
