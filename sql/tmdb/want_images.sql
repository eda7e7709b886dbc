-- Brings what is wanted into the manifest: new images, those wanted from elsewhere, and those that no work names any more. Where images
-- are off nothing new is wanted, only what is had already. An image wanted from elsewhere begins anew after its failures.
WITH wanted AS MATERIALIZED (
  SELECT w.name, w.source_url
  FROM tmdb.wanted_images AS w
  WHERE %(is_on)s OR EXISTS (SELECT FROM tmdb.images AS i WHERE i.name = w.name AND i.source_url = w.source_url)
), no_more AS (
  UPDATE tmdb.images AS i SET wanted_url = NULL
  WHERE i.wanted_url IS NOT NULL AND NOT EXISTS (SELECT FROM wanted AS w WHERE w.name = i.name)
), noted AS (
  INSERT INTO tmdb.images AS i (name, wanted_url, wanted_at)
  SELECT w.name, w.source_url, tmdb.now() FROM wanted AS w
  ON CONFLICT (name) DO UPDATE SET
    wanted_url = excluded.wanted_url, wanted_at = excluded.wanted_at, attempts = 0, failed_at = NULL, last_error = NULL, not_before = NULL
    WHERE i.wanted_url IS DISTINCT FROM excluded.wanted_url
)
SELECT count(*) AS wanted FROM wanted
