"""How long a caller waits for an answer, turn by turn, and where the time goes.

A turn begins with the hook that brings words: what the caller said, or the keys that were pressed. It is
answered by the first thing that the application writes for it. The rules; the table is `TURN`:

1. Words are speech that is final, and digits. Interim transcripts, time-outs and statuses bring none.
2. An answer is verbs in the ack of that hook, verbs in a `redirect`, streamed text, or a command that the
   caller hears. An empty ack is none: the application thinks about it. The ack of another hook is none.
3. What comes behind the answer adds parts: the round trip of the ping that proved it read, and the first
   sound of it. Nothing is guessed: a sound that may belong to something else is nobody's.
4. A turn is told once: when all that can become known is known, when the caller says more, when
   `TURN_SECONDS` have passed, or when the call is over. Words that nobody answered are told, too.
5. An `agent` verb answers by itself. What the server reports of its turns is told as it is.

The machine is fed with messages as they travel, and with the time. So a live call, a journal and the
simulator, which knows when the caller fell silent and when a sound began, come to the same numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any

from ..wire.events import TurnLatency, TurnMeasured
from ..wire.message_reading import text_of
from .turn_states import TURN, TurnInput, TurnState

TURN_SECONDS = 10.0
"""So long after the answer has left, its first sound and its receipt are waited for."""

HEARD_COMMANDS = frozenset({"whisper", "dub", "call:status"})
"""Commands beside `redirect` and streamed text that answer a caller: something is played, or it was hung
up.
"""

REPORTED_PARTS = (
    ("stt_ms", "transcriber_latency"),
    ("eot_ms", "turn_detection_latency"),
    ("llm_ms", "model_latency"),
    ("tool_ms", "tool_ms"),
    ("tts_ms", "voice_latency"),
)
"""The milliseconds in which a server reports an agent's turn, in both of its spellings."""

_QUIET, _HEARD, _ANSWERED = TurnState.QUIET, TurnState.HEARD, TurnState.ANSWERED


