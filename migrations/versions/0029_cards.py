"""Committees have an emoji and a colour; how many have answered is shown on what was sent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0029'
down_revision = '0028'
branch_labels = None
depends_on = None

EMOJI, COLOUR = '📣', 0x1F7A8C
LOOKS = {
    'scope': ('🩺', 0x1F78C8),
    'score': ('🔬', 0x3B4BA8),
    'scoph': ('🌏', 0xE87A1E),
    'scora': ('🎗️', 0xC8282F),
    'scome': ('📚', 0x7A5AA6),
    'scorp': ('🕊️', 0x2F8F4E),
}


def upgrade() -> None:
    op.add_column('standing_committees', sa.Column('emoji', sa.String(length=10), server_default=EMOJI, nullable=False))
    op.add_column('standing_committees', sa.Column('colour', sa.Integer(), server_default=str(COLOUR), nullable=False))
    committees = sa.table('standing_committees', sa.column('key'), sa.column('emoji'), sa.column('colour'))
    for key, (emoji, colour) in LOOKS.items():
        op.execute(sa.update(committees).where(committees.c.key == key).values(emoji=emoji, colour=colour))
    op.add_column('questionnaires', sa.Column('turn', sa.Integer(), server_default='0', nullable=False))
    op.add_column(
        'announcement_posts', sa.Column('shows_answered', sa.Boolean(), server_default=sa.false(), nullable=False)
    )


def downgrade() -> None:
    """The version before knows none of this work. What counts its turns begins anew on the way up, so no key of it may
    stay."""
    op.execute(
        "DELETE FROM deliveries WHERE kind IN ('members:keep_greeting', 'questionnaires:answered') "
        "OR subject LIKE 'announcement:%\\:count' OR subject LIKE 'announcement:%\\:ticks'"
    )
    op.drop_column('announcement_posts', 'shows_answered')
    op.drop_column('questionnaires', 'turn')
    op.drop_column('standing_committees', 'colour')
    op.drop_column('standing_committees', 'emoji')
