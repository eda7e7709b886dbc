"""Whose data a database holds: stamped by the first load of a service, checked by every later one."""

import psycopg

from resources.errors import OriginMismatch
from resources.statements import statement


def stamp_origin(connection: psycopg.Connection, *, service: str, origin: str) -> None:
    """Stamps the source database with a service's origin, or checks that it bears it.

    Raises:
        OriginMismatch: another origin's data stands there.
    """
    connection.execute(statement("ops/stamp_origin"), {"service": service, "origin": origin})
    found = connection.execute(statement("ops/read_origin"), {"service": service}).fetchone()
    if found is not None and found[0] != origin:
        raise OriginMismatch(
            f"The source database holds {service} data of «{found[0]}», and this run would bring «{origin}»: "
            "use another database (SOURCE_DATABASE_URL or CATALOG_HOME) for it."
        )


def origin_of(connection: psycopg.Connection, *, service: str) -> str | None:
    """Whose data of a service the source database holds; None: nobody's yet."""
    found = connection.execute(statement("ops/read_origin"), {"service": service}).fetchone()
    return None if found is None else str(found[0])


def forget_origin(connection: psycopg.Connection, *, service: str) -> None:
    """Takes a service's stamp, its data having been removed as a whole: another origin may be loaded then."""
    connection.execute(statement("ops/forget_origin"), {"service": service})
