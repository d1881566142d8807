"""The same inputs at the same times give the same outputs, to the last byte, whatever the interpreter's seed is."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

WARNINGS = """
import random
from jambonz_core.schemas import BUILTIN
from jambonz_core.simulator import CallSetup, SimulatorOptions
from jambonz_core.simulator.verbs.verb_checks import faults_of
from jambonz_core.simulator.world import World
from jambonz_core.verbs.profiles import V0_9, V10

chance = random.Random(5)
values = [1, "a", None, [], {}, {"vendor": 1, "q": 2}, [{"a": 1}], {"url": 3, "ab": 1}]
for profile in (V0_9, V10):
    for verb in sorted(BUILTIN.verbs):
        names = sorted(set(BUILTIN[BUILTIN.verbs[verb]].get("properties", ())) - {"verb"})
        for _ in range(10):
            given = {name: chance.choice(values) for name in chance.sample(names, min(len(names), 3))}
            world = World(profile, CallSetup(), SimulatorOptions())
            print(faults_of([{**given, "verb": verb, "zz": 1}], world), world.events)
"""

CALL = """
import json
from jambonz_core.simulator import CallEngine, HangUp, PressKeys, Speak
from jambonz_core.verbs.profiles import V0_9

first = [
    {"verb": "config", "notifyEvents": True, "bargeIn": {"enable": True, "sticky": True, "actionHook": "/b"}},
    {"verb": "say", "text": "What can I do for you?"},
    {"verb": "dial", "target": [{"type": "phone", "number": "1"}], "actionHook": "/d"},
]
for profile in (None, V0_9):
    engine = CallEngine("ws://app.example/", **({"profile": profile} if profile else {}))
    events = engine.start(0.0) + engine.connected(1, 0.0)
    acts = {1.0: Speak("one two three"), 4.0: PressKeys("12#"), 8.0: HangUp()}
    for step in range(100):
        now = step / 10
        events += engine.tick(now)
        if now in acts:
            events += engine.act(acts[now], now)
        for _, frame in engine.outgoing():
            print(frame)
            message = json.loads(frame)
            if message["type"] in {"session:new", "verb:hook"}:
                data = first if message["type"] == "session:new" else []
                ack = {"type": "ack", "msgid": message["msgid"], "data": data}
                events += engine.receive(1, json.dumps(ack), now)
    print(events)
"""


@pytest.mark.parametrize("script", [WARNINGS, CALL], ids=["warnings", "a call"])
def test_every_run_is_the_same(script: str) -> None:
    told = [
        subprocess.run(
            [sys.executable, "-c", script],
            capture_output=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": str(seed)},
        ).stdout
        for seed in (1, 2, 3)
    ]
    assert len(told[0]) > 5000
    assert told[0] == told[1] == told[2]
