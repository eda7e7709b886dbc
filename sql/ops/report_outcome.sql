-- Tells how the request of a slot ended, which may begin or end a rest. Leaves the slots of others alone.
SELECT ops.report_outcome(
    %(service)s, %(at)s, %(outcome)s, %(reason)s, %(retry_after_s)s::double precision, %(cost)s
) AS rest_until
