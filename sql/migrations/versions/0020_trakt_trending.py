"""What is trending on Trakt, alone and with TMDB: snapshots by the hour, their ranks and what moved.

The description is the SQL file beside this one.
"""

from pathlib import Path

from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Execute `0020_trakt_trending.sql`."""
    op.get_bind().connection.driver_connection.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
