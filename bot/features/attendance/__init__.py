"""Who came: at the door of an event, ticked, or from a list on paper; and the hours that follow from it."""
