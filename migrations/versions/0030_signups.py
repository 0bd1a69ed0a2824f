"""Signing up for what has limited places: limits, the line, offers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0030'
down_revision = '0029'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite')


def upgrade() -> None:
    op.create_table('signups',
    sa.Column('organisation_id', ID, nullable=False),
    sa.Column('owner_kind', sa.String(length=20), nullable=False),
    sa.Column('owner_id', ID, nullable=False),
    sa.Column('lc_id', ID, nullable=True),
    sa.Column('committee', sa.String(length=40), nullable=True),
    sa.Column('organiser_id', ID, nullable=True),
    sa.Column('shows', sa.String(length=60), server_default='', nullable=False),
    sa.Column('turn', sa.Integer(), server_default=sa.text('0'), nullable=False),
    sa.Column('title_ja', sa.String(length=100), nullable=False),
    sa.Column('title_en', sa.String(length=100), nullable=False),
    sa.Column('page', sa.String(length=60), nullable=False),
    sa.Column('limit', sa.Integer(), nullable=True),
    sa.Column('held', sa.Integer(), server_default=sa.text('0'), nullable=False),
    sa.Column('mode', sa.String(length=12), nullable=False),
    sa.Column('has_line', sa.Boolean(), server_default=sa.true(), nullable=False),
    sa.Column('rank_group', sa.String(length=40), nullable=True),
    sa.Column('opens_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closes_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('begins_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('offer_hours', sa.Integer(), nullable=False),
    sa.Column('last_call_hours', sa.Integer(), nullable=True),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('last_called_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('is_calling', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('last_applied_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('generation', sa.Integer(), server_default=sa.text('0'), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', ID, nullable=False),
    sa.CheckConstraint('held >= 0', name=op.f('ck_signups_held_not_negative')),
    sa.ForeignKeyConstraint(['lc_id'], ['local_committees.id'], name=op.f('fk_signups_lc_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_signups_organisation_id')),
    sa.ForeignKeyConstraint(['organiser_id'], ['people.id'], name=op.f('fk_signups_organiser_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_signups')),
    sa.UniqueConstraint('owner_kind', 'owner_id', name=op.f('uq_signups_owner_kind_owner_id')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_signups_lc_id'), 'signups', ['lc_id'])
    op.create_index(op.f('ix_signups_organisation_id_rank_group'), 'signups', ['organisation_id', 'rank_group'])
    op.create_index(op.f('ix_signups_organiser_id'), 'signups', ['organiser_id'])
    op.create_table('signup_choices',
    sa.Column('signup_id', ID, nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('label_ja', sa.String(length=60), nullable=False),
    sa.Column('label_en', sa.String(length=60), nullable=False),
    sa.Column('limit', sa.Integer(), nullable=True),
    sa.Column('id', ID, nullable=False),
    sa.ForeignKeyConstraint(['signup_id'], ['signups.id'], name=op.f('fk_signup_choices_signup_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_signup_choices')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_signup_choices_signup_id_position'), 'signup_choices', ['signup_id', 'position'])
    op.create_table('signup_quotas',
    sa.Column('signup_id', ID, nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('seats', sa.Integer(), nullable=False),
    sa.Column('lc_id', ID, nullable=True),
    sa.Column('first_year', sa.Integer(), nullable=True),
    sa.Column('last_year', sa.Integer(), nullable=True),
    sa.Column('until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', ID, nullable=False),
    sa.CheckConstraint('first_year <= last_year', name=op.f('ck_signup_quotas_years_in_order')),
    sa.CheckConstraint('seats >= 0', name=op.f('ck_signup_quotas_seats_not_negative')),
    sa.ForeignKeyConstraint(['lc_id'], ['local_committees.id'], name=op.f('fk_signup_quotas_lc_id')),
    sa.ForeignKeyConstraint(['signup_id'], ['signups.id'], name=op.f('fk_signup_quotas_signup_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_signup_quotas')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_signup_quotas_lc_id'), 'signup_quotas', ['lc_id'])
    op.create_index(op.f('ix_signup_quotas_signup_id'), 'signup_quotas', ['signup_id'])
    op.create_table('signup_parties',
    sa.Column('signup_id', ID, nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('choice_id', ID, nullable=True),
    sa.Column('rank', sa.Integer(), nullable=True),
    sa.Column('priority', sa.Integer(), server_default=sa.text('0'), nullable=False),
    sa.Column('applied_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('offered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('said_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('offer_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('is_told', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('is_passed', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('is_over', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reason', sa.String(length=200), server_default='', nullable=False),
    sa.Column('generation', sa.Integer(), server_default=sa.text('0'), nullable=False),
    sa.Column('id', ID, nullable=False),
    sa.ForeignKeyConstraint(['choice_id'], ['signup_choices.id'], name=op.f('fk_signup_parties_choice_id')),
    sa.ForeignKeyConstraint(['signup_id'], ['signups.id'], name=op.f('fk_signup_parties_signup_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_signup_parties')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_signup_parties_choice_id'), 'signup_parties', ['choice_id'])
    op.create_index(
        op.f('ix_signup_parties_signup_id_state_priority_applied_at_id'), 'signup_parties',
        ['signup_id', 'state', 'priority', 'applied_at', 'id'],
    )
    op.create_table('signup_party_members',
    sa.Column('party_id', ID, nullable=False),
    sa.Column('signup_id', ID, nullable=False),
    sa.Column('person_id', ID, nullable=True),
    sa.Column('lc_id', ID, nullable=True),
    sa.Column('year', sa.Integer(), nullable=True),
    sa.Column('agreed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('is_live', sa.Boolean(), nullable=False),
    sa.Column('may_message', sa.Boolean(), nullable=True),
    sa.Column('id', ID, nullable=False),
    sa.ForeignKeyConstraint(['lc_id'], ['local_committees.id'], name=op.f('fk_signup_party_members_lc_id')),
    sa.ForeignKeyConstraint(['party_id'], ['signup_parties.id'], name=op.f('fk_signup_party_members_party_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_signup_party_members_person_id')),
    sa.ForeignKeyConstraint(['signup_id'], ['signups.id'], name=op.f('fk_signup_party_members_signup_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_signup_party_members')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_signup_party_members_lc_id'), 'signup_party_members', ['lc_id'])
    op.create_index(op.f('ix_signup_party_members_party_id'), 'signup_party_members', ['party_id'])
    op.create_index(op.f('ix_signup_party_members_person_id'), 'signup_party_members', ['person_id'])
    op.create_index(
        'uq_signup_party_members_live', 'signup_party_members', ['signup_id', 'person_id'], unique=True,
        sqlite_where=sa.text('is_live'), postgresql_where=sa.text('is_live'),
    )


def downgrade() -> None:
    """The version before knows none of this. Its keys would be used again on the way up, so none may stay."""
    op.execute("DELETE FROM deliveries WHERE kind LIKE 'signups:%'")
    op.execute("DELETE FROM tasks WHERE template LIKE 'signups:%'")
    op.execute("DELETE FROM post_rights WHERE \"right\" = 'organise'")
    op.execute("DELETE FROM grants WHERE \"right\" = 'organise'")
    for table in ('signup_party_members', 'signup_parties', 'signup_quotas', 'signup_choices', 'signups'):
        op.drop_table(table)
