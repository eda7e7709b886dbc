-- Makes the history of announced days: answers in a row that give one day are one row. Of several days in one answer the first counts.
INSERT INTO streaming.release_dates (
  watchmode_id, source_id, season_number, announced_at, last_said_at, release_date, is_present, title, source_name, is_original,
  media_type, tmdb_id
)
WITH said AS (
  SELECT DISTINCT ON (a.watchmode_id, a.source_id, a.season_number, p.sent_at) a.*, p.sent_at
  FROM announced AS a
  JOIN release_pages AS p USING (page_id)
  ORDER BY a.watchmode_id ASC, a.source_id ASC, a.season_number ASC, p.sent_at ASC, p.page_id DESC, a.release_date ASC
), marked AS (
  SELECT
    *,
    coalesce(
      release_date <> lag(release_date) OVER (PARTITION BY watchmode_id, source_id, season_number ORDER BY sent_at), true
    ) AS is_new,
    row_number() OVER (
      PARTITION BY watchmode_id, source_id, season_number ORDER BY sent_at DESC
    ) = 1 AS is_newest
  FROM said
), numbered AS (
  SELECT
    *,
    count(*) FILTER (WHERE is_new) OVER (PARTITION BY watchmode_id, source_id, season_number ORDER BY sent_at) AS word
  FROM marked
), words AS (
  SELECT
    watchmode_id, source_id, season_number, min(sent_at) AS announced_at, max(sent_at) AS last_said_at, release_date,
    bool_or(is_newest) AS is_newest,
    (array_agg(title ORDER BY sent_at DESC))[1] AS title,
    (array_agg(source_name ORDER BY sent_at DESC))[1] AS source_name,
    (array_agg(is_original ORDER BY sent_at DESC))[1] AS is_original,
    (array_agg(media_type ORDER BY sent_at DESC))[1] AS media_type,
    (array_agg(tmdb_id ORDER BY sent_at DESC))[1] AS tmdb_id
  FROM numbered
  GROUP BY watchmode_id, source_id, season_number, word, release_date
)
SELECT
  w.watchmode_id, w.source_id, w.season_number, w.announced_at, w.last_said_at, w.release_date,
  w.is_newest AND NOT EXISTS (
    SELECT FROM release_pages AS later
    WHERE later.sent_at > w.last_said_at AND later.is_whole AND w.release_date BETWEEN later.first_day AND later.last_day
  ),
  w.title, w.source_name, w.is_original,
  coalesce(w.media_type, mapped.media_type), coalesce(w.tmdb_id, mapped.tmdb_id)
FROM words AS w
LEFT JOIN LATERAL (
  SELECT m.media_type, m.tmdb_id
  FROM streaming.id_mappings AS m
  WHERE w.tmdb_id IS NULL AND m.watchmode_id = w.watchmode_id
  ORDER BY m.media_type, m.tmdb_id
  LIMIT 1
) AS mapped ON true
