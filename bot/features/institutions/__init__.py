"""Institutions that an organisation works with, whom to ask there, and people without an account."""
