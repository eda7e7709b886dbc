-- How the items that a merge touches stood before it.
CREATE TEMP TABLE before_merge (content_id text, known_hash uuid, known_update_s bigint) ON COMMIT DROP
