"""What people say about themselves: joining, their own card, who finds them, and their data in their own hands."""
