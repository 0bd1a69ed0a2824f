"""What waits for somebody, and what else their home shows: said by each feature, read at once."""
