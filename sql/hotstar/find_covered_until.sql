-- Until when update time is covered for a kind: the end of the range that reaches furthest. Null: nothing is.
SELECT max(upper(covered)) FROM coverage WHERE kind = %(kind)s
