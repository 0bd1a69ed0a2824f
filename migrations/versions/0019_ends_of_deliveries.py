"""What ended without a message says why: a job that is done, what wasn't needed any more, what was taken back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None

deliveries = sa.table(
    'deliveries',
    sa.column('state', sa.String),
    sa.column('recipient_kind', sa.String),
    sa.column('action', sa.String),
    sa.column('fallback_kind', sa.String),
    sa.column('claimed_by', sa.String),
    sa.column('error_code', sa.String),
)
posts = sa.table(
    'announcement_posts',
    sa.column('state', sa.String),
    sa.column('error_code', sa.String),
)


def upgrade() -> None:
    row, was = deliveries.c, deliveries.c.state == 'cancelled'
    # The reason stood where errors stand.
    finished = row.error_code.in_(['done', 'not_needed'])
    # Dropped for somebody who was spared, or said anew because its message was gone.
    said_anew = (row.action == 'edit') & row.fallback_kind.is_not(None) & row.error_code.is_not(None)
    dropped = row.claimed_by.is_not(None) | said_anew
    for which, state, values in (
        (finished & (row.recipient_kind == 'job'), 'done', {'error_code': None}),
        (finished, 'not_needed', {'error_code': None}),
        (dropped, 'not_needed', {}),
        (sa.true(), 'withdrawn', {}),
    ):
        op.execute(sa.update(deliveries).where(was, which).values(state=state, **values))
    was = posts.c.state == 'cancelled'
    unneeded = posts.c.error_code == 'not_needed'
    op.execute(sa.update(posts).where(was, unneeded).values(state='not_needed', error_code=None))
    op.execute(sa.update(posts).where(was).values(state='withdrawn'))


def downgrade() -> None:
    for table in (deliveries, posts):
        for state in ('done', 'not_needed'):
            reason = sa.func.coalesce(table.c.error_code, state)
            op.execute(sa.update(table).where(table.c.state == state).values(state='cancelled', error_code=reason))
        op.execute(sa.update(table).where(table.c.state == 'withdrawn').values(state='cancelled'))
