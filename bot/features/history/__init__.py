"""Reading the audit: each officer what lies within their own scope."""
