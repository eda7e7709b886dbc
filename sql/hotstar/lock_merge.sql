-- One merge of a kind at a time; the lock goes with the transaction, and so does what is said to the planner: it has no statistics of
-- rows that were staged a moment ago, and would remember lookups of which none comes twice; few samples tell it enough of the rest.
-- Compiling pays for none of the statements, and before PostgreSQL 18 a nested loop that cannot be avoided would seem worth it.
SELECT
  pg_advisory_xact_lock(hashtext('hotstar.merge'), hashtext(%(kind)s)),
  set_config('enable_memoize', 'off', true),
  set_config('default_statistics_target', '10', true),
  set_config('jit', 'off', true)
