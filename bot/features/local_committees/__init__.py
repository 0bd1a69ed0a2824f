"""Local committees (LCs): names, status, and how to find them."""
