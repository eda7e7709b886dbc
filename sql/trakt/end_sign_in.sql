-- Notes that the refresh token is taken no more: the user must sign in again.
UPDATE trakt.oauth_tokens
SET ended_at = ops.now(), ended_because = %(reason)s, updated_at = ops.now()
WHERE service = 'trakt'
