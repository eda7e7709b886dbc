-- Kinds that the service lists only within one item of another kind, such as the seasons of a series: a round lists some of these,
-- and each part of it is a census of its own.

ALTER TABLE hotstar.listings DROP CONSTRAINT listings_purpose_check;
ALTER TABLE hotstar.listings ADD CONSTRAINT listings_purpose_check CHECK (purpose IN ('census', 'update', 'round'));
COMMENT ON TABLE hotstar.listings IS 'One attempt to list completely: a census (no filter), a window of update time, or a round through items of another kind. A census that was cut off is taken up by a later run.';
COMMENT ON COLUMN hotstar.listings.purpose IS 'census: a complete listing of the kind; update: a window of update time; round: what some items of another kind hold, each a part';

ALTER TABLE hotstar.hotstar_sync_log DROP CONSTRAINT hotstar_sync_log_sync_type_check;
ALTER TABLE hotstar.hotstar_sync_log ADD CONSTRAINT hotstar_sync_log_sync_type_check
CHECK (sync_type IN ('initial', 'census', 'round', 'incremental', 'daily'));
COMMENT ON COLUMN hotstar.hotstar_sync_log.sync_type IS 'initial: the first census or round; census; round; incremental: a poll of today; daily: a closed day';

ALTER TABLE hotstar.items ADD COLUMN scope text NOT NULL DEFAULT '';
COMMENT ON COLUMN hotstar.items.scope IS 'The item of another kind within which it is listed: of a season its showId; empty for a kind that is listed at once';

CREATE OR REPLACE VIEW hotstar.newest_censuses AS
SELECT DISTINCT ON (kind) *
FROM hotstar.listings
WHERE purpose <> 'update' AND status = 'complete'
ORDER BY kind ASC, started_at DESC;
COMMENT ON VIEW hotstar.newest_censuses IS 'Of each kind the newest complete census or round';

DROP VIEW hotstar.newest_merged_censuses;
CREATE VIEW hotstar.merged_censuses AS
WITH ended AS (
  SELECT l.kind, l.listing_id, '' AS scope, l.started_at AS listing_began_at, l.started_at, l.completed_at, taken.merge_id
  FROM hotstar.listings AS l
  CROSS JOIN LATERAL (
    SELECT CASE WHEN count(*) = count(m.merge_id) THEN max(m.merge_id) END AS merge_id
    FROM hotstar.pages AS p
    LEFT JOIN hotstar.page_merges AS m USING (page_id)
    WHERE p.listing_id = l.listing_id
  ) AS taken
  WHERE l.purpose = 'census' AND l.status = 'complete'
  UNION ALL
  SELECT l.kind, l.listing_id, within.value, l.started_at, part.started_at, part.proven_at, taken.merge_id
  FROM hotstar.listings AS l
  JOIN hotstar.parts AS part USING (listing_id)
  CROSS JOIN LATERAL jsonb_each_text(part.filters) AS within
  CROSS JOIN LATERAL (
    SELECT CASE WHEN count(*) = count(m.merge_id) THEN max(m.merge_id) END AS merge_id
    FROM hotstar.pages AS p
    LEFT JOIN hotstar.page_merges AS m USING (page_id)
    WHERE p.part_id = part.part_id
  ) AS taken
  WHERE l.purpose = 'round' AND l.status <> 'running' AND part.proven_at IS NOT NULL AND NOT part.dropped
)
SELECT ended.*, row_number() OVER (PARTITION BY ended.kind, ended.scope ORDER BY ended.started_at DESC) AS place
FROM ended
WHERE ended.merge_id IS NOT NULL;
COMMENT ON VIEW hotstar.merged_censuses IS 'What a table can be compared with: complete listings of a kind, or of what one item of another kind holds, whose every page is merged';
COMMENT ON COLUMN hotstar.merged_censuses.scope IS 'As in items; empty: it lists the whole kind';
COMMENT ON COLUMN hotstar.merged_censuses.merge_id IS 'The merge that took its last page';
COMMENT ON COLUMN hotstar.merged_censuses.place IS '1: the newest of its kind and scope';

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'catalog_hotstar') THEN
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA hotstar TO catalog_hotstar;
  END IF;
END
$$;
