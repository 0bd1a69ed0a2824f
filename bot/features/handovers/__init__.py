"""Handing over a post: who follows, what has to be done before, what was agreed; and when nobody is left."""
