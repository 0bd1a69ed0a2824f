"""The title of an event, and the description: what is left when everything else was read."""

from __future__ import annotations

import re
import unicodedata

from bot.features.events.reading.labels import BULLETS, SPACES, Label, Segment, take_label
from bot.features.events.reading.pasted import Pasted
from bot.features.events.reading.results import Part, Question
from bot.i18n import N_
from bot.typed import name_problem, one_line

LONGEST = 100
NO_TITLE = N_("What is the event called? Please enter a title.")
TITLE_TOO_LONG = N_("Please enter a title of at most {n} characters. The beginning of the text is longer.")

_SEPARATORS = f"{SPACES}、,・|｜/／:：;；~〜～=＝&＆+＋@＠-–—―"
_NUMBERED = "①②③④⑤⑥⑦⑧⑨⑩"
_OPENING, _CLOSING = "(（「『【《〈[［", ")）」』】》〉]］"
#: Particles that are left where something was taken out. は begins words such as はじめて, so what follows decides.
_LEFT_OVER = re.compile(
    r"(?:です(?![ぁ-ん])|\s*にて|から|より|まで|に(?![ぁ-んっ]|$)|に(?=[ぬみやあぜひおご])|で(?![ぁ-んー])|で(?=[ぬみやぜひお])|の(?![ぁ-ん])"
    r"|の(?=[ぬおぜ])|は(?![ぁ-ん])|は(?=[ぬみおぜ])|を|に$)"
)
_LEFT_BEFORE = re.compile(r"(?:(?<=[^ぁ-んa-z\s])[をはがのにで]|(?:^|(?<=\s))(?:on|at|in|from|by|with|for|via))$")
_PHRASE_ENDS = re.compile(r"[、。!！?？♪|｜]+|,(?![0-9])|\.(?=\s|$)")
#: How a text begins, or ends, before or after it says what it is about.
_GREETING = re.compile(
    r"(?:こんにち|こんばん|おはよう|お疲れ|おつかれ|皆さん|みなさん|皆様|みなさま|お世話に|初めまして|はじめまして|失礼|突然|いつも|(?:hi|hello|dear|hey)(?![a-z])"
    r"|good (?:morning|evening|afternoon)|お?申し?込|参加希望|参加したい|ご参加|締め?切"
    r"|詳細|詳しく|興味|よろしく|宜しく|ぜひ|please|join us)"
)
_TAG = re.compile(
    r"[【\[《〈(（「『]?\s*(?:(?:(?:スタッフ|メンバー)?募集|先着順|昼休み|放課後|雨天(?:決行|中止|延期)|重要|大?緊急|拡散希望|再掲|再送|リマインド|お?知らせ|ご?案内|(?:参加者)?募集(?:中)?|告知|宣伝|イベント|event|reminder|announcement|news)"
    r"[・/]?)+\s*(?:です)?[】\]》〉)）」』]?"
)
_THANKS = re.compile(r"\S@\S|ありがとう|お疲れ|お待ちして|お願い")
_INTRODUCTION = re.compile(
    r"(?!.*(?:お知らせ|案内)).+の[^のは会]{1,12}(?:です|と申します)|.{1,30}からのお知らせ(?:です)?"
)
_NOTICE = re.compile(
    r"(?:を|の|が)?\s*(?:(?:開催|実施)(?:します|いたします|致します|することになりました|決定)?|の?(?:お知らせ|ご案内|開催案内)(?:です|をします)?|の案内(?:です)?"
    r"|やります|やるよ|やりまーす|行います|おこないます|します|いたします|致します|があります|あります|です|でーす)\s*$"
)
_HELD = re.compile(r"(?:を?(?:開催|実施)(?:します|いたします)|(?:を?行い|やり)ます|です|でーす)[。!！♪]*")
_POLITE = re.compile(r"(?:ます|です|ましょう|ください|下さい)[!！。♪]*$")


def has_ink(text: str) -> bool:
    """Whether there's a letter or a digit in it."""
    return any(unicodedata.category(char)[0] in "LN" and char != "ー" for char in text)


