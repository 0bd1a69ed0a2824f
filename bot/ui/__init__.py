"""What all cogs share on Discord's side: requests, pages, components with a memory of their own, errors, words."""
