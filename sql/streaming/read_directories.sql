-- The newest usable answer of each directory: TMDB's providers of films and of series, its regions, Watchmode's services.
SELECT DISTINCT ON (p.service, p.endpoint, p.media_type) p.page_id, p.service, p.endpoint, p.media_type, p.body
FROM streaming.pages AS p
WHERE p.endpoint IN ('watch_providers', 'watch_regions', 'sources') AND p.status = 200 AND p.problem IS NULL
ORDER BY p.service ASC, p.endpoint ASC, p.media_type ASC, p.sent_at DESC, p.page_id DESC
