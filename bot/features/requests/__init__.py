"""Somebody wants something that one of several others may grant: how that is asked for, decided and taken back."""
