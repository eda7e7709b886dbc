-- Writes the regions that Watchmode is asked for, in place of those there were.
WITH unwanted AS (
  DELETE FROM streaming.watchmode_regions AS w WHERE w.region <> all(%(regions)s::text[])
)

INSERT INTO streaming.watchmode_regions (region)
SELECT unnest(%(regions)s::text[])
ON CONFLICT (region) DO NOTHING
