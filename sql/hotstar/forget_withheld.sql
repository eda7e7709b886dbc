-- Empties the list of withheld deletions of a kind: every merge decides anew.
DELETE FROM withheld_deletions WHERE kind = %(kind)s
