-- Of each work the newest usable page of details, and for every block that it ever had and that this page lacks the newest that has it. Newer means
-- sent later; the order in which pages were merged does not matter. Pages that no merge took are left to the next: so a replay meets the same.
SELECT
  t.work_id, t.media_type, t.tmdb_id, c.content_hash AS known_hash, c.episodes AS known_episodes, newest.page_id, newest.sent_at AS fetched_at, newest.body,
  (
    SELECT max(p.sent_at)
    FROM tmdb.pages AS p
    JOIN tmdb.page_merges USING (page_id)
    WHERE
      p.endpoint = 'details' AND p.media_type = t.media_type AND p.tmdb_id = t.tmdb_id
      AND p.status IN (200, 304) AND p.problem IS NULL
  ) AS confirmed_at,
  (
    SELECT coalesce(jsonb_object_agg(older.block, older.page_id), '{}')
    FROM (
      SELECT DISTINCT ON (had.block) had.block, p.page_id
      FROM tmdb.pages AS p
      JOIN tmdb.page_merges USING (page_id)
      CROSS JOIN LATERAL unnest(p.blocks) AS had (block)
      WHERE
        p.endpoint = 'details' AND p.media_type = t.media_type AND p.tmdb_id = t.tmdb_id AND p.problem IS NULL
        AND NOT p.blocks <@ newest.blocks AND had.block <> all(newest.blocks)
      ORDER BY had.block ASC, p.sent_at DESC, p.page_id DESC
    ) AS older
  ) AS older_blocks
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
LEFT JOIN tmdb.contents AS c USING (work_id)
WHERE t.work_id = any(%(work_ids)s)
ORDER BY t.work_id
