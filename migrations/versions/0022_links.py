"""Useful links."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite')


def upgrade() -> None:
    op.create_table('links',
    sa.Column('organisation_id', ID, nullable=False),
    sa.Column('title_ja', sa.String(length=60), nullable=False),
    sa.Column('title_en', sa.String(length=60), nullable=False),
    sa.Column('address', sa.String(length=300), nullable=False),
    sa.Column('purpose', sa.String(length=150), nullable=False),
    sa.Column('review_on', sa.Date(), nullable=False),
    sa.Column('keeper_id', ID, nullable=True),
    sa.Column('id', ID, nullable=False),
    sa.ForeignKeyConstraint(['keeper_id'], ['people.id'], name=op.f('fk_links_keeper_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_links_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_links')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_links_keeper_id'), 'links', ['keeper_id'], unique=False)
    op.create_index(op.f('ix_links_organisation_id'), 'links', ['organisation_id'], unique=False)


def downgrade() -> None:
    """What was said, or is planned, of links goes with them: after the way up, their numbers are others'."""
    op.execute("DELETE FROM deliveries WHERE kind LIKE 'links:%'")
    op.drop_table('links')
