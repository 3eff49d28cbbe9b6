"""Judges what the converters make of the shared fixtures, measures and fuzzes them."""
