-- One merge of a kind at a time; the lock goes with the transaction.
SELECT pg_advisory_xact_lock(hashtext('hotstar.merge'), hashtext(%(kind)s))
