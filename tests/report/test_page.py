"""The HTML page and its diagram, and how Chromium shows them."""

from __future__ import annotations

import itertools
import random
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from isotype import report
from isotype.findings import Box, Diagram, Finding, Link, Overview
from isotype.report.diagram import WIDTH, arranged
from tests.report.test_documents import ALL, HOSTILE, OVERVIEW, difference


def diagram(count: int, seed: int = 1) -> Diagram:
    """Tables of fifteen columns that refer to some of those before them, and one to itself."""
    choose = random.Random(seed)
    names = [f"table public.t{number}" for number in range(count)]
    boxes = tuple(
        Box(
            name,
            f"{name[13:]}_{'x' * choose.randrange(30)}",
            tuple((f"column {name[6:]}.c{line}", f"c{line}", "varchar(50)?", line < 3) for line in range(15)),
        )
        for name in names
    )
    links = [
        Link(name, choose.choice(names[:at]), "c1") for at, name in enumerate(names) if at and choose.random() < 0.8
    ]
    return Diagram("shop", boxes, (*links, Link(names[0], names[-1], "c2"), Link(names[0], names[0], "c1")))


TABLES = Diagram(
    "shop",
    (
        Box("table public.a", "a", (("column public.a.x", "x", "text", True),)),
        Box(
            "table public.c", HOSTILE, (("column public.c.x", "x", "text", False), ("column public.c.y", "y", "", True))
        ),
        Box("table public.z", "untouched"),
    ),
    (Link("table public.c", "table public.a", "x"),),
)


@pytest.mark.parametrize("count", [1, 2, 5, 60, 200])
def test_boxes_stand_apart_within_the_width(count: int) -> None:
    """No box lies over another or sticks out, however many there are and however they refer to each other."""
    placed = arranged(diagram(count))
    assert len(placed) == count
    assert max(it.left + it.width for it in placed) <= WIDTH + 1
    for one, other in itertools.combinations(placed, 2):
        beside = one.left + one.width < other.left or other.left + other.width < one.left
        assert beside or one.top + one.height < other.top or other.top + other.height < one.top


def test_chain_of_a_thousand_references_is_drawn() -> None:
    """A chain longer than Python's stack, closed to a circle, has its diagram."""
    names = [f"table public.t{number}" for number in range(1200)]
    links = [Link(name, names[at - 1], "x") for at, name in enumerate(names)]
    assert len(arranged(Diagram("d", tuple(Box(name, name) for name in names), tuple(links)))) == 1200


def test_drifted_lines_are_drawn_where_others_are_left_out() -> None:
    """In a large diagram a box shows its keys and what has drifted, and says how much it leaves out."""
    (first, *_) = [it for it in arranged(diagram(60), ["column public.t7.c9"]) if it.box.object == "table public.t7"]
    assert [line[1] for line in first.lines] == ["c0", "c1", "c2", "c9", "… 11 more"]


def page() -> str:
    overview = OVERVIEW._replace(diagrams=(TABLES,))
    return report.render(ALL, "html", command="drift", summary=["shop: 5 differences"], overview=overview)


def test_page_loads_and_runs_nothing() -> None:
    """There is no script, no address but places on the page itself, and nothing of a database that is a tag."""

    class Tags(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.seen: set[str] = set()
            self.ids: set[str] = set()
            self.targets: set[str] = set()

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.seen.add(tag)
            given = {name: value or "" for name, value in attrs}
            assert not [name for name in given if name.startswith("on") or name in ("src", "srcset", "style")]
            self.ids.add(given.get("id", ""))
            if "href" in given:
                self.targets.add(given["href"])

    tags = Tags()
    tags.feed(page())
    assert not tags.seen & {"script", "link", "img", "iframe", "object", "foreignObject"}
    assert {target.removeprefix("#") for target in tags.targets} <= tags.ids - {""}
    assert all(target.startswith("#") for target in tags.targets)
    assert not re.search(r"url\(|@import|https?:", page())


def test_drifted_boxes_are_marked_and_say_what_differs() -> None:
    """A drifted box has the class of its worst finding, and a title with both sides; another has neither."""
    boxes = dict(re.findall(r'<g class="box n(\d+)([^"]*)"', page()))
    assert sorted(boxes.values()) == ["", " error", " note"]
    assert "column public.c.x differs in default\n    expected: 1\n    actual: &lt;script&gt;" in page()


# In a real browser


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("scripts", [True, False])
def test_page_in_chromium(chromium: Any, tmp_path: Path, scheme: str, scripts: bool) -> None:
    """The page shows its findings in light and in dark, with scripts or without, asks for nothing, and runs nothing."""
    (tmp_path / "drift.html").write_text(page(), encoding="utf-8")
    context = chromium.new_context(
        color_scheme=scheme, java_script_enabled=scripts, viewport={"width": 1300, "height": 900}
    )
    opened = context.new_page()
    asked: list[str] = []
    said: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    opened.on("dialog", lambda dialog: said.append(dialog.message))
    opened.on("console", lambda message: said.append(message.text))
    address = (tmp_path / "drift.html").as_uri()
    opened.goto(address)
    assert (asked, said) == ([address], [])
    assert opened.locator(".object").count() == 4
    assert opened.locator("svg .box.error").is_visible()
    assert "<script>alert(1)</script>" in opened.locator(".object.error pre").nth(1).inner_text()
    back = opened.locator("body").evaluate("it => getComputedStyle(it).backgroundColor") if scripts else ""
    assert not scripts or (back == "rgb(255, 255, 255)") == (scheme == "light")
    opened.locator("svg a").filter(has=opened.locator(".box.error")).click()
    assert opened.url.endswith("#object-1")
    assert opened.pdf()[:5] == b"%PDF-"
    context.close()


@pytest.mark.parametrize("count", [5, 60])
def test_diagram_fits_in_chromium(chromium: Any, tmp_path: Path, count: int) -> None:
    """At 1300 pixels no text leaves its box, and nothing has to be scrolled sideways."""
    overview = Overview(diagrams=(diagram(count),))
    findings: list[Finding] = [difference("t1", "c9")]
    (tmp_path / "drift.html").write_text(report.render(findings, "html", overview=overview), encoding="utf-8")
    opened = chromium.new_page(viewport={"width": 1300, "height": 900})
    opened.goto((tmp_path / "drift.html").as_uri())
    assert opened.evaluate("document.documentElement.scrollWidth") <= 1300
    assert opened.evaluate("(it => it.scrollWidth - it.clientWidth)(document.querySelector('.picture div'))") <= 0
    outside = """[...document.querySelectorAll('.box')].filter(box => {
        const frame = box.querySelector('.body').getBoundingClientRect();
        return [...box.querySelectorAll('text')].some(text => {
            const it = text.getBoundingClientRect();
            return it.right > frame.right + 1 || it.left < frame.left - 1 || it.bottom > frame.bottom + 1;
        });
    }).length"""
    assert opened.evaluate(outside) == 0
    opened.close()
