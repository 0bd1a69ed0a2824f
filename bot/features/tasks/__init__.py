"""Tasks: something has to be done by a day, by whoever holds a post then or by one person."""
