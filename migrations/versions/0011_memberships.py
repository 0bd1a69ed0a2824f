"""Memberships, fees, sheets of people, and who is left in peace."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('spared_spells',
    sa.Column('discord_user_id', sa.BigInteger(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_spared_spells')),
    sa.UniqueConstraint('discord_user_id', 'starts_at', name=op.f('uq_spared_spells_discord_user_id_starts_at')),
    sqlite_autoincrement=True
    )
    op.create_table('membership_settings',
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('fee', sa.Integer(), nullable=False),
    sa.Column('how_to_pay', sa.String(length=500), nullable=False),
    sa.Column('grace_days', sa.Integer(), nullable=False),
    sa.Column('kept_years', sa.Integer(), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_membership_settings_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_membership_settings')),
    sa.UniqueConstraint('organisation_id', name=op.f('uq_membership_settings_organisation_id')),
    sqlite_autoincrement=True
    )
    op.create_table('staff_steps',
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('name_ja', sa.String(length=100), nullable=False),
    sa.Column('name_en', sa.String(length=100), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('retired_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_staff_steps_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff_steps')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_staff_steps_organisation_id'), 'staff_steps', ['organisation_id'], unique=False)

    op.create_table('fees',
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('amount', sa.Integer(), nullable=False),
    sa.Column('reference', sa.String(length=12), nullable=False),
    sa.Column('payer', sa.String(length=100), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reported_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('paid_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_fees_organisation_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_fees_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_fees')),
    sa.UniqueConstraint('organisation_id', 'reference', name=op.f('uq_fees_organisation_id_reference')),
    sa.UniqueConstraint('person_id', 'year', name=op.f('uq_fees_person_id_year')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_fees_organisation_id_year_state'), 'fees', ['organisation_id', 'year', 'state'], unique=False)

    op.create_table('keepings',
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('until', sa.Date(), nullable=True),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('kept_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_keepings_organisation_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_keepings_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_keepings')),
    sa.UniqueConstraint('person_id', name=op.f('uq_keepings_person_id')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_keepings_organisation_id'), 'keepings', ['organisation_id'], unique=False)

    op.create_table('memberships',
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.CheckConstraint('ends_on >= starts_on', name=op.f('ck_memberships_dates_in_order')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_memberships_organisation_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_memberships_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_memberships')),
    sa.UniqueConstraint('person_id', 'kind', 'starts_on', name=op.f('uq_memberships_person_id_kind_starts_on')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_memberships_organisation_id_kind_ends_on'), 'memberships', ['organisation_id', 'kind', 'ends_on'], unique=False)

    op.create_table('renewals',
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answer', sa.String(length=10), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_renewals_organisation_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_renewals_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_renewals')),
    sa.UniqueConstraint('person_id', 'year', name=op.f('uq_renewals_person_id_year')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_renewals_organisation_id_year'), 'renewals', ['organisation_id', 'year'], unique=False)

    op.create_table('roster_requests',
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_roster_requests_organisation_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_roster_requests_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_roster_requests')),
    sa.UniqueConstraint('person_id', name=op.f('uq_roster_requests_person_id')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_roster_requests_organisation_id'), 'roster_requests', ['organisation_id'], unique=False)

    op.create_table('staff_ticks',
    sa.Column('person_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('step_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('ticked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_staff_ticks_person_id')),
    sa.ForeignKeyConstraint(['step_id'], ['staff_steps.id'], name=op.f('fk_staff_ticks_step_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff_ticks')),
    sa.UniqueConstraint('person_id', 'step_id', name=op.f('uq_staff_ticks_person_id_step_id')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_staff_ticks_step_id'), 'staff_ticks', ['step_id'], unique=False)

    op.create_table('bank_rows',
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('fee_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['fee_id'], ['fees.id'], name=op.f('fk_bank_rows_fee_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_bank_rows_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bank_rows')),
    sa.UniqueConstraint('organisation_id', 'digest', name=op.f('uq_bank_rows_organisation_id_digest')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_bank_rows_fee_id'), 'bank_rows', ['fee_id'], unique=False)

    op.create_table('roster_entries',
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('fingerprint', sa.String(length=64), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('reading', sa.String(length=100), nullable=False),
    sa.Column('school_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=True),
    sa.Column('institution', sa.String(length=100), nullable=False),
    sa.Column('year_of_study', sa.Integer(), nullable=True),
    sa.Column('kind', sa.String(length=20), nullable=True),
    sa.Column('consent', sa.String(length=100), nullable=False),
    sa.Column('source', sa.String(length=100), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('imported_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_on', sa.Date(), nullable=False),
    sa.Column('claimed_by', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=True),
    sa.Column('claimed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['claimed_by'], ['people.id'], name=op.f('fk_roster_entries_claimed_by')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_roster_entries_organisation_id')),
    sa.ForeignKeyConstraint(['school_id'], ['schools.id'], name=op.f('fk_roster_entries_school_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_roster_entries')),
    sa.UniqueConstraint('digest', name=op.f('uq_roster_entries_digest')),
    sa.UniqueConstraint('organisation_id', 'fingerprint', name=op.f('uq_roster_entries_organisation_id_fingerprint')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_roster_entries_claimed_by'), 'roster_entries', ['claimed_by'], unique=False)
    op.create_index(op.f('ix_roster_entries_expires_on'), 'roster_entries', ['expires_on'], unique=False)

    op.add_column('deliveries', sa.Column('is_reminder', sa.Boolean(), server_default=sa.false(), nullable=False))

    op.add_column('sheet_uploads', sa.Column('answers', sa.JSON(), server_default='{}', nullable=False))



def downgrade() -> None:
    # Their keys name fees by ids that are given again after a way up, to others.
    op.execute("DELETE FROM deliveries WHERE kind = 'memberships:paid'")
    op.drop_column('sheet_uploads', 'answers')

    op.drop_column('deliveries', 'is_reminder')


    op.drop_table('roster_entries')

    op.drop_table('bank_rows')

    op.drop_table('staff_ticks')

    op.drop_table('roster_requests')

    op.drop_table('renewals')

    op.drop_table('memberships')

    op.drop_table('keepings')

    op.drop_table('fees')

    op.drop_table('staff_steps')
    op.drop_table('membership_settings')
    op.drop_table('spared_spells')
