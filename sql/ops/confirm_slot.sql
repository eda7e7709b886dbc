-- Says whether a taken slot may still be used: false once a rest or a 429 overtook it. Changes nothing.
SELECT ops.now() AS now, p.not_before <= %(at)s AND (p.rest_until IS NULL OR p.probe_at = %(at)s) IS TRUE AS holds
FROM ops.pace AS p
WHERE p.service = %(service)s
