"""Certificates of having been at an event, which anybody can check who holds one."""
