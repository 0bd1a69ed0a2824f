"""People's records as a whole: brought in from a sheet and claimed, made one of two, and forgotten when their time is
over."""
