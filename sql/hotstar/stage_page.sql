-- Stages the judged items of a page. Content that is its item's newest known one is left out; that is looked up item by item, for a join
-- would be planned by statistics which may not know the kind yet.
INSERT INTO staged_items (
  page_id, position, content_id, item_hash, hotstar_id, title, asset_status, end_date_s, update_s, scope, item, reason, body, judged_by
)
SELECT
  %(page_id)s, j.position, j.content_id, j.item_hash,
  f.id, j.item ->> %(title_field)s::text, f."assetStatus", f."endDate", f."updateDate",
  coalesce(j.item ->> %(scope_field)s::text, ''),
  CASE
    WHEN (
      SELECT i.item_hash FROM items AS i WHERE i.kind = %(kind)s AND i.content_id = j.content_id
    ) IS DISTINCT FROM j.item_hash THEN j.item
  END,
  j.reason, decode(j.body, 'hex'), %(judged_by)s
FROM (
  SELECT
    a.ordinality - 1 AS position, a.item ->> 'contentId' AS content_id, a.item_hash, a.item, NULL AS reason, NULL AS body
  FROM ROWS FROM (jsonb_array_elements(%(items)s), unnest(string_to_array(%(hashes)s, ',')::uuid[])) WITH ORDINALITY
    AS a (item, item_hash, ordinality)
  WHERE jsonb_typeof(a.item) = 'object'
  UNION ALL
  SELECT r.position, r.content_id, NULL AS item_hash, NULL AS item, r.reason, r.body
  FROM jsonb_to_recordset(%(rejected)s) AS r (position integer, content_id text, reason text, body text)
) AS j
CROSS JOIN LATERAL jsonb_to_record(coalesce(j.item, '{}')) AS f (id bigint, "assetStatus" text, "endDate" bigint, "updateDate" bigint)
