"""Files that features make for people outside of Discord: calendars."""
