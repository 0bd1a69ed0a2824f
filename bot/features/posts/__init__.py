"""Who holds which post for how long: appointing, ending, looking up, and saying "it's me now"."""
