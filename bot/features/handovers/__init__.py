"""Handing over a post: successors, checklists and notes; and a rescue when nobody is left."""
