-- Holds off whoever opens Dagster's instance next, until the transaction ends.
SELECT pg_advisory_xact_lock(hashtext('dagster.instance'))
