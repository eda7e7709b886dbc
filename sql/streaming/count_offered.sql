-- What was read of works: how many are new, changed and as they were, their offers, and those that cannot be used.
SELECT
  count(*) FILTER (WHERE o.was IS NULL) AS inserted,
  count(*) FILTER (WHERE o.was <> o.listing_ids) AS updated,
  count(*) FILTER (WHERE o.was = o.listing_ids) AS unchanged,
  coalesce(sum(cardinality(o.listing_ids)), 0)::bigint AS offers,
  coalesce(sum(o.rejected), 0)::bigint AS rejected
FROM offered AS o
