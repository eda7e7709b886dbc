-- Words for how titles are offered that are not known, with how many offers.
SELECT 'Watchmode''s ' || coalesce(w.type, 'none') || ': ' || count(*) AS offender
FROM streaming.watchmode_offers AS w
WHERE streaming.offer_type(w.type) = 'unknown'
GROUP BY w.type
ORDER BY w.type
