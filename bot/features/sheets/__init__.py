"""Sheets: what people keep in Excel or Google Sheets comes in as CSV, is looked at first, and goes out the same way."""