def take_left_overs(pasted: Pasted) -> None:
    """Particles, separators and empty brackets that were left around what was read."""
    for start, end in pasted.free():
        left = start > 0 and pasted.owners[start - 1] not in (None, Part.TEXT)
        right = end < len(pasted.owners) and pasted.owners[end] not in (None, Part.TEXT)
        text = pasted.text[start:end]
        if not has_ink(text):
            is_picture = any(unicodedata.category(char) in ("So", "Sk") and char not in BULLETS for char in text)
            is_line = start == pasted.line_start(start) and end == pasted.line_end(start)
            if left or right or (is_line and not is_picture):
                pasted.claim(start, end, Part.BETWEEN)
            continue
        if left and _HELD.fullmatch(text.strip(SPACES)):
            pasted.claim(start, end, Part.BETWEEN)
            continue
        begins, ends = start, end
        if left:
            begins = _behind(pasted, start, end)
        if right:
            ends = _before(pasted, begins, end)
        pasted.claim(start, begins, Part.BETWEEN)
        pasted.claim(ends, end, Part.BETWEEN)


def take_marks(pasted: Pasted) -> None:
    """Punctuation that was left behind the title."""
    for start, end in pasted.free():
        text = pasted.text[start:end]
        is_behind = start > pasted.line_start(start) and pasted.owners[start - 1] is not Part.TEXT
        if is_behind and all(unicodedata.category(char)[0] in "PZ" for char in text):
            pasted.claim(start, end, Part.BETWEEN)


def _behind(pasted: Pasted, start: int, end: int) -> int:
    if match := _LEFT_OVER.match(pasted.plain, start, end):
        start = match.end()
    while start < end and (pasted.text[start] in _SEPARATORS or _is_alone(pasted.text[start:end], 0)):
        start += 1
    return start


def _before(pasted: Pasted, start: int, end: int) -> int:
    while start < end and (pasted.text[end - 1] in _SEPARATORS or _is_alone(pasted.text[start:end], -1)):
        end -= 1
    if match := _LEFT_BEFORE.search(pasted.plain[start:end]):
        end = start + match.start()
    return pasted.trimmed(start, end, _SEPARATORS)[1]


def _is_alone(text: str, at: int) -> bool:
    """A bracket at an end of the text whose partner isn't in it."""
    if text[at] in _CLOSING:
        return at == 0
    if text[at] in _OPENING:
        return at == -1
    return text[at] in "。." and at == 0


def read_labelled_title(pasted: Pasted, segments: list[Segment], asked: list[Question]) -> str | None:
    """None if no label says it."""
    for segment in segments:
        if segment.kind is not Label.TITLE:
            continue
        said = [piece for piece in pasted.free(segment.start, segment.end) if has_ink(pasted.text[slice(*piece)])]
        for start, end in said[:1]:
            title = _claimed(pasted, *_peeled(pasted, start, end), start, end, asked)
            if title:
                take_label(pasted, segment)
            return title
    return None


def read_title(pasted: Pasted, asked: list[Question]) -> str:
    """The first phrase that says something."""
    phrases = [phrase for piece in pasted.free() for phrase in _phrases(pasted, *piece)]
    said = [phrase for phrase in phrases if has_ink(pasted.text[phrase[0] : phrase[1]])]
    for is_strict in (True, False):
        for start, end in said:
            plain = pasted.plain[start:end].strip(BULLETS + _SEPARATORS + "。!！?？()（）")
            if _TAG.fullmatch(plain) or _GREETING.match(plain):
                continue
            if len(plain) < 2 or _THANKS.search(plain) or (is_strict and _is_talk(plain)):
                continue
            return _claimed(pasted, *_peeled(pasted, start, end), start, end, asked)
    asked.append(Question(Part.TITLE, NO_TITLE))
    return ""


