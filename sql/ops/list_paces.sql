-- Lists every service's pace: what is asked of it, the rest it takes, what its last day brought. Changes nothing.
SELECT
    p.service,
    p.interval_s,
    CASE WHEN p.rest_until > ops.now() THEN p.rest_until END AS rests_until,
    p.rests,
    p.rest_reason AS newest_rest,
    calls.requests_24h,
    calls.refused_24h,
    calls.failed_24h
FROM ops.pace AS p
CROSS JOIN LATERAL (
    SELECT
        count(*) AS requests_24h,
        count(*) FILTER (WHERE c.status = 429) AS refused_24h,
        count(*) FILTER (WHERE c.failure IS NOT NULL AND c.status IS DISTINCT FROM 429) AS failed_24h
    FROM ops.api_calls AS c
    WHERE c.service = p.service AND c.sent_at > ops.now() - interval '24 hours'
) AS calls
ORDER BY p.service
