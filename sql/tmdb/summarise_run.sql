-- What a run did, from its log row, its calls and its merge, and how many titles are due after it: for the summary of a load.
SELECT
  l.source,
  l.status,
  calls.number AS requests,
  round(l.duration_ms / 1000.0, 1)::float8 AS seconds,
  l.movies_checked AS checked,
  l.movies_skipped AS skipped,
  l.movies_ingested AS ingested,
  l.movies_failed AS failed,
  merged.new,
  merged.updated,
  merged.unchanged,
  merged.gone,
  merged.rejected,
  merged.cards,
  due.number AS still_due,
  l.error AS problem
FROM tmdb.scheduled_ingestion_log AS l
CROSS JOIN (SELECT count(*) AS number FROM ops.api_calls AS c WHERE c.run_id = %(run_id)s AND c.service = 'tmdb') AS calls
CROSS JOIN (SELECT count(*) AS number FROM tmdb.staleness AS s WHERE s.is_due) AS due
CROSS JOIN (
  SELECT
    coalesce(sum(m.inserted), 0) AS new, coalesce(sum(m.updated), 0) AS updated, coalesce(sum(m.unchanged), 0) AS unchanged,
    coalesce(sum(m.gone), 0) AS gone, coalesce(sum(m.rejected), 0) AS rejected, coalesce(sum(m.cards), 0) AS cards
  FROM tmdb.merges AS m
  WHERE m.run_id = %(run_id)s
) AS merged
WHERE l.run_id = %(run_id)s
