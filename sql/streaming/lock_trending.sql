-- One writer of trending at a time, whichever source it is of; the lock goes with the transaction.
SELECT pg_advisory_xact_lock(hashtext('streaming.trending'), 0), set_config('timezone', 'UTC', true)
