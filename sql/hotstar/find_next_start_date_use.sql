-- When the ledger allows the next listing that filters by start date: seven days after the second newest use that counts.
SELECT used_at + interval '7 days'
FROM start_date_uses
WHERE origin = %(origin)s AND kind = %(kind)s AND exempt IS NULL
ORDER BY used_at DESC
LIMIT 1 OFFSET 1
