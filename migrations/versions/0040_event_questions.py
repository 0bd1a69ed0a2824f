"""An event's own questions, and what people answer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0040'
down_revision = '0039'
branch_labels = None
depends_on = None


ID = sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite')


def upgrade() -> None:
    op.create_table('event_questions',
    sa.Column('event_id', ID, nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('text_ja', sa.String(length=100), nullable=False),
    sa.Column('text_en', sa.String(length=100), nullable=False),
    sa.Column('options', sa.JSON(), nullable=False),
    sa.Column('is_required', sa.Boolean(), nullable=False),
    sa.Column('is_sensitive', sa.Boolean(), nullable=False),
    sa.Column('id', ID, nullable=False),
    sa.ForeignKeyConstraint(
        ['event_id'], ['events.id'], name=op.f('fk_event_questions_event_id'), ondelete='CASCADE'
    ),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_event_questions')),
    sqlite_autoincrement=True
    )
    op.create_index(
        op.f('ix_event_questions_event_id_position'), 'event_questions', ['event_id', 'position'], unique=False
    )
    op.create_table('event_answers',
    sa.Column('question_id', ID, nullable=False),
    sa.Column('person_id', ID, nullable=False),
    sa.Column('given', sa.JSON(), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', ID, nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_event_answers_person_id')),
    sa.ForeignKeyConstraint(
        ['question_id'], ['event_questions.id'], name=op.f('fk_event_answers_question_id'), ondelete='CASCADE'
    ),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_event_answers')),
    sa.UniqueConstraint('question_id', 'person_id', name=op.f('uq_event_answers_question_id_person_id')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_event_answers_person_id'), 'event_answers', ['person_id'], unique=False)


def downgrade() -> None:
    # Nobody reads the answers there, so they aren't kept.
    op.execute("DELETE FROM deliveries WHERE kind = 'events:forget'")
    op.drop_table('event_answers')
    op.drop_table('event_questions')
