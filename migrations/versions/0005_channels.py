"""channels"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('server_codes',
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('lc_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['lc_id'], ['local_committees.id'], name=op.f('fk_server_codes_lc_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_server_codes_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_server_codes')),
    sa.UniqueConstraint('digest', name=op.f('uq_server_codes_digest')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_server_codes_lc_id'), 'server_codes', ['lc_id'])
    # Not in batch: that would make the table anew, and others point at it. The reference is written with the column,
    # as SQLite can't add one later.
    id_type = sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite')
    reference = sa.ForeignKey('local_committees.id', name=op.f('fk_servers_lc_id'))
    op.add_column('servers', sa.Column('lc_id', id_type, reference, nullable=True), inline_references=True)
    op.create_index(op.f('ix_servers_lc_id'), 'servers', ['lc_id'], unique=True)
    op.add_column('servers', sa.Column('announcements_channel_id', sa.BigInteger(), nullable=True))
    op.add_column('servers', sa.Column('absent_since', sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    # The version before would take an LC's own server for one of the organisation: such links go.
    op.execute("DELETE FROM server_parts WHERE server_id IN (SELECT id FROM servers WHERE lc_id IS NOT NULL)")
    op.execute("DELETE FROM servers WHERE lc_id IS NOT NULL")
    op.drop_index(op.f('ix_servers_lc_id'), table_name='servers')
    for name in ('absent_since', 'announcements_channel_id', 'lc_id'):
        op.execute(f"ALTER TABLE servers DROP COLUMN {name}")
    op.drop_table('server_codes')
