"""The same bot against a simulated Discord, in the browser: ``python -m bot demo``."""
