"""Institutions, whom to ask there, and people without an account."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0024'
down_revision = '0023'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite')
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table('institutions',
    sa.Column('organisation_id', ID, nullable=False),
    sa.Column('name_ja', sa.String(length=100), nullable=False),
    sa.Column('name_en', sa.String(length=100), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('country', sa.String(length=2), nullable=False),
    sa.Column('place', sa.String(length=100), nullable=False),
    sa.Column('address', sa.String(length=300), nullable=False),
    sa.Column('note', sa.String(length=300), nullable=False),
    sa.Column('school_id', ID, nullable=True),
    sa.Column('search', sa.String(length=1000), nullable=False),
    sa.Column('retired_at', INSTANT, nullable=True),
    sa.Column('id', ID, nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_institutions_organisation_id')),
    sa.ForeignKeyConstraint(['school_id'], ['schools.id'], name=op.f('fk_institutions_school_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_institutions')),
    sa.UniqueConstraint('organisation_id', 'school_id', name=op.f('uq_institutions_organisation_id_school_id')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_institutions_school_id'), 'institutions', ['school_id'], unique=False)
    op.create_table('entered_people',
    sa.Column('organisation_id', ID, nullable=False),
    sa.Column('person_id', ID, nullable=False),
    sa.Column('reading', sa.String(length=100), nullable=False),
    sa.Column('school_id', ID, nullable=True),
    sa.Column('institution_id', ID, nullable=True),
    sa.Column('affiliation', sa.String(length=100), nullable=False),
    sa.Column('source', sa.String(length=100), nullable=False),
    sa.Column('lc_id', ID, nullable=True),
    sa.Column('entered_by', ID, nullable=True),
    sa.Column('entered_at', INSTANT, nullable=False),
    sa.Column('until', sa.Date(), nullable=False),
    sa.Column('search', sa.String(length=700), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=True),
    sa.Column('code_until', sa.Date(), nullable=True),
    sa.Column('id', ID, nullable=False),
    sa.ForeignKeyConstraint(['entered_by'], ['people.id'], name=op.f('fk_entered_people_entered_by')),
    sa.ForeignKeyConstraint(['institution_id'], ['institutions.id'], name=op.f('fk_entered_people_institution_id')),
    sa.ForeignKeyConstraint(['lc_id'], ['local_committees.id'], name=op.f('fk_entered_people_lc_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_entered_people_organisation_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_entered_people_person_id')),
    sa.ForeignKeyConstraint(['school_id'], ['schools.id'], name=op.f('fk_entered_people_school_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_entered_people')),
    sa.UniqueConstraint('digest', name=op.f('uq_entered_people_digest')),
    sa.UniqueConstraint('person_id', name=op.f('uq_entered_people_person_id')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_entered_people_entered_by'), 'entered_people', ['entered_by'], unique=False)
    op.create_index(op.f('ix_entered_people_institution_id'), 'entered_people', ['institution_id'], unique=False)
    op.create_index(op.f('ix_entered_people_lc_id'), 'entered_people', ['lc_id'], unique=False)
    op.create_index(op.f('ix_entered_people_organisation_id_until'), 'entered_people', ['organisation_id', 'until'], unique=False)
    op.create_index(op.f('ix_entered_people_school_id'), 'entered_people', ['school_id'], unique=False)
    op.create_table('institution_contacts',
    sa.Column('organisation_id', ID, nullable=False),
    sa.Column('institution_id', ID, nullable=False),
    sa.Column('person_id', ID, nullable=False),
    sa.Column('role', sa.String(length=100), nullable=False),
    sa.Column('mail', sa.String(length=254), nullable=False),
    sa.Column('phone', sa.String(length=40), nullable=False),
    sa.Column('is_main', sa.Boolean(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('id', ID, nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.CheckConstraint('ends_on >= starts_on', name=op.f('ck_institution_contacts_dates_in_order')),
    sa.ForeignKeyConstraint(['institution_id'], ['institutions.id'], name=op.f('fk_institution_contacts_institution_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_institution_contacts_organisation_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_institution_contacts_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_institution_contacts')),
    sa.UniqueConstraint('institution_id', 'person_id', name=op.f('uq_institution_contacts_institution_id_person_id')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_institution_contacts_organisation_id'), 'institution_contacts', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_institution_contacts_person_id'), 'institution_contacts', ['person_id'], unique=False)


def downgrade() -> None:
    """The version before asks people whether they want to be kept, and can ask nobody without an account: who was
    entered by an officer goes with what was entered. Their numbers stay, without a name, as after a deletion."""
    op.execute(
        "UPDATE people SET display_name = '' WHERE discord_user_id IS NULL"
        " AND id IN (SELECT person_id FROM entered_people)"
    )
    op.drop_table('institution_contacts')
    op.drop_table('entered_people')
    op.drop_table('institutions')
