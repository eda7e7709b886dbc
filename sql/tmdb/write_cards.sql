-- Writes the cards of works whose content changed, where the card itself does: its tag is that of everything but `last_updated`, which is
-- when the content came that the card was written from. Where only images came or went, both times stay: a replay knows no more of them.
WITH cards AS MATERIALIZED (  -- made once, though what is made is both written and hashed
  SELECT
    d.work_id,
    jsonb_build_object(
      'work_id', d.work_id, 'media_type', t.media_type, 'tmdb_id', t.tmdb_id, 'imdb_id', w.imdb_id, 'title', w.title,
      'original_title', w.original_title, 'year', w.year, 'release_date', w.release_date, 'runtime_minutes', w.runtime_minutes,
      'runtime_display', w.runtime_display, 'tagline', w.tagline, 'overview', w.overview, 'overview_short', w.overview_short,
      'genres', w.genres,
      'poster', jsonb_build_object('small', w.poster_url_small, 'medium', h.poster_url_medium, 'large', h.poster_url_large),
      'backdrop', h.backdrop_url, 'trailer_youtube_id', w.trailer_youtube_id, 'trailer_thumbnail', h.trailer_thumbnail,
      'certification', w.certification,
      'cast', jsonb_path_query_array(h.cast_members, '$[0 to 7]'),
      'director', nullif(array_to_string(w.directors, ', '), ''),
      'ai_score', a.ai_score,
      'ai_score_range', CASE WHEN a.ai_score IS NOT NULL THEN jsonb_build_array(a.ai_score_low, a.ai_score_high) END,
      'ai_score_method', a.method_version,
      'source_scores', a.source_scores, 'still_images', h.still_images, 'trailers', h.trailers, 'streaming', w.streaming
    ) || jsonb_build_object(
      'budget', w.budget, 'revenue', w.revenue_worldwide, 'attributions', jsonb_build_array('tmdb', 'justwatch')
    ) || CASE
      WHEN s.work_id IS NULL THEN '{}'
      ELSE jsonb_build_object(
        'creators', s.creators, 'number_of_seasons', s.number_of_seasons, 'number_of_episodes', s.number_of_episodes, 'status', w.status,
        'last_episode', s.last_episode, 'next_episode', s.next_episode, 'networks', s.networks
      )
    END AS payload,
    jsonb_build_object(
      'work_id', d.work_id, 'media_type', t.media_type, 'title', w.title, 'year', w.year, 'poster', h.poster_url_medium,
      'ai_score', a.ai_score
    ) AS payload_short,
    c.changed_at
  FROM documents AS d
  JOIN tmdb.titles AS t USING (work_id)
  JOIN tmdb.contents AS c USING (work_id)
  JOIN tmdb.details AS w USING (work_id)
  JOIN tmdb.shown_images AS h USING (work_id)
  LEFT JOIN tmdb.tv_series AS s USING (work_id)
  LEFT JOIN tmdb.aggregates AS a
    ON d.work_id = a.work_id AND a.method_version = (SELECT m.method_version FROM tmdb.score_methods AS m WHERE m.is_shown)
  WHERE d.is_changed
)
INSERT INTO tmdb.work_cards_cache AS old (work_id, payload, payload_short, etag, computed_at)
SELECT
  work_id, payload || jsonb_build_object('last_updated', changed_at), payload_short,
  encode(sha256(convert_to(payload::text, 'UTF8')), 'hex'), %(merged_at)s
FROM cards
ON CONFLICT (work_id) DO UPDATE SET
  payload = CASE
    WHEN %(are_images)s THEN excluded.payload || jsonb_build_object('last_updated', old.payload -> 'last_updated') ELSE excluded.payload
  END,
  payload_short = excluded.payload_short,
  etag = excluded.etag,
  computed_at = CASE WHEN %(are_images)s THEN old.computed_at ELSE excluded.computed_at END
  WHERE old.etag <> excluded.etag
