"""Ticks of handovers, memberships that somebody ended, and whether members stay in their LC."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('handover_ticks',
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('term_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('item', sa.String(length=16), nullable=False),
    sa.Column('ticked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_discord_id', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_handover_ticks_organisation_id')),
    sa.ForeignKeyConstraint(['term_id'], ['terms.id'], name=op.f('fk_handover_ticks_term_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_handover_ticks')),
    sa.UniqueConstraint('term_id', 'item', name=op.f('uq_handover_ticks_term_id_item')),
    sqlite_autoincrement=True
    )
    op.create_table('lc_stays',
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('term_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('until', sa.Date(), nullable=False),
    sa.Column('answer', sa.String(length=10), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('by_discord_id', sa.BigInteger(), nullable=True),
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_lc_stays_organisation_id')),
    sa.ForeignKeyConstraint(['term_id'], ['terms.id'], name=op.f('fk_lc_stays_term_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_lc_stays')),
    sa.UniqueConstraint('term_id', 'year', name=op.f('uq_lc_stays_term_id_year')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_lc_stays_organisation_id_year'), 'lc_stays', ['organisation_id', 'year'], unique=False)
    op.add_column('memberships', sa.Column('is_ended', sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    # Their keys name stays by ids that are given again after a way up, to others.
    op.execute("DELETE FROM deliveries WHERE kind = 'memberships:lc-ended'")
    op.drop_column('memberships', 'is_ended')
    op.drop_table('lc_stays')
    op.drop_table('handover_ticks')
