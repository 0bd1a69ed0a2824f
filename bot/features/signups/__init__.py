"""Signing up for anything with limited places: limits, the line, offers. What it is about belongs to other features."""
