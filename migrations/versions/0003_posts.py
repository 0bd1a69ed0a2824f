"""posts"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('claim_codes',
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('post_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('lc_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['lc_id'], ['local_committees.id'], name=op.f('fk_claim_codes_lc_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_claim_codes_organisation_id')),
    sa.ForeignKeyConstraint(['post_id'], ['posts.id'], name=op.f('fk_claim_codes_post_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_claim_codes')),
    sa.UniqueConstraint('digest', name=op.f('uq_claim_codes_digest')),
    sqlite_autoincrement=True
    )
    op.create_table('claims',
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('post_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('lc_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('discord_user_id', sa.BigInteger(), nullable=False),
    sa.Column('display_name', sa.String(length=100), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('claimed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['lc_id'], ['local_committees.id'], name=op.f('fk_claims_lc_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_claims_organisation_id')),
    sa.ForeignKeyConstraint(['post_id'], ['posts.id'], name=op.f('fk_claims_post_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_claims')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('claims', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_claims_organisation_id_state'), ['organisation_id', 'state'], unique=False)

    op.add_column('posts', sa.Column('committee', sa.String(length=40), nullable=True))
    op.add_column('posts', sa.Column('is_single', sa.Boolean(), server_default=sa.false(), nullable=False))
    add_posts_to_organisations()


def downgrade() -> None:
    # Posts that were added stay: terms may point at them, and the version before can hold them.
    op.execute("ALTER TABLE posts DROP COLUMN is_single")
    op.execute("ALTER TABLE posts DROP COLUMN committee")
    op.drop_table('claims')
    op.drop_table('claim_codes')


def add_posts_to_organisations() -> None:
    """What a new organisation gets since this version, the existing ones get here."""
    posts = (
        ('national_officer', '全国役員', 'National officer', 'nation', True, None, False),
        ('president', '代表', 'President', 'nation', True, None, True),
        ('national_treasurer', '会計', 'Treasurer', 'nation', True, None, False),
        ('neo', 'NEO（臨床交換留学 全国責任者）', 'NEO (National Exchange Officer)', 'nation', True, 'scope', False),
        ('nore', 'NORE（基礎研究交換留学 全国責任者）', 'NORE (National Officer on Research Exchange)', 'nation', True, 'score', False),
        ('npo', 'NPO（公衆衛生 全国責任者）', 'NPO (National Public Health Officer)', 'nation', True, 'scoph', False),
        ('nora', 'NORA（性と生殖・AIDS 全国責任者）', 'NORA (National Officer on Sexual and Reproductive Health)', 'nation', True, 'scora', False),
        ('nome', 'NOME（医学教育 全国責任者）', 'NOME (National Officer on Medical Education)', 'nation', True, 'scome', False),
        ('norp', 'NORP（人権と平和 全国責任者）', 'NORP (National Officer on Human Rights and Peace)', 'nation', True, 'scorp', False),
        ('lc_representative', '大学代表者', 'LC representative', 'lc', True, None, True),
        ('leo', 'LEO（臨床交換留学 担当）', 'LEO (Local Exchange Officer)', 'lc', True, 'scope', False),
        ('lore', 'LORE（基礎研究交換留学 担当）', 'LORE (Local Officer on Research Exchange)', 'lc', True, 'score', False),
        ('lpo', 'LPO（公衆衛生 担当）', 'LPO (Local Public Health Officer)', 'lc', True, 'scoph', False),
        ('lora', 'LORA（性と生殖・AIDS 担当）', 'LORA (Local Officer on Sexual and Reproductive Health)', 'lc', True, 'scora', False),
        ('lome', 'LOME（医学教育 担当）', 'LOME (Local Officer on Medical Education)', 'lc', True, 'scome', False),
        ('lorp', 'LORP（人権と平和 担当）', 'LORP (Local Officer on Human Rights and Peace)', 'lc', True, 'scorp', False),
        ('lc_treasurer', 'LC会計', 'LC treasurer', 'lc', True, None, False),
        ('lc_member', 'LCメンバー', 'LC member', 'lc', False, None, False),
    )
    connection = op.get_bind()
    for organisation in connection.execute(sa.text("SELECT id FROM organisations")).scalars().all():
        for position, (key, name_ja, name_en, level, is_officer, committee, is_single) in enumerate(posts):
            values = {
                "organisation": organisation, "key": key, "name_ja": name_ja, "name_en": name_en, "level": level,
                "is_officer": is_officer, "committee": committee, "is_single": is_single, "position": position,
            }
            there = connection.execute(
                sa.text(
                    "UPDATE posts SET committee = :committee, is_single = :is_single, position = :position"
                    " WHERE organisation_id = :organisation AND key = :key RETURNING id"
                ),
                values,
            ).first()
            if there is None:
                connection.execute(
                    sa.text(
                        "INSERT INTO posts (organisation_id, key, name_ja, name_en, level, is_officer, committee,"
                        " is_single, position) VALUES (:organisation, :key, :name_ja, :name_en, :level, :is_officer,"
                        " :committee, :is_single, :position)"
                    ),
                    values,
                )
