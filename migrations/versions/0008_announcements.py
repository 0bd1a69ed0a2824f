"""announcements"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('announcement_files',
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('filename', sa.String(length=255), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_announcement_files_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_announcement_files')),
    sqlite_autoincrement=True
    )
    op.create_table('questionnaires',
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('deadline_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_questionnaires_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_questionnaires')),
    sqlite_autoincrement=True
    )
    op.create_table('subscriptions',
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('discord_user_id', sa.BigInteger(), nullable=False),
    sa.Column('subscribed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_subscriptions_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_subscriptions')),
    sa.UniqueConstraint('organisation_id', 'discord_user_id', name=op.f('uq_subscriptions_organisation_id_discord_user_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('subscriptions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_subscriptions_discord_user_id'), ['discord_user_id'], unique=False)

    op.create_table('questions',
    sa.Column('questionnaire_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('text_ja', sa.String(length=200), nullable=False),
    sa.Column('text_en', sa.String(length=200), nullable=False),
    sa.Column('options', sa.JSON(), nullable=False),
    sa.Column('is_required', sa.Boolean(), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['questionnaire_id'], ['questionnaires.id'], name=op.f('fk_questions_questionnaire_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_questions')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('questions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_questions_questionnaire_id'), ['questionnaire_id'], unique=False)

    op.create_table('announcement_templates',
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('lc_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=True),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('text_ja', sa.Text(), nullable=False),
    sa.Column('text_en', sa.Text(), nullable=False),
    sa.Column('link', sa.Text(), nullable=False),
    sa.Column('audience', sa.JSON(), nullable=False),
    sa.Column('places', sa.JSON(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['lc_id'], ['local_committees.id'], name=op.f('fk_announcement_templates_lc_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_announcement_templates_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_announcement_templates')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('announcement_templates', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_announcement_templates_organisation_id_lc_id'), ['organisation_id', 'lc_id'], unique=False)

    op.create_table('announcements',
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('lc_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=True),
    sa.Column('series_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=True),
    sa.Column('occurrence', sa.Integer(), nullable=True),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('edition', sa.Integer(), nullable=False),
    sa.Column('plan', sa.Integer(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('text_ja', sa.Text(), nullable=False),
    sa.Column('text_en', sa.Text(), nullable=False),
    sa.Column('link', sa.Text(), nullable=False),
    sa.Column('file_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=True),
    sa.Column('committee_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=True),
    sa.Column('audience', sa.JSON(), nullable=False),
    sa.Column('places', sa.JSON(), nullable=False),
    sa.Column('is_urgent', sa.Boolean(), nullable=False),
    sa.Column('ping', sa.String(length=10), nullable=False),
    sa.Column('ping_channels', sa.JSON(), nullable=False),
    sa.Column('questionnaire_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=True),
    sa.Column('deadline_local', sa.String(length=16), nullable=True),
    sa.Column('reminders', sa.Integer(), nullable=False),
    sa.Column('planned_local', sa.String(length=16), nullable=True),
    sa.Column('repeat', sa.JSON(), nullable=True),
    sa.Column('skipped', sa.JSON(), nullable=False),
    sa.Column('check_state', sa.String(length=10), nullable=False),
    sa.Column('checker_discord_id', sa.BigInteger(), nullable=True),
    sa.Column('check_asked_by_discord_id', sa.BigInteger(), nullable=True),
    sa.Column('check_note', sa.Text(), nullable=False),
    sa.Column('signed_ja', sa.String(length=60), nullable=False),
    sa.Column('signed_en', sa.String(length=60), nullable=False),
    sa.Column('created_by_discord_id', sa.BigInteger(), nullable=False),
    sa.Column('changed_by_discord_id', sa.BigInteger(), nullable=False),
    sa.Column('sent_by_discord_id', sa.BigInteger(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['committee_id'], ['standing_committees.id'], name=op.f('fk_announcements_committee_id')),
    sa.ForeignKeyConstraint(['file_id'], ['announcement_files.id'], name=op.f('fk_announcements_file_id')),
    sa.ForeignKeyConstraint(['lc_id'], ['local_committees.id'], name=op.f('fk_announcements_lc_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_announcements_organisation_id')),
    sa.ForeignKeyConstraint(['questionnaire_id'], ['questionnaires.id'], name=op.f('fk_announcements_questionnaire_id')),
    sa.ForeignKeyConstraint(['series_id'], ['announcements.id'], name=op.f('fk_announcements_series_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_announcements')),
    sa.UniqueConstraint('series_id', 'occurrence', name=op.f('uq_announcements_series_id_occurrence')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('announcements', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_announcements_lc_id'), ['lc_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_announcements_organisation_id_state_sent_at'), ['organisation_id', 'state', 'sent_at'], unique=False)

    op.create_table('answer_sheets',
    sa.Column('questionnaire_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('lc_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('given', sa.JSON(), nullable=False),
    sa.Column('is_complete', sa.Boolean(), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_discord_id', sa.BigInteger(), nullable=False),
    sa.Column('via', sa.String(length=20), nullable=True),
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['lc_id'], ['local_committees.id'], name=op.f('fk_answer_sheets_lc_id')),
    sa.ForeignKeyConstraint(['questionnaire_id'], ['questionnaires.id'], name=op.f('fk_answer_sheets_questionnaire_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_answer_sheets')),
    sa.UniqueConstraint('questionnaire_id', 'lc_id', name=op.f('uq_answer_sheets_questionnaire_id_lc_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('answer_sheets', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_answer_sheets_lc_id'), ['lc_id'], unique=False)

    op.create_table('asked_lcs',
    sa.Column('questionnaire_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('lc_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['lc_id'], ['local_committees.id'], name=op.f('fk_asked_lcs_lc_id')),
    sa.ForeignKeyConstraint(['questionnaire_id'], ['questionnaires.id'], name=op.f('fk_asked_lcs_questionnaire_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_asked_lcs')),
    sa.UniqueConstraint('questionnaire_id', 'lc_id', name=op.f('uq_asked_lcs_questionnaire_id_lc_id')),
    sqlite_autoincrement=True
    )
    op.create_table('announcement_posts',
    sa.Column('announcement_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('lc_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=True),
    sa.Column('place', sa.String(length=12), nullable=False),
    sa.Column('delivery_key', sa.String(length=150), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=True),
    sa.Column('error_code', sa.String(length=60), nullable=True),
    sa.Column('channel_id', sa.BigInteger(), nullable=True),
    sa.Column('message_id', sa.BigInteger(), nullable=True),
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['announcement_id'], ['announcements.id'], name=op.f('fk_announcement_posts_announcement_id')),
    sa.ForeignKeyConstraint(['lc_id'], ['local_committees.id'], name=op.f('fk_announcement_posts_lc_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_announcement_posts')),
    sa.UniqueConstraint('delivery_key', name=op.f('uq_announcement_posts_delivery_key')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('announcement_posts', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_announcement_posts_announcement_id_lc_id'), ['announcement_id', 'lc_id'], unique=False)

    op.create_table('announcement_routes',
    sa.Column('announcement_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('route', sa.String(length=10), nullable=False),
    sa.Column('invite_code', sa.String(length=40), nullable=True),
    sa.Column('invite_channel_id', sa.BigInteger(), nullable=True),
    sa.Column('posted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('posted_by_discord_id', sa.BigInteger(), nullable=True),
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['announcement_id'], ['announcements.id'], name=op.f('fk_announcement_routes_announcement_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_announcement_routes')),
    sa.UniqueConstraint('announcement_id', 'route', name=op.f('uq_announcement_routes_announcement_id_route')),
    sqlite_autoincrement=True
    )
    op.create_table('announcement_targets',
    sa.Column('announcement_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('lc_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('unreached', sa.String(length=20), nullable=True),
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['announcement_id'], ['announcements.id'], name=op.f('fk_announcement_targets_announcement_id')),
    sa.ForeignKeyConstraint(['lc_id'], ['local_committees.id'], name=op.f('fk_announcement_targets_lc_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_announcement_targets')),
    sa.UniqueConstraint('announcement_id', 'lc_id', name=op.f('uq_announcement_targets_announcement_id_lc_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('announcement_targets', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_announcement_targets_lc_id'), ['lc_id'], unique=False)

    op.create_table('lc_acknowledgements',
    sa.Column('announcement_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('lc_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('acknowledged_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_discord_id', sa.BigInteger(), nullable=False),
    sa.Column('via', sa.String(length=20), nullable=True),
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['announcement_id'], ['announcements.id'], name=op.f('fk_lc_acknowledgements_announcement_id')),
    sa.ForeignKeyConstraint(['lc_id'], ['local_committees.id'], name=op.f('fk_lc_acknowledgements_lc_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_lc_acknowledgements')),
    sa.UniqueConstraint('announcement_id', 'lc_id', name=op.f('uq_lc_acknowledgements_announcement_id_lc_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('lc_acknowledgements', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_lc_acknowledgements_lc_id'), ['lc_id'], unique=False)

    op.create_table('person_acknowledgements',
    sa.Column('announcement_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('discord_user_id', sa.BigInteger(), nullable=False),
    sa.Column('acknowledged_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['announcement_id'], ['announcements.id'], name=op.f('fk_person_acknowledgements_announcement_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person_acknowledgements')),
    sa.UniqueConstraint('announcement_id', 'discord_user_id', name=op.f('uq_person_acknowledgements_announcement_id_discord_user_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('person_acknowledgements', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_person_acknowledgements_discord_user_id'), ['discord_user_id'], unique=False)



def downgrade() -> None:
    # Their keys name announcements by ids that are given again after a way up, to others.
    op.execute("DELETE FROM deliveries WHERE key LIKE 'announcement:%'")
    with op.batch_alter_table('person_acknowledgements', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_person_acknowledgements_discord_user_id'))

    op.drop_table('person_acknowledgements')
    with op.batch_alter_table('lc_acknowledgements', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_lc_acknowledgements_lc_id'))

    op.drop_table('lc_acknowledgements')
    with op.batch_alter_table('announcement_targets', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_announcement_targets_lc_id'))

    op.drop_table('announcement_targets')
    op.drop_table('announcement_routes')
    with op.batch_alter_table('announcement_posts', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_announcement_posts_announcement_id_lc_id'))

    op.drop_table('announcement_posts')
    op.drop_table('asked_lcs')
    with op.batch_alter_table('answer_sheets', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_answer_sheets_lc_id'))

    op.drop_table('answer_sheets')
    with op.batch_alter_table('announcements', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_announcements_organisation_id_state_sent_at'))
        batch_op.drop_index(batch_op.f('ix_announcements_lc_id'))

    op.drop_table('announcements')
    with op.batch_alter_table('announcement_templates', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_announcement_templates_organisation_id_lc_id'))

    op.drop_table('announcement_templates')
    with op.batch_alter_table('questions', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_questions_questionnaire_id'))

    op.drop_table('questions')
    with op.batch_alter_table('subscriptions', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_subscriptions_discord_user_id'))

    op.drop_table('subscriptions')
    op.drop_table('questionnaires')
    op.drop_table('announcement_files')
