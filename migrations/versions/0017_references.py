"""What hangs on a server, a term or a fee goes with it."""

from __future__ import annotations

from alembic import op

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None

REFERENCES = (
    ('arrivals', 'server_id', 'servers'),
    ('doorways', 'server_id', 'servers'),
    ('role_troubles', 'server_id', 'servers'),
    ('server_parts', 'server_id', 'servers'),
    ('handovers', 'term_id', 'terms'),
    ('handover_ticks', 'term_id', 'terms'),
    ('lc_stays', 'term_id', 'terms'),
    ('bank_rows', 'fee_id', 'fees'),
)


def upgrade() -> None:
    _refer('CASCADE')


def downgrade() -> None:
    _refer(None)


def _refer(ondelete: str | None) -> None:
    for table, column, parent in REFERENCES:
        with op.batch_alter_table(table, table_kwargs={'sqlite_autoincrement': True}) as batch_op:
            name = op.f(f'fk_{table}_{column}')
            batch_op.drop_constraint(name, type_='foreignkey')
            batch_op.create_foreign_key(name, parent, [column], ['id'], ondelete=ondelete)
