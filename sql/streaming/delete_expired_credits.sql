-- Removes what Watchmode said of its account longer ago than may be kept, all of it where no time is given.
DELETE FROM streaming.watchmode_credits AS c
WHERE coalesce(c.read_at < ops.now() - %(keep)s::interval, true)
