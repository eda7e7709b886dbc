-- Works whose card is missing, or says something else than the work's tables.
SELECT t.media_type || ' ' || t.tmdb_id || ' ' || d.title AS offender
FROM tmdb.details AS d
JOIN tmdb.titles AS t USING (work_id)
LEFT JOIN tmdb.work_cards_cache AS k USING (work_id)
LEFT JOIN tmdb.aggregates AS a
  ON d.work_id = a.work_id AND a.method_version = (SELECT m.method_version FROM tmdb.score_methods AS m WHERE m.is_shown)
WHERE
  k.work_id IS NULL
  OR (k.payload ->> 'title', k.payload ->> 'release_date', (k.payload ->> 'ai_score')::double precision, k.payload ->> 'overview')
  IS DISTINCT FROM (d.title, d.release_date::text, a.ai_score, d.overview)
  OR k.etag <> encode(sha256(convert_to((k.payload - 'last_updated')::text, 'UTF8')), 'hex')
ORDER BY d.work_id
