-- How many answers are kept, their bytes, and the oldest.
SELECT count(*) AS pages, coalesce(sum(length(p.body)), 0) AS bytes, min(p.sent_at) AS oldest FROM tmdb.pages AS p
