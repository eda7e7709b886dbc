-- What is trending on Trakt, and the aggregate of TMDB and Trakt: as in schema streaming, but whatever used Trakt stands here alone.
-- Beside it, where what is trending can be watched, which needs the revisions since 0016.

CREATE VIEW streaming.trending_availability AS
SELECT e.media_type, e.tmdb_id, e.time_window, e.rank, e.title, a.region, a.services, a.service_types, a.is_stale
FROM streaming.trending_entries AS e
-- Grouped in here, so that it is one title at a time: availability as a whole is millions of rows.
CROSS JOIN LATERAL (
  SELECT
    s.region, array_agg(DISTINCT s.service_name) AS services, array_agg(DISTINCT s.service_type) AS service_types,
    bool_or(s.is_stale) AS is_stale
  FROM streaming.streaming_availability AS s
  WHERE s.media_type = e.media_type AND s.tmdb_id = e.tmdb_id
  GROUP BY s.region
) AS a
WHERE e.source = 'aggregated';
COMMENT ON VIEW streaming.trending_availability IS 'Where what is trending can be watched: one row an entry of the aggregate and region; none where nobody offers it, or it is no work that is kept';
COMMENT ON COLUMN streaming.trending_availability.region IS 'ISO 3166-1 alpha-2';
COMMENT ON COLUMN streaming.trending_availability.services IS 'Names of the services, each once';
COMMENT ON COLUMN streaming.trending_availability.service_types IS 'How they offer it: subscription, rent, buy, free, ads or unknown';
COMMENT ON COLUMN streaming.trending_availability.is_stale IS 'An offer was not asked for again in time';

CREATE TABLE trakt.trending_items (
  page_id bigint NOT NULL REFERENCES trakt.pages ON DELETE CASCADE,
  place integer NOT NULL CHECK (place >= 0),
  tmdb_id integer,
  imdb_id text,
  trakt_id integer,
  title text,
  year integer,
  watchers bigint,
  plays bigint,
  collectors bigint,
  is_mapped boolean NOT NULL DEFAULT false,
  problem text,
  PRIMARY KEY (page_id, place),
  CHECK ((tmdb_id IS NULL) = (problem IS NOT NULL))
);
CREATE UNIQUE INDEX trending_items_by_title ON trakt.trending_items (page_id, tmdb_id);
COMMENT ON TABLE trakt.trending_items IS 'What a page of Trakt''s rankings names. Made from the page and, where it names no number of TMDB''s, from the works of then';
COMMENT ON COLUMN trakt.trending_items.place IS 'In the ranking, from 0; what cannot be used keeps its place';
COMMENT ON COLUMN trakt.trending_items.tmdb_id IS 'Of the film or series, as the page''s media_type says; null: none is known, so that it takes no part';
COMMENT ON COLUMN trakt.trending_items.imdb_id IS 'As Trakt names it';
COMMENT ON COLUMN trakt.trending_items.year IS 'Of its first release';
COMMENT ON COLUMN trakt.trending_items.watchers IS 'People who watched it within the window';
COMMENT ON COLUMN trakt.trending_items.plays IS 'How often they did';
COMMENT ON COLUMN trakt.trending_items.collectors IS 'People who have it in their collection';
COMMENT ON COLUMN trakt.trending_items.is_mapped IS 'tmdb_id was found by imdb_id';
COMMENT ON COLUMN trakt.trending_items.problem IS 'Why it takes no part; null: it does';

