"""What an answer about events offers as the next step."""

from __future__ import annotations

from bot.errors import NextStep
from bot.features.events.models import Event, EventState
from bot.i18n import N_

MAKE = NextStep(N_("Create an event"), "events:make")
ALL = NextStep(N_("All events"), "events:list:coming")
TEMPLATES = NextStep(N_("Templates"), "events:templates")
DRAFTS = NextStep(N_("My drafts"), "events:drafts")
SERIES = NextStep(N_("Series and symposia"), "symposia:list")
TELL_ME = NextStep(N_("Tell me when something comes"), "events:news")

#: For whoever holds a certificate, or was shown one.
CHECK_CERTIFICATE = NextStep(N_("Check a certificate"), "certificates:check")
#: To a text for LINE, where the bot has no public address.
REPLIES = NextStep(N_("Enter replies"), "guests:code")


def show_step(event_id: int) -> NextStep:
    return NextStep(N_("View the event"), f"events:show:{event_id}")


def draft_step(event_id: int) -> NextStep:
    return NextStep(N_("View the draft"), f"events:draft:{event_id}")


def edit_step(event_id: int) -> NextStep:
    return NextStep(N_("Edit"), f"events:edit:{event_id}")


def details_step(event_id: int) -> NextStep:
    return NextStep(N_("Description and more"), f"events:details:{event_id}")


def languages_step(event_id: int) -> NextStep:
    return NextStep(N_("Languages and time zone"), f"events:languages:{event_id}")


def repeat_step(event_id: int) -> NextStep:
    return NextStep(N_("Repeat…"), f"events:repeat:{event_id}")


def series_step(event_id: int) -> NextStep:
    return NextStep(N_("Repeats"), f"events:series:{event_id}")


def check_in_step(event_id: int) -> NextStep:
    return NextStep(N_("Check-in"), f"attendance:at:{event_id}")


def organise_step(event_id: int) -> NextStep:
    return NextStep(N_("For organisers"), f"events:organise:{event_id}")


def text_step(event_id: int) -> NextStep:
    return NextStep(N_("Text for LINE and mail"), f"events:text:{event_id}")


def places_step(event_id: int) -> NextStep:
    return NextStep(N_("Rules of sign-up"), f"events:places:{event_id}")


def more_step(event_id: int) -> NextStep:
    return NextStep(N_("More settings"), f"events:organise:{event_id}")


def poster_step(event_id: int) -> NextStep:
    return NextStep(N_("Poster (PDF)"), f"events:poster:{event_id}")


def people_step(signup_id: int) -> NextStep:
    return NextStep(N_("Who comes"), f"signups:board:{signup_id}")


def invite_step(event_id: int) -> NextStep:
    return NextStep(N_("Invite people"), f"events:invite:{event_id}")


def way_step(event_id: int) -> NextStep:
    return NextStep(N_("Change how I take part"), f"events:way:{event_id}")


def join_step(event_id: int) -> NextStep:
    return NextStep(N_("Sign up"), f"events:join:{event_id}")


def decline_step(event_id: int) -> NextStep:
    return NextStep(N_("I can't come this time"), f"events:decline:{event_id}")


def names_step(signup_id: int) -> NextStep:
    return NextStep(N_("Enter names"), f"guests:names:{signup_id}")


def organisers_step(event_id: int) -> NextStep:
    return NextStep(N_("Organisers"), f"events:organisers:{event_id}")


def hosts_step(event_id: int) -> NextStep:
    return NextStep(N_("Co-hosts"), f"events:hosts:{event_id}")


def certificates_step(event_id: int) -> NextStep:
    return NextStep(N_("Certificates"), f"certificates:event:{event_id}")


def copy_step(event_id: int) -> NextStep:
    return NextStep(N_("Copy"), f"events:copy:{event_id}")


def keep_step(event_id: int) -> NextStep:
    return NextStep(N_("Save as a template"), f"events:keep:{event_id}")


def again_step(event_id: int) -> NextStep:
    return NextStep(N_("Post it here"), f"events:again:{event_id}")


def picture_step(event_id: int) -> NextStep:
    return NextStep(N_("Picture"), f"events:picture:{event_id}")


def post_names_step(event_id: int) -> NextStep:
    return NextStep(N_("Names on the post"), f"events:names:{event_id}")


def own_name_step(event_id: int) -> NextStep:
    return NextStep(N_("My name on the post"), f"events:own_name:{event_id}")


def thread_step(event_id: int) -> NextStep:
    return NextStep(N_("Thread"), f"events:thread:{event_id}")


def report_step(event_id: int) -> NextStep:
    return NextStep(N_("What it was like"), f"events:report:{event_id}")


def report_pictures_step(event_id: int) -> NextStep:
    return NextStep(N_("See the pictures"), f"events:report_pictures:{event_id}")


def cancel_step(event_id: int) -> NextStep:
    return NextStep(N_("Cancel the event"), f"events:cancel:{event_id}")


def step_to(event: Event) -> NextStep:
    return draft_step(event.id) if event.state == EventState.DRAFT else show_step(event.id)


def questions_step(event_id: int) -> NextStep:
    return NextStep(N_("Questions"), f"events:questions:{event_id}")


def choices_step(event_id: int) -> NextStep:
    return NextStep(N_("Ways to take part"), f"events:choices:{event_id}")


def replies_step(event_id: int) -> NextStep:
    return NextStep(N_("Answers"), f"events:replies:{event_id}")


def answers_step(event_id: int) -> NextStep:
    return NextStep(N_("Your answers"), f"events:answers:{event_id}")


def answer_step(event_id: int) -> NextStep:
    return NextStep(N_("Answer the questions"), f"events:answer:{event_id}")
