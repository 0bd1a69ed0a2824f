"""contacts"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('lc_contacts',
    sa.Column('lc_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('field', sa.String(length=20), nullable=False),
    sa.Column('text', sa.String(length=300), nullable=False),
    sa.Column('visibility', sa.String(length=20), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['lc_id'], ['local_committees.id'], name=op.f('fk_lc_contacts_lc_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_lc_contacts_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_lc_contacts')),
    sa.UniqueConstraint('lc_id', 'field', name=op.f('uq_lc_contacts_lc_id_field')),
    sqlite_autoincrement=True
    )
    op.create_table('holder_contacts',
    sa.Column('term_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('field', sa.String(length=20), nullable=False),
    sa.Column('text', sa.String(length=300), nullable=False),
    sa.Column('visibility', sa.String(length=20), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_holder_contacts_organisation_id')),
    sa.ForeignKeyConstraint(['term_id'], ['terms.id'], name=op.f('fk_holder_contacts_term_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_holder_contacts')),
    sa.UniqueConstraint('term_id', 'field', name=op.f('uq_holder_contacts_term_id_field')),
    sqlite_autoincrement=True
    )
    op.add_column('posts', sa.Column('retired_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('regions', sa.Column('aliases', sa.String(length=200), server_default='', nullable=False))
    # The one region of the built-in eight that people also call otherwise; its search text has had the name all along.
    op.execute("UPDATE regions SET aliases = '関西' WHERE code = 'Kinki' AND search_text LIKE '%関西%'")


def downgrade() -> None:
    # Not in batch: that would make the tables anew, and others point at them.
    op.execute("ALTER TABLE regions DROP COLUMN aliases")
    op.execute("ALTER TABLE posts DROP COLUMN retired_at")
    op.drop_table('holder_contacts')
    op.drop_table('lc_contacts')
