-- Whether a census of a kind was ever complete: before that, a load is the first.
SELECT count(*) > 0
FROM listings
WHERE kind = %(kind)s AND purpose = 'census' AND status = 'complete'
