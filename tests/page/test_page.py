"""The page of the compression platform in a real browser, from a keystroke to the stored row and back."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.page.conftest import Opened, Site

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

COMPRESS = "POST api/v1/compression/compress"
TEXT = "The quick brown owl. " * 200
ROW = """
    SELECT request.*, algorithm.name
    FROM compression_requests AS request JOIN compression_algorithms AS algorithm ON algorithm.id = algorithm_id
    WHERE request.id = ?
"""


def facts(page: Page) -> dict[str, str]:
    """What the page says about the last content, by the words beside it."""
    page.locator("#result dl").wait_for()
    names, values = (page.locator(f"#result {tag}").all_inner_texts() for tag in ("dt", "dd"))
    return dict(zip(names, values, strict=True))


def compress(page: Page, content: str, algorithm: str = "gzip", level: int = 6) -> dict[str, str]:
    """Fill the form in, send it, and wait for what came of it."""
    page.select_option("#algorithm", algorithm)
    page.fill("#level", str(level))
    page.fill("#content", content)
    return sent(page)


def sent(page: Page) -> dict[str, str]:
    """Send the form, and wait until what came of it is shown and listed."""
    page.evaluate("document.querySelector('#result').replaceChildren()")
    page.click("#submit")
    said = facts(page)
    page.locator(f"tr.new[data-id='{said['Request']}']").wait_for()
    return said


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("level", "23", "Not an integer from 1 to 22"),
        ("level", "0", "Not an integer from 1 to 22"),
        ("level", "1.5", "Not an integer from 1 to 22"),
        ("level", "", "Fill this in."),
        ("content", "  \n ", "Blanks alone are no content."),
        ("content", "", "Fill this in."),
    ],
)
def test_a_fault_is_shown_at_its_field_and_nothing_is_sent(opened: Opened, field: str, typed: str, words: str) -> None:
    """While one types, the generated validator speaks at the field; sending leads back there, and sends nothing."""
    page = opened.page
    page.fill("#content", TEXT)
    page.fill("#level", "5")
    assert page.locator("[aria-invalid=true]").count() == 0
    page.fill(f"#{field}", typed)
    assert page.inner_text(f"#{field}-error") == words
    assert page.get_attribute(f"#{field}", "aria-invalid") == "true"
    assert f"{field}-error" in (page.get_attribute(f"#{field}", "aria-describedby") or "")
    page.click("#submit")
    assert page.evaluate("document.activeElement.id") == field
    assert opened.calls == []


def test_a_rule_over_two_fields_is_kept_before_anything_is_sent(opened: Opened) -> None:
    """The message of the schema's rule stands in the form while the two fields contradict each other."""
    page = opened.page
    page.select_option("#algorithm", "lz4")
    page.fill("#content", TEXT)
    page.fill("#level", "10")
    page.select_option("#target", "speed")
    assert "above 9" in page.inner_text("#form-error")
    page.click("#submit")
    page.fill("#level", "9")
    assert page.text_content("#form-error") == ""
    assert opened.calls == []


def test_from_a_keystroke_to_the_stored_row_and_back(opened: Opened, site: Site) -> None:
    """What is typed is compressed and kept; the page, the list and the row say the same of it."""
    page = opened.page
    page.focus("#content")
    page.keyboard.type("owl " * 20)
    page.select_option("#algorithm", "zstd")
    page.fill("#level", "7")
    page.select_option("#target", "ratio")
    page.press("#level", "Enter")
    page.locator("tr.new").wait_for()
    said = facts(page)
    [row] = site.rows(ROW, said["Request"])
    assert (row["content_hash"], row["content_size_bytes"]) == (hashlib.sha256(b"owl " * 20).hexdigest(), 80)
    assert (row["name"], row["compression_level"], row["optimization_target"]) == ("zstd", 7, "ratio")
    assert row["status"] == "completed"
    assert said["Before"] == "80 B"
    assert said["After"] == f"{row['compressed_size_bytes']} B"
    ratio = f"{row['compression_ratio'] / 10_000:.2f} : 1"
    assert said["Ratio"] == ratio
    assert said["Algorithm"] == "zstd, level 7"
    listed = page.locator("tr.new td").all_inner_texts()
    assert listed[1:6] == ["zstd", "7", "80 B", said["After"], ratio]
    assert page.get_attribute("tr.new", "data-id") == row["id"]
    assert opened.calls.count(COMPRESS) == 1
    assert page.evaluate("document.activeElement.id") == "result-title"


