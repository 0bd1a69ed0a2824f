"""Announcements: written together, shown first, sent once, acknowledged, and gone after until nobody is left out."""
