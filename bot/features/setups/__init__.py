"""Bringing an organisation into being and linking a Discord server to it."""
