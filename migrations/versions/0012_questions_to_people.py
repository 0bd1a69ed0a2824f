"""Announcements and questions to persons."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite')
EITHER = '(lc_id IS NULL) <> (person_id IS NULL)'


def upgrade() -> None:
    op.create_table('announcement_people',
    sa.Column('announcement_id', ID, nullable=False),
    sa.Column('person_id', ID, nullable=False),
    sa.Column('post_id', ID, nullable=True),
    sa.Column('unreached', sa.String(length=20), nullable=True),
    sa.Column('id', ID, nullable=False),
    sa.ForeignKeyConstraint(['announcement_id'], ['announcements.id'], name=op.f('fk_announcement_people_announcement_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_announcement_people_person_id')),
    sa.ForeignKeyConstraint(['post_id'], ['announcement_posts.id'], name=op.f('fk_announcement_people_post_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_announcement_people')),
    sa.UniqueConstraint('announcement_id', 'person_id', name=op.f('uq_announcement_people_announcement_id_person_id')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_announcement_people_person_id'), 'announcement_people', ['person_id'], unique=False)
    op.create_index(op.f('ix_announcement_people_post_id'), 'announcement_people', ['post_id'], unique=False)

    op.create_table('asked_parties',
    sa.Column('questionnaire_id', ID, nullable=False),
    sa.Column('lc_id', ID, nullable=True),
    sa.Column('person_id', ID, nullable=True),
    sa.Column('id', ID, nullable=False),
    sa.CheckConstraint(EITHER, name=op.f('ck_asked_parties_either')),
    sa.ForeignKeyConstraint(['lc_id'], ['local_committees.id'], name=op.f('fk_asked_parties_lc_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_asked_parties_person_id')),
    sa.ForeignKeyConstraint(['questionnaire_id'], ['questionnaires.id'], name=op.f('fk_asked_parties_questionnaire_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_asked_parties')),
    sa.UniqueConstraint('questionnaire_id', 'lc_id', name=op.f('uq_asked_parties_questionnaire_id_lc_id')),
    sa.UniqueConstraint('questionnaire_id', 'person_id', name=op.f('uq_asked_parties_questionnaire_id_person_id')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_asked_parties_person_id'), 'asked_parties', ['person_id'], unique=False)
    op.execute('INSERT INTO asked_parties (questionnaire_id, lc_id) SELECT questionnaire_id, lc_id FROM asked_lcs ORDER BY id')
    op.drop_table('asked_lcs')

    with op.batch_alter_table('answer_sheets', table_kwargs={'sqlite_autoincrement': True}) as batch_op:
        batch_op.add_column(sa.Column('person_id', ID, nullable=True))
        batch_op.alter_column('lc_id', existing_type=ID, nullable=True)
        batch_op.create_foreign_key(op.f('fk_answer_sheets_person_id'), 'people', ['person_id'], ['id'])
        batch_op.create_unique_constraint(op.f('uq_answer_sheets_questionnaire_id_person_id'), ['questionnaire_id', 'person_id'])
        batch_op.create_check_constraint(op.f('ck_answer_sheets_either'), EITHER)
    op.create_index(op.f('ix_answer_sheets_person_id'), 'answer_sheets', ['person_id'], unique=False)


def downgrade() -> None:
    address_to_nobody('announcements')
    address_to_nobody('announcement_templates')

    op.drop_index(op.f('ix_answer_sheets_person_id'), 'answer_sheets')
    op.execute('DELETE FROM answer_sheets WHERE person_id IS NOT NULL')
    with op.batch_alter_table('answer_sheets', table_kwargs={'sqlite_autoincrement': True}) as batch_op:
        batch_op.drop_constraint(op.f('ck_answer_sheets_either'), type_='check')
        batch_op.drop_constraint(op.f('uq_answer_sheets_questionnaire_id_person_id'), type_='unique')
        batch_op.drop_constraint(op.f('fk_answer_sheets_person_id'), type_='foreignkey')
        batch_op.alter_column('lc_id', existing_type=ID, nullable=False)
        batch_op.drop_column('person_id')

    op.create_table('asked_lcs',
    sa.Column('questionnaire_id', ID, nullable=False),
    sa.Column('lc_id', ID, nullable=False),
    sa.Column('id', ID, nullable=False),
    sa.ForeignKeyConstraint(['lc_id'], ['local_committees.id'], name=op.f('fk_asked_lcs_lc_id')),
    sa.ForeignKeyConstraint(['questionnaire_id'], ['questionnaires.id'], name=op.f('fk_asked_lcs_questionnaire_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_asked_lcs')),
    sa.UniqueConstraint('questionnaire_id', 'lc_id', name=op.f('uq_asked_lcs_questionnaire_id_lc_id')),
    sqlite_autoincrement=True
    )
    op.execute(
        'INSERT INTO asked_lcs (questionnaire_id, lc_id) '
        'SELECT questionnaire_id, lc_id FROM asked_parties WHERE lc_id IS NOT NULL ORDER BY id'
    )
    op.drop_table('asked_parties')
    op.drop_table('announcement_people')


def address_to_nobody(name: str) -> None:
    """The version before knows no rule about persons: what is addressed by one goes to no LC."""
    table = sa.table(name, sa.column('id', ID), sa.column('audience', sa.JSON()))
    connection = op.get_bind()
    for row in connection.execute(sa.select(table.c.id, table.c.audience)).all():
        if row.audience.get('rule', {}).get('kind') == 'members':
            nobody = {'rule': {'kind': 'lcs', 'lc_ids': []}, 'excluded': []}
            connection.execute(sa.update(table).where(table.c.id == row.id).values(audience=nobody))
