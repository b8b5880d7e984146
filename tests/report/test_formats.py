"""Every format says the same, escaped for its reader, and without passwords."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from isotype import report
from isotype.domain.places import Place
from isotype.findings import NOTE, WARNING, Finding

PLAIN = Finding("unknown-entity", "refers to 'custmer'", Place("shop.yaml", 14, 9), "did you mean 'customer'?")
HOSTILE = Finding(
    "hostile",
    "a\n::error::<script>alert(1)</script> \x1b[31m \u202e ]]> & \"'` \x00 %0A , :",
    Place("a b%,:.yaml", 1, 2),
    severity=WARNING,
    path="entities.X",
    expected="one\ntwo",
    actual="<b>\x00",
)
BARE = Finding("bare", "no place", severity=NOTE, path="entities.Y", layer="sql", repair="DROP TABLE y")
ALL = (PLAIN, HOSTILE, BARE)


def test_text() -> None:
    """One line for the finding, what a terminal would obey made visible, details below; the summary comes last."""
    assert report.render(ALL, "text", summary=["shop: done"]) == (
        "shop.yaml:14:9: refers to 'custmer' (did you mean 'customer'?) [unknown-entity]\n"
        "a b%,:.yaml:1:2: warning: a\\n::error::<script>alert(1)</script> \\x1b[31m \\u202e ]]> & \"'` \\x00 %0A , : "
        "[hostile]\n"
        "  expected: one\n            two\n"
        "  actual: <b>\\x00\n"
        "entities.Y: note: no place [bare]\n"
        "  repair: DROP TABLE y\n"
        "shop: done\n"
    )
    assert report.render((), "text") == ""
    assert "\x1b[31mrefers" in report.render(ALL, "text", color=True)


def test_json() -> None:
    """A versioned document with every fact in it, ASCII alone."""
    text = report.render(ALL, "json", command="check", summary=["x"])
    document = json.loads(text)
    assert text.isascii()
    assert (document["version"], document["command"], document["summary"]) == (1, "check", ["x"])
    assert document["counts"] == {"error": 1, "warning": 1, "note": 1}
    assert [item["message"] for item in document["findings"]] == [finding.message for finding in ALL]
    assert document["findings"][0]["place"] == {"file": "shop.yaml", "line": 14, "column": 9}
    assert document["findings"][2]["place"] is None


def test_sarif() -> None:
    """Rules, results and places as SARIF 2.1.0 names them; what has no line is a notification, not a result."""
    run = json.loads(report.render(ALL, "sarif"))["runs"][0]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert [rules[result["ruleIndex"]] for result in run["results"]] == ["unknown-entity", "hostile"]
    assert [result["level"] for result in run["results"]] == ["error", "warning"]
    physical = run["results"][1]["locations"][0]["physicalLocation"]
    assert physical == {
        "artifactLocation": {"uri": "a%20b%25%2C%3A.yaml", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 1, "startColumn": 2},
    }
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"]
    (notification,) = invocation["toolExecutionNotifications"]
    assert rules[notification["associatedRule"]["index"]] == "bare"
    assert notification["locations"] == [{"logicalLocations": [{"fullyQualifiedName": "entities.Y"}]}]


def test_github() -> None:
    """One command a finding, and nothing in a finding can start another."""
    lines = report.render(ALL, "github").splitlines()
    assert len(lines) == 3
    assert lines[0] == (
        "::error file=shop.yaml,line=14,col=9,title=unknown-entity::refers to 'custmer' (did you mean 'customer'?)"
    )
    assert lines[1].startswith("::warning file=a b%25%2C%3A.yaml,line=1,col=2,title=hostile::a%0A::error::<script>")
    assert lines[2].startswith("::notice title=bare::no place%0Arepair: DROP TABLE y")


def test_junit() -> None:
    """Well-formed whatever is in it; a failure a finding, and one passed case when there is none."""
    suite = ElementTree.fromstring(report.render(ALL, "junit", command="check").encode())
    assert suite.attrib["failures"] == "3"
    assert [case.find("failure") is not None for case in suite.iter("testcase")] == [True] * 3
    clean = ElementTree.fromstring(report.render((), "junit", command="check").encode())
    assert (clean.attrib["tests"], clean.attrib["failures"]) == ("1", "0")


def test_html() -> None:
    """A page of its own: no script, nothing loaded, whatever the findings contain."""

    class Tags(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.seen: set[str] = set()

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.seen.add(tag)
            assert not {name for name, _ in attrs} & {"src", "href", "onerror"}

    text = report.render(ALL, "html", command="check")
    tags = Tags()
    tags.feed(text)
    assert not tags.seen & {"script", "b", "link", "img"}
    assert "&lt;script&gt;" in text and "1 error, 1 warning, 1 note" in text
    assert "Nothing found." in report.render((), "html")


@pytest.mark.parametrize("form", report.FORMATS)
@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("cannot reach postgresql://bob:s3cr3t@db.example/shop?x=1", "bob:***@db.example/shop?x=1"),
        ("postgresql+psycopg://bob:s3cr3t@pa/ss@db:5432/shop", "bob:***@db:5432/shop"),
        ("postgres://:s3cr3t@db/shop", "postgres://:***@db/shop"),
        ("host=db password=s3cr3t user=bob", "password=*** user=bob"),
        ("password = 's3cr3t with \\' blanks' user=bob", "*** user=bob"),
        ("postgresql://db/shop?user=bob&password=s3cr3t&sslmode=require", "password=***&"),
        ("PGPASSWORD=s3cr3t psql", "PGPASSWORD=*** psql"),
    ],
)
def test_passwords_never_appear(form: str, text: str, kept: str) -> None:
    """Whatever field a password is in, no format prints it."""
    finding = Finding("x", text, suggestion=text, path=text, expected=text, actual=text, repair=text)
    printed = report.render([finding], form, summary=[text])
    assert "s3cr3t" not in printed and "blanks" not in printed
    assert kept in report.redacted(text)


def test_what_is_no_password_stays() -> None:
    """URLs without a password, times and e-mail addresses are left as they are."""
    for text in ("postgresql://bob@db/shop", "https://example.org/a:b", "12:30 bob@example.org", "http://h:80/x"):
        assert report.redacted(text) == text
