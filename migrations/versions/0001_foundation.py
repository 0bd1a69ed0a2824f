"""foundation"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('command_sets',
    sa.Column('application_id', sa.BigInteger(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_command_sets')),
    sa.UniqueConstraint('application_id', name=op.f('uq_command_sets_application_id')),
    sqlite_autoincrement=True
    )
    op.create_table('organisations',
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('name_ja', sa.String(length=100), nullable=False),
    sa.Column('name_en', sa.String(length=100), nullable=False),
    sa.Column('time_zone', sa.String(length=50), nullable=False),
    sa.Column('language', sa.String(length=5), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_organisations')),
    sqlite_autoincrement=True
    )
    op.create_table('audit_entries',
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor_discord_id', sa.BigInteger(), nullable=True),
    sa.Column('origin', sa.String(length=100), nullable=False),
    sa.Column('action', sa.String(length=60), nullable=False),
    sa.Column('subject_kind', sa.String(length=40), nullable=False),
    sa.Column('subject_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('fields', sa.JSON(), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_audit_entries_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_entries')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('audit_entries', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_audit_entries_organisation_id_subject_kind_subject_id'), ['organisation_id', 'subject_kind', 'subject_id'], unique=False)

    op.create_table('people',
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('discord_user_id', sa.BigInteger(), nullable=True),
    sa.Column('display_name', sa.String(length=100), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_people_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_people')),
    sa.UniqueConstraint('organisation_id', 'discord_user_id', name=op.f('uq_people_organisation_id_discord_user_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('people', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_people_discord_user_id'), ['discord_user_id'], unique=False)

    op.create_table('posts',
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('key', sa.String(length=40), nullable=False),
    sa.Column('name_ja', sa.String(length=60), nullable=False),
    sa.Column('name_en', sa.String(length=60), nullable=False),
    sa.Column('level', sa.String(length=20), nullable=False),
    sa.Column('is_officer', sa.Boolean(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_posts_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_posts')),
    sa.UniqueConstraint('organisation_id', 'key', name=op.f('uq_posts_organisation_id_key')),
    sqlite_autoincrement=True
    )
    op.create_table('preferences',
    sa.Column('discord_user_id', sa.BigInteger(), nullable=False),
    sa.Column('language', sa.String(length=5), nullable=True),
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=True),
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_preferences_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_preferences')),
    sa.UniqueConstraint('discord_user_id', name=op.f('uq_preferences_discord_user_id')),
    sqlite_autoincrement=True
    )
    op.create_table('regions',
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('name_ja', sa.String(length=60), nullable=False),
    sa.Column('name_en', sa.String(length=60), nullable=False),
    sa.Column('search_text', sa.String(length=400), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_regions_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_regions')),
    sa.UniqueConstraint('organisation_id', 'code', name=op.f('uq_regions_organisation_id_code')),
    sqlite_autoincrement=True
    )
    op.create_table('servers',
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('discord_guild_id', sa.BigInteger(), nullable=False),
    sa.Column('linked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_servers_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_servers')),
    sa.UniqueConstraint('discord_guild_id', name=op.f('uq_servers_discord_guild_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('servers', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_servers_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('schools',
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('code', sa.String(length=60), nullable=False),
    sa.Column('name_ja', sa.String(length=100), nullable=False),
    sa.Column('name_en', sa.String(length=120), nullable=False),
    sa.Column('aliases', sa.String(length=400), nullable=False),
    sa.Column('former_names', sa.String(length=400), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('prefecture', sa.String(length=2), nullable=True),
    sa.Column('region_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=True),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_schools_organisation_id')),
    sa.ForeignKeyConstraint(['region_id'], ['regions.id'], name=op.f('fk_schools_region_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_schools')),
    sa.UniqueConstraint('organisation_id', 'code', name=op.f('uq_schools_organisation_id_code')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('schools', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_schools_region_id'), ['region_id'], unique=False)

    op.create_table('server_parts',
    sa.Column('server_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('key', sa.String(length=60), nullable=False),
    sa.Column('discord_id', sa.BigInteger(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['server_id'], ['servers.id'], name=op.f('fk_server_parts_server_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_server_parts')),
    sa.UniqueConstraint('server_id', 'key', name=op.f('uq_server_parts_server_id_key')),
    sqlite_autoincrement=True
    )
    op.create_table('local_committees',
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('school_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('state_since', sa.Date(), nullable=True),
    sa.Column('search_names', sa.Text(), nullable=False),
    sa.Column('search_places', sa.Text(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_local_committees_organisation_id')),
    sa.ForeignKeyConstraint(['school_id'], ['schools.id'], name=op.f('fk_local_committees_school_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_local_committees')),
    sa.UniqueConstraint('school_id', name=op.f('uq_local_committees_school_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('local_committees', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_local_committees_organisation_id_position'), ['organisation_id', 'position'], unique=False)

    op.create_table('terms',
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('post_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('lc_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=True),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.CheckConstraint('ends_on >= starts_on', name=op.f('ck_terms_dates_in_order')),
    sa.ForeignKeyConstraint(['lc_id'], ['local_committees.id'], name=op.f('fk_terms_lc_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_terms_organisation_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_terms_person_id')),
    sa.ForeignKeyConstraint(['post_id'], ['posts.id'], name=op.f('fk_terms_post_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_terms')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('terms', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_terms_lc_id_post_id'), ['lc_id', 'post_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_terms_person_id'), ['person_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_terms_post_id'), ['post_id'], unique=False)
    keep_audit()


def downgrade() -> None:
    with op.batch_alter_table('terms', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_terms_post_id'))
        batch_op.drop_index(batch_op.f('ix_terms_person_id'))
        batch_op.drop_index(batch_op.f('ix_terms_lc_id_post_id'))

    op.drop_table('terms')
    with op.batch_alter_table('local_committees', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_local_committees_organisation_id_position'))

    op.drop_table('local_committees')
    op.drop_table('server_parts')
    with op.batch_alter_table('schools', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_schools_region_id'))

    op.drop_table('schools')
    with op.batch_alter_table('servers', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_servers_organisation_id'))

    op.drop_table('servers')
    op.drop_table('regions')
    op.drop_table('preferences')
    op.drop_table('posts')
    with op.batch_alter_table('people', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_people_discord_user_id'))

    op.drop_table('people')
    with op.batch_alter_table('audit_entries', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_audit_entries_organisation_id_subject_kind_subject_id'))

    op.drop_table('audit_entries')
    op.drop_table('organisations')
    op.drop_table('command_sets')
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_audit_change()")


def keep_audit() -> None:
    """Audit entries can be added and never removed; of a change, only forgetting who made it is allowed."""
    columns = ("id", "organisation_id", "at", "origin", "action", "subject_kind", "subject_id")
    if op.get_bind().dialect.name == "sqlite":
        same = " AND ".join(f"NEW.{name} IS OLD.{name}" for name in (*columns, "fields"))
        op.execute(
            "CREATE TRIGGER audit_entries_keep BEFORE DELETE ON audit_entries "
            "BEGIN SELECT RAISE(ABORT, 'audit entries are append-only'); END"
        )
        op.execute(
            "CREATE TRIGGER audit_entries_fix BEFORE UPDATE ON audit_entries "
            f"WHEN NOT (NEW.actor_discord_id IS NULL AND {same}) "
            "BEGIN SELECT RAISE(ABORT, 'audit entries are append-only'); END"
        )
        return
    same = " AND ".join(f"NEW.{name} IS NOT DISTINCT FROM OLD.{name}" for name in columns)
    op.execute(
        "CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'audit entries are append-only'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_entries_keep BEFORE DELETE ON audit_entries "
        "FOR EACH ROW EXECUTE FUNCTION refuse_audit_change()"
    )
    op.execute(
        "CREATE TRIGGER audit_entries_fix BEFORE UPDATE ON audit_entries FOR EACH ROW "
        f"WHEN (NOT (NEW.actor_discord_id IS NULL AND {same} AND NEW.fields::text = OLD.fields::text)) "
        "EXECUTE FUNCTION refuse_audit_change()"
    )
