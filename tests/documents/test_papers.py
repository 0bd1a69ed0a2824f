"""Papers and pictures. Names have everything that people type."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bot.features.documents import typesetting
from bot.features.documents.papers import (
    NO_PICTURE,
    Badge,
    Badges,
    Certificates,
    CertificateSheet,
    Notice,
    Paper,
    Roll,
    Statement,
    embedded,
    qr,
)
from bot.features.documents.typesetting import TEMPLATES, Form, Template, Typesetter, typeset
from bot.features.events.photos import prepared
from tests.events.support import photo
from tests.support.processes import ROOT
from tests.support.waiting import until

#: A rare kanji, one with a sign for its variant, hangul, Vietnamese, an emoji, what nothing draws, typst's own signs.
NAMES = [
    "𠮷野 花",
    "葛\U000e0100城 凜",
    "槗本 神",
    "김하늘",
    "Nguyễn Thị Ánh",
    "🎉 祭",
    "\ua980\u3164",
    "#let x = [*$_@`\\",
]
BLUE = "#1b6ca8"
_SEAL = prepared(photo()).content


def all_of_them() -> list[Paper]:
    rows = [(str(number), name, "札幌医科大学") for number, name in enumerate(NAMES)]
    return [
        Roll("総会 受付名簿", "1日目", ("番号", "名前", "所属"), rows, "当日のうちに処分してください"),
        Badges("総会", BLUE, [Badge(name, "会場で参加", qr(name)) for name in NAMES]),
        certificates(NAMES),
        Notice("受付", NAMES, BLUE, qr("https://example.org"), "6桁のコードでも"),
    ]


def certificates(names: Sequence[str], title: str = "症例勉強会", place: str = "札幌医科大学") -> Certificates:
    facts = [("日時", "2026年12月5日(土)"), ("会場", place)]
    sheets = [
        CertificateSheet(
            [Statement("連盟", "参加証明書", "氏名", name, "参加したことを証明します。", title, facts)] * 2,
            "コード",
            "ABCD-EFGH-JKLM",
            "https://example.org/c",
            qr("https://example.org/c"),
        )
        for name in names
    ]
    return Certificates(title, BLUE, embedded(_SEAL, 40, 30), sheets)


class Here(Typesetter):
    """In this process: for what isn't about the other one."""

    async def set(self, template: Template, data: Any, form: Form = "pdf") -> bytes:
        return typeset(template.value, json.dumps(self.drawable(data)), form)


@pytest.fixture(scope="module")
def typesetter() -> Iterator[Typesetter]:
    made = Typesetter()
    yield made
    made.close()


def pages(pdf: bytes) -> int:
    return int(re.findall(rb"/Type/Pages/Count (\d+)", pdf)[0])


@pytest.mark.parametrize("paper", all_of_them(), ids=lambda one: type(one).__name__)
async def test_every_paper_takes_every_name_and_is_the_same_each_time(paper: Paper) -> None:
    pdf, png = await paper.made(Here()), await paper.made(Here(), "png")
    assert pdf.startswith(b"%PDF-1.7")
    assert pages(pdf) >= 1
    with Image.open(BytesIO(png)) as drawn:
        colours = drawn.convert("RGB").getcolors(1_000_000)
    assert colours is not None
    assert len(colours) > 10, "there is something on it"
    assert (pdf, png) == (await paper.made(Here()), await paper.made(Here(), "png"))


def test_every_template_has_its_paper() -> None:
    files = {path.stem for path in TEMPLATES.glob("*.typ")} - {"house"}
    assert files == {one.value for one in Template} == {one.template.value for one in all_of_them()}


def test_a_character_that_no_font_has_is_an_error_within_the_template() -> None:
    notice = {"title": "\ua980", "lines": [], "colour": BLUE, "code": "", "footer": ""}
    with pytest.raises(RuntimeError, match="notice"):
        typeset("notice", json.dumps(notice), "pdf")
    typeset("notice", json.dumps(notice | {"title": "〓"}), "pdf")


async def test_the_longest_certificate_stays_on_its_page() -> None:
    full = certificates(["Wolfeschlegelstein " * 5, "寿" * 100], "総会と報告会" * 16, "大会議室の隣の控室" * 22)
    assert pages(await full.made(Here())) == 2


