"""Whoever is asked something: when they answered, and since when nobody waits for it any more, in the same columns."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0026'
down_revision = '0025'
branch_labels = None
depends_on = None

ASKS = ('asked_parties', 'renewals', 'lc_stays', 'keepings')


def upgrade() -> None:
    for table in ASKS:
        op.add_column(table, sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('asked_parties', sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True))
    op.execute(
        'UPDATE asked_parties SET answered_at = (SELECT max(s.answered_at) FROM answer_sheets s WHERE s.is_complete AND '
        's.questionnaire_id = asked_parties.questionnaire_id AND '
        '(s.lc_id = asked_parties.lc_id OR s.person_id = asked_parties.person_id))'
    )
    op.execute(
        'UPDATE asked_parties SET closed_at = (SELECT q.closed_at FROM questionnaires q '
        'WHERE q.id = asked_parties.questionnaire_id)'
    )
    op.drop_column('questionnaires', 'closed_at')
    op.execute('ALTER TABLE keepings RENAME COLUMN kept_at TO answered_at')
    _once_for('person_id', 'until')
    # One row was asked again and again: what was said the time before has a row of its own from now on.
    op.execute(
        'INSERT INTO keepings (organisation_id, person_id, asked_at, answered_at) '
        'SELECT organisation_id, person_id, answered_at, answered_at FROM keepings WHERE answered_at < asked_at'
    )
    op.execute('UPDATE keepings SET answered_at = NULL WHERE answered_at < asked_at')
    # When a sign of life came, nobody has noted: after they were asked.
    op.execute('UPDATE keepings SET closed_at = asked_at WHERE until IS NULL AND answered_at IS NULL')


def downgrade() -> None:
    op.execute('UPDATE keepings SET until = NULL WHERE answered_at IS NOT NULL OR closed_at IS NOT NULL')
    op.execute(
        'UPDATE keepings SET answered_at = (SELECT max(k.answered_at) FROM keepings k '
        'WHERE k.person_id = keepings.person_id)'
    )
    op.execute(
        'DELETE FROM keepings WHERE EXISTS (SELECT 1 FROM keepings k WHERE k.person_id = keepings.person_id AND '
        '(k.asked_at > keepings.asked_at OR (k.asked_at = keepings.asked_at AND k.id > keepings.id)))'
    )
    _once_for('person_id')
    op.execute('ALTER TABLE keepings RENAME COLUMN answered_at TO kept_at')
    op.add_column('questionnaires', sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True))
    op.execute(
        'UPDATE questionnaires SET closed_at = (SELECT max(a.closed_at) FROM asked_parties a '
        'WHERE a.questionnaire_id = questionnaires.id)'
    )
    op.drop_column('asked_parties', 'answered_at')
    for table in ASKS:
        op.drop_column(table, 'closed_at')


def _once_for(*columns: str) -> None:
    """What can be there once among the questions whether somebody wants to be kept: what couldn't before may now."""
    (before,) = {('person_id',), ('person_id', 'until')} - {columns}
    with op.batch_alter_table('keepings', table_kwargs={'sqlite_autoincrement': True}) as batch_op:
        batch_op.drop_constraint(_name(before), type_='unique')
        batch_op.create_unique_constraint(_name(columns), list(columns))


def _name(columns: tuple[str, ...]) -> str:
    return op.f('uq_keepings_' + '_'.join(columns))
