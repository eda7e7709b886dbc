-- Removes the snapshots of hours, which are made anew in the same transaction.
DELETE FROM {schema}.trending_snapshots WHERE hour = any(%(hours)s)
