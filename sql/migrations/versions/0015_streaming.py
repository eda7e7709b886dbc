"""What is asked for trending, availability and coming soon: stored answers and how long they count as fresh.

The description is the SQL file beside this one.
"""

from pathlib import Path

from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Execute `0015_streaming.sql`."""
    op.get_bind().connection.driver_connection.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
