"""Who changed what, when, from where: append-only."""