def _is_talk(plain: str) -> bool:
    """Somebody speaks, and it isn't what they announce."""
    if _INTRODUCTION.fullmatch(plain):
        return True
    return _POLITE.search(plain) is not None and _NOTICE.search(plain) is None


def _claimed(pasted: Pasted, start: int, end: int, first: int, last: int, asked: list[Question]) -> str:
    title = one_line(pasted.text[start:end])
    if len(title) > LONGEST:
        asked.append(Question(Part.TITLE, TITLE_TOO_LONG, {"n": LONGEST}))
        return ""
    if problem := name_problem(title):
        asked.append(Question(Part.TITLE, problem))
        return ""
    pasted.claim(start, end, Part.TITLE)
    while last < len(pasted.text) and pasted.text[last] in _SEPARATORS + "。.":
        last += 1
    for begins, ends in pasted.free(first, last):
        pasted.claim(begins, ends, Part.BETWEEN)
    return title


def _phrases(pasted: Pasted, start: int, end: int) -> list[tuple[int, int]]:
    """The phrases of a piece. Brackets hold theirs together; a tag such as 【お知らせ】 is one of its own."""
    found, begins = list[tuple[int, int]](), start
    at, depth = start, 0
    while at < end:
        char = pasted.text[at]
        depth = max(0, depth + (char in _OPENING) - (char in _CLOSING))
        match = _PHRASE_ENDS.match(pasted.plain, at, end) if depth == 0 else None
        if match is not None:
            stop = match.end() if match.group()[0] in "!！?？♪" else at
            found.append((begins, stop))
            begins = at = match.end()
            continue
        if depth == 0 and char in _NUMBERED and begins < at:
            found.append((begins, at))
            begins = at
        at += 1
        if depth == 0 and char in _CLOSING and _TAG.fullmatch(pasted.plain[begins:at].strip(SPACES)):
            found.append((begins, at))
            begins = at
    found.append((begins, end))
    return [pasted.trimmed(*one, BULLETS + SPACES) for one in found]


def _peeled(pasted: Pasted, start: int, end: int) -> tuple[int, int]:
    """Without the quotes around it and without words that only announce it."""
    start, end = pasted.trimmed(start, end, BULLETS + SPACES + "。")
    for _ in range(3):
        shorter = pasted.trimmed(*_unquoted(pasted, *_announced(pasted, start, end)), SPACES)
        if shorter == (start, end):
            break
        start, end = shorter
    return start, end


def _announced(pasted: Pasted, start: int, end: int) -> tuple[int, int]:
    text = pasted.text[start:end]
    bare = end - (len(text) - len(text.rstrip("!！♪〜~。 ")))
    match = _NOTICE.search(pasted.plain, start, bare)
    if match is None or match.start() - start < 2 or not has_ink(pasted.text[start : match.start()]):
        return start, end
    return start, match.start()


def _unquoted(pasted: Pasted, start: int, end: int) -> tuple[int, int]:
    text = pasted.text[start:end]
    if len(text) < 3 or text[0] not in _OPENING:
        return start, end
    closing = text.find(_CLOSING[_OPENING.index(text[0])])
    if closing == len(text) - 1:
        return start + 1, end - 1
    if text[0] in "【「『" and closing > 1 and _POLITE.search(text[closing + 1 :]):
        return start + 1, start + closing  # 【症例勉強会】心不全を学びます
    return start, end


def description(pasted: Pasted) -> str:
    lines = list[str]()
    at = 0
    for line in pasted.text.split("\n"):
        end = at + len(line)
        pieces, begins = list[str](), None
        for place in range(at, end + 1):
            is_kept = place < end and pasted.owners[place] in (None, Part.TEXT)
            if is_kept and begins is None:
                begins = place
            elif not is_kept and begins is not None:
                pieces.append(pasted.text[begins:place].strip(SPACES))
                begins = None
        if any(pieces):
            lines.append(" ".join(filter(None, pieces)))
        elif not line.strip() and lines and lines[-1]:
            lines.append("")
        at = end + 1
    return "\n".join(lines).strip("\n")
