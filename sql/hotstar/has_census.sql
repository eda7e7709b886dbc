-- Whether a census of a kind was ever complete: before that, a load is the first.
SELECT count(*) > 0 FROM newest_censuses WHERE kind = %(kind)s
