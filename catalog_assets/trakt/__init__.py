"""Trakt: its rankings, off unless an operator may use them and says so, and the sign-in of a user."""
