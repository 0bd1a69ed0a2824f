"""How often a fee was ticked: after a tick that was taken back, the next is worth a word again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


deliveries = sa.table('deliveries', sa.column('kind'), sa.column('key'))
fees = sa.table('fees', sa.column('id'), sa.column('ticks'))
PAID = 'memberships:paid'


def upgrade() -> None:
    op.add_column('fees', sa.Column('ticks', sa.Integer(), server_default='0', nullable=False))
    # After a way down, keys still hold ticks: the next has to have a new one, and what is on its way is of the last.
    highest: dict[int, int] = {}
    query = sa.select(deliveries.c.key).where(deliveries.c.kind == PAID, deliveries.c.key.like(f'{PAID}:%:%'))
    for key in op.get_bind().scalars(query):
        fee, tick = map(int, key.removeprefix(f'{PAID}:').split(':'))
        highest[fee] = max(highest.get(fee, 0), tick)
    changes = [{'fee': fee, 'tick': tick} for fee, tick in highest.items()]
    if changes:
        change = sa.update(fees).where(fees.c.id == sa.bindparam('fee')).values(ticks=sa.bindparam('tick'))
        op.get_bind().execute(change, changes)


def downgrade() -> None:
    op.drop_column('fees', 'ticks')
