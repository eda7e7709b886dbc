-- An answer of Trakt's needs the stamp of whose data this is, which goes with everything else when a user signs out: a run that was under way
-- then can store nothing more.

-- What was stored after a user signed out should be gone already.
DO $$
BEGIN
  IF EXISTS (SELECT FROM trakt.pages) AND NOT EXISTS (SELECT FROM ops.origins AS o WHERE o.service = 'trakt') THEN
    PERFORM trakt.remove_everything();
  END IF;
END
$$;

ALTER TABLE trakt.pages ADD CONSTRAINT pages_are_stamped FOREIGN KEY (service) REFERENCES ops.origins (service);

COMMENT ON COLUMN trakt.oauth_tokens.ended_at IS 'Since when Trakt takes the refresh token no more, or the user signs out: nobody refreshes it. Null: signed in';
COMMENT ON COLUMN trakt.oauth_tokens.ended_because IS 'OAuth''s word invalid_grant, which Trakt said then, or that signing out began. Nothing else ends a sign-in';
