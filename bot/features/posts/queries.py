from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select

from bot.features.local_committees.models import LocalCommittee
from bot.features.local_committees.queries import with_lc
from bot.features.people.models import Person, Post, Term
from bot.features.posts.values import TermCard


def term_card(row: Row[Any]) -> TermCard:
    return TermCard(
        row.id,
        row.display_name,
        row.post_ja,
        row.post_en,
        row.lc_id,
        row.lc_ja,
        row.lc_en,
        row.starts_on,
        row.ends_on,
    )


TERMS = with_lc(
    select(
        Term.id,
        Person.display_name,
        Post.name_ja.label("post_ja"),
        Post.name_en.label("post_en"),
        Term.lc_id,
        Term.starts_on,
        Term.ends_on,
    )
    .join(Person, Person.id == Term.person_id)
    .join(Post, Post.id == Term.post_id),
    Term.lc_id,
    outer=True,
).order_by(LocalCommittee.position, Post.position, Term.starts_on, Term.id)
