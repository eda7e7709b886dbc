-- Holds the merges of a kind off until the connection lets go; the same lock that a merge takes.
SELECT pg_advisory_lock(hashtext('hotstar.merge'), hashtext(%(kind)s))
