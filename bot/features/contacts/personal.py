from __future__ import annotations

from sqlalchemy import ColumnElement, select

from bot.features.contacts.models import HolderContact
from bot.features.people.models import Term
from bot.i18n import N_
from bot.personal import PersonalPart, Subject, deleting


def _whose(subject: Subject) -> ColumnElement[bool]:
    return HolderContact.term_id.in_(select(Term.id).where(Term.person_id == subject.person_id))


PARTS = (
    PersonalPart(
        key="contact_details",
        title=N_("How to reach you in your posts"),
        covers=("holder_contacts.term_id",),
        export=lambda subject: select(HolderContact.field, HolderContact.text, HolderContact.visibility).where(
            _whose(subject)
        ),
        forget=deleting(HolderContact, _whose),
    ),
)
