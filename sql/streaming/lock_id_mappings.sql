-- One load of ids at a time; the lock goes with the transaction.
SELECT pg_advisory_xact_lock(hashtext('streaming.id_mappings'), 0)
