"""members"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('deletions',
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('deleted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_deletions_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_deletions')),
    sqlite_autoincrement=True
    )
    op.create_table('arrivals',
    sa.Column('server_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('discord_user_id', sa.BigInteger(), nullable=False),
    sa.Column('arrived_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('batch', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['server_id'], ['servers.id'], name=op.f('fk_arrivals_server_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_arrivals')),
    sa.UniqueConstraint('server_id', 'discord_user_id', name=op.f('uq_arrivals_server_id_discord_user_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('arrivals', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_arrivals_arrived_at'), ['arrived_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_arrivals_batch'), ['batch'], unique=False)

    op.create_table('doorways',
    sa.Column('server_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('seen_until', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['server_id'], ['servers.id'], name=op.f('fk_doorways_server_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_doorways')),
    sa.UniqueConstraint('server_id', name=op.f('uq_doorways_server_id')),
    sqlite_autoincrement=True
    )
    op.create_table('interests',
    sa.Column('person_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('committee_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['committee_id'], ['standing_committees.id'], name=op.f('fk_interests_committee_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_interests_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_interests')),
    sa.UniqueConstraint('committee_id', 'person_id', name=op.f('uq_interests_committee_id_person_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('interests', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_interests_person_id'), ['person_id'], unique=False)

    op.create_table('profiles',
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('purpose_version', sa.String(length=20), nullable=False),
    sa.Column('consented_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('joined_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reading', sa.String(length=100), nullable=True),
    sa.Column('kind', sa.String(length=20), nullable=True),
    sa.Column('school_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=True),
    sa.Column('institution', sa.String(length=100), nullable=False),
    sa.Column('year_of_study', sa.Integer(), nullable=True),
    sa.Column('lc_answer', sa.String(length=10), nullable=True),
    sa.Column('would_start', sa.Boolean(), nullable=True),
    sa.Column('interests_answered', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('contact', sa.String(length=10), nullable=True),
    sa.Column('visibility', sa.String(length=10), nullable=False),
    sa.Column('search', sa.String(length=450), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_profiles_organisation_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_profiles_person_id')),
    sa.ForeignKeyConstraint(['school_id'], ['schools.id'], name=op.f('fk_profiles_school_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_profiles')),
    sa.UniqueConstraint('person_id', name=op.f('uq_profiles_person_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('profiles', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_profiles_school_id'), ['school_id'], unique=False)
        batch_op.create_index('ix_profiles_search', ['organisation_id', 'search', 'visibility', 'school_id', 'person_id'], unique=False)

    op.create_table('lc_claims',
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('lc_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('claimed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['lc_id'], ['local_committees.id'], name=op.f('fk_lc_claims_lc_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_lc_claims_organisation_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_lc_claims_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_lc_claims')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('lc_claims', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_lc_claims_organisation_id_state_lc_id'), ['organisation_id', 'state', 'lc_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_lc_claims_person_id'), ['person_id'], unique=False)



def downgrade() -> None:
    # Their keys name claims and arrivals by ids that are given again after a way up, to others.
    op.execute("DELETE FROM deliveries WHERE kind IN ('members:decided', 'members:greeting')")
    with op.batch_alter_table('lc_claims', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_lc_claims_person_id'))
        batch_op.drop_index(batch_op.f('ix_lc_claims_organisation_id_state_lc_id'))

    op.drop_table('lc_claims')
    with op.batch_alter_table('profiles', schema=None) as batch_op:
        batch_op.drop_index('ix_profiles_search')
        batch_op.drop_index(batch_op.f('ix_profiles_school_id'))

    op.drop_table('profiles')
    with op.batch_alter_table('interests', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_interests_person_id'))

    op.drop_table('interests')
    op.drop_table('doorways')
    with op.batch_alter_table('arrivals', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_arrivals_batch'))
        batch_op.drop_index(batch_op.f('ix_arrivals_arrived_at'))

    op.drop_table('arrivals')
    op.drop_table('deletions')
