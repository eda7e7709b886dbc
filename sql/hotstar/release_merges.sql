-- Lets the merges of a kind go on.
SELECT pg_advisory_unlock(hashtext('hotstar.merge'), hashtext(%(kind)s))
