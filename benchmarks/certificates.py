"""A certificate, when the process that sets papers is warm: by the clock, and the time of a processor that it takes."""

from __future__ import annotations

import json
import statistics
import time
from dataclasses import asdict

from benchmarks import Figure
from bot.features.documents.papers import Certificates, CertificateSheet, Statement, embedded, qr
from bot.features.documents.typesetting import Typesetter, typeset
from bot.features.events.photos import prepared
from tests.events.support import photo

COUNT = 40


async def measure() -> list[Figure]:
    typesetter = Typesetter()
    taken = []
    try:
        for number in range(COUNT):
            begun = time.perf_counter()
            assert (await _paper(number).made(typesetter)).startswith(b"%PDF")
            taken.append(time.perf_counter() - begun)
    finally:
        typesetter.close()
    return [
        Figure("door.certificate", statistics.median(taken[5:]) * 1000, "ms", 50.0),
        Figure("door.certificate_processor", _processor() * 1000, "ms", 50.0),
    ]


def _processor() -> float:
    """Seconds of a processor that one takes, measured in this process."""
    taken = []
    for number in range(COUNT):
        data = json.dumps(Typesetter.drawable(asdict(_paper(number))), ensure_ascii=False)
        begun = time.process_time()
        typeset("certificates", data, "pdf")
        taken.append(time.process_time() - begun)
    return statistics.median(taken[5:])


def _paper(number: int) -> Certificates:
    """In both languages, with a seal and a QR code, for another person each time."""
    facts = [("日時", "2026年12月5日(土) 19:00〜21:00"), ("会場", "札幌医科大学"), ("発行日", "2026年12月6日")]
    said = [
        Statement("国際医学生連盟 日本", heading, before, f"見本 花子{number}", after, "症例勉強会", facts)
        for heading, before, after in (
            ("参加証明書", "氏名", "上記の方が、次のイベントに参加したことを証明します。"),
            ("Certificate of Participation", "This is to certify that", "took part in the following event."),
        )
    ]
    address = f"https://tsunagu.example.org/c?code={number:04}-EFGH-JKLM"
    sheet = CertificateSheet(said, "コード / Code", f"{number:04}-EFGH-JKLM", "確認", qr(address))
    return Certificates("症例勉強会", "#1f5f7a", _SEAL, [sheet])


_SEAL = embedded(prepared(photo((500, 500))).content, 500, 500)
