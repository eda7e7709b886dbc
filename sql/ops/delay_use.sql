-- Notes that the request of a slot left some seconds after it was let go. Changes nothing if another was let go since.
UPDATE ops.pace SET used_at = used_at + make_interval(secs => %(late_s)s)
WHERE service = %(service)s AND used_slot = %(at)s
