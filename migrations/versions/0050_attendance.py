"""Who came to an event: the desk, its sessions, check-ins."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0050'
down_revision = '0049'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite')


def upgrade() -> None:
    op.create_table('attendance_desks',
    sa.Column('organisation_id', ID, nullable=False),
    sa.Column('event_id', ID, nullable=False),
    sa.Column('secret', sa.String(length=64), nullable=False),
    sa.Column('is_fixed', sa.Boolean(), nullable=False),
    sa.Column('takes_walk_ins', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('doors', sa.JSON(), server_default='[]', nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', ID, nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['events.id'], name=op.f('fk_attendance_desks_event_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_attendance_desks_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attendance_desks')),
    sa.UniqueConstraint('event_id', name=op.f('uq_attendance_desks_event_id')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_attendance_desks_organisation_id'), 'attendance_desks', ['organisation_id'], unique=False)
    op.create_table('attendance_lists',
    sa.Column('organisation_id', ID, nullable=False),
    sa.Column('event_id', ID, nullable=False),
    sa.Column('day', sa.Integer(), nullable=False),
    sa.Column('session', ID, nullable=False),
    sa.Column('door', sa.String(length=30), nullable=False),
    sa.Column('way', sa.String(length=10), nullable=False),
    sa.Column('people', sa.JSON(), nullable=False),
    sa.Column('unclear', sa.JSON(), nullable=False),
    sa.Column('made_by_id', ID, nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', ID, nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['events.id'], name=op.f('fk_attendance_lists_event_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['made_by_id'], ['people.id'], name=op.f('fk_attendance_lists_made_by_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_attendance_lists_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attendance_lists')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_attendance_lists_event_id'), 'attendance_lists', ['event_id'], unique=False)
    op.create_index(op.f('ix_attendance_lists_made_by_id'), 'attendance_lists', ['made_by_id'], unique=False)
    op.create_index(op.f('ix_attendance_lists_organisation_id'), 'attendance_lists', ['organisation_id'], unique=False)
    op.create_table('attendance_sessions',
    sa.Column('event_id', ID, nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('day', sa.Integer(), nullable=False),
    sa.Column('begins', sa.Integer(), nullable=False),
    sa.Column('ends', sa.Integer(), nullable=False),
    sa.Column('id', ID, nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['events.id'], name=op.f('fk_attendance_sessions_event_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attendance_sessions')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_attendance_sessions_event_id_day_begins'), 'attendance_sessions', ['event_id', 'day', 'begins'], unique=False)
    op.create_table('attendance_wrong_codes',
    sa.Column('event_id', ID, nullable=False),
    sa.Column('person_id', ID, nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', ID, nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['events.id'], name=op.f('fk_attendance_wrong_codes_event_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_attendance_wrong_codes_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attendance_wrong_codes')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_attendance_wrong_codes_at'), 'attendance_wrong_codes', ['at'], unique=False)
    op.create_index(op.f('ix_attendance_wrong_codes_event_id'), 'attendance_wrong_codes', ['event_id'], unique=False)
    op.create_index(op.f('ix_attendance_wrong_codes_person_id_event_id_at'), 'attendance_wrong_codes', ['person_id', 'event_id', 'at'], unique=False)
    op.create_table('attendances',
    sa.Column('organisation_id', ID, nullable=False),
    sa.Column('event_id', ID, nullable=False),
    sa.Column('day', sa.Integer(), nullable=False),
    sa.Column('session', ID, nullable=False),
    sa.Column('person_id', ID, nullable=True),
    sa.Column('way', sa.String(length=10), nullable=False),
    sa.Column('door', sa.String(length=30), server_default='', nullable=False),
    sa.Column('came_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('left_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('noted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_id', ID, nullable=True),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('undone_by_id', ID, nullable=True),
    sa.Column('undone_as', ID, server_default=sa.text('0'), nullable=False),
    sa.Column('id', ID, nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['people.id'], name=op.f('fk_attendances_by_id')),
    sa.ForeignKeyConstraint(['event_id'], ['events.id'], name=op.f('fk_attendances_event_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_attendances_organisation_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_attendances_person_id')),
    sa.ForeignKeyConstraint(['undone_by_id'], ['people.id'], name=op.f('fk_attendances_undone_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attendances')),
    sa.UniqueConstraint('event_id', 'day', 'session', 'person_id', 'undone_as', name=op.f('uq_attendances_event_id_day_session_person_id_undone_as')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_attendances_by_id'), 'attendances', ['by_id'], unique=False)
    op.create_index(op.f('ix_attendances_organisation_id'), 'attendances', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_attendances_person_id'), 'attendances', ['person_id'], unique=False)
    op.create_index(op.f('ix_attendances_undone_by_id'), 'attendances', ['undone_by_id'], unique=False)



def downgrade() -> None:
    # Events stay, without who came to them. Nobody helps at a desk that isn't there.
    op.execute("DELETE FROM grants WHERE \"right\" = 'check_in'")
    for table in (
        'attendances',
        'attendance_wrong_codes',
        'attendance_sessions',
        'attendance_lists',
        'attendance_desks',
    ):
        op.drop_table(table)
