-- Removes a day's figures of one kind, before they are made anew.
DELETE FROM daily_figures WHERE day = %(day)s AND kind = %(kind)s
