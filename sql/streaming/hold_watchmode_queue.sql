-- Takes the lock of Watchmode's queue for this session, if nobody has it. It goes with the connection.
SELECT pg_try_advisory_lock(hashtext('streaming.watchmode_queue'), 0) AS is_held
