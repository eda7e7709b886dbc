-- Makes room for what Watchmode newly told: its offers.
CREATE TEMP TABLE told_offers (
  LIKE streaming.watchmode_offers
) ON COMMIT DROP
