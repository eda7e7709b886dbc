"""Watchmode's ids of titles, whom its units go to, and its budget; the description is the SQL file beside this one."""

from pathlib import Path

from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Execute `0017_watchmode.sql`."""
    op.get_bind().connection.driver_connection.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
