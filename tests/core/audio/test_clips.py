"""The ledger of clips, and how long a clip plays."""

from __future__ import annotations

import pytest

from jambonz_core.audio import AudioOptions, PlayDone, PlayOutcome
from jambonz_core.audio.clips import ClipLedger, clip_seconds
from jambonz_core.wire.errors import QueueFull

PLAYED, CLEARED, UNKNOWN = PlayOutcome.PLAYED, PlayOutcome.CLEARED, PlayOutcome.UNKNOWN


@pytest.fixture
def ledger() -> ClipLedger:
    """A ledger in which two clips may wait."""
    return ClipLedger(AudioOptions(clips_queued=2))


def test_a_clip_is_over_when_the_server_says_so(ledger: ClipLedger) -> None:
    ledger.played("a", 1.0, 0.0, queue=True)
    data = {"id": "a", "playbackSeconds": "1"}
    assert ledger.reported("a", data, {"type": "playDone"}) == PlayDone(
        "a", PLAYED, data, raw={"type": "playDone"}
    )
    assert (ledger.waiting, ledger.deadline) == (0, None)


def test_a_report_about_an_unknown_clip_is_told_too(ledger: ClipLedger) -> None:
    assert ledger.reported("", {}, {}) == PlayDone("", PLAYED, {}, raw={})


def test_no_more_clips_wait_than_the_server_keeps(ledger: ClipLedger) -> None:
    for name in ("playing", "a", "b"):
        ledger.check_room()
        ledger.played(name, 1.0, 0.0, queue=True)
    with pytest.raises(QueueFull, match="2 clips"):
        ledger.check_room()


def test_a_clip_that_is_not_queued_drops_the_others(ledger: ClipLedger) -> None:
    ledger.played("a", 1.0, 0.0, queue=True)
    ledger.played("b", 1.0, 0.0, queue=True)
    assert ledger.played("c", 1.0, 0.5, queue=False) == [PlayDone("b", CLEARED, {})]
    assert ledger.waiting == 1
    # What was playing is still reported by the server.
    assert ledger.reported("a", {}, {}) == PlayDone("a", CLEARED, {}, raw={})


def test_a_clip_that_was_stopped_and_not_reported_is_cleared_after_a_while(ledger: ClipLedger) -> None:
    ledger.played("a", 10.0, 0.0, queue=True)
    assert ledger.killed(1.0) == []
    assert ledger.killed(1.5) == []
    assert ledger.deadline == 3.0
    assert ledger.tick(3.0) == [PlayDone("a", CLEARED, {})]


def test_a_clip_that_is_never_reported_is_unknown(ledger: ClipLedger) -> None:
    ledger.played("a", 1.0, 0.0, queue=True)
    ledger.played("b", 2.0, 0.0, queue=True)
    assert ledger.deadline == 6.0
    assert ledger.tick(5.9) == []
    assert ledger.tick(6.0) == [PlayDone("a", UNKNOWN, {})]
    assert ledger.deadline == 8.0


def test_nothing_is_left_open_at_the_end(ledger: ClipLedger) -> None:
    ledger.played("a", 1.0, 0.0, queue=True)
    assert ledger.close() == [PlayDone("a", UNKNOWN, {})]
    assert ledger.close() == []


def test_a_wav_file_tells_its_own_rate() -> None:
    header = b"RIFF" + bytes(24) + (32000).to_bytes(4, "little") + bytes(12)
    assert clip_seconds(header + bytes(32000 - 44), None) == 1.0
    assert clip_seconds(bytes(16000), None) == 1.0
    assert clip_seconds(b"RIFF" + bytes(15996), None) == 1.0
    assert clip_seconds(bytes(32000), 16000) == 1.0
