"""Three ways to bring the same pages into PostgreSQL, each a process of its own that prints its measurement as JSON."""
