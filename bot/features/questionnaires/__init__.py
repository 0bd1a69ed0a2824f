"""Questions to LCs: one answer each, changeable until the deadline; silence is never an answer."""
