-- Removes what is told about works whose content is older than may be kept; they are due as if never fetched, those that are gone or
-- were answered since apart.
WITH expired AS (
  SELECT c.work_id
  FROM tmdb.contents AS c
  WHERE c.fetched_at < tmdb.now() - %(keep)s::interval
), cards AS (
  DELETE FROM tmdb.work_cards_cache USING expired WHERE work_cards_cache.work_id = expired.work_id
), similar_ones AS (
  DELETE FROM tmdb.similar_movies USING expired WHERE similar_movies.work_id = expired.work_id
), scores AS (
  DELETE FROM tmdb.aggregates USING expired WHERE aggregates.work_id = expired.work_id
), ratings AS (
  DELETE FROM tmdb.rating_sources USING expired WHERE rating_sources.work_id = expired.work_id
), episodes AS (
  DELETE FROM tmdb.tv_episodes USING expired WHERE tv_episodes.work_id = expired.work_id
), seasons AS (
  DELETE FROM tmdb.tv_seasons USING expired WHERE tv_seasons.work_id = expired.work_id
), series_ones AS (
  DELETE FROM tmdb.tv_series USING expired WHERE tv_series.work_id = expired.work_id
), told AS (
  DELETE FROM tmdb.details USING expired WHERE details.work_id = expired.work_id
), states AS (
  UPDATE tmdb.refreshes SET
    answered_at = NULL, page_id = NULL, etag = NULL, missing_blocks = '{}', incomplete = 0, dropped_at = tmdb.now()
  FROM expired
  WHERE refreshes.work_id = expired.work_id AND refreshes.answered_at < tmdb.now() - %(keep)s::interval
)
DELETE FROM tmdb.contents USING expired WHERE contents.work_id = expired.work_id
