"""Films as TMDB knows them: what is asked, what an answer holds, and what becomes of it."""
