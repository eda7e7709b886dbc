-- One merge of offers or providers at a time; the lock goes with the transaction. The planner has no statistics of what was made a moment
-- ago, and the tables of a first merge are small before it.
SELECT pg_advisory_xact_lock(hashtext('streaming.availability'), 0), set_config('jit', 'off', true)
