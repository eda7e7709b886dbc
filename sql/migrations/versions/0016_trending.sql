-- What is trending on TMDB: what its pages list, snapshots by the hour with their ranks, the present, the past and what moved.
-- Ranks are narrow and lean on what a page lists: an answer serves three hours' snapshots, and its texts are kept once.

CREATE TABLE streaming.trending_items (
  page_id bigint NOT NULL REFERENCES streaming.pages ON DELETE CASCADE,
  place integer NOT NULL CHECK (place >= 0),
  tmdb_id integer,
  title text,
  release_date date,
  poster_path text,
  backdrop_path text,
  overview text,
  vote_average double precision,
  vote_count integer,
  popularity double precision,
  problem text,
  PRIMARY KEY (page_id, place),
  CHECK ((tmdb_id IS NULL) = (problem IS NOT NULL))
);
CREATE UNIQUE INDEX trending_items_by_title ON streaming.trending_items (page_id, tmdb_id);
COMMENT ON TABLE streaming.trending_items IS 'What a page of TMDB''s trending lists names, as the page describes it. Made from the page alone, and gone with it';
COMMENT ON COLUMN streaming.trending_items.place IS 'In the list, from 0; what cannot be used keeps its place';
COMMENT ON COLUMN streaming.trending_items.tmdb_id IS 'Of the film or series, as the page''s media_type says; null: it cannot be used';
COMMENT ON COLUMN streaming.trending_items.release_date IS 'Of a series: the first day that it aired';
COMMENT ON COLUMN streaming.trending_items.vote_average IS '0 to 10';
COMMENT ON COLUMN streaming.trending_items.popularity IS 'TMDB''s own figure; it decides between equal scores';
COMMENT ON COLUMN streaming.trending_items.problem IS 'Why it cannot be used; null: it can';

CREATE TABLE streaming.trending_snapshots (
  snapshot_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  hour timestamptz NOT NULL CHECK (extract(EPOCH FROM hour)::bigint % 3600 = 0),
  media_type text NOT NULL CHECK (media_type IN ('movie', 'tv')),
  time_window text NOT NULL CHECK (time_window IN ('day', 'week')),
  source text NOT NULL CHECK (source IN ('tmdb', 'aggregated')),
  made_at timestamptz NOT NULL,
  fetched_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  page_id bigint NOT NULL REFERENCES streaming.pages,
  is_stale boolean NOT NULL,
  sources_used text[] NOT NULL CHECK (cardinality(sources_used) > 0),
  scale numeric NOT NULL,
  ttls jsonb NOT NULL,
  UNIQUE (media_type, time_window, source, hour)
);
CREATE INDEX trending_snapshots_by_hour ON streaming.trending_snapshots (hour);
CREATE INDEX trending_snapshots_by_page ON streaming.trending_snapshots (page_id);
COMMENT ON TABLE streaming.trending_snapshots IS 'What was trending in an hour, one row a kind of title, window and source. Replaced as a whole';
COMMENT ON COLUMN streaming.trending_snapshots.hour IS 'The hour''s beginning, UTC';
COMMENT ON COLUMN streaming.trending_snapshots.time_window IS 'Over which the source counts: day or week';
COMMENT ON COLUMN streaming.trending_snapshots.source IS 'tmdb, or aggregated from every source that may be published: Trakt''s may not, see schema trakt';
COMMENT ON COLUMN streaming.trending_snapshots.made_at IS 'When it was made; what it says is of that instant, or of the hour''s end if that was before';
COMMENT ON COLUMN streaming.trending_snapshots.fetched_at IS 'When the answer that it rests on was asked for; of several the oldest';
COMMENT ON COLUMN streaming.trending_snapshots.expires_at IS 'Until when it counts as fresh: of a source by its answer''s age, of the aggregate by its own';
COMMENT ON COLUMN streaming.trending_snapshots.page_id IS 'The page that it was made from';
COMMENT ON COLUMN streaming.trending_snapshots.is_stale IS 'An answer that it rests on was past its time to live: asking again had failed';
COMMENT ON COLUMN streaming.trending_snapshots.sources_used IS 'Whose lists took part';
COMMENT ON COLUMN streaming.trending_snapshots.scale IS 'The greatest score that could be reached: 50 for each source that took part';
COMMENT ON COLUMN streaming.trending_snapshots.ttls IS 'How long answers counted as fresh when it was made, by rule: is_stale and expires_at follow from it';

