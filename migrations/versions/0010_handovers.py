"""handovers"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('handover_checklists',
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('post_key', sa.String(length=40), nullable=False),
    sa.Column('items_ja', sa.Text(), nullable=False),
    sa.Column('items_en', sa.Text(), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_handover_checklists_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_handover_checklists')),
    sa.UniqueConstraint('organisation_id', 'post_key', name=op.f('uq_handover_checklists_organisation_id_post_key')),
    sqlite_autoincrement=True
    )
    op.create_table('handover_settings',
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('notice_days', sa.String(length=40), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_handover_settings_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_handover_settings')),
    sa.UniqueConstraint('organisation_id', name=op.f('uq_handover_settings_organisation_id')),
    sqlite_autoincrement=True
    )
    op.create_table('thread_guests',
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('thread_id', sa.BigInteger(), nullable=False),
    sa.Column('discord_user_id', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_thread_guests_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_thread_guests')),
    sa.UniqueConstraint('thread_id', 'discord_user_id', name=op.f('uq_thread_guests_thread_id_discord_user_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('thread_guests', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_thread_guests_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('handover_dates',
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('lc_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('month', sa.Integer(), nullable=False),
    sa.Column('day', sa.Integer(), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['lc_id'], ['local_committees.id'], name=op.f('fk_handover_dates_lc_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_handover_dates_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_handover_dates')),
    sa.UniqueConstraint('lc_id', name=op.f('uq_handover_dates_lc_id')),
    sqlite_autoincrement=True
    )
    op.create_table('post_notes',
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('post_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('lc_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=True),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('written_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_discord_id', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['lc_id'], ['local_committees.id'], name=op.f('fk_post_notes_lc_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_post_notes_organisation_id')),
    sa.ForeignKeyConstraint(['post_id'], ['posts.id'], name=op.f('fk_post_notes_post_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_post_notes')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('post_notes', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_post_notes_post_id_lc_id'), ['post_id', 'lc_id'], unique=False)

    op.create_table('handovers',
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('term_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('discord_user_id', sa.BigInteger(), nullable=False),
    sa.Column('display_name', sa.String(length=100), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('named_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_handovers_organisation_id')),
    sa.ForeignKeyConstraint(['term_id'], ['terms.id'], name=op.f('fk_handovers_term_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_handovers')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('handovers', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_handovers_organisation_id_discord_user_id_state'), ['organisation_id', 'discord_user_id', 'state'], unique=False)
        batch_op.create_index(batch_op.f('ix_handovers_term_id'), ['term_id'], unique=False)

    op.create_table('role_troubles',
    sa.Column('server_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('roles', sa.JSON(), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['server_id'], ['servers.id'], name=op.f('fk_role_troubles_server_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_role_troubles')),
    sa.UniqueConstraint('server_id', name=op.f('uq_role_troubles_server_id')),
    sqlite_autoincrement=True
    )


def downgrade() -> None:
    # Their keys name handovers by ids that are given again after a way up, to others.
    op.execute("DELETE FROM deliveries WHERE kind = 'handovers:would-you'")
    op.drop_table('role_troubles')
    with op.batch_alter_table('handovers', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_handovers_term_id'))
        batch_op.drop_index(batch_op.f('ix_handovers_organisation_id_discord_user_id_state'))

    op.drop_table('handovers')
    with op.batch_alter_table('post_notes', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_post_notes_post_id_lc_id'))

    op.drop_table('post_notes')
    op.drop_table('handover_dates')
    with op.batch_alter_table('thread_guests', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_thread_guests_organisation_id'))

    op.drop_table('thread_guests')
    op.drop_table('handover_settings')
    op.drop_table('handover_checklists')
