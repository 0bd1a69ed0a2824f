"""The words for what the audit notes, for histories and ``/audit`` alike."""

from __future__ import annotations

from bot.i18n import N_, Words

ACTION_WORDS = {
    "lc.add": N_("taken into the directory"),
    "lc.state": N_("state"),
    "lc.edit": N_("names and kind of club"),
    "lc.answer": N_("answer to a committee"),
    "lc.acknowledge": N_("an announcement read"),
    "lc.question": N_("answers to questions"),
    "lc.contact": N_("contact details"),
    "lc.region": N_("region"),
    "holder.contact": N_("an officer's own contact details"),
    "post.add": N_("a new officer"),
    "post.claim": N_("somebody says they hold a post"),
    "post.confirm": N_("a new officer confirmed"),
    "post.decline": N_("a new officer not confirmed"),
    "post.code": N_("a one-time code made"),
    "term.add": N_("a term entered"),
    "term.end": N_("a term ended"),
    "handover.name": N_("a successor named"),
    "handover.accept": N_("a successor takes it on"),
    "handover.decline": N_("somebody doesn't take it on"),
    "handover.withdraw": N_("the naming of a successor taken back"),
    "handover.note": N_("what was agreed about a post"),
    "handover.date": N_("the LC's own date of handover"),
    "handover.checklist": N_("a checklist for handovers"),
    "handover.days": N_("when holders are asked for a successor"),
    "lc.server_code": N_("a code for its own server made"),
    "lc.server_link": N_("its own server linked"),
    "lc.server_edit": N_("its own server: the channel for announcements"),
    "lc.server_unlink": N_("its own server unlinked"),
    "organisation.create": N_("the organisation set up"),
    "server.link": N_("a server linked"),
    "server.part": N_("a role, channel or message made in a server"),
    "post.create": N_("a post added to the list"),
    "post.edit": N_("a post in the list"),
    "post.retire": N_("a post retired"),
    "post.revive": N_("a post in use again"),
    "region.create": N_("a region added"),
    "region.edit": N_("a region changed"),
    "region.remove": N_("a region removed"),
    "sheet.import": N_("a sheet taken in"),
    "delivery.retry": N_("a delivery sent again"),
    "delivery.put_aside": N_("a delivery put aside"),
    "announcement.new": N_("an announcement drafted"),
    "announcement.edit": N_("an announcement edited"),
    "announcement.check": N_("an announcement checked by somebody else"),
    "announcement.plan": N_("an announcement sent or planned"),
    "announcement.pause": N_("a repeating announcement paused or resumed"),
    "announcement.skip": N_("one of a repeating announcement left out"),
    "announcement.stop": N_("a planned announcement stopped"),
    "announcement.take_back": N_("an announcement taken back"),
    "announcement.discard": N_("a draft of an announcement discarded"),
    "member.consent": N_("agreed to the purpose of use"),
    "member.answer": N_("a member's own details"),
    "member.confirm": N_("a member of an LC confirmed"),
    "member.not_ours": N_("not a member of the LC"),
    "person.delete": N_("somebody's data deleted at their wish"),
}


def action_text(action: str, words: Words) -> str:
    """What was done; the name by which the program knows it, where nobody has found words yet."""
    return words(ACTION_WORDS[action]) if action in ACTION_WORDS else action
