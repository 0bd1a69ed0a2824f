"""Everything the bot says unasked: a row per message, a worker that sends it once, and its outcome.

``outbox.enqueue`` joins the transaction of the feature that wants something said. The worker claims rows that are due,
has the ``Sender`` render and send them, and marks them. It knows no Discord.
"""
