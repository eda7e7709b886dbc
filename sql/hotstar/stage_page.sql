-- Stages the judged items of a page. Content that is its item's newest known one is left out.
INSERT INTO staged_items (
  page_id, position, content_id, item_hash, hotstar_id, title, asset_status, end_date_s, update_s, scope, item, reason, body, judged_by
)
SELECT
  %(page_id)s, j.position, j.content_id, j.item_hash,
  f.id, j.item ->> %(title_field)s::text, f."assetStatus", f."endDate", f."updateDate",
  coalesce(j.item ->> %(scope_field)s::text, ''),
  CASE WHEN i.item_hash IS DISTINCT FROM j.item_hash THEN j.item END,
  j.reason, decode(j.body, 'hex'), %(judged_by)s
FROM jsonb_to_recordset(%(judged)s::jsonb) AS j (
  position integer, content_id text, item_hash uuid, item jsonb, reason text, body text
)
LEFT JOIN items AS i ON i.kind = %(kind)s AND j.content_id = i.content_id
CROSS JOIN LATERAL jsonb_to_record(coalesce(j.item, '{}')) AS f (id bigint, "assetStatus" text, "endDate" bigint, "updateDate" bigint)
