"""Symposia: a series of numbered editions, planned for a year ahead, with slots and the people who speak."""
