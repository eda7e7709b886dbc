"""What coverage does not see: it doubles the time of a test, and of these it would learn nothing more."""

UNTRACED_PROCESS = {"COVERAGE_PROCESS_CONFIG": ""}
"""Variables of a process that coverage leaves alone: it looks for its settings there."""

UNTRACED_FILES = (
    "hotstar/test_every_kind.py",
    "hotstar/test_kinds.py",
    "hotstar/test_listing_properties.py",
    "hotstar/test_listing_sandbox.py",
    "hotstar/test_month.py",
    "hotstar/test_retention.py",
    "hotstar/test_staging.py",
    "hotstar/test_takeup.py",
    "test_browser.py",
    "test_kills.py",
    "tmdb/test_merge.py",
    "tmdb/test_refresh.py",
    "tmdb/test_replay.py",
    "tmdb/test_retention.py",
)
"""Their scenes pass thousands of times where the other tests pass too."""
