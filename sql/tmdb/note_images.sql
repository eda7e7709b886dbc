-- Notes images that were fetched: what the object holds, where it was taken from, and that the cards are to show it. What was as before
-- says nothing of its content.
UPDATE tmdb.images AS i SET
  source_url = f.source_url,
  url = %(public_url)s || f.name,
  fetched_at = f.asked_at,
  taken_from = f.taken_from,
  etag = f.etag,
  content_type = coalesce(f.content_type, i.content_type),
  bytes = coalesce(f.bytes, i.bytes),
  content_sha256 = coalesce(decode(f.content_sha256, 'hex'), i.content_sha256),
  stored_at = CASE WHEN f.is_written THEN tmdb.now() ELSE i.stored_at END,
  attempts = 0,
  failed_at = NULL,
  last_error = NULL,
  not_before = NULL,
  cards_due = i.cards_due OR i.source_url IS DISTINCT FROM f.source_url
FROM jsonb_to_recordset(%(fetched)s) AS f (
  name text, source_url text, asked_at timestamptz, taken_from text, etag text, content_type text, bytes integer, content_sha256 text,
  is_written boolean
)
WHERE i.name = f.name
