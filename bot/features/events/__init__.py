"""Events: what repeats, and which days are holidays."""
