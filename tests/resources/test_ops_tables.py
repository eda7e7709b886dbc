"""What the schema `ops` promises besides its functions."""

import psycopg


def test_every_table_column_and_function_of_ops_says_what_it_is(source_url: str) -> None:
    with psycopg.connect(source_url) as connection:
        silent = connection.execute(
            """
            SELECT c.relname || coalesce('.' || a.attname, '')
            FROM pg_class AS c
            LEFT JOIN LATERAL (
                SELECT attname, attnum FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0
                UNION ALL SELECT NULL, 0
            ) AS a ON true
            WHERE c.relnamespace = 'ops'::regnamespace AND c.relkind = 'r' AND c.relname <> 'alembic_version'
            AND col_description(c.oid, a.attnum) IS NULL
            AND (a.attnum > 0 OR obj_description(c.oid, 'pg_class') IS NULL)
            UNION ALL
            SELECT p.proname::text FROM pg_proc AS p
            WHERE p.pronamespace = 'ops'::regnamespace AND obj_description(p.oid, 'pg_proc') IS NULL
            """
        ).fetchall()
    assert silent == []


def test_the_role_of_ops_can_keep_the_pace_and_log_calls_and_nothing_else(source_url: str) -> None:
    with psycopg.connect(source_url, autocommit=True) as connection:
        connection.execute("SET ROLE catalog_ops")
        connection.execute("SELECT count(*) FROM ops.api_calls")
        connection.execute("INSERT INTO ops.pace VALUES ('s', 1, 60, 5, 30)")
        assert connection.execute("SELECT verdict FROM ops.take_slot('s', 1)").fetchone() == ("go",)
        rights = connection.execute(
            "SELECT has_schema_privilege('ops', 'CREATE'), has_schema_privilege('hotstar', 'USAGE')"
        ).fetchone()
    assert rights == (False, False)
