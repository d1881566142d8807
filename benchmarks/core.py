"""What the protocol core costs by itself: no sockets, no event loop, one core of one machine.

    python -m benchmarks.core            # a few seconds
    python -m benchmarks.core --long     # steadier

Absolute times say more about the machine than about the library, so each is also given as a ratio to what
`json.loads` takes for the same text in the same run. The aims: parsing and dispatching a typical message
costs at most 1.2 × of that, and a token on its way through the flow machine at most 0.7 ×.
"""

from __future__ import annotations

import argparse
import gc
import itertools
import json
import time
import tracemalloc
from collections.abc import Callable
from typing import Any, TypeAlias

from jambonz_core.audio import AudioApp
from jambonz_core.call import AppCall, Send, WriteText
from jambonz_core.speech import TokenFlow

CALL_SID = "2b9f1c8e-7d36-4f0e-a2b3-9c1d5e6f7a80"
CALL = {
    "call_sid": CALL_SID,
    "direction": "inbound",
    "from": "+15083084809",
    "to": "+15083728299",
    "call_id": "f0414693-bcb6-1238-fba3-06f1ca2e6ce7",
    "sip_status": 200,
    "sip_reason": "OK",
    "call_status": "in-progress",
    "account_sid": "bb845d4b-83a9-4cde-a6e9-50f3743bab3f",
    "trace_id": "29b8ff46bd8f55ac09f0f3f2e2b3b0cc",
    "application_sid": "0e0681b0-d49f-4fb8-b973-b5a3c6758de1",
    "fs_sip_address": "10.0.0.12:5060",
}
SPEECH = {
    "language_code": "en-US",
    "channel_tag": 1,
    "is_final": True,
    "alternatives": [{"confidence": 0.98, "transcript": "I would like to book a table for two"}],
    "vendor": {
        "name": "deepgram",
        "evt": {
            "type": "Results",
            "channel_index": [0, 1],
            "duration": 1.5,
            "is_final": True,
            "channel": {
                "alternatives": [{"transcript": "I would like to book a table for two", "confidence": 0.98}]
            },
        },
    },
}
VERBS: list[dict[str, Any]] = [
    {"verb": "config", "ttsStream": {"enable": True}},
    {"verb": "gather", "input": ["speech"], "actionHook": "/heard", "partialResultHook": "/partial"},
]
MSGID = "dXAwKx3n1uYq6vGQTp4oQ9"

MESSAGES: dict[str, dict[str, Any]] = {
    "verb:hook, the result of a gather": {
        "type": "verb:hook",
        "hook": "/heard",
        "data": {**CALL, "reason": "speechDetected", "speech": SPEECH},
    },
    "verb:hook, a partial result": {
        "type": "verb:hook",
        "hook": "/partial",
        "data": {**CALL, "speech": {**SPEECH, "is_final": False}},
    },
    "call:status": {"type": "call:status", "data": CALL},
    "verb:status": {"type": "verb:status", "data": {"event": "starting", "name": "say", "id": "v1"}},
    "llm:event": {
        "type": "llm:event",
        "hook": "/event",
        "data": {"type": "response.done", "response": SPEECH},
    },
}

TOKENS_PER_RESULT = 10
"""Tokens that a language model gives while one message makes its round trip."""


def running(msgid: str = "m1") -> AppCall:
    """A call in the middle of things."""
    call = AppCall()
    call.connected(0.0)
    new = {"type": "session:new", "msgid": msgid, "call_sid": CALL_SID, "data": CALL}
    call.receive(json.dumps(new), 0.0)
    call.do(Send(VERBS), 0.0)
    call.outgoing()
    call.tick(1.0)
    return call


Thing: TypeAlias = Callable[[], Callable[[], int]]
"""Something to measure: the outer call prepares, the inner one is timed and tells how many it did."""


class Bench:
    """Times things in short rounds that take turns, and keeps the best of each: the least disturbed.

    What is counted is the processor's time of this thread, so that other programs of the machine matter less.
    """

    def __init__(self, rounds: int) -> None:
        self.rounds = rounds

    def best(self, *things: Thing) -> list[float]:
        """Seconds for one of what each thing counts."""
        times: list[list[float]] = [[] for _ in things]
        gc.collect()
        gc.disable()
        try:
            for _ in range(self.rounds):
                for thing, taken in zip(things, times, strict=True):
                    run = thing()
                    begin = time.thread_time()
                    count = run()
                    taken.append((time.thread_time() - begin) / count)
        finally:
            gc.enable()
        return [min(taken) for taken in times]


def row(name: str, seconds: float, reference: float | None, aim: float | None = None) -> None:
    """Print one line of the table."""
    ratio = f"{seconds / reference:8.2f} ×" if reference else f"{'':10}"
    print(f"{name:44} {seconds * 1e6:10.3f} µs {ratio}" + (f"  (aim: {aim} ×)" if aim else ""), flush=True)