async def test_a_letter_with_two_marks_is_drawn_as_one() -> None:
    """The first font has the letter without its second mark, and the mark alone, which would stand beside it."""
    fonts = re.findall(rb"BaseFont/\w+\+(\w+)", await Notice("会", ["ễ"], BLUE, NO_PICTURE, "").made(Here()))
    assert set(fonts) == {b"IPAexGothic", b"NotoSansJP"}


async def test_a_list_of_four_hundred_goes_on_over_pages_with_everybody_on_it() -> None:
    rows = [(str(number), f"見本 {number}", "") for number in range(400)]
    assert pages(await Roll("名簿", "", ("", "", ""), rows, "").made(Here())) == 17
    badges = Badges("総会", BLUE, [Badge("見本", "", NO_PICTURE)] * 41)
    assert pages(await badges.made(Here())) == 5


async def test_the_other_process_works_while_the_loop_goes_on(typesetter: Typesetter) -> None:
    roll = Roll("名簿", "", ("", "", ""), [(str(n), "見本", "") for n in range(400)], "")
    job, turns = asyncio.create_task(roll.made(typesetter, "png")), 0
    while not job.done():
        turns += 1
        await asyncio.sleep(0)
    assert turns > 10
    assert job.result() == await roll.made(Here(), "png")


async def test_a_process_that_was_killed_is_begun_again(typesetter: Typesetter) -> None:
    notice = all_of_them()[-1]
    before = await notice.made(typesetter)
    assert typesetter.pool is not None
    (process,) = typesetter.pool._processes.values()
    process.kill()
    process.join()
    assert await notice.made(typesetter) == before


async def test_documents_that_are_cut_off_together_share_one_new_process(
    typesetter: Typesetter, monkeypatch: pytest.MonkeyPatch
) -> None:
    notice = all_of_them()[-1]
    before = await notice.made(typesetter)
    assert typesetter.pool is not None
    (process,) = typesetter.pool._processes.values()
    begun: list[ProcessPoolExecutor] = []

    def begin(*arguments: Any, **options: Any) -> ProcessPoolExecutor:
        begun.append(ProcessPoolExecutor(*arguments, **options))
        return begun[-1]

    monkeypatch.setattr(typesetting, "ProcessPoolExecutor", begin)
    roll = Roll("名簿", "", ("", "", ""), [(str(n), "見本", "") for n in range(400)], "")
    jobs = [asyncio.create_task(one.made(typesetter)) for one in (roll, *[notice] * 4)]
    await asyncio.sleep(0)  # all of them are in line
    process.kill()
    made = await asyncio.gather(*jobs)
    assert made[1:] == [before] * 4
    assert made[0] == await roll.made(Here())
    assert len(begun) == 1


async def test_data_that_do_not_fit_are_an_error_that_names_nobody(typesetter: Typesetter) -> None:
    notice = all_of_them()[-1]
    assert isinstance(notice, Notice)
    with pytest.raises(RuntimeError) as refused:
        await replace(notice, colour="見本 花子").made(typesetter)
    assert "見本" not in str(refused.value)


_PRINTS_AND_WAITS = """
import asyncio
from tests.documents.test_papers import all_of_them
from tests.support.processes import ROOT
from tests.support.waiting import until
from bot.features.documents.typesetting import Typesetter

async def main():
    typesetter = Typesetter()
    await all_of_them()[-1].made(typesetter)
    print(*typesetter.pool._processes, flush=True)
    await asyncio.Event().wait()

if __name__ == "__main__":
    asyncio.run(main())
"""


async def test_the_process_ends_with_a_bot_that_was_killed(tmp_path: Path) -> None:
    script = tmp_path / "prints.py"
    script.write_text(_PRINTS_AND_WAITS, "utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    bot = await asyncio.create_subprocess_exec(sys.executable, script, stdout=asyncio.subprocess.PIPE, env=environment)
    assert bot.stdout is not None
    number = int(await bot.stdout.readline())
    os.kill(number, 0)
    bot.kill()
    await bot.wait()
    await until(
        lambda: not Path(f"/proc/{number}/cmdline").exists() or not Path(f"/proc/{number}/cmdline").read_bytes()
    )