CREATE TABLE trakt.trending_snapshots (
  snapshot_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  hour timestamptz NOT NULL CHECK (extract(EPOCH FROM hour)::bigint % 3600 = 0),
  media_type text NOT NULL CHECK (media_type IN ('movie', 'tv')),
  time_window text NOT NULL CHECK (time_window IN ('day', 'week')),
  source text NOT NULL CHECK (source IN ('trakt', 'aggregated')),
  made_at timestamptz NOT NULL,
  fetched_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  page_id bigint NOT NULL REFERENCES trakt.pages,
  tmdb_page_id bigint REFERENCES streaming.pages,
  is_stale boolean NOT NULL,
  sources_used text[] NOT NULL CHECK (cardinality(sources_used) > 0),
  scale numeric NOT NULL,
  ttls jsonb NOT NULL,
  UNIQUE (media_type, time_window, source, hour)
);
CREATE INDEX trending_snapshots_by_hour ON trakt.trending_snapshots (hour);
CREATE INDEX trending_snapshots_by_page ON trakt.trending_snapshots (page_id);
CREATE INDEX trending_snapshots_by_tmdb_page ON trakt.trending_snapshots (tmdb_page_id);
COMMENT ON TABLE trakt.trending_snapshots IS 'What was trending in an hour, one row a kind of title, window and source. Replaced as a whole';
COMMENT ON COLUMN trakt.trending_snapshots.hour IS 'The hour''s beginning, UTC';
COMMENT ON COLUMN trakt.trending_snapshots.time_window IS 'Over which the source counts: day or week';
COMMENT ON COLUMN trakt.trending_snapshots.source IS 'trakt, or aggregated from TMDB''s list and Trakt''s';
COMMENT ON COLUMN trakt.trending_snapshots.made_at IS 'When it was made; what it says is of that instant, or of the hour''s end if that was before';
COMMENT ON COLUMN trakt.trending_snapshots.fetched_at IS 'When the answer that it rests on was asked for; of several the oldest';
COMMENT ON COLUMN trakt.trending_snapshots.expires_at IS 'Until when it counts as fresh: of a source by its answer''s age, of the aggregate by its own';
COMMENT ON COLUMN trakt.trending_snapshots.page_id IS 'Trakt''s page that it was made from';
COMMENT ON COLUMN trakt.trending_snapshots.tmdb_page_id IS 'TMDB''s page that took part in the aggregate, and lends its texts to both; null: there was none';
COMMENT ON COLUMN trakt.trending_snapshots.is_stale IS 'An answer that it rests on was past its time to live: asking again had failed';
COMMENT ON COLUMN trakt.trending_snapshots.sources_used IS 'Whose lists took part';
COMMENT ON COLUMN trakt.trending_snapshots.scale IS 'The greatest score that could be reached: 50 for each source that took part';
COMMENT ON COLUMN trakt.trending_snapshots.ttls IS 'How long answers counted as fresh when it was made, by rule: is_stale and expires_at follow from it';

CREATE TABLE trakt.trending_ranks (
  snapshot_id bigint NOT NULL REFERENCES trakt.trending_snapshots ON DELETE CASCADE,
  rank integer NOT NULL CHECK (rank > 0),
  tmdb_id integer NOT NULL,
  score numeric NOT NULL CHECK (score >= 0),
  PRIMARY KEY (snapshot_id, rank)
);
CREATE UNIQUE INDEX trending_ranks_by_title ON trakt.trending_ranks (tmdb_id, snapshot_id);
COMMENT ON TABLE trakt.trending_ranks IS 'The ranks of a snapshot';
COMMENT ON COLUMN trakt.trending_ranks.rank IS 'From 1, by score, then TMDB''s popularity, then TMDB''s number';
COMMENT ON COLUMN trakt.trending_ranks.score IS '50 less 2.5 for each place from the top of a source''s list, not below 0; summed over the sources';

CREATE FUNCTION trakt.trending_pages(at timestamptz)
RETURNS TABLE (page_id bigint, media_type text, time_window text, fetched_at timestamptz)
LANGUAGE sql STABLE
AS $$
  SELECT newest.page_id, kind.media_type, span.time_window, newest.sent_at
  FROM (VALUES ('movie'), ('tv')) AS kind (media_type)
  CROSS JOIN (VALUES ('day'), ('week')) AS span (time_window)
  CROSS JOIN LATERAL (
    SELECT p.page_id, p.sent_at
    FROM trakt.pages AS p
    WHERE
      p.endpoint = 'trending' AND p.media_type = kind.media_type AND p.time_window = span.time_window
      AND p.problem IS NULL AND p.status = 200
      AND p.sent_at <= trending_pages.at AND p.received_at <= trending_pages.at
    ORDER BY p.sent_at DESC, p.page_id DESC
    LIMIT 1
  ) AS newest
