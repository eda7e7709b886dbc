-- One making of coming soon at a time; the lock goes with the transaction. The planner has no statistics of what was made a moment ago.
SELECT pg_advisory_xact_lock(hashtext('streaming.coming_soon'), 0), set_config('jit', 'off', true)
