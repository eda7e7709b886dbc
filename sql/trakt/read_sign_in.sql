-- The sign-in, its tokens encrypted; no row: nobody is signed in. It is due when little of the access token's life is left.
SELECT
    access_token,
    refresh_token,
    created_at,
    expires_at,
    ended_at,
    ended_because,
    expires_at - ops.now() < greatest(make_interval(secs => 0.1 * expires_in_s), interval '10 minutes') AS is_due
FROM trakt.oauth_tokens
WHERE service = 'trakt'