CREATE TABLE streaming.trending_ranks (
  snapshot_id bigint NOT NULL REFERENCES streaming.trending_snapshots ON DELETE CASCADE,
  rank integer NOT NULL CHECK (rank > 0),
  tmdb_id integer NOT NULL,
  score numeric NOT NULL CHECK (score >= 0),
  PRIMARY KEY (snapshot_id, rank)
);
CREATE UNIQUE INDEX trending_ranks_by_title ON streaming.trending_ranks (tmdb_id, snapshot_id);
COMMENT ON TABLE streaming.trending_ranks IS 'The ranks of a snapshot';
COMMENT ON COLUMN streaming.trending_ranks.rank IS 'From 1, by score, then popularity, then TMDB''s number';
COMMENT ON COLUMN streaming.trending_ranks.score IS '50 less 2.5 for each place from the top of a source''s list, not below 0; summed over the sources';

CREATE FUNCTION streaming.trending_score(place integer) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT 50 - least(2.5 * place, 50) $$;
COMMENT ON FUNCTION streaming.trending_score IS 'What a place in a source''s list, from 0, is worth: 50, 47.5 … 2.5, and from the 21st place on 0';

CREATE FUNCTION streaming.trending_instant(hour timestamptz, made_at timestamptz) RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT least(made_at, hour + interval '3599.999999 seconds') $$;
COMMENT ON FUNCTION streaming.trending_instant IS 'The instant that a snapshot of an hour is of: when it is made, or the last of the hour';

CREATE FUNCTION streaming.trending_pages(at timestamptz)
RETURNS TABLE (page_id bigint, media_type text, time_window text, fetched_at timestamptz)
LANGUAGE sql STABLE
AS $$
  SELECT newest.page_id, kind.media_type, span.time_window, newest.sent_at
  FROM (VALUES ('movie'), ('tv')) AS kind (media_type)
  CROSS JOIN (VALUES ('day'), ('week')) AS span (time_window)
  CROSS JOIN LATERAL (
    SELECT p.page_id, p.sent_at
    FROM streaming.pages AS p
    WHERE
      p.endpoint = 'trending' AND p.media_type = kind.media_type AND p.time_window = span.time_window
      AND p.problem IS NULL AND p.status = 200
      AND p.sent_at <= trending_pages.at AND p.received_at <= trending_pages.at
    ORDER BY p.sent_at DESC, p.page_id DESC
    LIMIT 1
  ) AS newest
$$;
COMMENT ON FUNCTION streaming.trending_pages IS 'The newest usable page of each of TMDB''s trending lists at a time';

CREATE VIEW streaming.trending_history AS
SELECT
  s.hour, s.media_type, r.tmdb_id, s.time_window, s.source, r.rank, r.score, s.scale, i.title, i.release_date, i.poster_path,
  i.backdrop_path, i.overview, i.vote_average, i.vote_count, i.popularity, s.fetched_at, s.expires_at, s.is_stale, s.sources_used,
  s.snapshot_id
FROM streaming.trending_ranks AS r
JOIN streaming.trending_snapshots AS s USING (snapshot_id)
JOIN streaming.trending_items AS i ON s.page_id = i.page_id AND r.tmdb_id = i.tmdb_id;
COMMENT ON VIEW streaming.trending_history IS 'Every hour''s ranks: a title''s rank over time is one query by media_type and tmdb_id';
COMMENT ON COLUMN streaming.trending_history.hour IS 'The hour''s beginning, UTC';
COMMENT ON COLUMN streaming.trending_history.scale IS 'The greatest score that could be reached then: 50 for each source that took part';

