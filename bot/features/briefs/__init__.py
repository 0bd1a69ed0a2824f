"""The morning brief of the officers: when it comes, and whether it is a new message or the old one edited."""