def messages(bench: Bench, count: int) -> None:
    """Parse and dispatch: from text to event, with the ack where one is due at once."""
    for name, message in MESSAGES.items():
        # Each message has an id of its own, as on the wire; the texts are made beforehand.
        texts = [
            json.dumps({"msgid": f"{MSGID[:-6]}{number:06}", "call_sid": CALL_SID, **message})
            for number in range(count)
        ]

        def dispatch(texts: list[str] = texts) -> Callable[[], int]:
            # A call never has more than some dozens of hooks open, so a few calls share the messages.
            calls = [(running(), texts[at : at + 50]) for at in range(0, len(texts), 50)]

            def run() -> int:
                for call, part in calls:
                    receive, outgoing = call.receive, call.outgoing
                    for text in part:
                        receive(text, 2.0)
                        outgoing()
                return len(texts)

            return run

        reference, ours = bench.best(parsing(texts), dispatch)
        row(name, ours, reference, 1.2)


def parsing(texts: list[str]) -> Thing:
    """The reference: `json.loads` of the same texts."""

    def run() -> int:
        for text in texts:
            json.loads(text)
        return len(texts)

    return lambda: run


def tokens(bench: Bench, count: int) -> None:
    """One token: written, merged, sent, and its result taken; ten share a message."""
    words = [f"word{number} " for number in range(count)]
    texts = [
        json.dumps({"type": "command", "command": "tts:tokens", "data": {"id": number, "tokens": word}})
        for number, word in enumerate(words)
    ]

    def flow() -> Callable[[], int]:
        machine = TokenFlow(stream_open=True)
        write, outgoing = machine.write, machine.outgoing
        ids = itertools.count(1)

        def run() -> int:
            for number, word in enumerate(words, 1):
                write(word, 0.0)
                if number % TOKENS_PER_RESULT == 0:
                    outgoing()
                    machine.result(next(ids), "ok", "", 0.0)
            return count

        return run

    def call() -> Callable[[], int]:
        core = running()
        do, outgoing, receive = core.do, core.outgoing, core.receive
        results = [
            f'{{"type":"tts:tokens-result","data":{{"id":{id},"status":"ok"}}}}' for id in range(1, count + 1)
        ]

        def run() -> int:
            left = iter(results)
            for number, word in enumerate(words, 1):
                do(WriteText(word), 2.0)
                outgoing()
                if number % TOKENS_PER_RESULT == 0:
                    receive(next(left), 2.0)
                    outgoing()
            return count

        return run

    reference, machine, whole = bench.best(parsing(texts), flow, call)
    row("a token through the flow machine", machine, reference, 0.7)
    row("a token through the whole call, both ways", whole, reference)


def audio(bench: Bench, count: int) -> None:
    """20 ms of audio at 8 kHz, in both directions, against parsing the event that describes a key press."""
    pcm = bytes(range(256)) + bytes(64)
    texts = [json.dumps({"event": "dtmf", "dtmf": "5", "duration": "1600"})] * count

    def stream() -> AudioApp:
        audio = AudioApp(streaming=True)
        audio.receive(json.dumps({"callSid": CALL_SID, "sampleRate": 8000, "mixType": "mono"}), 0.0)
        return audio

    def incoming() -> Callable[[], int]:
        receive = stream().receive_pcm

        def run() -> int:
            for _ in range(count):
                receive(pcm)
            return count

        return run

    def outgoing() -> Callable[[], int]:
        machine = stream()
        send, take = machine.send_pcm, machine.outgoing

        def run() -> int:
            for number in range(count):
                send(pcm, number * 0.02)
                take()
            return count

        return run

    reference, heard, played = bench.best(parsing(texts), incoming, outgoing)
    row("an audio frame that comes", heard, reference)
    row("an audio frame that goes", played, reference)


def memory(calls: int) -> None:
    """What a call that nothing happens on keeps, beside the dict of its first payload."""
    running()
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    payload = {"type": "session:new", "msgid": "m", "call_sid": CALL_SID, "data": CALL}
    parsed = [json.loads(json.dumps(payload)) for _ in range(calls)]
    message = (tracemalloc.get_traced_memory()[0] - before) / calls
    parsed.clear()
    gc.collect()
    before = tracemalloc.get_traced_memory()[0]
    kept = [running(f"m{number}") for number in range(calls)]
    gc.collect()
    whole = (tracemalloc.get_traced_memory()[0] - before) / len(kept)
    tracemalloc.stop()
    print(
        f"{'memory of an idle call':44} {whole:10,.0f} B  {whole / message:8.2f} × its first message, parsed"
    )


def main() -> None:
    """Measure, and print a table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--long", action="store_true", help="more rounds")
    rounds = 200 if options.parse_args().long else 30
    bench = Bench(rounds)
    print(f"{'':44} {'time':>13} {'json.loads':>10}")
    messages(bench, 500)
    tokens(bench, 1000)
    audio(bench, 1000)
    memory(500)


if __name__ == "__main__":
    main()