class TurnLatencies:
    """The turns of one call.

    >>> turns = TurnLatencies()
    >>> hook = {"type": "verb:hook", "msgid": "m", "hook": "/heard", "data": {"digits": "1"}}
    >>> turns.received(hook, now=10.0)
    []
    >>> [turn] = turns.sent({"type": "ack", "msgid": "m", "data": [{"verb": "say", "text": "Hi"}]}, now=10.5)
    >>> turn.number, turn.by, turn.way, turn.latency.app
    (1, 'digits', 'ack', 0.5)
    """

    __slots__ = (
        *("_answered_at", "_by", "_came", "_ended", "_hook", "_msgid", "_network", "_number"),
        *("_recognition", "_silent_at", "_sound", "_speaking_id", "_way", "expects_receipts"),
        *("expects_sound", "hears", "state"),
    )

    def __init__(self, *, hears: bool = False) -> None:
        self.state: TurnState = TurnState.QUIET
        self.expects_receipts: bool = False
        """Whether the connection can prove what was read."""
        self.expects_sound: bool = hears
        """Whether it will be known when a sound begins."""
        self.hears: bool = hears
        """Whether sounds are noticed by `sound`, instead of what the server reports."""
        self._number = 0
        self._silent_at: float | None = None
        """When the caller fell silent whose words have not come yet."""
        self._begin("", "", "", 0.0)

    def _begin(self, by: str, hook: str, msgid: str, now: float) -> None:
        self._by, self._hook, self._msgid, self._came = by, hook, msgid, now
        self._answered_at = 0.0
        self._way = self._speaking_id = ""
        self._ended: float | None = None
        """When the caller had fallen silent."""
        self._recognition: float | None = None
        self._network: float | None = None
        self._sound: float | None = None

    # --- what comes -----------------------------------------------------------------------------------------

    def received(self, message: Mapping[str, Any], now: float) -> list[TurnMeasured]:
        """The server has sent a message."""
        data = message.get("data")
        if not isinstance(data, Mapping):
            return []
        match message.get("type"):
            case "verb:hook":
                by = words_in(data)
                if by:
                    told = self.words(by, now, hook=text_of(message, "hook"), msgid=text_of(message, "msgid"))
                    if self._ended is None:
                        self._recognition = _last_of(data.get("stt_latency_ms"))
                    return told
            case "verb:status" if not self.hears:
                self.expects_sound = True
                if data.get("event") == "start-playback" and self._is_answer(data):
                    return self.sound(now)
            case "agent:event" if data.get("type") == "turn_end" and not self.hears:
                return self._reported_turn(data, text_of(message, "hook"), now)
            case _:
                pass
        return []

    def words(self, by: str, now: float, *, hook: str = "", msgid: str = "") -> list[TurnMeasured]:
        """Words of the caller have come, by a hook or to a model."""
        told = self._end(TurnInput.WORDS)
        self._begin(by, hook, msgid, now)
        ended, self._silent_at = self._silent_at, None
        if ended is not None and ended <= now:
            self._recognition, self._ended = now - ended, ended
        return told

    def _is_answer(self, status: Mapping[str, Any]) -> bool:
        """Whether what begins to play is the answer. Behind verbs that are queued it needs an id to tell."""
        if self._speaking_id or self._way == "queue":
            return bool(self._speaking_id) and status.get("id") == self._speaking_id
        return self._way in ("ack", "replace")

    def _reported_turn(self, data: Mapping[str, Any], hook: str, now: float) -> list[TurnMeasured]:
        told = self._end(TurnInput.END)
        latency = data.get("latency")
        known = latency if isinstance(latency, Mapping) else {}
        heard, turn_end, model, tools, voice = (_milliseconds(known, names) for names in REPORTED_PARTS)
        took = TurnLatency(
            recognition=_together(heard, turn_end),
            voice=voice,
            model=_together(model, tools),
            whole=_together(heard, turn_end, model, tools, voice),
        )
        self._number += 1
        return [*told, TurnMeasured(self._number, "agent", hook, "server", now, took)]

    def fell_silent(self, at: float) -> None:
        """The caller has fallen silent, or pressed the last key. Only the simulator knows."""
        self._silent_at = at

    # --- what leaves ----------------------------------------------------------------------------------------

    @property
    def came(self) -> float | None:
        """When the words came that nothing has answered yet; None while there are none, and nothing that
        leaves matters."""
        return self._came if self.state is _HEARD else None

    def sent(self, message: Mapping[str, Any], now: float) -> list[TurnMeasured]:
        """The application has sent a message."""
        if self.state is not _HEARD:
            return []
        way, data = "", message.get("data")
        if message.get("type") == "ack":
            if data and message.get("msgid") == self._msgid:
                way = "ack"
        else:
            command = message.get("command")
            if command == "redirect":
                way = "queue" if message.get("queueCommand") else "replace"
            elif command == "tts:tokens":
                way = "text"
            elif command in HEARD_COMMANDS:
                way = "command"
        return self.answered(way, now, data) if way else []

    def answered(self, way: str, now: float, verbs: object = None) -> list[TurnMeasured]:
        """The application, or a model, has answered."""
        if TurnInput.ANSWER not in TURN[self.state]:
            return []
        self.state = TURN[self.state][TurnInput.ANSWER]
        self._way, self._answered_at = way, now
        self._speaking_id = _speaking_id(verbs)
        return self._told_if_known()

    # --- what is learned afterwards -------------------------------------------------------------------------

    def round_trip(self, seconds: float, now: float) -> list[TurnMeasured]:
        """A ping was answered; it had left so long before."""
        if self.state is not _ANSWERED or now - seconds < self._answered_at:
            return []
        return self._part(seconds, self._sound)

    def sound(self, at: float) -> list[TurnMeasured]:
        """The caller begins to hear something."""
        if self.state is not _ANSWERED or at < self._answered_at:
            return []
        return self._part(self._network, at if self._sound is None else self._sound)

    def _part(self, network: float | None, sound: float | None) -> list[TurnMeasured]:
        self.state = TURN[self.state][TurnInput.PART]
        if self._network is None:
            self._network = network
        self._sound = sound
        return self._told_if_known()

    def _told_if_known(self) -> list[TurnMeasured]:
        waits_for_sound = self.expects_sound and self._sound is None and (self._way != "text" or self.hears)
        if waits_for_sound or (self.expects_receipts and self._network is None):
            return []
        return self._end(TurnInput.KNOWN)

    # --- the end --------------------------------------------------------------------------------------------

    @property
    def deadline(self) -> float | None:
        """When `tick` is due."""
        return self._answered_at + TURN_SECONDS if self.state is _ANSWERED else None

    def tick(self, now: float) -> list[TurnMeasured]:
        """Time has passed. Harmless when called early."""
        deadline = self.deadline
        return self._end(TurnInput.KNOWN) if deadline is not None and now >= deadline else []

    def over(self) -> list[TurnMeasured]:
        """The call is over."""
        return self._end(TurnInput.END)

    def _end(self, what: TurnInput) -> list[TurnMeasured]:
        told = [] if self.state is _QUIET else [self._measured()]
        if what in TURN[self.state]:
            self.state = TURN[self.state][what]
        return told

    @property
    def latency(self) -> TurnLatency:
        """The parts of the turn that goes on, or was the last, as far as they are known."""
        app = voice = whole = None
        if self._way:
            app = self._answered_at - self._came
            if self._sound is not None:
                voice = self._sound - self._answered_at
                if self._ended is not None:
                    whole = self._sound - self._ended
        exact = whole is not None
        return TurnLatency(self._recognition, app, self._network, voice, whole=whole, exact=exact)

    def _measured(self) -> TurnMeasured:
        self._number += 1
        return TurnMeasured(self._number, self._by, self._hook, self._way, self._came, self.latency)


