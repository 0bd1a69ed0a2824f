"""Announcements: officers write, preview and send them together, and follow up until everybody is reached."""
