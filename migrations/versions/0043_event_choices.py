"""The ways to take part in an event, as its draft and its series have them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0043'
down_revision = '0042'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite')


def upgrade() -> None:
    # Not in batch: that would make the table anew, and posts and sign-ups point at it.
    op.add_column('events', sa.Column('choices', sa.JSON(), server_default='[]', nullable=False))
    # Those of a posted event stand in its sign-up, if a way down left them there.
    found: dict[int, list[list[object]]] = {}
    query = (
        'SELECT s.owner_id, c.label_ja, c.label_en, c."limit" FROM signup_choices c JOIN signups s ON s.id = c.signup_id '
        "WHERE s.owner_kind = 'event' ORDER BY c.signup_id, c.position, c.id"
    )
    for event_id, *choice in op.get_bind().execute(sa.text(query)):
        found.setdefault(event_id, []).append(choice)
    events = sa.table('events', sa.column('id', ID), sa.column('choices', sa.JSON()))
    for event_id, choices in found.items():
        op.execute(events.update().where(events.c.id == event_id).values(choices=choices))


def downgrade() -> None:
    # Those of a posted event stay in its sign-up.
    op.execute("ALTER TABLE events DROP COLUMN choices")
