"""What is trending on TMDB: snapshots by the hour, their ranks and what moved.

The description is the SQL file beside this one.
"""

from pathlib import Path

from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Execute `0016_trending.sql`."""
    op.get_bind().connection.driver_connection.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
