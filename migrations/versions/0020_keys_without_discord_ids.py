"""Keys of deliveries name rows of ours and no Discord ids; what was on its way keeps its one key, and goes out once."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None

deliveries = sa.table(
    'deliveries',
    *(sa.column(name) for name in ('id', 'organisation_id', 'kind', 'key', 'subject', 'action', 'recipient_kind')),
    *(sa.column(name, sa.BigInteger) for name in ('recipient_id', 'message_id')),
)
posts = sa.table(
    'announcement_posts',
    *(sa.column(name) for name in ('id', 'announcement_id', 'place', 'delivery_key')),
    *(sa.column(name, sa.BigInteger) for name in ('discord_user_id', 'message_id')),
)
announcements = sa.table('announcements', sa.column('id'), sa.column('organisation_id'))
people = sa.table('people', sa.column('id'), sa.column('organisation_id'), sa.column('discord_user_id'))
REMINDER, DELETE = 'announcements:reminder', 'delete'
#: Kinds whose key ended with the id of the thread or the person.
TOLD = (REMINDER, 'members:to_confirm', 'memberships:lc-unanswered')
TROUBLE = 'discord_roles:trouble'


def upgrade() -> None:
    op.add_column('announcement_posts', sa.Column('discord_user_id', sa.BigInteger(), nullable=True))
    op.add_column('role_troubles', sa.Column('generation', sa.Integer(), server_default='0', nullable=False))
    _rename(_posts_up())
    _rename(_deliveries_up())


def downgrade() -> None:
    _rename(_deliveries_down())
    _rename(_posts_down())
    op.drop_column('role_troubles', 'generation')
    op.drop_column('announcement_posts', 'discord_user_id')


def _rename(keys: list[tuple[str, str]]) -> None:
    bind, changes = op.get_bind(), [{'old': old, 'new': new} for old, new in keys]
    if not changes:
        return
    for column in (deliveries.c.key, posts.c.delivery_key):
        query = sa.update(column.table).where(column == sa.bindparam('old')).values({column.name: sa.bindparam('new')})
        bind.execute(query, changes)


def _refs() -> dict[tuple[int, int], str]:
    query = sa.select(people.c.id, people.c.organisation_id, people.c.discord_user_id)
    return {(row.organisation_id, row.discord_user_id): f'person:{row.id}' for row in op.get_bind().execute(query)}


def _posts_up() -> list[tuple[str, str]]:
    bind, refs = op.get_bind(), _refs()
    query = (
        sa.select(posts.c.id, posts.c.announcement_id, posts.c.place, posts.c.delivery_key, announcements.c.organisation_id)
        .join(announcements, announcements.c.id == posts.c.announcement_id)
        .where(posts.c.delivery_key.like('announcement:%'))
        .order_by(posts.c.id)
    )
    renamed: dict[str, str] = {}
    taken: set[str] = set()
    users = []
    for row in bind.execute(query).all():
        ref = f'post:{row.id}'
        if row.place == 'direct':
            user = int(row.delivery_key.rpartition(':')[2])
            users.append({'post': row.id, 'user': user})
            ref = refs.get((row.organisation_id, user), ref)
        new = f'announcement:{row.announcement_id}:0:{row.place}:{ref}'
        if new in taken:  # of somebody who was two
            new = f'{new}:{row.id}'
        taken.add(new)
        renamed[row.delivery_key] = new
    if users:
        query = sa.update(posts).where(posts.c.id == sa.bindparam('post')).values(discord_user_id=sa.bindparam('user'))
        bind.execute(query, users)
    return list(renamed.items())


def _deliveries_up() -> list[tuple[str, str]]:
    bind, refs = op.get_bind(), _refs()
    message = sa.func.coalesce(posts.c.message_id, deliveries.c.message_id)
    found = sa.select(posts.c.id, message.label('message')).outerjoin(deliveries, deliveries.c.key == posts.c.delivery_key)
    what = {row.message: f'delete:{row.id}' for row in bind.execute(found) if row.message is not None}
    reminders = sa.select(deliveries.c.id, deliveries.c.message_id).where(
        deliveries.c.kind.in_([REMINDER, 'announcements:own_reminder', 'announcements:silent'])
    )
    what |= {row.message_id: f'delete:reminder:{row.id}' for row in bind.execute(reminders) if row.message_id is not None}
    renamed = []
    for row in bind.execute(_concerned()).all():
        stem, _, last = row.key.rpartition(':')
        if row.kind == TROUBLE:
            new = f'{TROUBLE}:was:{row.id}'
        elif row.action == DELETE:
            stem = stem.rpartition(':')[0]
            new = f'{stem}:{what.get(row.message_id, f"delete:was:{row.id}")}'
        elif row.recipient_kind == 'thread':
            new = f'{stem}:thread'
        elif row.recipient_kind == 'person':
            new = f'{stem}:{refs.get((row.organisation_id, row.recipient_id), f"was:{row.id}")}'
        else:
            continue
        renamed.append((row.key, new))
    return renamed


def _deliveries_down() -> list[tuple[str, str]]:
    renamed = []
    for row in op.get_bind().execute(_concerned()).all():
        if row.kind == TROUBLE or row.recipient_kind == 'officers':
            continue
        if row.action == DELETE:
            new = f'{row.key.partition(":delete:")[0]}:delete:{row.message_id}'
        else:
            stem = row.key.partition(':person:')[0].partition(':was:')[0].removesuffix(':thread')
            new = f'{stem}:{row.recipient_id}'
        renamed.append((row.key, new))
    return renamed


def _posts_down() -> list[tuple[str, str]]:
    query = sa.select(posts.c.id, posts.c.announcement_id, posts.c.delivery_key, posts.c.discord_user_id).where(
        posts.c.place == 'direct', posts.c.discord_user_id.is_not(None), posts.c.delivery_key.like('announcement:%')
    )
    renamed: dict[str, str] = {}
    taken: set[str] = set()
    for row in op.get_bind().execute(query.order_by(posts.c.id)).all():
        new = f'announcement:{row.announcement_id}:0:direct:{row.discord_user_id}'
        if new in taken:
            new = f'announcement:{row.announcement_id}:0:direct:{row.id}:{row.discord_user_id}'
        taken.add(new)
        renamed[row.delivery_key] = new
    return list(renamed.items())


def _concerned() -> Any:
    """Of other kinds, no key held the id of a place or a person."""
    c = deliveries.c
    return sa.select(c.id, c.organisation_id, c.kind, c.key, c.action, c.recipient_kind, c.recipient_id, c.message_id).where(
        c.kind.in_([*TOLD, TROUBLE]) | ((c.kind == 'announcements:message') & (c.action == DELETE)),
        c.key.not_like('forgotten:%'),
        c.key.not_like('%:all'),
    )
