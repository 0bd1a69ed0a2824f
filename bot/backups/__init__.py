"""Copies of the database: made and put back (``database``), made unreadable for others (``encryption``), kept off the
machine (``places``), all of it together (``service``), and every night (``nightly``)."""
