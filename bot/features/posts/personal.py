from __future__ import annotations

from sqlalchemy import ColumnElement, select

from bot.features.people.models import Post
from bot.features.posts.models import Claim
from bot.i18n import N_
from bot.personal import PersonalPart, Subject, deleting


def _whose(subject: Subject) -> ColumnElement[bool]:
    return (Claim.organisation_id == subject.organisation_id) & (Claim.discord_user_id == subject.discord_user_id)


PARTS = (
    PersonalPart(
        key="post_claims",
        title=N_("Posts that you said to hold"),
        covers=("claims.discord_user_id",),
        export=lambda subject: (
            select(Claim.display_name, Post.key.label("post"), Claim.lc_id, Claim.state, Claim.claimed_at)
            .join(Post, Post.id == Claim.post_id)
            .where(_whose(subject))
        ),
        forget=deleting(Claim, _whose),
    ),
)
