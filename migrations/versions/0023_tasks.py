"""Tasks. The review of a useful link is one: of its keeper, on its review date."""

from __future__ import annotations

import secrets
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite')
REVIEW = 'links:review'
#: In the version before, each link was looked at on the morning after its day.
LOOK, AT = 'links:look', time(8)

links = sa.table(
    'links',
    *(sa.column(name, sa.BigInteger) for name in ('id', 'organisation_id', 'keeper_id')),
    *(sa.column(name, sa.String) for name in ('title_ja', 'title_en')),
    sa.column('review_on', sa.Date),
)
tasks = sa.table(
    'tasks',
    *(sa.column(name, sa.BigInteger) for name in ('organisation_id', 'subject_id', 'person_id', 'set_by_id')),
    *(sa.column(name, sa.String) for name in ('template', 'subject_kind', 'title_ja', 'title_en', 'state')),
    *(sa.column(name, sa.String) for name in ('waiting_for', 'ask_again')),
    *(sa.column(name, sa.Date) for name in ('anchor_on', 'due_on', 'waits_on', 'said_on')),
    sa.column('occurrence', sa.Integer),
    sa.column('set_at', sa.DateTime(timezone=True)),
)
organisations = sa.table('organisations', sa.column('id', sa.BigInteger), sa.column('time_zone', sa.String))
deliveries = sa.table(
    'deliveries',
    *(sa.column(name, sa.BigInteger) for name in ('organisation_id', 'recipient_id')),
    *(sa.column(name, sa.String) for name in ('kind', 'key', 'subject', 'track', 'urgency', 'action', 'nonce', 'state')),
    *(sa.column(name, sa.String) for name in ('recipient_kind', 'time_zone', 'planned_local')),
    *(sa.column(name, sa.Integer) for name in ('lane', 'attempts')),
    *(sa.column(name, sa.Boolean) for name in ('is_budgeted', 'is_reminder')),
    *(sa.column(name, sa.DateTime(timezone=True)) for name in ('due_at', 'next_attempt_at', 'created_at')),
    sa.column('payload', sa.JSON),
)


def upgrade() -> None:
    op.create_table('tasks',
    sa.Column('organisation_id', ID, nullable=False),
    sa.Column('template', sa.String(length=60), nullable=False),
    sa.Column('subject_kind', sa.String(length=40), nullable=False),
    sa.Column('subject_id', ID, nullable=True),
    sa.Column('occurrence', sa.Integer(), nullable=False),
    sa.Column('title_ja', sa.String(length=100), nullable=False),
    sa.Column('title_en', sa.String(length=100), nullable=False),
    sa.Column('person_id', ID, nullable=True),
    sa.Column('post_id', ID, nullable=True),
    sa.Column('lc_id', ID, nullable=True),
    sa.Column('set_by_id', ID, nullable=True),
    sa.Column('anchor_on', sa.Date(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('waits_on', sa.Date(), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('said_on', sa.Date(), nullable=True),
    sa.Column('escalated_on', sa.Date(), nullable=True),
    sa.Column('waiting_for', sa.String(length=100), nullable=False),
    sa.Column('waiting_since', sa.Date(), nullable=True),
    sa.Column('ask_again', sa.String(length=500), nullable=False),
    sa.Column('set_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', ID, nullable=False),
    sa.ForeignKeyConstraint(['lc_id'], ['local_committees.id'], name=op.f('fk_tasks_lc_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_tasks_organisation_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_tasks_person_id')),
    sa.ForeignKeyConstraint(['post_id'], ['posts.id'], name=op.f('fk_tasks_post_id')),
    sa.ForeignKeyConstraint(['set_by_id'], ['people.id'], name=op.f('fk_tasks_set_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tasks')),
    sa.UniqueConstraint('subject_kind', 'subject_id', 'template', 'occurrence', name=op.f('uq_tasks_subject_kind_subject_id_template_occurrence')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_tasks_lc_id'), 'tasks', ['lc_id'], unique=False)
    op.create_index(op.f('ix_tasks_organisation_id_state_due_on'), 'tasks', ['organisation_id', 'state', 'due_on'], unique=False)
    op.create_index(op.f('ix_tasks_person_id'), 'tasks', ['person_id'], unique=False)
    op.create_index(op.f('ix_tasks_post_id_lc_id'), 'tasks', ['post_id', 'lc_id'], unique=False)
    op.create_index(op.f('ix_tasks_set_by_id'), 'tasks', ['set_by_id'], unique=False)
    bind = op.get_bind()
    told = set(bind.scalars(sa.select(deliveries.c.key).where(deliveries.c.kind == REVIEW)))
    rows = [_task(row, told) for row in bind.execute(sa.select(links).order_by(links.c.id)).all()]
    if rows:
        bind.execute(sa.insert(tasks).values(set_at=sa.func.current_timestamp()), rows)
    bind.execute(sa.delete(deliveries).where(deliveries.c.kind.in_([LOOK, REVIEW])))


def downgrade() -> None:
    """Each link is looked at by itself again, unless its keeper has heard of it."""
    bind = op.get_bind()
    query = (
        sa.select(links.c.id, links.c.organisation_id, links.c.review_on, organisations.c.time_zone)
        .join(organisations, organisations.c.id == links.c.organisation_id)
        .join(
            tasks,
            (tasks.c.template == REVIEW)
            & (tasks.c.subject_id == links.c.id)
            & (tasks.c.state == 'open')
            & tasks.c.said_on.is_(None),
        )
    )
    rows = [_look(row) for row in bind.execute(query.order_by(links.c.id)).all()]
    bind.execute(sa.delete(deliveries).where(deliveries.c.kind.like('tasks:%')))
    if rows:
        bind.execute(sa.insert(deliveries).values(created_at=sa.func.current_timestamp()), rows)
    op.drop_table('tasks')


def _key(kind: str, link_id: int, review_on: date) -> str:
    return f'{kind}:{link_id}:again:{review_on.toordinal()}'


def _task(link: Any, told: set[str]) -> dict[str, Any]:
    after = link.review_on + timedelta(days=1)
    return {
        'organisation_id': link.organisation_id,
        'template': REVIEW,
        'subject_kind': 'link',
        'subject_id': link.id,
        'occurrence': 1,
        'title_ja': link.title_ja,
        'title_en': link.title_en,
        'person_id': link.keeper_id,
        'set_by_id': link.keeper_id,
        'anchor_on': link.review_on,
        'due_on': link.review_on,
        'waits_on': after,
        'state': 'open',
        'said_on': after if _key(REVIEW, link.id, link.review_on) in told else None,
        'waiting_for': '',
        'ask_again': '',
    }


def _look(link: Any) -> dict[str, Any]:
    planned = datetime.combine(link.review_on + timedelta(days=1), AT)
    at = planned.replace(tzinfo=ZoneInfo(link.time_zone)).astimezone(UTC)
    return {
        'organisation_id': link.organisation_id,
        'kind': LOOK,
        'key': _key(LOOK, link.id, link.review_on),
        'subject': f'{LOOK}:{link.organisation_id}',
        'track': 'jobs',
        'lane': 1,
        'urgency': 'urgent',
        'action': 'post',
        'recipient_kind': 'job',
        'recipient_id': 0,
        'is_budgeted': False,
        'is_reminder': False,
        'time_zone': link.time_zone,
        'due_at': at,
        'next_attempt_at': at,
        'planned_local': planned.isoformat(timespec='minutes'),
        'payload': {'link': link.id, 'review': link.review_on.isoformat()},
        'nonce': secrets.token_hex(12),
        'state': 'pending',
        'attempts': 0,
    }
