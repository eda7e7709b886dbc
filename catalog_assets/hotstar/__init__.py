"""Hotstar: what is listed, how a listing is split and proven, how pages become tables, what is checked."""
