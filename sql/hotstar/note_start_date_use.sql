-- Writes a listing that filters by start date into the ledger, unless the two uses of seven days are spent. An exempt use
-- does not count. Returns a row only if the use is allowed; a listing is written once.
WITH spent AS (
  SELECT count(*) AS uses
  FROM start_date_uses
  WHERE
    origin = %(origin)s AND kind = %(kind)s AND exempt IS NULL AND listing_id <> %(listing_id)s
    AND used_at > ops.now() - interval '7 days'
), noted AS (
  INSERT INTO start_date_uses (origin, kind, listing_id, used_at, exempt)
  SELECT %(origin)s, %(kind)s, %(listing_id)s, ops.now(), %(exempt)s
  FROM spent
  WHERE spent.uses < 2 OR %(exempt)s::text IS NOT NULL
  ON CONFLICT (origin, kind, listing_id) DO NOTHING
)
SELECT spent.uses FROM spent WHERE spent.uses < 2 OR %(exempt)s::text IS NOT NULL
