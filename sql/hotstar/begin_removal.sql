-- Begins the log row of what a run removes of a kind, with the policy that it follows.
INSERT INTO removals (kind, run_id, removed_at, keep_update_days, keep_censuses)
VALUES (%(kind)s, %(run_id)s, ops.now(), %(keep_update_days)s, %(keep_censuses)s)
RETURNING removal_id
