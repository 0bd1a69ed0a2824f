"""People who take part without an account: by an address that works without a login."""
