-- Whether anything of Watchmode is kept.
SELECT
  EXISTS (SELECT FROM ops.origins AS o WHERE o.service = 'watchmode')
  OR EXISTS (SELECT FROM streaming.pages AS p WHERE p.service = 'watchmode')
  OR EXISTS (SELECT FROM streaming.id_mappings)
  OR EXISTS (SELECT FROM streaming.watchmode_titles)
  OR EXISTS (SELECT FROM streaming.watchmode_credits)
  OR EXISTS (SELECT FROM streaming.release_dates)
  OR EXISTS (SELECT FROM streaming.availability_changes AS c WHERE c.source = 'watchmode') AS has_watchmode
