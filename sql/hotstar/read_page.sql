-- One page's body as stored (zstd).
SELECT body FROM pages WHERE page_id = %(page_id)s