$$;
COMMENT ON FUNCTION trakt.trending_pages IS 'The newest usable page of each of Trakt''s rankings at a time';

CREATE VIEW trakt.trending_history AS
SELECT
  s.hour, s.media_type, r.tmdb_id, s.time_window, s.source, r.rank, r.score, s.scale, coalesce(i.title, w.title, k.title) AS title,
  coalesce(i.release_date, w.release_date) AS release_date, coalesce(i.poster_path, w.poster_path) AS poster_path,
  coalesce(i.backdrop_path, w.backdrop_path) AS backdrop_path, coalesce(i.overview, w.overview) AS overview, i.vote_average, i.vote_count,
  i.popularity, k.watchers, k.plays, k.collectors, s.fetched_at, s.expires_at, s.is_stale, s.sources_used, s.snapshot_id
FROM trakt.trending_ranks AS r
JOIN trakt.trending_snapshots AS s USING (snapshot_id)
LEFT JOIN trakt.trending_items AS k ON s.page_id = k.page_id AND r.tmdb_id = k.tmdb_id
LEFT JOIN streaming.trending_items AS i ON s.tmdb_page_id = i.page_id AND r.tmdb_id = i.tmdb_id
LEFT JOIN tmdb.titles AS t ON s.media_type = t.media_type AND r.tmdb_id = t.tmdb_id
LEFT JOIN tmdb.details AS w ON t.work_id = w.work_id;
COMMENT ON VIEW trakt.trending_history IS 'Every hour''s ranks. What TMDB says of a title goes before what Trakt says';
COMMENT ON COLUMN trakt.trending_history.hour IS 'The hour''s beginning, UTC';
COMMENT ON COLUMN trakt.trending_history.scale IS 'The greatest score that could be reached then: 50 for each source that took part';
COMMENT ON COLUMN trakt.trending_history.watchers IS 'People who watched it within the window; null: Trakt did not list it';
COMMENT ON COLUMN trakt.trending_history.plays IS 'How often they did';
COMMENT ON COLUMN trakt.trending_history.collectors IS 'People who have it in their collection';

CREATE VIEW trakt.trending_entries AS
SELECT
  md5(concat_ws(':', h.media_type, h.tmdb_id, h.source, h.time_window))::uuid AS id,
  h.tmdb_id, h.media_type, h.title::varchar(500) AS title, h.release_date, h.poster_path, h.backdrop_path, h.overview, h.source, h.time_window,
  h.rank, h.score::numeric(5, 2) AS score, h.vote_average::numeric(3, 1) AS vote_average, h.vote_count,
  h.popularity::numeric(10, 2) AS popularity, h.watchers, h.plays, h.collectors, h.fetched_at, h.expires_at, h.hour,
  h.is_stale OR h.hour + interval '1 hour' + coalesce(
    (SELECT t.ttl FROM streaming.ttls AS t WHERE t.rule = 'aggregated_trending'), interval '1 hour'
  ) <= (SELECT ops.now()) AS is_stale,
  h.sources_used, h.scale
