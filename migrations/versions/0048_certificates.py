"""Certificates of those who were at an event."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0048'
down_revision = '0047'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite')


def upgrade() -> None:
    op.create_table('certificate_seals',
    sa.Column('organisation_id', ID, nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('width', sa.Integer(), nullable=False),
    sa.Column('height', sa.Integer(), nullable=False),
    sa.Column('added_by_id', ID, nullable=True),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', ID, nullable=False),
    sa.ForeignKeyConstraint(['added_by_id'], ['people.id'], name=op.f('fk_certificate_seals_added_by_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'],
        name=op.f('fk_certificate_seals_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_certificate_seals')),
    sa.UniqueConstraint('organisation_id', name=op.f('uq_certificate_seals_organisation_id')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_certificate_seals_added_by_id'), 'certificate_seals', ['added_by_id'], unique=False)
    op.create_table('certificate_skips',
    sa.Column('event_id', ID, nullable=False),
    sa.Column('person_id', ID, nullable=False),
    sa.Column('skipped_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', ID, nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['events.id'], name=op.f('fk_certificate_skips_event_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_certificate_skips_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_certificate_skips')),
    sa.UniqueConstraint('event_id', 'person_id', name=op.f('uq_certificate_skips_event_id_person_id')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_certificate_skips_person_id'), 'certificate_skips', ['person_id'], unique=False)
    op.create_table('certificates',
    sa.Column('organisation_id', ID, nullable=False),
    sa.Column('event_id', ID, nullable=False),
    sa.Column('person_id', ID, nullable=True),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=True),
    sa.Column('expires_on', sa.Date(), nullable=True),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('issued_by_id', ID, nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('id', ID, nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['events.id'], name=op.f('fk_certificates_event_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['issued_by_id'], ['people.id'], name=op.f('fk_certificates_issued_by_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_certificates_organisation_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_certificates_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_certificates')),
    sa.UniqueConstraint('digest', name=op.f('uq_certificates_digest')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_certificates_event_id_state'), 'certificates', ['event_id', 'state'], unique=False)
    op.create_index(op.f('ix_certificates_issued_by_id'), 'certificates', ['issued_by_id'], unique=False)
    op.create_index(op.f('ix_certificates_organisation_id'), 'certificates', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_certificates_person_id'), 'certificates', ['person_id'], unique=False)
    op.create_table('certificate_copies',
    sa.Column('certificate_id', ID, nullable=False),
    sa.Column('person_id', ID, nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('code', sa.String(length=12), nullable=False),
    sa.Column('id', ID, nullable=False),
    sa.ForeignKeyConstraint(['certificate_id'], ['certificates.id'], name=op.f('fk_certificate_copies_certificate_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_certificate_copies_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_certificate_copies')),
    sa.UniqueConstraint('certificate_id', name=op.f('uq_certificate_copies_certificate_id')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_certificate_copies_person_id'), 'certificate_copies', ['person_id'], unique=False)


def downgrade() -> None:
    # What people have on paper can't be checked any more.
    op.execute("DELETE FROM deliveries WHERE kind = 'certificates:issued'")
    for table in ('certificate_copies', 'certificates', 'certificate_skips', 'certificate_seals'):
        op.drop_table(table)
