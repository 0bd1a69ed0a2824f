"""People, the posts they hold and for how long, and what that lets them do."""
