"""Addresses by which people take part without an account, and what people outside were told of an event."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0037'
down_revision = '0036'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite')


def upgrade() -> None:
    op.create_table('guest_addresses',
    sa.Column('organisation_id', ID, nullable=False),
    sa.Column('signup_id', ID, nullable=False),
    sa.Column('person_id', ID, nullable=True),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', ID, nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_guest_addresses_organisation_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_guest_addresses_person_id')),
    sa.ForeignKeyConstraint(['signup_id'], ['signups.id'], name=op.f('fk_guest_addresses_signup_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_guest_addresses')),
    sa.UniqueConstraint('digest', name=op.f('uq_guest_addresses_digest')),
    sqlite_autoincrement=True
    )
    for column in ('organisation_id', 'person_id', 'signup_id'):
        op.create_index(op.f(f'ix_guest_addresses_{column}'), 'guest_addresses', [column], unique=False)
    op.create_table('guest_notices',
    sa.Column('event_id', ID, nullable=False),
    sa.Column('told', sa.JSON(), nullable=False),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', ID, nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['events.id'], name=op.f('fk_guest_notices_event_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_guest_notices')),
    sa.UniqueConstraint('event_id', name=op.f('uq_guest_notices_event_id'))
    )


def downgrade() -> None:
    op.drop_table('guest_notices')
    op.drop_table('guest_addresses')
