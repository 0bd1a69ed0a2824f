"""Events: an evening for eight people or an assembly of four hundred, what repeats, and which days are holidays."""
