"""How to reach an LC and the holders of its posts, and who may see it."""
