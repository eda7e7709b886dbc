-- Begins a listing. The session holds the lock of its kind and purpose.
INSERT INTO listings (kind, purpose, run_id, update_from_s, update_to_s, approved_deletions, started_at)
VALUES (%(kind)s, %(purpose)s, %(run_id)s, %(update_from_s)s, %(update_to_s)s, %(approved_deletions)s, ops.now())
RETURNING listing_id, started_at
