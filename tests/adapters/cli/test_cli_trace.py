"""`jambonz trace` and `jambonz replay`: journals as text, pictures, JSON and tests, with and without content."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from jambonz_anyio.cli.ladder import is_minor, lanes, summary
from jambonz_anyio.cli.ladder_picture import as_html, as_svg, escaped
from jambonz_anyio.cli.ladder_text import Columns, show_ladder
from jambonz_anyio.cli.terminal import printable
from jambonz_anyio.cli.trace import first_other, in_one_line
from jambonz_core.journal import Difference, Entry, Header, Journal, Step

ROOT = Path(__file__).resolve().parents[3]
ECHO = ROOT / "examples" / "echo.py"
SCRIPT = ROOT / "examples" / "echo.call"

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def journal(jambonz: Any, tmp_path: Path) -> Path:
    """The journal of the demo, with what was said."""
    path = tmp_path / "call.jsonl"
    assert jambonz("call", ECHO, "--script", SCRIPT, "--journal", path, "--content").code == 0
    return path


@pytest.fixture
def redacted(jambonz: Any, tmp_path: Path) -> Path:
    """The journal of a call, written without content."""
    path = tmp_path / "redacted.jsonl"
    assert jambonz("call", ECHO, "--script", SCRIPT, "--journal", path).code == 0
    return path


def step(source: str, target: str, kind: str, label: str, **more: Any) -> Step:
    return Step(at=1.0, source=source, target=target, kind=kind, label=label, **more)


NASTY = [
    step("b1", "jambonz", "act", "<script>alert(1)</script> & \x1b[31m\x00\ud800"),
    step("jambonz", "app", "hook", "你好" * 60, detail={"x": "</pre><script>"}, ref="m"),
    step("app", "jambonz", "ack", "é" * 90, ref="m", latency=0.1234),
    step("app", "app", "fault", "refused: " + "long " * 30, detail="</style>"),
    step("jambonz", "jambonz", "note", "gather killed"),
    step("jambonz", "jambonz", "note", "idle"),
    step("jambonz", "caller", "something new", "e\u0301" * 3),
]

EVIL = Journal(
    Header(role="elsewhere", profile="v10", began="<b>now</b>", redacted=False), [], complete=False
)


# --- text ---------------------------------------------------------------------------------------------------


def test_a_ladder(jambonz: Any, journal: Path) -> None:
    done = jambonz("trace", journal)
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[1].split() == ["caller", "jambonz", "app"]
    assert any("session:new trying" in line and line.rstrip().endswith("▶│") for line in lines)
    assert any("│◀" in line and "ack [say, gather]" in line and line.endswith("│ 0 ms") for line in lines)
    assert any("speak good morning ┄" in line for line in lines)
    assert not any("say started" in line for line in lines)
    assert lines[-1].endswith(
        "3 hooks answered, the slowest in 0 ms; 2 turns, the slowest answered in 500 ms; no faults."
    )
    assert any("turn 1: recognition 500, app 0, voice 0 ms" in line for line in lines)
    assert "without content" not in done.out


def test_nothing_is_left_out_with_detail(jambonz: Any, journal: Path) -> None:
    done = jambonz("trace", journal, "--detail")
    assert "say started" in done.out
    assert '"direction": "inbound"' in done.out


def test_a_journal_without_content_says_so(jambonz: Any, redacted: Path) -> None:
    done = jambonz("trace", redacted)
    assert done.code == 0
    assert "Recorded without content" in done.out
    assert "good morning" not in done.out
    assert "ack [say, gather]" in done.out


def test_the_journal_of_a_process_that_was_killed(jambonz: Any, journal: Path) -> None:
    journal.write_text(journal.read_text(encoding="utf-8")[:-20], encoding="utf-8")
    assert "was cut off" in jambonz("trace", journal).out


def test_a_ladder_of_whatever_comes(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    show_ladder(EVIL, NASTY, detail=True)
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "\x00" not in out
    assert "✗" in out
    assert "• idle" in out
    assert "123 ms" in out
    show_ladder(EVIL, [], detail=False)
    assert "no faults" in capsys.readouterr().out


def test_columns_line_up_whatever_is_written() -> None:
    from rich.cells import cell_len

    columns = Columns(lanes(NASTY), 150)
    assert list(columns.places) == ["caller", "b1", "jambonz", "app"]
    for one in NASTY:
        row = columns.row(one)
        assert cell_len(row.removesuffix(" 123 ms")) == cell_len(f"{1.0:7.2f}  ") + columns.width, row


def test_verbs_that_replace_others_are_drawn_apart() -> None:
    queued = step("app", "jambonz", "command", "redirect [say]")
    replacing = step("app", "jambonz", "command", "redirect [say]", replaces=True)
    columns = Columns(lanes([queued]), 80)
    assert "◀──" in columns.row(queued)
    assert "◀══" in columns.row(replacing)
    assert 'stroke-width="3"' not in as_svg(EVIL, [queued])
    assert 'stroke-width="3"' in as_svg(EVIL, [replacing])


def test_one_party_alone() -> None:
    columns = Columns(["jambonz"], 20)
    assert columns.row(NASTY[4]).endswith("• gather killed")


def test_what_is_minor() -> None:
    assert is_minor(step("jambonz", "caller", "heard", "begins: Hello"))
    assert is_minor(step("jambonz", "jambonz", "note", "say started"))
    assert is_minor(step("app", "jambonz", "command", "tts:tokens"))
    assert not is_minor(step("app", "jambonz", "command", "tts:tokens begins"))
    assert is_minor(step("jambonz", "app", "notice", "tts:tokens-result ok"))
    assert not is_minor(step("jambonz", "app", "notice", "tts:tokens-result failed"))
    assert not is_minor(step("jambonz", "caller", "heard", "Hello"))
    assert not is_minor(step("caller", "jambonz", "act", "speak it has started"))


def test_a_summary_counts() -> None:
    told = summary(EVIL, [step("jambonz", "jambonz", "fault", "x")])
    assert told.facts == "0.0 s; 0 hooks answered; 1 fault."
    one = summary(EVIL, [step("app", "app", "turn", "turn 1: not answered")])
    assert one.facts == "0.0 s; 0 hooks answered; 1 turn; no faults."
    assert "elsewhere" in told.title


def test_printable_text() -> None:
    assert printable("a\tb\u200b") == "a b·"


# --- pictures -----------------------------------------------------------------------------------------------


def test_a_picture(jambonz: Any, journal: Path, tmp_path: Path) -> None:
    done = jambonz("trace", journal, "--svg", "call.svg")
    assert (done.code, done.out, done.err) == (0, "", "Wrote call.svg.\n")
    picture = ElementTree.parse(tmp_path / "call.svg").getroot()
    assert picture.tag == f"{SVG}svg"
    words = [text.text for text in picture.iter(f"{SVG}text")]
    assert {"caller", "jambonz", "app", "verb:hook /~1", "speak good morning", "0 ms"} <= set(words)
    inside = tmp_path.joinpath("call.svg").read_text(encoding="utf-8")
    assert "href" not in inside
    assert "<script" not in inside


def test_a_picture_to_standard_output(jambonz: Any, redacted: Path) -> None:
    done = jambonz("trace", redacted, "--svg", "-")
    assert "Recorded without content" in done.out
    assert ElementTree.fromstring(done.out).tag == f"{SVG}svg"


def test_everything_is_drawn_inside_the_picture() -> None:
    picture = ElementTree.fromstring(as_svg(EVIL, NASTY))
    width, height = float(picture.get("width", "0")), float(picture.get("height", "0"))
    for text in picture.iter(f"{SVG}text"):
        assert 0 < float(text.get("x", "0")) < width
        assert 0 < float(text.get("y", "0")) < height
    for line in picture.iter(f"{SVG}line"):
        assert float(line.get("y2", "0")) < height
    labels = [text.text or "" for text in picture.iter(f"{SVG}text")]
    assert any("<script>alert(1)</script>" in label for label in labels)
    assert any(label.endswith("…") for label in labels)


def test_a_heading_has_the_room_that_it_needs() -> None:
    long = Journal(Header(role="app" * 40, profile="v10", redacted=True), [])
    picture = ElementTree.fromstring(as_svg(long, [step("jambonz", "app", "ack", "ack []", latency=0.1)]))
    width = float(picture.get("width", "0"))
    title = next(picture.iter(f"{SVG}text"))
    # Bold letters of this size are about 8 pixels wide.
    assert float(title.get("x", "0")) + 8 * len(title.text or "") < width
    [latency] = [text for text in picture.iter(f"{SVG}text") if text.get("class") == "latency"]
    assert float(latency.get("x", "0")) < width / 2, "a latency stands beside its arrow"


class Page(HTMLParser):
    """Counts elements, and collects what is between them."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.classes: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append(tag)
        self.classes += dict(attrs).get("class", "").split()

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_page(jambonz: Any, journal: Path, tmp_path: Path) -> None:
    done = jambonz("trace", journal, "--html", "call.html", "--svg", "call.svg")
    assert (done.code, done.err) == (0, "Wrote call.svg.\nWrote call.html.\n")
    page = Page()
    page.feed((tmp_path / "call.html").read_text(encoding="utf-8"))
    assert page.tags.count("svg") == 1
    assert page.tags.count("details") > 20
    assert '"direction": "inbound"' in page.text
    # The heading is the page's own, where lines can be broken.
    assert page.tags.count("h1") == 1
    assert page.classes.count("title") == 0
    # A narrow window moves the picture and does not shrink it.
    assert "max-width" not in (tmp_path / "call.html").read_text(encoding="utf-8")
    assert page.classes.count("picture") == 1


