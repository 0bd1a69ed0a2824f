"""Symposia: series of numbered editions, with slots and speakers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0051'
down_revision = '0050'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite')


def upgrade() -> None:
    op.create_table('symposia',
    sa.Column('organisation_id', ID, nullable=False),
    sa.Column('lc_id', ID, nullable=True),
    sa.Column('committee_id', ID, nullable=True),
    sa.Column('name_ja', sa.String(length=80), nullable=False),
    sa.Column('name_en', sa.String(length=80), nullable=False),
    sa.Column('rule', sa.String(length=80), nullable=False),
    sa.Column('template', sa.JSON(), nullable=False),
    sa.Column('first_number', sa.Integer(), nullable=False),
    sa.Column('planned_until', sa.Integer(), nullable=False),
    sa.Column('post_id', ID, nullable=True),
    sa.Column('made_by_id', ID, nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', ID, nullable=False),
    sa.ForeignKeyConstraint(['committee_id'], ['standing_committees.id'], name=op.f('fk_symposia_committee_id')),
    sa.ForeignKeyConstraint(['lc_id'], ['local_committees.id'], name=op.f('fk_symposia_lc_id')),
    sa.ForeignKeyConstraint(['made_by_id'], ['people.id'], name=op.f('fk_symposia_made_by_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_symposia_organisation_id')),
    sa.ForeignKeyConstraint(['post_id'], ['posts.id'], name=op.f('fk_symposia_post_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_symposia')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_symposia_committee_id'), 'symposia', ['committee_id'], unique=False)
    op.create_index(op.f('ix_symposia_lc_id'), 'symposia', ['lc_id'], unique=False)
    op.create_index(op.f('ix_symposia_made_by_id'), 'symposia', ['made_by_id'], unique=False)
    op.create_index(op.f('ix_symposia_organisation_id'), 'symposia', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_symposia_post_id'), 'symposia', ['post_id'], unique=False)

    op.create_table('editions',
    sa.Column('organisation_id', ID, nullable=False),
    sa.Column('symposium_id', ID, nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('month', sa.Integer(), nullable=False),
    sa.Column('day', sa.Integer(), nullable=True),
    sa.Column('is_general', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('title_ja', sa.String(length=100), nullable=False),
    sa.Column('title_en', sa.String(length=100), nullable=False),
    sa.Column('place', sa.String(length=200), nullable=False),
    sa.Column('country', sa.String(length=2), nullable=False),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.Column('announced_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', ID, nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_editions_organisation_id')),
    sa.ForeignKeyConstraint(['symposium_id'], ['symposia.id'], name=op.f('fk_editions_symposium_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_editions')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_editions_organisation_id'), 'editions', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_editions_symposium_id_number'), 'editions', ['symposium_id', 'number'], unique=False)

    op.create_table('slots',
    sa.Column('organisation_id', ID, nullable=False),
    sa.Column('edition_id', ID, nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('role', sa.String(length=12), nullable=False),
    sa.Column('title_ja', sa.String(length=100), nullable=False),
    sa.Column('title_en', sa.String(length=100), nullable=False),
    sa.Column('from_outside', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('id', ID, nullable=False),
    sa.ForeignKeyConstraint(['edition_id'], ['editions.id'], name=op.f('fk_slots_edition_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_slots_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_slots')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_slots_edition_id_position'), 'slots', ['edition_id', 'position'], unique=False)
    op.create_index(op.f('ix_slots_organisation_id'), 'slots', ['organisation_id'], unique=False)

    op.create_table('speakers',
    sa.Column('organisation_id', ID, nullable=False),
    sa.Column('slot_id', ID, nullable=False),
    sa.Column('person_id', ID, nullable=True),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('affiliation', sa.String(length=100), nullable=False),
    sa.Column('contact', sa.String(length=200), nullable=False),
    sa.Column('is_outside', sa.Boolean(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('id', ID, nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_speakers_organisation_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_speakers_person_id')),
    sa.ForeignKeyConstraint(['slot_id'], ['slots.id'], name=op.f('fk_speakers_slot_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_speakers')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_speakers_organisation_id'), 'speakers', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_speakers_person_id'), 'speakers', ['person_id'], unique=False)
    op.create_index(op.f('ix_speakers_slot_id'), 'speakers', ['slot_id'], unique=False)

    op.create_table('speaker_steps',
    sa.Column('speaker_id', ID, nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('taken_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('taken_by_id', ID, nullable=True),
    sa.Column('id', ID, nullable=False),
    sa.ForeignKeyConstraint(['speaker_id'], ['speakers.id'], name=op.f('fk_speaker_steps_speaker_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['taken_by_id'], ['people.id'], name=op.f('fk_speaker_steps_taken_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_speaker_steps')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_speaker_steps_speaker_id'), 'speaker_steps', ['speaker_id'], unique=False)
    op.create_index(op.f('ix_speaker_steps_taken_by_id'), 'speaker_steps', ['taken_by_id'], unique=False)

    op.create_table('edition_events',
    sa.Column('edition_id', ID, nullable=False),
    sa.Column('event_id', ID, nullable=False),
    sa.Column('id', ID, nullable=False),
    sa.ForeignKeyConstraint(['edition_id'], ['editions.id'], name=op.f('fk_edition_events_edition_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['event_id'], ['events.id'], name=op.f('fk_edition_events_event_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_edition_events')),
    sa.UniqueConstraint('edition_id', name=op.f('uq_edition_events_edition_id')),
    sa.UniqueConstraint('event_id', name=op.f('uq_edition_events_event_id'))
    )


def downgrade() -> None:
    op.execute("DELETE FROM deliveries WHERE kind LIKE 'symposia:%'")
    op.execute("DELETE FROM tasks WHERE template LIKE 'symposia:%'")
    op.execute("DELETE FROM grants WHERE \"right\" = 'keep_symposia'")
    op.execute("DELETE FROM post_rights WHERE \"right\" = 'keep_symposia'")
    for table in ('edition_events', 'speaker_steps', 'speakers', 'slots', 'editions', 'symposia'):
        op.drop_table(table)
