-- Of each work the newest usable page of details, and for every block which that page lacks the newest older page that has it. Newer means
-- sent later; the order in which pages were merged does not matter. Pages that no merge took are left to the next: so a replay meets the same.
SELECT
  t.work_id, t.tmdb_id, newest.page_id, newest.sent_at AS fetched_at, newest.body,
  (
    SELECT max(p.sent_at)
    FROM tmdb.pages AS p
    JOIN tmdb.page_merges USING (page_id)
    WHERE
      p.endpoint = 'details' AND p.media_type = t.media_type AND p.tmdb_id = t.tmdb_id
      AND p.status IN (200, 304) AND p.problem IS NULL
  ) AS confirmed_at,
  (
    SELECT coalesce(jsonb_object_agg(lacking.block, older.page_id), '{}')
    FROM (
      SELECT wanted.block FROM unnest(%(blocks)s::text[]) AS wanted (block) WHERE wanted.block <> all(newest.blocks)
    ) AS lacking
    JOIN LATERAL (
      SELECT p.page_id
      FROM tmdb.pages AS p
      JOIN tmdb.page_merges USING (page_id)
      WHERE
        p.endpoint = 'details' AND p.media_type = t.media_type AND p.tmdb_id = t.tmdb_id
        AND p.problem IS NULL AND p.blocks @> ARRAY[lacking.block]
      ORDER BY p.sent_at DESC, p.page_id DESC
      LIMIT 1
    ) AS older ON true
  ) AS block_pages
FROM tmdb.titles AS t
JOIN LATERAL (
  SELECT p.page_id, p.sent_at, p.body, p.blocks
  FROM tmdb.pages AS p
  JOIN tmdb.page_merges USING (page_id)
  WHERE
    p.endpoint = 'details' AND p.media_type = t.media_type AND p.tmdb_id = t.tmdb_id AND p.status = 200 AND p.problem IS NULL
  ORDER BY p.sent_at DESC, p.page_id DESC
  LIMIT 1
) AS newest ON true
WHERE t.work_id = any(%(work_ids)s)
ORDER BY t.work_id
