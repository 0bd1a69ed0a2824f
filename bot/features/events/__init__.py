"""Events: an evening for eight people or an assembly of four hundred. Places are given by the sign-ups feature."""
