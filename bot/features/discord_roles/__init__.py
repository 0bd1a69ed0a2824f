"""Discord roles follow the records: who should have which, and what differs from what they have."""
