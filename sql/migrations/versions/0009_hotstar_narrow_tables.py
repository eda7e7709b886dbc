"""The wide tables hold what is searched by, views compute the rest; the description is the SQL file beside this one."""

from pathlib import Path

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Execute `0009_hotstar_narrow_tables.sql`."""
    op.get_bind().connection.driver_connection.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
