-- Takes the lock of a kind's censuses or updates for this session, if nobody has it. It goes with the connection.
SELECT pg_try_advisory_lock(hashtext('hotstar.' || %(purpose)s), hashtext(%(kind)s))