CREATE VIEW streaming.trending_entries AS
SELECT
  md5(concat_ws(':', h.media_type, h.tmdb_id, h.source, h.time_window))::uuid AS id,
  h.tmdb_id, h.media_type, h.title::varchar(500) AS title, h.release_date, h.poster_path, h.backdrop_path, h.overview, h.source, h.time_window,
  h.rank, h.score::numeric(5, 2) AS score, h.vote_average::numeric(3, 1) AS vote_average, h.vote_count,
  h.popularity::numeric(10, 2) AS popularity, h.fetched_at, h.expires_at, h.hour,
  h.is_stale OR h.hour + interval '1 hour' + coalesce(
    (SELECT t.ttl FROM streaming.ttls AS t WHERE t.rule = 'aggregated_trending'), interval '1 hour'
  ) <= (SELECT ops.now()) AS is_stale,
  h.sources_used, h.scale
FROM (VALUES ('movie'), ('tv')) AS kind (media_type)
CROSS JOIN (VALUES ('day'), ('week')) AS span (time_window)
CROSS JOIN (VALUES ('tmdb'), ('aggregated')) AS told (source)
CROSS JOIN LATERAL (
  SELECT s.snapshot_id
  FROM streaming.trending_snapshots AS s
  WHERE s.media_type = kind.media_type AND s.time_window = span.time_window AND s.source = told.source
    AND s.hour <= (SELECT ops.now())  -- a clock that was ahead leaves hours of the future
  ORDER BY s.hour DESC
  LIMIT 1
) AS newest
JOIN streaming.trending_history AS h USING (snapshot_id);
COMMENT ON VIEW streaming.trending_entries IS 'What is trending: the newest hour of each kind of title, window and source';
COMMENT ON COLUMN streaming.trending_entries.id IS 'Made from media_type, tmdb_id, source and time_window: the same in every hour';
COMMENT ON COLUMN streaming.trending_entries.source IS 'tmdb, or aggregated from every source that may be published';
COMMENT ON COLUMN streaming.trending_entries.score IS '0 to the scale';
COMMENT ON COLUMN streaming.trending_entries.fetched_at IS 'When the answer was asked for; of several the oldest';
COMMENT ON COLUMN streaming.trending_entries.is_stale IS 'An answer was past its time to live when it was used, or no snapshot was made for the hour before the present one';
COMMENT ON COLUMN streaming.trending_entries.sources_used IS 'Whose lists took part';
COMMENT ON COLUMN streaming.trending_entries.scale IS 'The greatest score that could be reached: 50 for each source that took part';

CREATE VIEW streaming.trending_moves AS
SELECT
  s.hour, s.media_type, m.tmdb_id, s.time_window, s.source, m.title,
  CASE WHEN m.previous_rank IS NULL THEN 'new' WHEN m.rank IS NULL THEN 'left' WHEN m.rank < m.previous_rank THEN 'up' ELSE 'down' END AS move,
  m.rank, m.previous_rank, previous.hour AS previous_hour
FROM streaming.trending_snapshots AS s
CROSS JOIN LATERAL (
  SELECT b.snapshot_id, b.hour
  FROM streaming.trending_snapshots AS b
  WHERE b.media_type = s.media_type AND b.time_window = s.time_window AND b.source = s.source AND b.hour < s.hour
  ORDER BY b.hour DESC
  LIMIT 1
) AS previous
CROSS JOIN LATERAL (
  SELECT tmdb_id, coalesce(n.title, o.title) AS title, n.rank, o.rank AS previous_rank
  FROM (SELECT h.tmdb_id, h.title, h.rank FROM streaming.trending_history AS h WHERE h.snapshot_id = s.snapshot_id) AS n
  FULL JOIN (SELECT h.tmdb_id, h.title, h.rank FROM streaming.trending_history AS h WHERE h.snapshot_id = previous.snapshot_id) AS o USING (tmdb_id)
  WHERE n.rank IS DISTINCT FROM o.rank
) AS m;
COMMENT ON VIEW streaming.trending_moves IS 'New entries, climbers, fallers and leavers of each hour against the snapshot before; the first snapshot has none';
COMMENT ON COLUMN streaming.trending_moves.move IS 'new, up, down or left';
COMMENT ON COLUMN streaming.trending_moves.rank IS 'In this hour; null: it left';
COMMENT ON COLUMN streaming.trending_moves.previous_rank IS 'In the snapshot before; null: it is new';
COMMENT ON COLUMN streaming.trending_moves.previous_hour IS 'Of the snapshot before: earlier than the hour before if that has none';
