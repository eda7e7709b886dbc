"""TMDB's series, their seasons and episodes; the description is the SQL file beside this one."""

from pathlib import Path

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Execute `0012_tmdb_series.sql`."""
    op.get_bind().connection.driver_connection.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
