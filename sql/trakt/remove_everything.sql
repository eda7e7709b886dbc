-- Removes all that came from Trakt, the sign-in included; returns how many answers were stored.
SELECT trakt.remove_everything() AS pages
