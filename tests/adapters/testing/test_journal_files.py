"""Journals in files: of the phone, of the application, of processes that take over, and on disks that are full."""

from __future__ import annotations

import io
import json
import logging
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from jambonz_anyio import App, Call
from jambonz_anyio.journals import JournalDirectory, journal_file, journal_writer, load_journal
from jambonz_anyio.stores import MemoryStore
from jambonz_anyio.testing import dial, run
from jambonz_core.journal import JournaledCall, RedactedJournal, journal_to_test, steps
from jambonz_core.simulator.journal import replay


def echo(**settings: Any) -> App:
    app = App(**settings)

    @app.call("/")
    async def main(call: Call) -> None:
        heard = await call.say(text="Hello!").gather(input=["speech"], timeout=10).result()
        await call.say(text=f"You said: {heard.transcript}").send()
        await call.checkpoint()
        await call.gather(input=["digits"], numDigits=1, timeout=10).result()

    @app.on_resume
    async def resume(call: Call) -> None:
        await call.say(text="Here I am again.").replace()

    return app


async def conversation(app: App, **how: Any) -> None:
    async with dial(app, "/", **how) as phone:
        await phone.hears("Hello!")
        await phone.says("good morning")
        await phone.hears("You said: good morning")


async def test_a_call_is_recorded_at_both_ends_and_replayed(virtual_time: Any, tmp_path: Path) -> None:
    directory = JournalDirectory(tmp_path / "journals", content=True)
    await conversation(echo(journals=directory), journal=tmp_path / "phone.jsonl", journal_content=True)
    [file] = sorted(directory.path.glob("*.jsonl"))
    of_app, of_phone = load_journal(file), load_journal(tmp_path / "phone.jsonl")
    assert of_app.header.role == "app"
    assert of_phone.header.role == "jambonz"
    assert "5b9d4a3e" in file.name
    assert of_app.header.about["library"]
    assert of_app.header.began.startswith("20")
    for journal in (of_app, of_phone):
        assert journal.complete
        assert replay(journal) is None
    # Both saw the same messages.
    for kind in ("hook", "ack", "command"):
        theirs = [step.label for step in steps(of_phone) if step.kind == kind]
        assert [step.label for step in steps(of_app) if step.kind == kind] == theirs


