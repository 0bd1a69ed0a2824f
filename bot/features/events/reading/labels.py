"""The labels of a text, such as 日時： and 【場所】, and what stands behind each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from bot.features.events.reading.pasted import Pasted
from bot.features.events.reading.results import Part

BULLETS = (
    "・●◆■□◇○◎▶▷►▼▽★☆※*✅✓✔➡→⭐⚫⚪🔴🔵🟢🟡🔶🔷🔸🔹📅📆🗓⏰🕐🕑"
    "🕒🕓🕔🕕🕖🕗🕘🕙🕚🕛📍🏠🏫🏥👥👤🙋💰💴💵🔗📩📝✏📌📣📢💻🖥🎯⌛⏳\ufe0f-–"
)
SPACES = " \t\u3000\u00a0"
_BULLET = rf"[{re.escape(BULLETS)}]"


class Label(Enum):
    """The words of each kind."""

    TITLE = r"タイトル|イベント名|企画名|行事名|件名|名称|event name|event|title|what"
    WHEN = (
        "開催日時|開催日程|開催日|実施日時?|日時|日程|日にち|日付|期間|開始時[間刻]|開始|時間|とき|いつ"
        "|date (?:and|&) time|date/time|start(?:ing)? time|starts?|when|date|time|day"
    )
    END = r"終了時[間刻]|終了予定|終了|end(?:ing)? time|ends?"
    WHERE = r"開催場所|開催地|実施場所|場所|会場|於|ところ|どこ|where|place|venue|location"
    LINK = (
        r"(?:zoom|google meet|meet|teams)\s*(?:の?(?:url|リンク)|link)?|参加用?(?:url|リンク)|(?:ミーティング|会議)の?"
        r"(?:url|リンク)|オンライン|リンク|url|link|online"
    )
    LIMIT = r"募集人数|募集定員|参加人数|定員|人数上限|上限|人数|capacity|limit|max|seats|places|spots"
    WHO = r"参加対象|対象者|対象|参加資格|参加条件|who can join|open to|audience|who|for"
    COST = r"参加費用?|入場料|会費|費用|料金|cost|fee|price"
    DEADLINE = (
        r"(?:お?申し?込み?|応募|回答|エントリー)?(?:締め?切り?日?|〆切|期限)|お?申し?込み?|応募|出欠"
        r"|(?:sign[- ]?up |registration )?deadline|rsvp(?: by)?|sign[- ]?up(?: by)?|register(?: by)?|registration"
    )
    #: Said in the description.
    OTHER = (
        r"(?:ミーティング|meeting)?\s*id|パスコード|パスワード|passcode|password|議題|内容|備考|持ち物|連絡先|お?問い?合わ?せ先?|講師|主催|共催|服装"
        r"|アクセス|スケジュール|プログラム|流れ|集合場所|集合時[間刻]|集合|参加方法|agenda|contact|hosts?|notes?|programme|speakers?"
    )


_ALL = "|".join(kind.value for kind in Label)
#: Words that begin a line as a label even without a colon, and may be followed by は.
_CLEAR = "開催日時|日時|日程|開催日|開催場所|場所|会場|定員|参加対象|対象|参加費|会費|申込締切|締め?切り?|〆切"
_BEFORE = rf"(?<![^\s{re.escape(BULLETS)}、。,/|)）】!！])"
_LABEL = re.compile(
    rf"{_BEFORE}(?:[【\[〈<《「『(≪]\s*(?P<boxed>{_ALL})\s*[】\]〉>》」』)≫][{SPACES}]*[::]?"
    rf"|(?P<word>{_ALL})[{SPACES}]*(?:[:=→➡]\ufe0f?)(?!//)"
    rf"|(?P<spoken>{_CLEAR})は[、{SPACES}]*)[{SPACES}]*"
)
_LINE_LABEL = re.compile(
    rf"[{SPACES}]*(?:(?:{_BULLET}[{SPACES}]*){{1,9}}(?![a-z])(?P<word>{_ALL})|(?P<clear>{_CLEAR}))"
    rf"(?:[{SPACES}]+|(?=\n|$))"
)
_CLAUSE = re.compile(r"[、。!！\n]")


@dataclass(frozen=True, slots=True)
class Segment:
    """A label begins at ``label``; what it says is ``start`` to ``end``."""

    kind: Label
    label: int
    start: int
    end: int

    def holds(self, at: int) -> bool:
        return self.start <= at < self.end


def _kind(word: str) -> Label:
    return next(kind for kind in Label if re.fullmatch(kind.value, word))


def _starts(pasted: Pasted) -> list[tuple[re.Match[str], Label, bool]]:
    """The labels, in order, and whether the sentence goes on after each."""
    found, ends = list[tuple[re.Match[str], Label, bool]](), 0
    line = 0
    while line < len(pasted.plain):
        line_end = pasted.line_end(line)
        if match := _LINE_LABEL.match(pasted.plain, line, line_end):
            word = match["word"] or match["clear"]
            if not re.match("[:=→➡]", pasted.plain[match.end() : match.end() + 1]):
                found.append((match, _kind(word), False))
                ends = match.end()
        for match in _LABEL.finditer(pasted.plain, max(line, ends), line_end):
            word = match["boxed"] or match["word"] or match["spoken"]
            if pasted.is_free(match.start(), match.end()):
                found.append((match, _kind(word), match["spoken"] is not None))
                ends = match.end()
        line = line_end + 1
    return found


def _with_bullets(pasted: Pasted, at: int) -> int:
    line = pasted.line_start(at)
    while at > line and pasted.text[at - 1] in BULLETS + SPACES:
        at -= 1
    return at


def segments(pasted: Pasted) -> list[Segment]:
    """The labels of a text and their values. A label alone on its line has the next line."""
    starts = _starts(pasted)
    found = list[Segment]()
    for number, (match, kind, is_spoken) in enumerate(starts):
        following = starts[number + 1][0].start() if number + 1 < len(starts) else len(pasted.text)
        start, line_end = match.end(), pasted.line_end(match.end())
        if not pasted.text[start:line_end].strip() and line_end < following:
            start = line_end + 1
            line_end = pasted.line_end(start)
        end = min(line_end, max(following, start))
        if is_spoken and (clause := _CLAUSE.search(pasted.plain, start, end)):
            end = clause.start()
        start, end = pasted.trimmed(start, end, f"{SPACES}、,/|")
        found.append(Segment(kind, _with_bullets(pasted, match.start()), start, end))
    return found


def take_label(pasted: Pasted, segment: Segment) -> None:
    """The words behind the label were read: nobody needs the label any more."""
    pasted.claim(segment.label, segment.start, Part.BETWEEN)