def test_nothing_of_a_journal_becomes_part_of_the_page() -> None:
    page = Page()
    page.feed(as_html(EVIL, NASTY))
    assert "script" not in page.tags
    assert "b" not in page.tags
    assert page.tags.count("style") == 2
    assert "</pre><script>" in page.text


def test_what_no_document_may_hold() -> None:
    assert escaped("\x0b\ud800\ufffe") == "\ufffd\ufffd\ufffd"


def test_a_place_that_cannot_be_written_to(jambonz: Any, journal: Path) -> None:
    done = jambonz("trace", journal, "--svg", "nowhere/call.svg")
    assert (done.code, done.err) == (
        3,
        "jambonz: Cannot write nowhere/call.svg: No such file or directory.\n",
    )


# --- for programs, and as a test ----------------------------------------------------------------------------


def test_steps_for_programs(jambonz: Any, journal: Path) -> None:
    found = json.loads(jambonz("trace", journal, "--json").out)
    assert found["complete"] is True
    assert found["header"]["role"] == "jambonz"
    hooks = [one["label"] for one in found["steps"] if one["kind"] == "hook"]
    assert hooks == ["session:new trying", "verb:hook /~1", "verb:hook /~2"]


def test_a_journal_becomes_a_test(jambonz: Any, journal: Path, tmp_path: Path) -> None:
    done = jambonz("trace", journal, "--test", "--app", "echo:app", "--path", "/")
    assert done.code == 0
    (tmp_path / "test_recorded.py").write_text(done.out, encoding="utf-8")
    (tmp_path / "echo.py").write_text(ECHO.read_text(encoding="utf-8"), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", "pythonpath=."]
    tested = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert tested.returncode == 0, tested.stdout
    assert "2 passed" in tested.stdout


def test_a_replay(jambonz: Any, journal: Path) -> None:
    done = jambonz("replay", journal)
    assert done.code == 0
    assert "everything came as it is written" in done.out
    assert json.loads(jambonz("replay", journal, "--json").out)["difference"] is None


def test_a_replay_that_goes_another_way(jambonz: Any, journal: Path) -> None:
    text = journal.read_text(encoding="utf-8").replace('"heard":"You said: good', '"heard":"You said: bad')
    journal.write_text(text, encoding="utf-8")
    done = jambonz("replay", journal)
    assert done.code == 1
    assert done.out.startswith("Not as it is written: line ")
    assert '.heard: the journal has "You said: bad' in done.out
    assert ', now it is "You said: good' in done.out
    assert len(done.out) < 400
    found = json.loads(jambonz("replay", journal, "--json").out)
    assert found["difference"]["entry"]["call"] == "tick"


@pytest.mark.parametrize(
    ("written", "found", "first"),
    [
        ({"a": [1, {"b": 2}]}, {"a": [1, {"b": 3}]}, ("a[1].b", 2, 3)),
        ({"a": 1}, {"a": 1, "b": [2]}, ("b", None, [2])),
        ([1, 2], [1], ("[1]", 2, None)),
        (None, {"a": 1}, ("", None, {"a": 1})),
    ],
)
def test_what_differs_first(written: Any, found: Any, first: tuple[str, Any, Any]) -> None:
    assert first_other(written, found) == first


def test_long_values_that_differ_are_cut() -> None:
    entry = Entry(at=0.0, call="tick", gave={"a": "x" * 1000})
    line = in_one_line(Difference(line=2, entry=entry, found={}))
    assert line.startswith('line 2, tick at 0.000, a: the journal has "xxx')
    assert line.endswith("…, now it is nothing")
    assert len(line) < 300


@pytest.mark.parametrize("words", [["replay"], ["trace", "--test"]])
def test_what_needs_content_says_so(jambonz: Any, redacted: Path, words: list[str]) -> None:
    done = jambonz(*words, redacted)
    assert done.code == 3
    assert "was recorded without what people said" in done.err
    assert "--content" in done.err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "Cannot read it.jsonl: No such file or directory."),
        ("", "it.jsonl: the journal is empty."),
        ("{}\n", "it.jsonl: this is not a journal"),
        (
            '{"journal":1,"role":"moon","profile":"v10","redacted":false}\n',
            "there is no machine for the role",
        ),
    ],
)
def test_files_that_are_no_journals(jambonz: Any, tmp_path: Path, text: str | None, said: str) -> None:
    if text is not None:
        (tmp_path / "it.jsonl").write_text(text, encoding="utf-8")
    done = jambonz("replay", "it.jsonl")
    assert done.code == 3
    assert said in done.err


def test_the_journal_of_an_application(jambonz: Any, app_file: Callable[..., Path], tmp_path: Path) -> None:
    lines = [
        '{"journal":1,"role":"app","profile":"v10","redacted":false}',
        '{"at":15755.0,"call":"connected"}',
        '{"at":15755.1,"call":"receive","given":{"frame":"{\\"type\\":\\"verb:hook\\",\\"msgid\\":\\"m\\"}"}}',
    ]
    (tmp_path / "app.jsonl").write_text("\n".join(lines), encoding="utf-8")
    done = jambonz("trace", "app.jsonl")
    assert done.out.splitlines()[1].split() == ["jambonz", "app"]
    assert "as the application saw it" in done.out
    # Its clock begins anywhere, and the ladder with its first step.
    assert [line.split()[0] for line in done.out.splitlines()[2:4]] == ["0.00", "0.10"]
    assert json.loads(jambonz("trace", "app.jsonl", "--json").out)["steps"][0]["at"] == 15755.0
