-- Whether anything of Trakt is kept.
SELECT
  EXISTS (SELECT FROM ops.origins AS o WHERE o.service = 'trakt')
  OR EXISTS (SELECT FROM trakt.pages)
  OR EXISTS (SELECT FROM trakt.trending_snapshots)
  OR EXISTS (SELECT FROM trakt.oauth_tokens) AS has_trakt
