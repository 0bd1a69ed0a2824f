"""Dates and times as people type them: the one reader of the whole program.

Nothing is guessed: a text is refused unless all of it was understood, and where a person could mean two things, both
are named. Weeks begin on Monday. The rules that need saying:

- Hours are counted beyond midnight as long as the night lasts: 25時 is one o'clock, 29:30 is half past five. Such an
  hour without a day, or of 今夜, is the next that comes: at 00:30 people who say 25時 mean half an hour from now.
- At night and in the evening, small hours belong to the evening that they follow: 明日の夜2時 is 26:00 of tomorrow, and
  夜12時 and midnight are 24:00 of their day.
- A date without its year is the next one. A weekday beside a date has to be that date's; it never chooses another year.
- Days, weeks and months from now keep what the clock shows; minutes and hours are elapsed time, to the
  nearest minute.
- A time that a change of the clocks leaves out, or that comes twice, is refused and said.
"""

from bot.times.cells import cell_day, day_in
from bot.times.finding import Found, find
from bot.times.reading import read, read_date, read_day, read_moment, read_month_day, read_term
from bot.times.results import Day, Days, Moment, Span, Unclear

__all__ = [
    "Day", "Days", "Found", "Moment", "Span", "Unclear", "cell_day", "day_in", "find", "read", "read_date", "read_day",
    "read_moment",
    "read_month_day", "read_term",
]  # fmt: skip
