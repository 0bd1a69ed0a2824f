"""Tsunagu (繋ぐ): the bot by which local committees work together. ``python -m bot`` runs it."""

__version__ = "0.1.0"
