"""Tasks: something has to be done by a day, by the holders of a post at the time or by one person."""
