-- Notes when the request of a slot really left. Changes nothing if another was let go since.
UPDATE ops.pace SET used_at = least(%(left_at)s, ops.now())
WHERE service = %(service)s AND used_slot = %(at)s AND used_at < %(left_at)s
