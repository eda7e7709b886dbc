"""The other kinds that Hotstar lists, and every table as it stood; the description is the SQL file beside this one."""

from pathlib import Path

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Execute `0005_hotstar_kinds.sql`."""
    op.get_bind().connection.driver_connection.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
