"""The reader of pasted texts: what people would write in a chat becomes the draft of an event, and the lines of a chat
become answers. Pure: no database.

Each character of a text has at most one owner (``Pasted``). Readers of links, times, limits and so on claim what they
understand, from the surest to the vaguest. The first phrase that is left is the title, and the rest the description.
"""

from bot.features.events.reading.event import read_event
from bot.features.events.reading.names import Answer, NameAnswer, NamesRead, names_in
from bot.features.events.reading.results import Audience, EventText, Part, Question

__all__ = [
    "Answer", "Audience", "EventText", "NameAnswer", "NamesRead", "Part", "Question", "names_in", "read_event",
]  # fmt: skip
