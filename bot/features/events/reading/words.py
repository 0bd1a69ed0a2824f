"""What a text says besides its times: the link, the place, the limit, the audience, the cost and alcohol."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from bot.features.events.reading.labels import BULLETS, SPACES, Label, Segment, take_label
from bot.features.events.reading.pasted import Pasted
from bot.features.events.reading.results import Audience, Part, Question
from bot.features.events.reading.times import TWO
from bot.i18n import N_
from bot.links import address
from bot.numerals import LARGEST, whole
from bot.times.hours import N
from bot.typed import MENTION

NO_LINK = N_("“{text}” can't be opened as a link. Please enter the full address. It starts with https://.")
NO_LIMIT = N_("How many people can take part? “{text}” isn't an exact number.")
NO_AUDIENCE = N_("Who can take part? “{text}” isn't one of the groups to choose from.")
ALCOHOL = N_("Will there be alcohol?")

EMOJI = "\u2600-\u27bf\u2b50\U0001f000-\U0001faff"
#: Where a phrase ends.
_EDGE = rf"(?=$|[\s、。,.!?！？()（）「」『』【】\]|/・;:~♪☆★{EMOJI}-])"
_STARTS = frozenset(" \t\u3000\n、。,.!?！？(（「『【[|/・;:：~〜♪-") | frozenset("でにはのも") | frozenset(BULLETS)

# Links

_URL = re.compile(r"(?:https?://|(?<![\w./@-])(?:[\w-]+\.)?zoom\.us/|(?<![\w./@-])meet\.google\.com/)[!-~]*")
_MEETINGS = (
    "zoom.us", "zoom.com", "meet.google.com", "teams.microsoft.com", "teams.live.com", "webex.com", "whereby.com",
    "gather.town", "discord.gg", "meet.jit.si", "skype.com",
)  # fmt: skip


def _urls(pasted: Pasted) -> list[tuple[int, int, str]]:
    """Where each address stands, and the address."""
    found = list[tuple[int, int, str]]()
    for match in _URL.finditer(pasted.text):
        said = match.group().rstrip(".,;:!?'\"*_~>]}")
        while said.endswith(")") and said.count(")") > said.count("("):
            said = said[:-1].rstrip(".,;:!?'\"")
        found.append((match.start(), match.start() + len(said), said if "://" in said else f"https://{said}"))
    return found


def is_meeting(url: str) -> bool:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    return any(host == one or host.endswith(f".{one}") for one in _MEETINGS)


def set_links_aside(pasted: Pasted) -> None:
    """Nothing else is looked for in an address or a mention. An address stays in the description
    unless ``read_link`` wants it."""
    for start, end, _ in _urls(pasted):
        pasted.claim(start, end, Part.TEXT)
    for match in MENTION.finditer(pasted.plain):
        pasted.claim(*match.span(), Part.TEXT)


def read_link(pasted: Pasted, segments: list[Segment], asked: list[Question]) -> str:
    """The link to an online meeting. Forms and pages stay in the description."""
    places = [one for one in segments if one.kind in (Label.LINK, Label.WHERE)]
    meant = list[tuple[int, int, str]]()
    for start, end, url in _urls(pasted):
        label = next((one for one in places if one.holds(start)), None)
        if is_meeting(url) or (label is not None and label.kind is Label.LINK):
            meant.append((start, end, url))
    usable = [(start, end, url) for start, end, url in meant if url.startswith("https://") and address(url)]
    if not usable:
        if meant:
            asked.append(Question(Part.LINK, NO_LINK, {"text": meant[0][2][:100]}))
        return ""
    if other := next((url for _, _, url in usable if url != usable[0][2]), None):
        asked.append(Question(Part.LINK, TWO, {"one": usable[0][2][:100], "other": other[:100]}))
        return ""
    for start, end, _ in usable:
        pasted.release(start, end)
        pasted.claim(start, end, Part.LINK)
    return usable[0][2]


# Online

_TOOL = r"(?:zoom|google\s?meet|(?:ms |microsoft )?teams|webex|skype|discord|youtube(?: live)?)"
_TOOL_BEFORE = r"(?:(?<![a-z])(?:on|via|over|using)\s+|@\s*)"
_HELD = (
    r"(?:ミーティング|会議)?(?:での?(?:開催|実施)(?:します|です)?|開催(?:です|します)?"
    r"|で(?![もすき])|にて|上で|を使って)"
)
_WITH_TOOL = re.compile(rf"{_TOOL_BEFORE}{_TOOL}(?:{_HELD})?|{_TOOL}(?:{_HELD}|です|{_EDGE})")
_ONLINE = re.compile(
    rf"(?:オンライン|web|リモート)(?:形式)?(?:{_HELD}|です|{_EDGE})|(?:(?:held|hosted|via|@)\s*)?(?<![a-z])online(?![a-z])"
)
_MENTIONED = re.compile(r"オンライン|(?<![a-z])online(?![a-z])|ハイブリッド|ウェビナー|webinar|(?<![a-z])zoom(?![a-z])")
_NOT_ONLINE = re.compile(
    r"オンライン(?:では(?:な|あり)|開催なし|配信なし|なし|不可)|not online|対面のみ|in person only"
)
_TOOLS_OF_EVERY_DAY = re.compile(r"discord|youtube|skype|teams")


def read_online(pasted: Pasted) -> bool:
    """Whether it is held online, at least for those who want it so. The name of a tool is its place."""
    if _NOT_ONLINE.search(pasted.plain):
        return False
    is_online = False
    for pattern, part in ((_WITH_TOOL, Part.PLACE), (_ONLINE, Part.BETWEEN)):
        for match in list(pasted.matches(pattern)):
            said = match.group()
            tool = re.search(_TOOL, said)
            if part is Part.PLACE and tool:
                if _TOOLS_OF_EVERY_DAY.match(tool.group()) and len(tool.group()) == len(said.strip()):
                    continue  # “Discord” alone says nothing about where it is
                pasted.claim(match.start(), match.start() + tool.start(), Part.BETWEEN)
                pasted.claim(match.start() + tool.end(), match.end(), Part.BETWEEN)
                pasted.claim(match.start() + tool.start(), match.start() + tool.end(), Part.PLACE)
            else:
                pasted.claim(match.start(), match.end(), part)
            is_online = True
    aside = (Part.LINK, Part.TEXT)
    return is_online or any(pasted.owners[match.start()] not in aside for match in _MENTIONED.finditer(pasted.plain))


# Places

_LATER = re.compile(
    r"(?:未定|調整中|検討中|後日(?:連絡|発表|お知らせ).*|追って.*|tb[acd]|to be (?:announced|decided).*)[。.]?"
)
_OPEN = re.compile(
    r"[(（]?(?:場所|会場|時間|日時|詳細|リンク|url)は?(?:未定|調整中|後日|追って)(?:です|連絡|お知らせ)?[)）]?"
)
_ROOM = (
    r"(?:講義室|講堂|教室|会議室|研修室|実習室|自習室|多目的室|部室|カフェテリア|ロビー|公園|和室|号室"
    r"|ホール|会館|図書館|体育館|ラウンジ|学食|食堂|[0-9]+\s*(?:階|f(?![a-z])))"
)
_SITE = (
    rf"(?:{_ROOM}|キャンパス|センター|カフェ|スタジオ|棟|(?<!ぬいぐるみ)病院|大学|駅前?"
    r"|保育園|幼稚園|こども園|小学校|中学校|高校|高等学校)"
)
_TOKEN = re.compile(rf"[^@\s、。,!?！？()（）「」【】{EMOJI}]+")
_AT_SITE = re.compile(
    rf"(?:^|[をはがでに])(?P<place>[^をはがでに]{{0,20}}?{_SITE}(?:[^をはがでに]{{0,8}}{_ROOM})?)(?:で|にて|に(?=集合))(?![もすき])"
)
_ROOM_ALONE = re.compile(rf"[^をはがでに]{{0,20}}{_ROOM}")
_AT_SIGN = re.compile(
    r"[@＠]\s*(?!everyone|here)(?P<place>[A-Z0-9][\w.'-]*(?: (?:[A-Z0-9][\w.'-]*|of|the))*(?=$|[\s、。,!！|])"
    r"|(?:[^\s、。,!！|()（）@＠]|[(（][^)）\n]{0,40}[)）])+?(?=(?:で|にて)(?:[^ぁ-ん]|[ぬみ]|$)|$|[\s、。,!！|)）@＠]))"
    r"(?:で|にて)?"
)
_ENGLISH = re.compile(
    r"(?<![A-Za-z])(?:in|at|At|In) (?:the )?(?P<place>(?:[A-Z0-9][\w.'-]* ){0,5}(?:Room|Hall|Building|Campus|Library"
    r"|Cent(?:er|re)|University|Hospital|Caf[eé]|Park|Station|Lab|Theat(?:er|re)|Auditorium|Lounge|School)"
    r"(?: [A-Z0-9][\w-]*){0,3})(?![a-z])"
)


_ENGLISH_ALONE = re.compile(
    r"(?<=[,/|;] )(?P<place>(?:[A-Z0-9][\w.'-]* ){0,4}"
    r"(?:Room|Hall|Building|Campus|Library|Auditorium|Lounge|Theat(?:er|re))"
    r"(?: [A-Z0-9][\w-]*){0,2})(?=\s*(?:$|[,/|;.]))"
)


def read_labelled_places(pasted: Pasted, segments: list[Segment]) -> None:
    for segment in segments:
        said = pasted.plain[segment.start : segment.end].strip()
        if segment.kind is not Label.WHERE or not said or _LATER.fullmatch(said):
            continue
        if not _ONLINE.fullmatch(said):
            closing = re.search(r"(?:です|になります|にて|で)?[。.]?$", pasted.plain[segment.start : segment.end])
            end = segment.start + (closing.start() if closing else len(said))
            for start, ends in pasted.free(segment.start, end):
                pasted.claim(start, ends, Part.PLACE)
        pasted.claim(segment.start, segment.end, Part.BETWEEN)
        take_label(pasted, segment)


def set_open_places_aside(pasted: Pasted) -> None:
    """場所未定 is neither a place nor a part of the title."""
    for match in list(pasted.matches(_OPEN)):
        pasted.claim(*match.span(), Part.TEXT)


def read_places(pasted: Pasted) -> None:
    """Places that the text names without a label: only where it is sure that they are one."""
    for start, end in pasted.free():
        for match in [
            *_AT_SIGN.finditer(pasted.text, start, end),
            *_ENGLISH.finditer(pasted.text, start, end),
            *_ENGLISH_ALONE.finditer(pasted.text, start, end),
        ]:
            before = match.start() - 1
            is_mail = before >= 0 and pasted.owners[before] is None and re.match(r"[A-Za-z0-9._]", pasted.text[before])
            if pasted.is_free(*match.span()) and match["place"].strip() and not is_mail:
                pasted.claim(*match.span("place"), Part.PLACE)
                pasted.claim(*match.span(), Part.BETWEEN)
    for token in list(pasted.matches(_TOKEN)):
        if site := _AT_SITE.search(token.group()):
            at = token.start()
            pasted.claim(at + site.start("place"), at + site.end("place"), Part.PLACE)
            pasted.claim(at + site.end("place"), at + site.end(), Part.BETWEEN)
        elif _ROOM_ALONE.fullmatch(token.group()):
            pasted.claim(*token.span(), Part.PLACE)
    for start, end in pasted.free():  # 東棟3階 第2実習室 is one place
        is_between = start > 0 and end < len(pasted.owners) and not pasted.text[start:end].strip()
        if is_between and pasted.owners[start - 1] is pasted.owners[end] is Part.PLACE:
            pasted.claim(start, end, Part.PLACE)


# Limit

_NAMES = r"(?:名様?|人)"
_ABOUT = r"(?:程度|くらい|ぐらい|ほど|前後)"
_LIMITS = re.compile(
    rf"(?:定員|先着順?|上限|最大|限定|人数制限|募集人数)(?:[はで:]|\s)*(?P<about>約|およそ)?(?P<a>{N})\s*{_NAMES}"
    rf"(?:まで|限定|(?P<about_a>{_ABOUT}))?(?:です)?(?!様?[にへ])"
    rf"|(?P<about_b>約|およそ)?(?P<b>{N})\s*{_NAMES}\s*(?:まで|限定)(?:です)?"
    r"|(?<![a-z])(?:up to|max(?:imum)?(?: of)?\.?|limited to|limit(?: of)?|capacity(?: of)?)"
    r"\s*:?\s*(?P<c>[0-9]{1,12})(?![0-9:/])"
    r"(?:\s*(?:people|persons?|participants?|students?|seats?|spots?|places?|members?|pax))?(?![a-z])"
    r"|(?<![0-9])(?P<d>[0-9]{1,12}) "
    r"(?:(?:seats|spots|places)(?: only| available)?|(?:people|participants|students) max)(?![a-z])"
)
_EACH = re.compile(
    r"(?:各\s*(?:lc|校|大学|班|チーム|グループ|学年)|1\s*(?:lc|校|班|チーム|グループ)"
    r"|(?:lc|校|大学|班|チーム|グループ)?ごとに?|あたり|につき|per \w+:?)\s*[、,]?\s*$"
)
_EACH_AFTER = re.compile(r"\s*(?:ずつ|per\s|each|/\s*lc)")
_LABELLED_LIMIT = re.compile(
    rf"(?P<about>約|およそ)?(?:先着順?|最大|上限)?\s*(?P<a>{N})\s*(?:{_NAMES}|people|persons?|participants?|students?|seats?|spots?)?"
    rf"(?:まで|限定|(?P<about_a>{_ABOUT}))?(?:です)?\s*[。.]?(?=$|[\s（(、,])"
)


def read_limit(pasted: Pasted, segments: list[Segment], asked: list[Question]) -> int | None:
    found = list[re.Match[str]]()
    for segment in segments:
        if segment.kind is Label.LIMIT and pasted.is_free(segment.start, segment.end):
            labelled = _LABELLED_LIMIT.match(pasted.plain, segment.start, segment.end)
            if labelled is not None:
                found.append(labelled)
    for match in pasted.matches(_LIMITS):
        before = pasted.plain[max(pasted.line_start(match.start()), match.start() - 20) : match.start()]
        is_each = _each(before) or _EACH_AFTER.match(pasted.plain, match.end())
        if is_each:
            pasted.claim(match.start() - len(_each(before)), match.end(), Part.TEXT)
        elif not any(one.start() <= match.start() < one.end() for one in found):
            found.append(match)
    numbers = dict[int, re.Match[str]]()
    for match in found:
        said = match.groupdict()
        number = whole(next(filter(None, (said.get(name) for name in "abcd"))))
        if number is None or not 0 < number <= LARGEST or any(said.get(f"about{one}") for one in ("", "_a", "_b")):
            asked.append(Question(Part.LIMIT, NO_LIMIT, {"text": match.group().strip()[:60]}))
            pasted.claim(*match.span(), Part.TEXT)
            return None
        numbers.setdefault(number, match)
    if len(numbers) > 1:
        one, other = [match.group().strip()[:60] for match in numbers.values()][:2]
        asked.append(Question(Part.LIMIT, TWO, {"one": one, "other": other}))
    for match in found:
        pasted.claim(*match.span(), Part.LIMIT if len(numbers) == 1 else Part.TEXT)
    return next(iter(numbers)) if len(numbers) == 1 else None


def _each(before: str) -> str:
    """The words that make a number count for each LC or team and not for all."""
    match = _EACH.search(before)
    return match.group() if match else ""


# Audience

_ANY_SCHOOL = r"(?:学年|学部|学科|大学|所属|経験|学校)"
_GROUPS: tuple[tuple[Audience, str], ...] = (
    (
        Audience.EVERYBODY,
        rf"(?P<sure>(?:どなた|だれ|誰)でも|参加自由|自由参加|{_ANY_SCHOOL}(?:[・や、/]{_ANY_SCHOOL})*\s*(?:は|を)?\s*"
        r"(?:不問|問わず|問いません|関係な[しく])|open to (?:all|anyone|everyone|everybody)(?: students)?(?! \w)"
        r"|for (?:everyone|everybody|anyone))"
        r"|全学年(?:[・、]全学部)?|全員|みんな|anyone|everyone|everybody|all(?: students)?",
    ),
    (
        Audience.FIRST_YEARS,
        r"(?:新?[1一]年生|新入生)|first[- ]years?(?: students)?|1st[- ]years?(?: students)?|freshers|freshm[ae]n",
    ),
    (Audience.LC, r"lcの?(?:メンバー|員|内|会員|部員)|(?:our )?lc members?"),
    (Audience.STAFF, r"(?:ifmsa(?:-japan)?の?)?スタッフ|staff(?: members?)?"),
    (Audience.OFFICERS, r"役員|幹部|officers"),
    (Audience.MEMBERS, r"(?:ifmsa(?:-japan)?の?|個人)?会員|(?:ifmsa(?:-japan)?の?)?メンバー|members"),
)
_WELCOME = (
    r"(?:も|は|の(?:方|人|皆さん|みなさん)も?)?\s*(?P<welcome>大?歓迎(?:です|します)?"
    r"|(?:are |is |very )*welcome(?: to join)?"
    r"|ウェルカム)"
)
_ONLY = (
    r"(?:の方?)?\s*(?P<only>限定|のみ|だけ|み|対象|向け|(?:に)?(?:ご)?参加(?:ok|可能?|できます|いただけます|ください)(?:です)?"
    r"|ok(?:です)?|可(?:能)?(?:です)?|どうぞ|ぜひ|(?:ぜひ)?来て(?:ね|ください)|only|can join|can come)"
)
_AUDIENCE = [
    (audience, re.compile(rf"(?<![a-z0-9~-])(?<![0-9年]・)(?:{words})(?:さん)?(?:{_WELCOME}|{_ONLY})?(?:です)?{_EDGE}"))
    for audience, words in _GROUPS
]
_LABELLED_AUDIENCE = [
    (audience, re.compile(rf"(?:{words})(?:さん)?(?:{_WELCOME}|{_ONLY})?(?:です)?[。.!！]?"))
    for audience, words in _GROUPS
]


def read_audience(pasted: Pasted, segments: list[Segment], asked: list[Question]) -> Audience | None:
    for segment in segments:
        if segment.kind is Label.WHO and pasted.is_free(segment.start, segment.end):
            said = pasted.plain[segment.start : segment.end].strip()
            audience = next((one for one, pattern in _LABELLED_AUDIENCE if pattern.fullmatch(said)), None)
            if audience is not None:
                pasted.claim(segment.start, segment.end, Part.AUDIENCE)
                take_label(pasted, segment)
                return audience
            if said:
                text = pasted.text[segment.start : segment.end].strip()[:60]
                asked.append(Question(Part.AUDIENCE, NO_AUDIENCE, {"text": text}))
            return None
    found = [
        (audience, match)
        for audience, pattern in _AUDIENCE
        for match in pasted.matches(pattern)
        if _is_said(pasted, match)
    ]
    if any(audience is Audience.EVERYBODY for audience, _ in found):
        # “First-years welcome” doesn't keep the others out.
        found = [(one, match) for one, match in found if one is Audience.EVERYBODY or not match["welcome"]]
    kinds = list(dict.fromkeys(audience for audience, _ in found))
    if len(kinds) > 1:
        one, other = (next(match.group() for kind, match in found if kind is wanted) for wanted in kinds[:2])
        asked.append(Question(Part.AUDIENCE, TWO, {"one": one, "other": other}))
    for _, match in found:
        pasted.claim(*match.span(), Part.AUDIENCE if len(kinds) == 1 else Part.TEXT)
    return kinds[0] if len(kinds) == 1 else None


def _is_said(pasted: Pasted, match: re.Match[str]) -> bool:
    """The words stand by themselves: 誰でも, but not 誰でもわかる; スタッフ限定, but not スタッフ募集."""
    at = match.start()
    begins = at == 0 or pasted.owners[at - 1] is not None or pasted.plain[at - 1] in _STARTS
    said = match.groupdict()
    return begins and bool(said.get("sure") or said["welcome"] or said["only"] or _is_clause(pasted, match))


def _is_clause(pasted: Pasted, match: re.Match[str]) -> bool:
    """Nothing else stands between the separators around it, and it isn't the whole line."""
    start, end = match.span()
    before = start > 0 and (pasted.owners[start - 1] is not None or pasted.plain[start - 1] in "、,/|・")
    after = end >= len(pasted.text) or pasted.owners[end] is not None or pasted.plain[end] in "\n、,/|・。."
    return before and after and not match.group().isascii()


