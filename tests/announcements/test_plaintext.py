"""What Discord shows of a text, without its looks: by example, and links by Hypothesis."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from bot.features.announcements.outside import Reader, line_texts, mail_texts, plain

LINK = "https://forms.gle/x__y"
MARKS = [
    "*",
    "**",
    "***",
    "_",
    "__",
    "~~",
    "||",
    "`",
    "```",
    "> ",
    "\n",
    "# ",
    "- ",
    " ",
    "あ",
    "a",
    "\\",
    "[",
    "](",
    ")",
    "<",
]
marked = st.lists(st.sampled_from(MARKS), max_size=12).map("".join)
paths = st.text("abz09_*~-.,/?=&%()|!", min_size=1, max_size=40)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (LINK, LINK),
        (f"申込は{LINK} まで", f"申込は{LINK} まで"),
        (f"**{LINK}**", LINK),
        (f"__{LINK}__", LINK),
        (f"<{LINK}>", LINK),
        (f"||{LINK}||", LINK),
        ("https://a.example/*x*/~~y~~", "https://a.example/*x*/~~y~~"),
        (f"[案内]({LINK})を見て", f"案内 {LINK} を見て"),
        (f"[案内](<{LINK}>) です", f"案内 {LINK} です"),
        (f'[**案内**]({LINK} "題")', f"案内 {LINK}"),
        (f"[{LINK}]({LINK})", LINK),
        ("[x](https://a.example/y_(z))", "x https://a.example/y_(z)"),
        ("[x] (https://a.example)", "[x] (https://a.example)"),
        ("*斜体* _斜体_ **太字** __下線__ ***両方*** ~~消~~ ||秘密||", "斜体 斜体 太字 下線 両方 消 秘密"),
        ("**太い*斜め*字** __下*線*__", "太い斜め字 下線"),
        ("あ*い*う", "あいう"),
        ("2 * 3 * 4 と 5 _ 6", "2 * 3 * 4 と 5 _ 6"),
        ("snake_case_name と x_y_z", "snake_case_name と x_y_z"),
        ("片方だけ **閉じない", "片方だけ **閉じない"),
        (r"\*そのまま\* \_同じ\_ \<@1\> \# 見出し", r"*そのまま* _同じ_ <@1> # 見出し"),
        (r"¯\_(ツ)_/¯", r"¯\_(ツ)_/¯"),
        ("`*x* _y_ <@1>`", "*x* _y_ <@1>"),
        ("``a`b``", "a`b"),
        ("```py\n**x** = 1\n```", "**x** = 1"),
        ("```**x**```", "**x**"),
        ("# 一\n## 二\n### 三\n-# 小さい\n#タグ\n#### 四", "一\n二\n三\n小さい\n#タグ\n#### 四"),
        ("> 引用\n> **続き**\n\n>>> 残り", "引用\n続き\n\n残り"),
        ("1 > 0 と a>b", "1 > 0 と a>b"),
        ("- 一\n* 二\n  - 三\n1. 四\n-五", "- 一\n- 二\n  - 三\n1. 四\n-五"),
        ("- **一** *二*", "- 一 二"),
        ("</lc find:123> と </home:9>", "/lc find と /home"),
        ("<:hai:9> <a:oh:10>", ":hai: :oh:"),
        ("<mailto:lc@example.org> <lc@example.org>", "lc@example.org lc@example.org"),
        ("<t:1764378000:F>から<t:1764378000>", "2025-11-29 01:00 UTCから2025-11-29 01:00 UTC"),
        ("<t:99999999999999999:R> <t:x>", "<t:99999999999999999:R> <t:x>"),
        ("<@1> <@!2> <@&3> <#4>", ""),
        ("連絡は <@1> へ", "連絡は へ"),
        ("a < b <c> <3", "a < b <c> <3"),
    ],
)
def test_what_discord_shows_is_what_stands_there(text: str, shown: str) -> None:
    assert plain(text) == shown


def test_times_and_names_are_written_as_the_reader_is_told_them() -> None:
    asked = list[tuple[str, str]]()

    def called(sign: str, number: str) -> str:
        asked.append((sign, number))
        return f"{sign}{number}さん"

    def moment(at: datetime, style: str) -> str:
        return f"{at:%d}{style}"

    text = "<@1><@!2> <@&3> <#4> <id:guide> <t:0:R> <t:0>"
    assert plain(text, Reader(moment, called)) == "@1さん@2さん @&3さん #4さん idguideさん 01R 01f"
    assert asked == [("@", "1"), ("@", "2"), ("@&", "3"), ("#", "4"), ("id", "guide")]


@given(before=marked, path=paths, after=marked)
@example("__", "x__y", "__")
@example("**", "a**", "b**")
@settings(deadline=None)
def test_a_link_survives_whatever_stands_around_it(before: str, path: str, after: str) -> None:
    # In ``[x]( https://…)y`` the link ends at the bracket, as on Discord.
    assume(not (before.rstrip().endswith("](") and ")" in path))
    link = f"https://example.org/{path}x"
    assert link in plain(f"{before} {link} {after}")


@given(path=paths, mark=st.sampled_from(["*", "**", "***", "_", "__", "~~", "||"]))
@settings(deadline=None)
def test_a_link_that_is_marked_itself_survives(path: str, mark: str) -> None:
    link = f"https://example.org/{path}x"
    assert plain(f"{mark}{link}{mark}") == link


@given(st.text(max_size=60) | marked)
@settings(deadline=None)
def test_any_text_becomes_one(text: str) -> None:
    assert len(plain(text)) <= len(text) + 20 * text.count("<t:") + text.count("](")


@given(st.text("あいうabc\n。 ", max_size=1_500), paths)
@settings(deadline=None)
def test_no_link_is_parted_between_two_messages(text: str, path: str) -> None:
    link = f"https://example.org/{path}x"
    parts = line_texts("題", f"{text} {link} {text}", [link])
    assert sum(part.count(link) for part in parts) >= 2


def test_code_that_nobody_closes_is_a_text_like_others() -> None:
    """A search that tries two ways at every line break would not end before the universe does."""
    text = "```\n" + "あ\n" * 400
    assert plain(text).count("あ") == 400


def test_titles_lose_their_marks_too() -> None:
    assert line_texts("**総会**", "本文", []) == ["【総会】\n本文"]
    assert mail_texts("会", "__総会__", "本文", [])[0] == "[会] 総会"
    assert line_texts("<@1>", "本文", []) == ["【<@1>】\n本文"]
