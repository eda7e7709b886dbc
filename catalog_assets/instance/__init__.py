"""Dagster's own records, kept in bounds."""
