"""Characters that each part takes, and how many there can be."""

NAME, TITLE, PLACE, REASON, SPEAKER, AFFILIATION, CONTACT = 80, 100, 200, 300, 100, 100, 200
#: Slots of an edition, and owners of a series.
SLOTS, OWNERS = 20, 10
#: A higher number than any series has.
HIGHEST = 9_999
#: Years ahead for which editions can be planned.
AHEAD = 5
