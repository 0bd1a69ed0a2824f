"""What each post allows, and rights that are given by name.

Every officer's post keeps what it had: whatever there is to do in the organisation, or in its LC. Nobody has said so of
any of them yet, and the list of posts asks for a look.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0025'
down_revision = '0024'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite')


def upgrade() -> None:
    op.create_table('post_rights',
    sa.Column('post_id', ID, nullable=False),
    sa.Column('right', sa.String(length=40), nullable=False),
    sa.Column('reach', sa.String(length=20), nullable=False),
    sa.Column('id', ID, nullable=False),
    sa.ForeignKeyConstraint(['post_id'], ['posts.id'], name=op.f('fk_post_rights_post_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_post_rights')),
    sa.UniqueConstraint('post_id', 'right', 'reach', name=op.f('uq_post_rights_post_id_right_reach')),
    sqlite_autoincrement=True
    )
    op.create_table('grants',
    sa.Column('organisation_id', ID, nullable=False),
    sa.Column('person_id', ID, nullable=False),
    sa.Column('right', sa.String(length=40), nullable=False),
    sa.Column('lc_id', ID, nullable=True),
    sa.Column('committee', sa.String(length=40), nullable=True),
    sa.Column('subject_kind', sa.String(length=40), nullable=True),
    sa.Column('subject_id', ID, nullable=True),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('given_by_id', ID, nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', ID, nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.CheckConstraint('(subject_kind IS NULL) = (subject_id IS NULL)', name=op.f('ck_grants_whole_subject')),
    sa.CheckConstraint('ends_on >= starts_on', name=op.f('ck_grants_dates_in_order')),
    sa.ForeignKeyConstraint(['given_by_id'], ['people.id'], name=op.f('fk_grants_given_by_id')),
    sa.ForeignKeyConstraint(['lc_id'], ['local_committees.id'], name=op.f('fk_grants_lc_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_grants_organisation_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_grants_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_grants')),
    sqlite_autoincrement=True
    )
    for column in ('given_by_id', 'lc_id', 'organisation_id', 'person_id'):
        op.create_index(op.f(f'ix_grants_{column}'), 'grants', [column], unique=False)
    op.add_column('posts', sa.Column('rights_set_at', sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "INSERT INTO post_rights (post_id, \"right\", reach) "
        "SELECT id, 'everything', 'place' FROM posts WHERE is_officer ORDER BY id"
    )


def downgrade() -> None:
    """Every officer's post allows everything again."""
    op.drop_column('posts', 'rights_set_at')
    op.drop_table('grants')
    op.drop_table('post_rights')
