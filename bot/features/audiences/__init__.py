"""Whom something is for: a rule that is kept as data, and whom it means at a moment. Below announcements, events and
consultations."""
