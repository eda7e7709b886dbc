-- Whether a census of a kind is complete.
SELECT EXISTS (SELECT FROM listings WHERE kind = %(kind)s AND purpose = 'census' AND status = 'complete')
