"""How the world is reached: settings, databases, one HTTP transport, one typed client a service."""
