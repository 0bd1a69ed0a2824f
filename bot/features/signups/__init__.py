"""Signing up for anything with limited places: limits, the line, offers. Other features know what it is about."""
