"""A person on the phone: what they do, and what they may expect.

How a person behaves, which is what makes tests read like conversations:

1. `says` and `presses` wait for their turn, as polite people do: until the call is answered, nothing has been
   heard for a moment, and somebody listens. `interrupts` waits until something is being said, and speaks over
   it.
2. `hears` listens from where the last `hears` stopped, and skips what was not asked for. It returns as soon
   as the words were said, also in the middle of a longer text.
3. Patience is measured in silence: a time-out of ten seconds means ten seconds in which nobody says anything,
   however long the speeches before were.

Each method returns when the thing is done, in the call's own time: `says` when the last word was spoken.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import dropwhile
from typing import TYPE_CHECKING, TypeVar

from jambonz_core.simulator import (
    Answer,
    AudioHeard,
    Busy,
    Decline,
    DigitsSent,
    HangUp,
    Hold,
    Played,
    PressKeys,
    Refer,
    Ring,
    SendAudio,
    Speak,
    StaySilent,
)

from .driver import Later
from .forgotten_awaits import notice_forgotten_awaits
from .heard_text import Pattern, compiled
from .records import ExpectationFailed, Noted
from .transcript import excerpt

if TYPE_CHECKING:
    from jambonz_core.simulator.legs.legs import Leg

    from .driver import CallDriver

__tracebackhide__ = True
"""pytest leaves the frames of this module out of a failure, which is about the test."""

PATIENCE = 10.0
"""Seconds of silence after which an expectation gives up, unless it is told otherwise."""

LONGEST = 600.0
"""Seconds after which it gives up in any case: a prompt that repeats for ever is no silence."""

PAUSE = 0.3
"""Seconds of quiet that tell a person that it is their turn."""

LOOK_AGAIN = 0.05
"""Seconds between two looks at whether what was said is understood."""

FRAME_SECONDS = 0.02
"""How much sound a microphone sends at once."""

_SHOWN = 400
"""Characters of what was heard that a failure quotes."""

T = TypeVar("T")


@notice_forgotten_awaits
class Party:
    """One person on the call: the caller, or a party that was dialled."""

    def __init__(self, driver: CallDriver, leg: str) -> None:
        self._driver = driver
        self.leg = leg
        """The name of the leg: ``caller``, or ``b1`` and so on for parties that were dialled."""
        self._sounds_read = 0
        self._keys_read = 0
        self._audio_read = 0

    # --- expectations -----------------------------------------------------------------------------------

    async def hears(self, what: Pattern, *, timeout: float = PATIENCE) -> re.Match[str]:
        """Wait until these words are heard; the match tells what a regular expression has found.

        ```python
        await phone.hears("Welcome")
        code = (await phone.hears(re.compile(r"your code is (\\d+)")))[1]
        ```
        """
        driver, pattern = self._driver, compiled(what)
        text = driver.heard_text(self.leg)

        def heard() -> re.Match[str] | Later | None:
            found = text.search(pattern)
            if found is None:
                self._fail_if_gone(f"to hear {_quoted(what)}", lambda: self._heard_instead(pattern))
                return None
            match, at = found
            return match if at <= driver.now else Later(at)

        began = driver.now
        match = await self._patiently(heard, timeout)
        if match is None:
            instead = self._heard_instead(pattern, self._since(began, timeout))
            raise self.failure(f"expected to hear {_quoted(what)}, and {instead}")
        text.take(match)
        return match

    def _heard_instead(self, pattern: re.Pattern[str], since: str = "") -> str:
        """What was heard since the last match, and a hint where it nearly was what was waited for."""
        text = self._driver.heard_text(self.leg)
        heard = f"heard “{_end_of(text.unread)}”" if text.unread else "heard nothing more"
        if since:
            heard += f" {since}"
        regardless = re.compile(pattern.pattern, pattern.flags | re.IGNORECASE)
        if text.search(regardless) is not None:
            return f"{heard} (with other capitals)"
        for leg, other in self._driver.heard_texts.items():
            if leg != self.leg and pattern.search(other.whole):
                return f"{heard} ({leg} has heard it)"
        if pattern.search(text.whole):
            return f"{heard} (it was heard before that, and matched or passed by)"
        return heard

    async def hears_nothing(self, for_: float = 2.0) -> None:
        """Make sure that nothing is heard for so many seconds, from now on."""
        driver, end = self._driver, self._driver.now + for_

        def disturbed() -> bool | None:
            leg = driver.engine.legs.get(self.leg)
            return True if leg is not None and leg.hearing else None

        if await driver.wait_for(disturbed, lambda: end):
            raise self.failure(f"expected to hear nothing for {for_:g} s")

    async def hears_sound(self, url: Pattern, *, timeout: float = PATIENCE) -> Played:
        """Wait until this sound file was heard, or the part of it that was played."""
        pattern = re.compile(re.escape(url)) if isinstance(url, str) else url

        def heard() -> Played | None:
            for position, record in enumerate(self._driver.records[self._sounds_read :]):
                what = record.what
                if isinstance(what, Played) and what.leg == self.leg and pattern.search(what.url):
                    self._sounds_read += position + 1
                    return what
            self._fail_if_gone(f"to hear the sound {_quoted(url)}")
            return None

        return await self._expect(heard, f"to hear the sound {_quoted(url)}", timeout)

    async def hears_keys(self, digits: str, *, timeout: float = PATIENCE) -> None:
        """Wait until keys were pressed for this party, as the verb `dtmf` does."""

        def heard() -> bool | None:
            for position, record in enumerate(self._driver.records[self._keys_read :]):
                what = record.what
                if isinstance(what, DigitsSent) and what.leg == self.leg and what.digits == digits:
                    self._keys_read += position + 1
                    return True
            self._fail_if_gone(f"to hear the keys {digits}")
            return None

        await self._expect(heard, f"to hear the keys {digits}", timeout)

    async def hears_audio(self, seconds: float = 0.1, *, timeout: float = PATIENCE) -> bytes:
        """Wait until so much sound has come from an audio stream, and take all that has come.

        Silence in front of it does not count and is left away.
        """

        def heard() -> bytes | None:
            pieces = (
                record.what
                for record in self._driver.records[self._audio_read :]
                if isinstance(record.what, AudioHeard) and record.what.leg == self.leg
            )
            found = list(dropwhile(lambda piece: not piece.pcm.strip(b"\0"), pieces))
            if found and sum(len(piece.pcm) / 2 / piece.sample_rate for piece in found) >= seconds - 1e-9:
                self._audio_read = len(self._driver.records)
                return b"".join(piece.pcm for piece in found)
            self._fail_if_gone(f"to hear {seconds:g} s of audio")
            return None

        return await self._expect(heard, f"to hear {seconds:g} s of audio", timeout)

    # --- what a person does -----------------------------------------------------------------------------

    async def says(
        self,
        text: str,
        *,
        timeout: float = PATIENCE,
        pause: float = PAUSE,
        duration: float | None = None,
        confidence: float = 0.95,
    ) -> None:
        """Say something when it is this person's turn.

        That is when nothing has been heard for `pause` seconds and somebody listens: a `gather`, a
        `transcribe`, barge-in, an agent, an audio stream, or the other party of a `dial`. It fails when that
        does not come within `timeout` seconds of silence. To speak at once, and perhaps over a prompt, use
        `interrupts` or `speaks_anyway`.
        """
        _check_words(text)
        await self._turn(lambda leg: leg.heard, f"to say “{text}”", "nothing listens", timeout, pause)
        await self.speaks_anyway(text, duration=duration, confidence=confidence)

    async def speaks_anyway(
        self, text: str, *, duration: float | None = None, confidence: float = 0.95
    ) -> None:
        """Say something now, whether or not anybody listens."""
        _check_words(text)
        driver = self._driver
        seconds = Speak(text, duration).seconds(driver.engine.world.options.words_per_second)
        driver.act(Speak(text, seconds, confidence=confidence, leg=self.leg))
        await self._until(driver.now + seconds)

    async def interrupts(
        self,
        text: str = "",
        *,
        keys: str = "",
        after: float = 0.0,
        timeout: float = PATIENCE,
        duration: float | None = None,
    ) -> None:
        """Speak, or press keys, over what is being played.

        It begins `after` seconds after it has found something being played, and fails when nothing is.
        """
        if not text and not keys:
            raise ValueError("say with what to interrupt: a text, or keys")
        _check_keys(keys or "0")

        def playing() -> bool | None:
            leg = self._fail_if_gone("to interrupt")
            return True if leg is not None and leg.hearing else None

        await self._expect(playing, "to interrupt, but nothing was played", timeout)
        if after:
            await self._until(self._driver.now + after)
        if keys:
            await self._press(keys, 0.2)
        if text:
            await self.speaks_anyway(text, duration=duration)

    async def presses(
        self, keys: str, *, gap: float = 0.2, timeout: float = PATIENCE, pause: float = PAUSE
    ) -> None:
        """Press keys when it is this person's turn, `gap` seconds apart: when the prompt is over and keys are
        waited for.

        What the person has just said is understood first. So keys after words go to the same prompt only if
        that still waits for keys then.
        """
        _check_keys(keys)
        driver = self._driver
        while (leg := driver.engine.legs.get(self.leg)) is not None and leg.speaking and not leg.over:
            await self._until(driver.now + LOOK_AGAIN)
        await self._turn(
            lambda leg: bool(leg.key_watchers), f"to press {keys}", "no key is waited for", timeout, pause
        )
        await self._press(keys, gap)

    async def hangs_up(self) -> None:
        """Hang up; a caller who was not answered yet gives up."""
        await self._find("to hang up")
        self._driver.act(HangUp(self.leg))

    async def rings(self, *, early_media: bool = False) -> None:
        """Let the phone ring, where the options leave that to the test; with `early_media` it is heard."""
        await self._find("to ring")
        self._driver.act(Ring(self.leg, early_media))

    async def answers(self) -> None:
        """Pick up a phone that rings."""
        await self._ringing("to pick up")
        self._driver.act(Answer(self.leg))

    async def busy(self) -> None:
        """Let the phone be busy."""
        await self._find("to be busy")
        self._driver.act(Busy(self.leg))

    async def declines(self, status: int = 603) -> None:
        """Refuse a call when it rings, with a SIP status."""
        await self._ringing("to decline")
        self._driver.act(Decline(self.leg, status))

    async def holds(self) -> None:
        """Put the other side on hold."""
        await self._find("to hold")
        self._driver.act(Hold(self.leg))

    async def resumes(self) -> None:
        """Take the other side back from hold."""
        await self._find("to resume")
        self._driver.act(Hold(self.leg, on=False))

    async def refers(self, to: str) -> None:
        """Ask the other side to transfer the call."""
        await self._find("to transfer")
        self._driver.act(Refer(to, self.leg))

    def falls_silent(self) -> None:
        """Stop in the middle of a sentence that another task is saying."""
        self._driver.act(StaySilent(self.leg))

    async def sends_audio(self, pcm: bytes, *, sample_rate: int = 8000) -> None:
        """Be heard as sound by the audio streams that listen, in frames of 20 ms as a microphone gives them.

        The sound is L16 little-endian mono in the stream's own rate, which `sample_rate` has to tell. Waits
        until a stream is open; returns when all was sent.
        """

        def open_stream() -> bool | None:
            leg = self._fail_if_gone("to send audio")
            return True if leg is not None and leg.pcm_watchers and self._driver.streaming else None

        await self._expect(open_stream, "to send audio, but no audio stream listens", PATIENCE)
        self._driver.record(Noted(f"{self.leg} sends {len(pcm) / 2 / sample_rate:g} s of audio"))
        size = int(sample_rate * FRAME_SECONDS) * 2
        for start in range(0, len(pcm), size):
            self._driver.act(SendAudio(pcm[start : start + size], self.leg))
            await self._until(self._driver.now + FRAME_SECONDS)

    async def waits(self, seconds: float) -> None:
        """Do nothing for a while."""
        await self._driver.until(self._driver.now + seconds)

    # --- in common --------------------------------------------------------------------------------------

    def failure(self, what: str) -> ExpectationFailed:
        """An exception that says what went wrong, and what had happened until then."""
        driver = self._driver
        failure = ExpectationFailed(f"{what}\n\n{excerpt(driver.records)}")
        # What went wrong in the application is more often the cause than what its caller expected.
        failure.__cause__ = driver.app_error
        return failure

    async def _turn(
        self, ready: Callable[[Leg], bool], doing: str, otherwise: str, timeout: float, pause: float
    ) -> None:
        """Wait until it is this party's turn."""
        driver = self._driver

        def turn() -> bool | Later | None:
            leg = self._fail_if_gone(doing)
            if leg is None or not leg.has_media or leg.hearing or not ready(leg):
                return None
            quiet = driver.quiet_since.get(self.leg, 0.0) + pause
            return True if quiet <= driver.now else Later(quiet)

        began = driver.now
        if await self._patiently(turn, timeout) is None:
            leg = driver.engine.legs.get(self.leg)
            if leg is None:
                otherwise = f"there is no {self.leg}"
            elif not leg.has_media:
                otherwise = "the call is not answered"
            elif leg.hearing:
                otherwise = "something is still being played"
            raise self.failure(f"expected {doing}, but {otherwise} {self._since(began, timeout)}")

    async def _press(self, keys: str, gap: float) -> None:
        self._driver.act(PressKeys(keys, gap, leg=self.leg))
        await self._until(self._driver.now + gap * (len(keys) - 1))

    async def _ringing(self, doing: str) -> None:
        """Wait until this party's phone rings; where nobody else lets it ring, do that, too."""
        await self._find(doing)
        if self._driver.engine.world.options.ring_seconds is None:
            await self.rings()

        def rings() -> bool | None:
            leg = self._fail_if_gone(doing)
            return True if leg is not None and leg.state.value != "trying" else None

        await self._expect(rings, f"{doing}, but the phone of {self.leg} does not ring", PATIENCE)

    async def _find(self, doing: str) -> None:
        """Wait until this party exists."""
        await self._expect(
            lambda: self._fail_if_gone(doing), f"{doing}, but nobody dialled {self.leg}", PATIENCE
        )

    async def _expect(self, check: Callable[[], T | None], what: str, timeout: float) -> T:
        began = self._driver.now
        found = await self._patiently(check, timeout)
        if found is None:
            raise self.failure(f"expected {what} {self._since(began, timeout)}")
        return found

    def _since(self, began: float, timeout: float) -> str:
        """How long somebody has waited in vain, in words."""
        driver = self._driver
        if driver.finished:
            return "before the call was over"
        if driver.now - began >= max(LONGEST, timeout):
            return f"after {driver.now - began:g} s without {timeout:g} s of silence"
        return f"within {timeout:g} s of silence"

    async def _patiently(self, check: Callable[[], T | Later | None], timeout: float) -> T | None:
        """Wait for something; `timeout` counts the seconds in which nobody is being spoken to."""
        driver, began = self._driver, self._driver.now

        def end() -> float:
            if driver.finished:
                return began  # nothing more can happen
            silent_since = max(began, driver.last_heard)
            limit = began + max(LONGEST, timeout)
            return limit if driver.speaking else min(silent_since + timeout, limit)

        found = await driver.wait_for(check, end)
        if found is None and driver.crash is not None:
            raise self.failure("the simulator itself failed") from driver.crash
        return found

    async def _until(self, at: float) -> None:
        """Wait for a time, or for the end of the call of this party."""
        driver = self._driver

        def over() -> bool | None:
            leg = driver.engine.legs.get(self.leg)
            return (driver.engine.over if leg is None else leg.over) or None

        await driver.wait_for(over, lambda: at)

    def _fail_if_gone(self, doing: str, instead: Callable[[], str] | None = None) -> Leg | None:
        """The leg, or None when it does not exist yet; raises when it is over, and tells what was instead."""
        leg = self._driver.engine.legs.get(self.leg)
        if leg is not None and leg.over:
            more = f", and {instead()}" if instead is not None else ""
            raise self.failure(f"expected {doing}, but the call of {self.leg} is over{more}")
        if leg is None and self._driver.engine.over:
            raise self.failure(f"expected {doing}, but the call is over and nobody dialled {self.leg}")
        return leg


def _end_of(text: str) -> str:
    """The end of something that may be long: what was heard last tells most."""
    return text if len(text) <= _SHOWN else f"…{text[-_SHOWN:]}"


def _check_words(text: str) -> None:
    if not text.split():
        raise ValueError("an empty text cannot be said")


def _check_keys(keys: str) -> None:
    if not keys or set(keys.upper()) - set("0123456789*#ABCD"):
        raise ValueError(f"{keys!r} cannot be pressed: a telephone has the keys 0-9, *, # and A-D")


def _quoted(what: Pattern) -> str:
    return f"“{what}”" if isinstance(what, str) else f"/{what.pattern}/"
