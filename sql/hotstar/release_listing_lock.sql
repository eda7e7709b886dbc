-- Gives the session's lock of a kind's censuses or updates back.
SELECT pg_advisory_unlock(hashtext('hotstar.' || %(purpose)s), hashtext(%(kind)s))
