-- Chooses the series whose seasons are listed next: those never listed, those of which an episode names a season that was unknown when
-- they were listed, then those listed longest ago. Without a number: all that were not listed within a day.
WITH listed AS (
  SELECT part.filters ->> 'showId' AS show_id, max(part.proven_at) AS at
  FROM parts AS part
  JOIN listings AS l USING (listing_id)
  WHERE l.kind = 'season' AND part.proven_at IS NOT NULL
  GROUP BY part.filters ->> 'showId'
), unknown AS (
  SELECT e.show_id::text AS show_id, max(i.first_seen_at) AS at
  FROM episodes AS e
  JOIN items AS i ON e.content_id = i.content_id AND i.kind = 'episode'
  LEFT JOIN seasons AS s ON e.season_id = s.hotstar_id
  WHERE e.season_id IS NOT NULL AND s.content_id IS NULL
  GROUP BY e.show_id
)
SELECT show.hotstar_id::text AS scope
FROM items AS show
LEFT JOIN listed ON show.hotstar_id::text = listed.show_id
LEFT JOIN unknown ON show.hotstar_id::text = unknown.show_id
WHERE
  show.kind = 'show' AND show.hotstar_id IS NOT NULL AND show.deletion_reason IS DISTINCT FROM 'missing'
  AND (%(most)s::integer IS NOT NULL OR listed.at IS NULL OR listed.at < ops.now() - interval '1 day')
GROUP BY show.hotstar_id, listed.at, unknown.at
ORDER BY listed.at IS NOT NULL ASC, coalesce(unknown.at > listed.at, false) DESC, listed.at ASC, show.hotstar_id ASC
LIMIT %(most)s
