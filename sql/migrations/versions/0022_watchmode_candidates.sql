-- What is coming soon may get Watchmode's units too: its table is younger than their queue.

CREATE OR REPLACE VIEW streaming.watchmode_candidates AS
WITH clock AS MATERIALIZED (  -- read once, not for every title
  SELECT (ops.now() AT TIME ZONE 'UTC')::date AS today
), named AS (
  SELECT
    w.media_type, w.tmdb_id, w.title, w.request_count, d.popularity, NULL::integer AS trending_rank,
    greatest(
      CASE WHEN d.release_date <= clock.today THEN d.release_date END,
      CASE WHEN s.last_air_date <= clock.today THEN s.last_air_date END,
      CASE WHEN s.next_air_date <= clock.today THEN s.next_air_date END
    ) AS released_on,
    least(
      CASE WHEN d.release_date > clock.today THEN d.release_date END,
      CASE WHEN s.last_air_date > clock.today THEN s.last_air_date END,
      CASE WHEN s.next_air_date > clock.today THEN s.next_air_date END
    ) AS comes_on
  FROM tmdb.works AS w
  LEFT JOIN tmdb.details AS d USING (work_id)
  LEFT JOIN tmdb.tv_series AS s USING (work_id)
  CROSS JOIN clock
  WHERE w.gone_at IS NULL
  UNION ALL
  SELECT
    e.media_type, e.tmdb_id, e.title, 0, e.popularity, e.rank,
    CASE WHEN e.release_date <= clock.today THEN e.release_date END, CASE WHEN e.release_date > clock.today THEN e.release_date END
  FROM streaming.trending_entries AS e
  CROSS JOIN clock
  UNION ALL
  SELECT
    c.media_type, c.tmdb_id, c.title, 0, NULL, NULL,
    CASE WHEN c.release_date <= clock.today THEN c.release_date END, CASE WHEN c.release_date > clock.today THEN c.release_date END
  FROM streaming.coming_soon AS c
  CROSS JOIN clock
)
SELECT
  n.media_type, n.tmdb_id, max(n.title COLLATE "C") AS title, max(n.request_count) AS request_count, max(n.popularity) AS popularity,
  min(n.trending_rank) AS trending_rank,
  max(n.released_on) AS released_on,
  min(n.comes_on) AS comes_on
FROM named AS n
GROUP BY n.media_type, n.tmdb_id;
COMMENT ON VIEW streaming.watchmode_candidates IS 'Titles whose offers are wanted, and what makes them matter: works, what is trending and what is coming soon';
COMMENT ON COLUMN streaming.watchmode_candidates.comes_on IS 'The next such day that is yet to come, anywhere; null: unknown';
