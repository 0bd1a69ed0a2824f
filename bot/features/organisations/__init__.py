"""Organisations, the Discord servers linked to them, and what the bot made in those servers."""
