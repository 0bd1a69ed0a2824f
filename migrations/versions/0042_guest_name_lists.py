"""Names that organisers bring in from LINE or a sheet."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0042'
down_revision = '0041'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite')


def upgrade() -> None:
    op.create_table('guest_name_lists',
    sa.Column('organisation_id', ID, nullable=False),
    sa.Column('signup_id', ID, nullable=False),
    sa.Column('made_by_id', ID, nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('rows', sa.JSON(), nullable=False),
    sa.Column('unclear', sa.JSON(), nullable=False),
    sa.Column('known', sa.JSON(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', ID, nullable=False),
    sa.ForeignKeyConstraint(['made_by_id'], ['people.id'], name=op.f('fk_guest_name_lists_made_by_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_guest_name_lists_organisation_id')),
    sa.ForeignKeyConstraint(['signup_id'], ['signups.id'], name=op.f('fk_guest_name_lists_signup_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_guest_name_lists')),
    sqlite_autoincrement=True
    )
    for column in ('made_by_id', 'organisation_id', 'signup_id'):
        op.create_index(op.f(f'ix_guest_name_lists_{column}'), 'guest_name_lists', [column], unique=False)


def downgrade() -> None:
    op.drop_table('guest_name_lists')
