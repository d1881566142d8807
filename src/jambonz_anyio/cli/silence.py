"""Why nobody says anything: what a call waits for, in sentences.

What a silent call waits for now is read from its situation. While somebody speaks, the question is about the
silence before that, and the records answer it: which hooks were open in it, and which verbs ran.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from jambonz_core.simulator import (
    CALLER,
    Connect,
    ConnectionDropped,
    Idle,
    PartyNow,
    Played,
    SimulatorOptions,
    Situation,
    Speak,
    SpeechStarted,
    Spoken,
    VerbNow,
    VerbStarted,
)

from ..testing.records import Acted, FrameReceived, FrameSent, HookSeen, Record, VerbSeen, seen

SHORTEST = 0.25
"""Seconds without a voice that count as a silence: the parts of a streamed text are closer together."""

WORDS_PER_SECOND: float = SimulatorOptions().words_per_second

_OWN_WORDS = {
    "conference": "waits in a conference",
    "dequeue": "waits for somebody in a queue",
    "enqueue": "waits in a queue until somebody takes the call",
    "listen": "lets the application listen, and say something over the audio stream",
    "stream": "lets the application listen, and say something over the audio stream",
    "agent": "waits for its model, which you play: /model WORDS, /model-says WORDS",
    "llm": "waits for its model, which you play: /model WORDS, /model-says WORDS",
    "say": "has nothing to say yet: streamed text comes from the application",
    "sip:refer": "waits for the transfer to succeed or fail",
}


def explain(situation: Situation, records: Sequence[Record], now: float) -> list[str]:
    """What the call waits for now, the most important first. While somebody speaks: what it has waited for
    before that.
    """
    caller = situation.party(CALLER)
    if caller is None or caller.state == "ended":
        return ["The call is over."]
    if any(party.hears for party in situation.parties):
        return _last_silence(records, now)
    hooks = seen(records).hooks
    sentences = [*_connection(records, now), *_open_hooks(hooks, now)]
    if caller.speaks:
        sentences.append("You are speaking, or have just ended: the recogniser waits for a short silence.")
    sentences += [_party(party) for party in situation.parties if party.state in {"trying", "ringing"}]
    sentences += [_verb(verb, caller, now) for verb in situation.running]
    if situation.idle:
        sentences += _idles(caller, hooks, records, now)
    beside = [verb.verb for verb in situation.beside]
    if beside:
        sentences.append(f"Beside that runs {', '.join(beside)}.")
    return sentences or ["Nothing holds it up: the next verb is about to begin."]


def _connection(records: Sequence[Record], now: float) -> Iterator[str]:
    for record in reversed(records):
        match record.what:
            case FrameSent() | FrameReceived():
                return
            case Connect(url=url):
                yield f"The server connects to {url}, since {now - record.at:.1f} s."
                return
            case ConnectionDropped():
                lost = f"The connection to the application was lost {now - record.at:.1f} s ago"
                yield f"{lost}; the server comes back by itself."
                return


def _open_hooks(hooks: Sequence[HookSeen], now: float) -> Iterator[str]:
    for hook in hooks:
        if not hook.answered and not hook.unanswered:
            yield f"The application has not answered {_name(hook)} for {now - hook.at:.1f} s."


def _idles(
    caller: PartyNow, hooks: Sequence[HookSeen], records: Iterable[Record], now: float
) -> Iterator[str]:
    """What a call without verbs waits for: the caller, or an application that thinks."""
    told = next((hook for hook in reversed(hooks) if hook.answered), None)
    if told is not None and not any(
        began >= told.at for began, _, by_caller in _voices(records, now) if not by_caller
    ):
        yield f"The application was told {_name(told)} {now - told.at:.1f} s ago, and has said nothing since."
    elif caller.words_are_heard or caller.keys_are_heard:
        what = {(True, True): "words and keys", (True, False): "words", (False, True): "keys"}
        heard = what[caller.words_are_heard, caller.keys_are_heard]
        yield f"It is your turn: the application hears your {heard}."
    yield "No verbs are left: the call waits until the application sends some."


def _name(hook: HookSeen) -> str:
    return f"{hook.type} {hook.hook}".strip()


def _party(party: PartyNow) -> str:
    if party.leg == CALLER:
        return "The call is not answered yet."
    number = f" ({party.number})" if party.number else ""
    doing = "rings" if party.state == "ringing" else "is being called"
    return f"{party.leg}{number} {doing}: /as {party.leg} answer picks up."


def _verb(verb: VerbNow, caller: PartyNow, now: float) -> str:
    where = "" if verb.leg == CALLER else f" (for {verb.leg})"
    if verb.verb == "gather":
        takes = " or ".join({"speech": "words", "digits": "keys"}.get(one, one) for one in verb.listens_to)
        ends = f", until {verb.until:.1f} s (in {verb.until - now:.1f} s)" if verb.until else ""
        return f"gather waits for {takes}{where}{ends}."
    if verb.until is not None:
        return f"{verb.verb} lasts until {verb.until:.1f} s (another {verb.until - now:.1f} s){where}."
    if verb.verb == "dial" and caller.talks_to:
        return f"You are connected to {caller.talks_to}: /as {caller.talks_to} WORDS lets them say something."
    return f"{verb.verb} {_OWN_WORDS.get(verb.verb, 'is running')}{where}."


# --- the silence before -------------------------------------------------------------------------------------


def _last_silence(records: Sequence[Record], now: float) -> list[str]:
    silence = _gap(list(_voices(records, now)))
    if silence is None:
        return ["There was no silence yet."]
    began, ended, after_caller = silence
    what = seen(record for record in records if record.at <= ended)
    told = [f"The last silence was from {began:.1f} s to {ended:.1f} s, {ended - began:.1f} s:"]
    hooks = [
        hook
        for hook in what.hooks
        if hook.at <= ended and began < hook.at + (hook.latency if hook.latency is not None else now)
    ]
    if after_caller and (first := next((hook.at for hook in hooks if hook.at > began), None)):
        told.append(f"The recogniser took {first - began:.1f} s to see that you had ended.")
    told += [_answered(hook) for hook in hooks]
    told += _ran(what.verbs, began, ended)
    idle = _idle(records, began, ended)
    if idle >= SHORTEST:
        told.append(f"No verbs were left for {idle:.1f} s of it: the application had sent none.")
    return told


def _idle(records: Iterable[Record], began: float, ended: float) -> float:
    """For how long of a time the call had no verbs."""
    seconds, since = 0.0, None
    for record in records:
        match record.what:
            case Idle(leg=leg) if leg == CALLER:
                since = record.at
            case VerbStarted(leg=leg) if leg == CALLER and since is not None:
                seconds += max(min(record.at, ended) - max(since, began), 0.0)
                since = None
    return seconds


def _answered(hook: HookSeen) -> str:
    if hook.latency is None:
        return f"{_name(hook)} was not answered{f' ({hook.unanswered})' if hook.unanswered else ''}."
    return f"The application took {hook.latency:.2f} s to answer {_name(hook)}."


def _ran(verbs: Iterable[VerbSeen], began: float, ended: float) -> Iterator[str]:
    for verb in verbs:
        since, until = max(verb.at, began), min(ended if verb.ended_at is None else verb.ended_at, ended)
        if until - since >= SHORTEST:
            yield f"{verb.verb} was running for {until - since:.1f} s of it."


def _voices(records: Iterable[Record], now: float) -> Iterator[tuple[float, float, bool]]:
    """When somebody spoke or something was played: from, to, and whether it was the caller who spoke."""
    speaking: dict[tuple[str, str], float] = {}
    for record in records:
        at = record.at
        match record.what:
            case SpeechStarted(leg=leg, text=text):
                speaking[leg, text] = at
            case Spoken(leg=leg, text=text):
                yield speaking.pop((leg, text), at), at, False
            case Played(seconds=seconds):
                yield at - seconds, at, False
            case Acted(Speak(leg=leg) as speech):
                yield at, min(at + speech.seconds(WORDS_PER_SECOND), now), leg == CALLER
    for since in speaking.values():
        yield since, now, False


def _gap(voices: list[tuple[float, float, bool]]) -> tuple[float, float, bool] | None:
    """The last silence between voices, and whether it came after the caller's words."""
    found, end, callers_end = None, 0.0, float("-inf")
    for since, until, caller in sorted(voices):
        if since - end >= SHORTEST:
            # What the caller interrupts ends together with the words, or a little later.
            found = (end, since, callers_end >= end - SHORTEST)
        end = max(end, until)
        if caller:
            callers_end = max(callers_end, until)
    return found