# Cost and alcohol

_AMOUNT = (
    r"(?:¥\s*[0-9][0-9,]{0,9}|[0-9][0-9,]{0,9}\s*[万千]?\s*(?:円|yen(?![a-z])|jpy(?![a-z])))"
    r"(?:程度|くらい|ぐらい|ほど|前後|以内)?"
)
_NOTHING = r"(?:無料|タダ|なし|かかりません|free(?: of charge)?)"
_REMARK = r"(?:\s*[(（][^()（）\n]{1,60}[)）])?"
_COSTS = re.compile(
    rf"(?:参加費用?|会費|費用|料金|入場料|参加料)(?:[は:]|\s)*(?:{_NOTHING}|{_AMOUNT}){_REMARK}"
    rf"|(?:参加|入場)無料{_REMARK}(?![\w])"
    rf"|(?:[1-6一二三四五六]年生?|新入生|1人|一人|お一人様?|学生|社会人|会員|非会員)(?:[は:]|\s)*(?:{_AMOUNT}|無料)(?=です|{_EDGE})"
    rf"|(?<![\w])(?:無料|{_AMOUNT}(?: per person)?)(?=です|{_EDGE}){_REMARK}"
    rf"|(?<![a-z])(?:entry |participation |entrance )?fee:? (?:of |is )?{_AMOUNT}"
    r"|(?<![a-z])(?:entry |admission )?free(?: of charge| entry"
    r"| admission| to join)(?![a-z])|(?<![^\n,;.!(] )(?<![^\s(])free(?=\s*(?:$|[.,!;)]))"
)
_AMOUNT_ALONE = re.compile(rf"(?:{_NOTHING}|{_AMOUNT}){_REMARK}(?=\s)(?!.*(?:{_NOTHING}|{_AMOUNT}))")
_POLITE = re.compile(r"です[。]?")
_NO_ALCOHOL = re.compile(
    r"(?P<claimed>(?:お酒|アルコール)(?:は)?(?:なし|無し|出(?:ません|ない)|ありません)(?:です)?|ノンアル(?:コール)?(?:です|開催|のみ)?"
    r"|no alcohol|alcohol[- ]free|non[- ]alcoholic)"
    r"(?=$|[\s、。,.;!)）「』】])(?!(?<=[a-z]) )|ノンアル|お酒なし|alcohol[- ]free"
)
_WITH_ALCOHOL = re.compile(
    rf"(?:お酒|アルコール)(?:は|も)?(?:あり|有り|出ます|あります){_EDGE}"
    r"|飲み放題|飲みほ|with alcohol|alcohol (?:is )?served"
)
_MAYBE_ALCOHOL = re.compile(
    r"飲み会|呑み会|宅飲み|(?<!お)飲み(?=$|[\s、。!！(（@])"
    r"|飲み(?:に行|ます|ましょ|たい|やり)|コンパ|打ち?上げ|懇親会|二次会|忘年会|新年会|ビール|ワイン|日本酒"
    r"|(?<![a-z])(?:drinks|beer|wine|sake|pub|bar night|izakaya)(?![a-z])"
)


