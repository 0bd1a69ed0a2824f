"""Recipients: a rule that is stored as data, and the LCs and people it means at a moment. Below announcements, events
and consultations."""
