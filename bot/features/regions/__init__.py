"""The groups of LCs that an organisation makes for itself."""
