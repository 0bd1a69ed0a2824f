"""Institutions that an organisation works with, their contacts, and people without an account."""
