-- Waits until nobody else changes the sign-in, and holds it until the transaction ends. No lock on the table: signing out empties it.
SELECT pg_advisory_xact_lock(hashtextextended('trakt.oauth_tokens', 0))
