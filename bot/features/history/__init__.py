"""Reading the audit: each officer sees what lies within their own scope."""
