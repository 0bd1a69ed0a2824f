"""A list is turned page by page: nothing is cut off at what a menu or a message holds without a word."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]

#: Where the beginning of a list is shown, and how its reader comes to the rest. A new list is named here.
BEGINNINGS = {
    "bot/ui/building.py": "names a few and says how many more",
    "bot/ui/bundles.py": "says how many more; they wait at home",
    "bot/ui/completing.py": "by typing on, everything is reached",
    "bot/ui/replies.py": "ways on from an error: a handful, or the organisations that somebody belongs to",
    "cogs/attendance/board.py": "names a few of a list before it is confirmed; the board has all",
    "cogs/announcements/arriving.py": "the latest at home; the list of announcements has all",
    "cogs/announcements/render.py": "names a few and says how many more; status has pages of all",
    "cogs/channels/pages.py": "names a few and says how many more",
    "cogs/events/news.py": "says how many more; the list of events has all",
    "cogs/events/weeks.py": "says how many more; the list of events has all",
    "cogs/events/making.py": "what one may begin from; the page of templates has all, and each past event a copy",
    "cogs/handovers/notices.py": "says how many more",
    "cogs/members/claims.py": "names a few LCs and says how many more",
    "cogs/memberships/own.py": "one question after the other: the next comes when this one is answered",
    "cogs/memberships/render.py": "the same",
    "cogs/sheets/pages.py": "says how many more; the file has all",
    "cogs/tasks/notices.py": "says how many more",
}
#: Where a statement has a limit of its own instead of a page.
LIMITS = {
    "bot/features/attendance/checking_in.py": "other events that are on, for a clearer word about a wrong code",
    "bot/features/events/invitations.py": "the next ones at home; one that is answered makes room",
    "bot/features/events/copies.py": "the last events that one made, to begin from; each past event can be copied",
    "bot/features/events/on_home.py": "the first ones at home; the list of events has all",
    "bot/features/events/posting.py": "a post names twenty, and says how many others come",
    "bot/features/history/service.py": "a file of 5,000 lines says that it is the latest ones",
    "bot/features/local_committees/queries.py": "the pages of the search",
    "bot/features/local_committees/service.py": "a completion: by typing on, everything is reached",
    "bot/features/members/service.py": "a completion",
    "bot/features/members/finding.py": "the pages of the search, and its completion",
    "bot/features/memberships/fees.py": "ticks the page that was seen",
    "bot/features/memberships/renewals.py": "a batch; the next one follows",
    "bot/features/announcements/inbox.py": "the latest at home; the lists of announcements have all",
    "bot/features/announcements/status.py": "the pages of those who were addressed",
    "bot/features/record_keeping/merging.py": "a completion",
    "bot/features/record_keeping/retention.py": "a batch; the next one follows",
}


def _beginning(node: ast.AST) -> bool:
    """``something[:25]``."""
    return (
        isinstance(node, ast.Subscript)
        and isinstance(node.slice, ast.Slice)
        and node.slice.lower is None
        and node.slice.upper is not None
    )


def _cut(tree: ast.AST) -> Iterator[ast.AST]:
    """Beginnings of what is surely a list: it is walked through, made by a comprehension, or kept under a name. Texts
    are cut in other ways."""
    for node in ast.walk(tree):
        match node:
            case ast.For(iter=found) | ast.comprehension(iter=found) if _beginning(found):
                yield found
            case ast.Subscript(value=ast.ListComp()) if _beginning(node):
                yield node
            case ast.keyword(arg="options", value=ast.expr() as found) if _beginning(found):
                yield found
            case ast.Assign(value=ast.Subscript(value=ast.Name() | ast.Attribute()) as found) if _beginning(found):
                yield found


def _limits(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr="limit"), args=[ast.Constant(value=1)]):
                pass
            case ast.Call(func=ast.Attribute(attr="limit")):
                yield node


def _files(*folders: str) -> Iterator[tuple[str, ast.AST]]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def test_no_list_is_cut_without_a_word() -> None:
    found = Counter(name for name, tree in _files("cogs", "bot/ui") for _ in _cut(tree) if name != "bot/ui/lengths.py")
    assert set(found) == set(BEGINNINGS), "show a page of it (bot.ui.board)"


def test_a_list_is_read_page_by_page() -> None:
    found = {name for name, tree in _files("bot/features") for _ in _limits(tree)}
    assert found == set(LIMITS), "read a page of it (bot.paging.fetch_part)"


def test_a_cut_is_seen_and_a_shortened_text_is_none() -> None:
    for text in (
        "menu = make([one for one in found[:25]])",
        "for one in found[:20]: pass",
        "options = [one for one in found][:25]",
        "Select(options=found[:25])",
        "found = rows[:25]",
    ):
        assert list(_cut(ast.parse(text))), text
    for text in ("SelectOption(label=title[:100])", "text = typed.strip()[:30]", "rest = found[25:]"):
        assert not list(_cut(ast.parse(text))), text
    assert not list(_limits(ast.parse("query.limit(1)")))
    assert list(_limits(ast.parse("query.limit(PAGE + 1)")))
