"""What each kind of delivery is called where several are listed. No two kinds share a name."""

from __future__ import annotations

from bot.deliveries.bundles import BUNDLE
from bot.deliveries.notices import OUTAGE_KIND, TROUBLE_KIND
from bot.features.announcements import correcting, notices, planning, reminding, sending
from bot.features.briefs import service as briefs
from bot.features.discord_roles.service import TROUBLE_KIND as ROLE_TROUBLE_KIND
from bot.features.handovers import asking, direct, rescue
from bot.features.members import arrivals, claiming, confirming
from bot.features.memberships import carrying, fees, lc_stays, leaving_staff, renewals
from bot.features.rosters import retention
from bot.i18n import N_, Words

NAMES = {
    sending.MESSAGE: N_("Announcement"),
    reminding.REMINDER: N_("Reminder of an announcement to an LC"),
    reminding.OWN_REMINDER: N_("Reminder of a question to a person"),
    reminding.SILENT: N_("List of LCs without an answer"),
    notices.MISSED: N_("Word that an announcement did not go out"),
    notices.UNPINGED: N_("Word that an announcement pinged nobody"),
    notices.CHECK: N_("Check of an announcement by a second person"),
    planning.SEND: N_("Sending an announcement (my own work)"),
    planning.OCCUR: N_("Sending the next of a series (my own work)"),
    sending.REMIND: N_("Reminding of an announcement (my own work)"),
    sending.FOLLOW_UP: N_("Listing LCs without an answer (my own work)"),
    sending.CLOSE: N_("Closing the books of an announcement (my own work)"),
    correcting.CORRECT: N_("Correcting an announcement (my own work)"),
    correcting.WITHDRAW: N_("Taking an announcement back (my own work)"),
    briefs.MESSAGE_KIND: N_("Morning brief"),
    briefs.JOB_KIND: N_("Making the morning brief (my own work)"),
    asking.ASK_KIND: N_("Question to an LC who follows in a post"),
    asking.VACANT_KIND: N_("Word that a post is vacant"),
    asking.JOB_KIND: N_("Looking at terms that end (my own work)"),
    direct.ENDS_KIND: N_("Word to a holder that their term ends"),
    direct.FOLLOW_KIND: N_("Question to a successor"),
    direct.BEGINS_KIND: N_("Word to a successor that their term has begun"),
    rescue.NAMED_KIND: N_("Word that a national officer was named"),
    arrivals.GREETING: N_("Greeting of newcomers"),
    claiming.ASK_JOB: N_("Asking LCs to confirm members (my own work)"),
    confirming.TO_CONFIRM: N_("Request to an LC to confirm members"),
    confirming.TO_CONFIRM_ABOVE: N_("Request to national officers to confirm members"),
    confirming.UNTOLD: N_("Word that an LC can't be told of new members"),
    confirming.DECIDED: N_("Word to a member that the LC has answered"),
    renewals.ASKING: N_("Question of April to a member"),
    renewals.APRIL_JOB: N_("Asking members in April (my own work)"),
    renewals.FEBRUARY_JOB: N_("Leaving year 6 in peace in February (my own work)"),
    carrying.MARCH_JOB: N_("Carrying LC members over on 31 March (my own work)"),
    carrying.SILENT_JOB: N_("Counting LC members without an answer (my own work)"),
    carrying.TO_LC: N_("Word to an LC about members without an answer"),
    lc_stays.ENDED: N_("Word to a member that they are no longer in the LC"),
    fees.PAID: N_("Word to a member that the fee has come in"),
    leaving_staff.STAFF_ENDED: N_("Word to staff that they no longer are"),
    retention.KEEP: N_("Question to somebody silent whether to keep their record"),
    ROLE_TROUBLE_KIND: N_("Word about roles that can't be given"),
    TROUBLE_KIND: N_("Word that something did not arrive"),
    OUTAGE_KIND: N_("Word that I was away"),
    BUNDLE: N_("Change of a message that says several things"),
}


def name_of(kind: str, words: Words) -> str:
    """For a kind that a later version of the program left behind, its own key is better than nothing."""
    return words(NAMES[kind]) if kind in NAMES else kind
