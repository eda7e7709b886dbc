-- The day in Watchmode's zone.
SELECT (ops.now() AT TIME ZONE 'America/Los_Angeles')::date AS day
