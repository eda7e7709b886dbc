-- Notes that a sign-in has ended, and why: nobody refreshes it from then on.
UPDATE trakt.oauth_tokens
SET ended_at = ops.now(), ended_because = %(reason)s, updated_at = ops.now()
WHERE service = 'trakt'