@pytest.mark.parametrize("end", ["app", "phone"])
async def test_what_was_recorded_becomes_a_test_that_passes(
    virtual_time: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    directory = JournalDirectory(tmp_path / "journals", content=True)
    app = echo(journals=directory)
    await conversation(app, journal=tmp_path / "phone.jsonl", journal_content=True)
    path = next(directory.path.glob("*.jsonl")) if end == "app" else tmp_path / "phone.jsonl"
    source = journal_to_test(load_journal(path), app="recorded_app:app")
    module: dict[str, Any] = {}
    exec(compile(source.replace("from recorded_app import app", ""), "test_made.py", "exec"), module)
    module["app"] = echo()
    assert "good morning" in source
    await module["test_recorded_call"](virtual_time)


async def test_without_content_nothing_said_is_in_the_file(virtual_time: Any, tmp_path: Path) -> None:
    directory = JournalDirectory(tmp_path)
    await conversation(echo(journals=directory))
    [file] = directory.path.glob("*.jsonl")
    text = file.read_text(encoding="utf-8")
    assert "good morning" not in text
    assert "Hello" not in text
    journal = load_journal(file)
    assert "verb:hook /~1" in [step.label for step in steps(journal)]
    with pytest.raises(RedactedJournal):
        replay(journal)


async def test_a_process_that_takes_over_keeps_a_journal_of_its_own(
    virtual_time: Any, tmp_path: Path
) -> None:
    store = MemoryStore()
    first, second = (
        JournalDirectory(tmp_path / "1", content=True),
        JournalDirectory(tmp_path / "2", content=True),
    )
    async with dial(echo(journals=first, store=store), "/") as phone:
        await phone.says("good morning")
        await phone.hears("You said: good morning")
        phone.resume_elsewhere(echo(journals=second, store=store))
        await phone.hears("Here I am again.")
    for directory in (first, second):
        [file] = directory.path.glob("*.jsonl")
        assert replay(load_journal(file)) is None
    assert "snapshot" in load_journal(file).header.settings


def test_old_journals_are_deleted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    directory = JournalDirectory(tmp_path, keep=2)
    for number in range(4):
        with directory.open(f"call-{number}") as writer:
            writer.begin("app", "v10", {})
    names = [file.name for file in sorted(tmp_path.glob("*.jsonl"))]
    assert ["call-2" in names[0], "call-3" in names[1]] == [True, True]
    with pytest.raises(ValueError, match="keep"):
        JournalDirectory(tmp_path, keep=0)


def test_an_id_cannot_lead_out_of_the_directory(tmp_path: Path) -> None:
    directory = JournalDirectory(tmp_path / "in")
    for name in ("../../etc/passwd", "", "a" * 300):
        with directory.open(name) as writer:
            writer.begin("app", "v10", {})
    assert len(list((tmp_path / "in").iterdir())) == 3


async def test_a_directory_that_cannot_be_made_stops_no_call(
    virtual_time: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with caplog.at_level(logging.WARNING):
        await conversation(echo(journals=JournalDirectory(tmp_path / "file")))
    assert "No journal can be kept" in caplog.text


def test_a_disk_that_is_full_ends_the_journal_and_not_the_call(caplog: pytest.LogCaptureFixture) -> None:
    class Full(io.StringIO):
        lines = 0

        def write(self, text: str) -> int:
            self.lines += 1
            if self.lines > 1:
                raise OSError(28, "No space left on device")
            return super().write(text)

    file = Full()
    call = JournaledCall()
    call.record_to(journal_writer(file))
    call.connected(0.0)
    call.tick(1.0)
    assert file.lines == 2
    assert caplog.text.count("ends here") == 1


def test_a_phone_whose_journal_cannot_be_made_says_so(tmp_path: Path) -> None:
    async def main() -> None:
        await conversation(echo(), journal=tmp_path / "no" / "where.jsonl")

    with pytest.raises(FileNotFoundError):
        run(main)


def test_a_writer_may_be_handed_in(tmp_path: Path) -> None:
    async def main() -> None:
        with journal_file(tmp_path / "mine.jsonl", content=True) as writer:
            await conversation(echo(), journal=writer)

    run(main)
    lines = (tmp_path / "mine.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(lines[0])["role"] == "jambonz"
    assert replay(load_journal(tmp_path / "mine.jsonl")) is None


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_journals_can_be_read_by_their_owner_only(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        directory = JournalDirectory(tmp_path / "journals")
        with directory.open("c-1"):
            pass
        loose = tmp_path / "there-before.jsonl"
        loose.touch(0o666)
        with journal_file(loose):
            pass
    finally:
        os.umask(before)
    [journal] = (tmp_path / "journals").glob("*.jsonl")
    assert mode_of(tmp_path / "journals") == 0o700
    assert mode_of(journal) == 0o600
    assert mode_of(loose) == 0o600


def test_a_journal_may_go_to_what_is_no_file() -> None:
    with journal_file(os.devnull) as writer:
        assert not writer.content


def test_a_journal_is_bounded_in_bytes_and_says_where_it_ends(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    directory = JournalDirectory(tmp_path, content=True, file_bytes=2_000)
    with directory.open("c1") as writer:
        call = JournaledCall()
        call.record_to(writer)
        call.connected(0.0)
        for number in range(50):
            call.receive(json.dumps({"type": "call:status", "data": {"pad": "é" * 100}}), float(number))
    [path] = tmp_path.iterdir()
    assert 1_000 < path.stat().st_size <= 2_000
    assert load_journal(path).complete
    assert caplog.text.count("JournalDirectory.file_bytes (2000) is reached") == 1
    with pytest.raises(ValueError, match="file_bytes"):
        JournalDirectory(tmp_path, file_bytes=0)