FROM (VALUES ('movie'), ('tv')) AS kind (media_type)
CROSS JOIN (VALUES ('day'), ('week')) AS span (time_window)
CROSS JOIN (VALUES ('trakt'), ('aggregated')) AS told (source)
CROSS JOIN LATERAL (
  SELECT s.snapshot_id
  FROM trakt.trending_snapshots AS s
  WHERE s.media_type = kind.media_type AND s.time_window = span.time_window AND s.source = told.source
    AND s.hour <= (SELECT ops.now())  -- a clock that was ahead leaves hours of the future
  ORDER BY s.hour DESC
  LIMIT 1
) AS newest
JOIN trakt.trending_history AS h USING (snapshot_id)
UNION ALL
SELECT
  e.id, e.tmdb_id, e.media_type, e.title, e.release_date, e.poster_path, e.backdrop_path, e.overview, e.source, e.time_window,
  e.rank, e.score, e.vote_average, e.vote_count, e.popularity, NULL, NULL, NULL, e.fetched_at, e.expires_at, e.hour,
  e.is_stale, e.sources_used, e.scale
FROM streaming.trending_entries AS e
WHERE e.source = 'tmdb';
COMMENT ON VIEW trakt.trending_entries IS 'What is trending by every source, Trakt''s included: the newest hour of each kind of title, window and source';
COMMENT ON COLUMN trakt.trending_entries.id IS 'Made from media_type, tmdb_id, source and time_window: the same in every hour';
COMMENT ON COLUMN trakt.trending_entries.source IS 'tmdb, trakt, or aggregated from both';
COMMENT ON COLUMN trakt.trending_entries.score IS '0 to the scale';
COMMENT ON COLUMN trakt.trending_entries.watchers IS 'People who watched it within the window; null: Trakt did not list it';
COMMENT ON COLUMN trakt.trending_entries.plays IS 'How often they did';
COMMENT ON COLUMN trakt.trending_entries.collectors IS 'People who have it in their collection';
COMMENT ON COLUMN trakt.trending_entries.fetched_at IS 'When the answer was asked for; of several the oldest';
COMMENT ON COLUMN trakt.trending_entries.is_stale IS 'An answer was past its time to live when it was used, or no snapshot was made for the hour before the present one';
COMMENT ON COLUMN trakt.trending_entries.sources_used IS 'Whose lists took part';
COMMENT ON COLUMN trakt.trending_entries.scale IS 'The greatest score that could be reached: 50 for each source that took part';

CREATE VIEW trakt.trending_moves AS
SELECT
  s.hour, s.media_type, m.tmdb_id, s.time_window, s.source, m.title,
  CASE WHEN m.previous_rank IS NULL THEN 'new' WHEN m.rank IS NULL THEN 'left' WHEN m.rank < m.previous_rank THEN 'up' ELSE 'down' END AS move,
  m.rank, m.previous_rank, previous.hour AS previous_hour
FROM trakt.trending_snapshots AS s
CROSS JOIN LATERAL (
  SELECT b.snapshot_id, b.hour
  FROM trakt.trending_snapshots AS b
  WHERE b.media_type = s.media_type AND b.time_window = s.time_window AND b.source = s.source AND b.hour < s.hour
  ORDER BY b.hour DESC
  LIMIT 1
) AS previous
CROSS JOIN LATERAL (
  SELECT tmdb_id, coalesce(n.title, o.title) AS title, n.rank, o.rank AS previous_rank
  FROM (SELECT h.tmdb_id, h.title, h.rank FROM trakt.trending_history AS h WHERE h.snapshot_id = s.snapshot_id) AS n
  FULL JOIN (SELECT h.tmdb_id, h.title, h.rank FROM trakt.trending_history AS h WHERE h.snapshot_id = previous.snapshot_id) AS o USING (tmdb_id)
  WHERE n.rank IS DISTINCT FROM o.rank
) AS m;
COMMENT ON VIEW trakt.trending_moves IS 'New entries, climbers, fallers and leavers of each hour against the snapshot before; the first snapshot has none';
COMMENT ON COLUMN trakt.trending_moves.move IS 'new, up, down or left';
COMMENT ON COLUMN trakt.trending_moves.rank IS 'In this hour; null: it left';
COMMENT ON COLUMN trakt.trending_moves.previous_rank IS 'In the snapshot before; null: it is new';
COMMENT ON COLUMN trakt.trending_moves.previous_hour IS 'Of the snapshot before: earlier than the hour before if that has none';
