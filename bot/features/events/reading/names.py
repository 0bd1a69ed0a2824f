"""Answers that were pasted from a chat: 佐藤 参加, one to a line or with strokes between them."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from bot.typed import name_problem, one_line

LONGEST = 100


class Answer(StrEnum):
    YES = "yes"
    NO = "no"
    MAYBE = "maybe"


@dataclass(frozen=True, slots=True)
class NameAnswer:
    name: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class NamesRead:
    """``unclear``: the entries as they were written that say no name, no answer or more than one; and names that stand
    there twice, who may be two people. Each has to be asked about."""

    answers: tuple[NameAnswer, ...]
    unclear: tuple[str, ...]


#: From those that say more to those that say less: 不参加 and 参加できません hold 参加.
_ANSWERS: tuple[tuple[Answer, str], ...] = (
    (
        Answer.NO,
        r"不参加(?:です|で(?:お願いします)?)?|欠席(?:します|です)?|(?:参加|出席)(?:でき(?:ません|ない(?:です)?)|しません|不可)"
        r"|行けません|行けない(?:です)?|行きません|いけません|いけない(?:です)?|無理(?:です)?|不可|パス|[×✕✖❌✗🙅](?:\ufe0f)?"
        r"|(?:not|can't|cannot) (?:going|coming|come|make it|attend(?:ing)?)|no|absent|x",
    ),
    (
        Answer.MAYBE,
        r"未定(?:です)?|検討中(?:です)?|わかりません|わからない(?:です)?|分かりません|分からない(?:です)?|(?:たぶん|多分|おそらく)(?:参加|行けます|行きます)?"
        r"|行けたら行き?(?:く|ます)|[△▲🔺](?:\ufe0f)?|maybe|not sure|tentative|probably",
    ),
    (
        Answer.YES,
        r"参加(?:します|です|できます|で(?:お願いします)?|希望(?:です)?|可能?(?:です)?|ok)?|出席(?:します|です)?|行きます|行けます|行く|いきます|いけます|出ます"
        r"|[○〇◯⭕✅✓✔🙆🙋👍](?:\ufe0f)?|(?:i'm )?(?:going|coming|attending)|yes|ok|in",
    ),
)
_MARK = "[×✕✖❌✗🙅△▲🔺○〇◯⭕✅✓✔🙆🙋👍]"
_SPACE = r"[\s\u3000:：,、=→\-–|｜・]"
_NUMBER = re.compile(r"^(?:[0-9]{1,3}[.)、．）]|[・●◆■*\-–]|[①-⑳]|[0-9]{1,2}:[0-9]{2})\s*")
_SPLIT = re.compile(r"[\n/／]")
_HONORIFIC = re.compile(r"(?<=.)さん$")


def names_in(text: str) -> NamesRead:
    """The names and answers in a text. Nothing is guessed and no entry is lost."""
    found, unclear = list[tuple[str, NameAnswer]](), list[str]()
    for entry in _SPLIT.split(text):
        written = one_line(entry)
        if not any(unicodedata.category(char)[0] in "LNS" for char in written):
            continue
        read = _group(written) or _entry(written)
        if read:
            found += [(written, one) for one in read]
        else:
            unclear.append(written[:LONGEST])
    times = Counter(one.name for _, one in found)
    answers = tuple(one for _, one in found if times[one.name] == 1)
    unclear += [written[:LONGEST] for written, one in found if times[one.name] > 1]
    return NamesRead(answers, tuple(unclear))


def _group(entry: str) -> list[NameAnswer] | None:
    """参加：佐藤、田中"""
    label, colon, names = entry.replace("：", ":").partition(":")
    answer = answer_of(label)
    people = [name for name in (_name(one) for one in re.split("[、,，・]", names)) if name]
    if not colon or answer is None or not people or any(_holdsanswer_of(name) for name in people):
        return None
    return [NameAnswer(name, answer) for name in people]


def _entry(entry: str) -> list[NameAnswer] | None:
    bare = _NUMBER.sub("", entry)
    for answer, words in _ANSWERS:
        # A word needs a space before it; a mark stands right behind the name.
        after = re.fullmatch(
            rf"(?P<name>.*?)(?:{_SPACE}+(?:{words})|(?P<mark>(?={_MARK})(?:{words})))[!！。.]*", _plain(bare)
        )
        before = re.fullmatch(rf"(?:(?={_MARK})(?:{words}))\s*(?P<name>.+)", _plain(bare))
        for match in (after, before):
            if match is None:
                continue
            name = _name(bare[match.start("name") : match.end("name")])
            if name and not _holdsanswer_of(name):
                return [NameAnswer(name, answer)]
            return None
    return None


def _plain(text: str) -> str:
    """In one form, with every character in its place."""
    folded = (unicodedata.normalize("NFKC", char).lower() for char in text)
    return "".join(new if len(new) == 1 and new != " " else old for new, old in zip(folded, text, strict=True))


def answer_of(text: str) -> Answer | None:
    """What a word or a mark alone answers; None for anything else."""
    plain = _plain(text.strip())
    return next((answer for answer, words in _ANSWERS if re.fullmatch(words, plain)), None)


def _holdsanswer_of(name: str) -> bool:
    """Another answer stands in it: 佐藤 参加 田中 不参加."""
    return re.search(_MARK, name) is not None or any(answer_of(word) for word in re.split(rf"{_SPACE}+", name))


def _name(text: str) -> str:
    name = _HONORIFIC.sub("", one_line(re.sub(rf"^{_SPACE}+|{_SPACE}+$", "", text)))
    return name if 0 < len(name) <= LONGEST and name_problem(name) is None else ""
