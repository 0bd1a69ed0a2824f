"""Somebody is asked something by a day and reminded; silence is never a yes."""
