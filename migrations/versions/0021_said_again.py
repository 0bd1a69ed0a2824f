"""How often something about the end of a term has become true anew: what was said before is said again then."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None


deliveries = sa.table('deliveries', *(sa.column(name) for name in ('id', 'kind', 'key')))
AGAIN = ':again:'


def upgrade() -> None:
    op.add_column('terms', sa.Column('generation', sa.Integer(), server_default='0', nullable=False))
    _count_from_0()


def downgrade() -> None:
    _count_from_0()
    op.drop_column('terms', 'generation')


def _count_from_0() -> None:
    """Without the column nobody knows which generations have been said, and with it they begin at 0. So the latest word
    of each gets the first key, which counts as said in both versions, and no older one keeps a key that comes again."""
    query = (
        sa.select(deliveries.c.id, deliveries.c.key)
        .where(deliveries.c.kind.like('handovers:%'), deliveries.c.key.not_like('forgotten:%'))
        .order_by(deliveries.c.id.desc())
    )
    said: dict[str, list[tuple[int, str]]] = {}
    for row in op.get_bind().execute(query):
        said.setdefault(row.key.partition(AGAIN)[0], []).append((row.id, row.key))
    spent, latest = [], []
    for first, ((newest, key), *older) in said.items():
        if key != first:
            latest.append({'row': newest, 'new': first})
        spent += [{'row': row, 'new': f'{first}:was:{row}'} for row, _ in older]
    query = sa.update(deliveries).where(deliveries.c.id == sa.bindparam('row')).values(key=sa.bindparam('new'))
    for changes in (spent, latest):  # the first key may be an older one's
        if changes:
            op.get_bind().execute(query, changes)