def words_in(data: Mapping[str, Any]) -> str:
    """What of the caller a payload brings: ``speech``, ``digits``, or nothing.

    >>> words_in({"speech": {"is_final": True, "alternatives": [{"transcript": "yes"}]}}), words_in({})
    ('speech', '')
    """
    speech = data.get("speech")
    if isinstance(speech, Mapping) and speech.get("is_final") is not False:
        alternatives = speech.get("alternatives")
        for one in alternatives if isinstance(alternatives, list) else []:
            transcript = one.get("transcript") if isinstance(one, Mapping) else None
            if isinstance(transcript, str) and transcript.strip():
                return "speech"
    digits = data.get("digits")
    return "digits" if digits and isinstance(digits, str) else ""


def _speaking_id(verbs: object) -> str:
    """The `id` of the first verb that is heard, if it has one."""
    for verb in verbs if isinstance(verbs, list) else []:
        if isinstance(verb, Mapping) and verb.get("verb") in ("say", "play", "gather"):
            id = verb.get("id")
            return id if isinstance(id, str) else ""
    return ""


def _last_of(milliseconds: object) -> float | None:
    """The last of what the server tells in milliseconds, separated by commas; in seconds."""
    try:
        seconds = float(str(milliseconds).split(",")[-1]) / 1000
    except ValueError:
        return None
    return seconds if isfinite(seconds) and seconds >= 0 else None


def _milliseconds(latency: Mapping[str, Any], names: tuple[str, ...]) -> float | None:
    for name in names:
        if name in latency:
            return _last_of(latency[name])
    return None


def _together(*parts: float | None) -> float | None:
    """The sum of what was reported; what had no part in a turn is absent."""
    known = [part for part in parts if part is not None]
    return sum(known) if known else None
