-- Regions with prices in no known currency.
SELECT DISTINCT w.region AS offender
FROM streaming.priced_offers AS w
WHERE w.price_amount IS NOT NULL AND w.price_currency IS NULL
ORDER BY 1
