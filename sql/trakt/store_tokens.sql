-- Stores a pair of tokens in place of the one there was; a sign-in that goes on keeps its beginning.
INSERT INTO trakt.oauth_tokens AS t (
    service, access_token, refresh_token, token_type, scope, expires_in_s, expires_at, created_at, updated_at
)
VALUES (
    'trakt', %(access_token)s, %(refresh_token)s, %(token_type)s, %(scope)s, %(expires_in_s)s, %(expires_at)s,
    ops.now(), ops.now()
)
ON CONFLICT (service) DO UPDATE
SET
    access_token = excluded.access_token,
    refresh_token = excluded.refresh_token,
    token_type = excluded.token_type,
    scope = excluded.scope,
    expires_in_s = excluded.expires_in_s,
    expires_at = excluded.expires_at,
    ended_at = NULL,
    ended_because = NULL,
    created_at = CASE WHEN %(is_new)s THEN excluded.created_at ELSE t.created_at END,
    updated_at = excluded.updated_at
RETURNING created_at, expires_at
