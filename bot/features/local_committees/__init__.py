"""Local committees (LCs): who they are, where they stand, how to find them."""