def test_a_file_is_compressed(opened: Opened, site: Site, tmp_path: Path) -> None:
    """A chosen file is the content, to the last byte; the same once more is known from before."""
    file = tmp_path / "<img src=x onerror=alert(1)>.txt"
    file.write_bytes("\ufeff".encode() + "Zoë 🦉\r\n".encode() * 500)
    page = opened.page
    page.set_input_files("#file", file)
    page.locator("#source", has_text="5.5 kB").wait_for()
    assert page.inner_text("#source").startswith(file.name)
    assert page.inner_text("#content-size") == "3,501 characters, 5.5 kB"
    for status in ("Completed", "Cached"):
        page.select_option("#algorithm", "brotli")
        said = sent(page)
        assert said["Status"] == status
    [row] = site.rows(ROW, said["Request"])
    assert row["content_hash"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert (row["status"], row["content_size_bytes"]) == ("cached", file.stat().st_size)


def test_a_large_file_is_sent_whole(opened: Opened, site: Site, tmp_path: Path) -> None:
    """Its beginning is shown and all of it compressed; who types in it means what is shown."""
    file = tmp_path / "large.txt"
    file.write_text("owl\n" * 50_000, "utf-8")
    page = opened.page
    page.set_input_files("#file", file)
    page.locator("#source", has_text="large.txt, 200 kB; its beginning is shown").wait_for()
    assert len(page.input_value("#content")) == 50_000
    [row] = site.rows(ROW, sent(page)["Request"])
    assert row["content_size_bytes"] == 200_000
    page.press("#content", "End")
    page.keyboard.type("!")
    assert page.text_content("#source") == ""
    assert page.inner_text("#content-size") == "50,001 characters, 50 kB"


def test_a_file_is_dropped(opened: Opened) -> None:
    """A file that is dropped on the content is taken, and one that is no text is not."""
    page = opened.page
    drop = """(bytes) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([new Uint8Array(bytes)], "owl.txt"));
        const area = document.querySelector("#content");
        area.dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: transfer }));
    }"""
    page.evaluate(drop, list(b"dropped"))
    page.locator("#source", has_text="owl.txt, 7 B").wait_for()
    page.evaluate(drop, [0xFF, 0xFE, 0x00])
    page.locator("#source", has_text="owl.txt is no text in UTF-8.").wait_for()
    assert page.input_value("#content") == "dropped"
    assert opened.calls == []


def test_the_api_s_refusal_is_shown(opened: Opened) -> None:
    """What only the service knows, it says; the page shows its words, its code and the status."""
    page = opened.page
    page.select_option("#algorithm", "gzip")
    page.fill("#content", TEXT)
    page.fill("#level", "12")
    page.click("#submit")
    page.locator("#failure .failure").wait_for()
    words = page.inner_text("#failure")
    assert "gzip does not support level 12" in words
    assert "bad_request, status 400" in words
    assert page.get_attribute("#failure", "role") == "alert"
    compress(page, TEXT)
    assert page.text_content("#failure") == ""


def test_an_answer_that_lies_is_shown(opened: Opened, site: Site) -> None:
    """An answer that the contract does not know, and none at all, are said as what they are."""
    page = opened.page
    page.fill("#content", TEXT)
    page.route("**/compress", lambda route: route.fulfill(json={"requestId": "1", "status": "completed"}))
    page.click("#submit")
    page.locator("#failure", has_text="The answer is not what the API promises").wait_for()
    assert "requestId: Not a UUID" in page.inner_text("#failure")
    page.unroute("**/compress")
    page.route("**/compress", lambda route: route.abort())
    page.click("#submit")
    page.locator("#failure", has_text="The server does not answer.").wait_for()


def test_algorithms_are_compared(opened: Opened, site: Site) -> None:
    """Every algorithm is measured on the content, and the bars say what is stored."""
    page = opened.page
    page.fill("#content", TEXT)
    page.click("#compare")
    page.locator("#result .bar").first.wait_for()
    labels = [bar.get_attribute("aria-label") for bar in page.locator("#result .bar").all()]
    tests = site.rows(
        """
        SELECT name, compression_level, compressed_size_bytes
        FROM algorithm_viability_tests AS test JOIN compression_algorithms AS algorithm ON algorithm.id = algorithm_id
        WHERE content_hash = ?
        """,
        hashlib.sha256(TEXT.encode()).hexdigest(),
    )
    assert len(labels) == len(tests) == 5
    for test in tests:
        start = f"{test['name']}, level {test['compression_level']}: {test['compressed_size_bytes']} B in "
        assert [label for label in labels if (label or "").startswith(start)]


def test_a_sample_is_made_and_loaded(opened: Opened) -> None:
    """The service makes a content, and the page loads it as it is."""
    page = opened.page
    page.click("#sample")
    page.locator("#source", has_text="made by the server").wait_for()
    assert len(page.input_value("#content").encode()) == 6000
    assert [call for call in opened.calls if call.endswith("/download")]


def test_the_record_is_downloaded(opened: Opened, site: Site) -> None:
    """The record is what the API says about the request."""
    page = opened.page
    said = compress(page, TEXT, "lz4", 3)
    with page.expect_download() as download:
        page.click("text=Download the record")
    assert download.value.suggested_filename == f"request-{said['Request']}.json"
    record = json.loads(Path(download.value.path()).read_text("utf-8"))
    assert record == page.request.get(f"{site.url}api/v1/compression/requests/{said['Request']}").json()


def test_requests_are_listed_by_state_and_page(opened: Opened, site: Site) -> None:
    """Nine requests are two pages; a state that no request is in has none."""
    page = opened.page
    body = {"content": TEXT, "algorithm": "gzip", "compressionLevel": 6}
    for _ in range(8):
        assert page.request.post(f"{site.url}{COMPRESS.removeprefix('POST ')}", data=body).ok
    compress(page, TEXT)
    total = site.rows("SELECT count(*) AS total FROM compression_requests")[0]["total"]
    assert page.inner_text("#page") == f"{total} requests"
    assert (page.is_disabled("#newer"), page.is_disabled("#older")) == (True, False)
    first = page.get_attribute("tbody tr >> nth=0", "data-id")
    page.click("#older")
    page.locator("#newer:enabled").wait_for()
    assert page.locator(f"[data-id='{first}']").count() == 0
    page.select_option("#status", "failed")
    page.locator("#requests", has_text="There are none yet.").wait_for()


def test_the_keyboard_is_enough(opened: Opened) -> None:
    """From the first key to the result by tabulator, letters and Enter; every control has a name."""
    page = opened.page
    seen = []
    for _ in range(9):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.id || document.activeElement.className"))
        if seen[-1] == "content":
            page.keyboard.type("owl owl owl")
    assert seen == ["skip", "content", "file", "sample", "algorithm", "level", "target", "submit", "compare"]
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    page.locator("tr.new").wait_for()
    unnamed = """[...document.querySelectorAll('input, select, textarea, button, a')].filter(
        it => !(it.labels?.length || it.textContent.trim())).map(it => it.outerHTML)"""
    assert page.evaluate(unnamed) == []


@pytest.mark.parametrize(("scheme", "width"), [("light", 1180), ("dark", 360)])
def test_it_fits_and_asks_nobody_else(chromium: Browser, site: Site, scheme: str, width: int) -> None:
    """On a desk in light, on a phone in the dark: nothing sticks out, is loaded from elsewhere, or fails."""
    context = chromium.new_context(color_scheme="dark" if scheme == "dark" else "light")
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 800})
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(site.url)
    compress(page, TEXT)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert {urlsplit(url).netloc for url in asked if not url.startswith("blob:")} == {urlsplit(site.url).netloc}
    assert said == []
    light = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/[0-9]+/)[0] > 128")
    assert light == (scheme == "light")
    context.close()
