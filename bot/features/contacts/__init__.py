"""How to reach an LC and those who hold its posts, and who may see it."""
