-- Keeps the times and the fingerprint of a token just made, and retires those past their end. Holds nothing usable.
WITH expired AS (
    UPDATE hotstar.hotstar_api_tokens SET is_active = false
    WHERE is_active AND expires_at <= %(generated_at)s
)
INSERT INTO hotstar.hotstar_api_tokens (fingerprint, generated_at, expires_at, is_active)
VALUES (%(fingerprint)s, %(generated_at)s, %(expires_at)s, true)
