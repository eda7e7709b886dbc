-- Locks an incident for who tells it. No row: another process is telling it. What was told is read after this, in a statement
-- of its own, since this one would not see what was written while it reached for the lock.
SELECT FROM ops.incidents WHERE incident_id = %(incident_id)s FOR UPDATE SKIP LOCKED
