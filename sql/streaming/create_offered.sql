-- Reads the offers of works whose content changed since they were read: the listings of each, those from before, and how many cannot be used.
-- A work whose providers were never had is left out: nothing is known of it. The words are those that details keep. A look-up costs less than
-- a set-returning function, so only the countries are taken apart by one.
CREATE TEMP TABLE offered ON COMMIT DROP AS
WITH due AS MATERIALIZED (  -- first who is due: the planner would rather read everybody's offers
  SELECT c.work_id, c.content_hash, o.listing_ids AS was, p.sent_at AS seen_at, d.streaming
  FROM tmdb.contents AS c
  JOIN tmdb.details AS d USING (work_id)
  JOIN tmdb.pages AS p ON p.page_id = coalesce((c.block_pages ->> 'watch/providers')::bigint, c.page_id)
  LEFT JOIN streaming.tmdb_offers AS o USING (work_id)
  WHERE o.content_hash IS DISTINCT FROM c.content_hash AND 'watch/providers' = any(p.blocks)
)

SELECT d.work_id, d.was, coalesce(read.listing_ids, '{}') AS listing_ids, d.content_hash, d.seen_at, read.rejected
FROM due AS d
CROSS JOIN LATERAL (
  SELECT
    array_agg(DISTINCT usable.listing_id) FILTER (WHERE usable.listing_id IS NOT NULL) AS listing_ids,
    count(*) - count(usable.listing_id) AS rejected
  FROM (
    SELECT CASE WHEN listed.provider_id BETWEEN 1 AND 262143 THEN listed.first_id + listed.provider_id::integer END AS listing_id
    FROM (
      SELECT region.first_id + word.first_id AS first_id, (jsonb_array_elements(region.offers -> word.word) ->> 'provider_id')::bigint AS provider_id
      FROM (
        SELECT
          country.value AS offers,
          CASE
            WHEN length(country.key) = 2 AND ascii(country.key) BETWEEN 65 AND 90 AND ascii(substr(country.key, 2)) BETWEEN 65 AND 90
              THEN streaming.listing_id(country.key, 'unknown', 0)
          END AS first_id
        FROM jsonb_each(d.streaming) AS country
        ORDER BY country.key
        OFFSET 0  -- once for each country
      ) AS region
      CROSS JOIN (
        SELECT w.word, streaming.listing_id('AA', streaming.offer_type(w.word), 0) AS first_id
        FROM unnest('{flatrate,rent,buy,free,ads,other}'::text[]) AS w (word)
        ORDER BY w.word
        OFFSET 0
      ) AS word
      WHERE region.offers ? word.word
    ) AS listed
  ) AS usable
) AS read
