-- Removes arrivals and departures that a source told longer ago than may be kept, all of them where no time is given.
DELETE FROM streaming.availability_changes AS c
WHERE c.source = %(source)s AND coalesce(c.seen_at < ops.now() - %(keep)s::interval, true)
