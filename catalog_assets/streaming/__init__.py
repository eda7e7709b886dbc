"""What is trending, where titles can be watched, and what is coming soon."""
