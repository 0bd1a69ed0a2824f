"""Standing committees, and what each LC answers them for the year."""