def read_cost(pasted: Pasted, segments: list[Segment]) -> str:
    """The words of the text, without their label."""
    for segment in segments:
        said = pasted.plain[segment.start : segment.end]
        if segment.kind is Label.COST and said.strip() and not _LATER.fullmatch(said.strip()):
            alone = _AMOUNT_ALONE.match(pasted.plain, segment.start, segment.end)
            for start, end in pasted.free(segment.start, alone.end() if alone else segment.end):
                pasted.claim(*pasted.trimmed(start, end, SPACES + "、,/|・。"), Part.COST)
            take_label(pasted, segment)
    for match in list(pasted.matches(_COSTS)):
        start, end = match.span()
        pasted.claim(*pasted.trimmed(start, end, SPACES), Part.COST)
        if polite := _POLITE.match(pasted.plain, end, pasted.line_end(end)):
            pasted.claim(end, polite.end(), Part.BETWEEN)
    pieces = written(pasted, Part.COST)
    return (", " if all(piece.isascii() for piece in pieces) else "、").join(pieces)


def read_alcohol(pasted: Pasted, asked: list[Question]) -> bool | None:
    without = _NO_ALCOHOL.search(pasted.plain)
    served = _WITH_ALCOHOL.search(pasted.plain)
    if without and served:
        asked.append(Question(Part.ALCOHOL, TWO, {"one": without.group(), "other": served.group()}))
        return None
    if without or served:
        for match in pasted.matches(_NO_ALCOHOL):
            if match["claimed"]:
                pasted.claim(*match.span("claimed"), Part.ALCOHOL)
        return served is not None
    if _MAYBE_ALCOHOL.search(pasted.plain):
        asked.append(Question(Part.ALCOHOL, ALCOHOL))
    return None


def written(pasted: Pasted, part: Part) -> list[str]:
    """The pieces of the text that belong to a part, each on one line."""
    pieces, begins = list[str](), None
    for at in range(len(pasted.text) + 1):
        is_of = at < len(pasted.text) and pasted.owners[at] is part
        if is_of and begins is None:
            begins = at
        elif not is_of and begins is not None:
            pieces.append(" ".join(pasted.text[begins:at].split()))
            begins = None
    return [piece for piece in pieces if piece]
