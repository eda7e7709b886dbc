-- Every thirtieth body, others each day, with the hash that it had when it came. Changes nothing.
SELECT p.page_id, p.body, p.body_sha256
FROM pages AS p
WHERE p.body IS NOT NULL AND mod(p.page_id, %(days)s) = mod(floor(extract(EPOCH FROM ops.now()) / 86400)::bigint, %(days)s)
