-- The database's time.
SELECT ops.now() AS now
