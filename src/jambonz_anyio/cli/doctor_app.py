"""What `jambonz doctor` looks at in an application: what it serves, and how it does in a few calls.

Each path is called in memory, by a caller who listens, talks and presses keys as an ordinary person would,
once as a v10 server would do it and once as an open-source 0.9 server. The server for which the application
is made decides about faults; what only the other one would not like is a note.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from jambonz_core.simulator import CALLER, Answer, HookAnswered, LegChanged
from jambonz_core.wire.events import HookEvent
from jambonz_core.wire.limits import CONTROL_SUBPROTOCOL

from ..testing import AppFailed, AppLogged, Checks, ExpectationFailed, LeakedTasks, Phone, Record, dial, run
from ..transport import HttpRequest, HttpResponse, Peer
from .app_loader import undeclared
from .doctor_findings import DoctorSettings, Finding, Weight, count
from .errors import plain_error
from .event_loops import only

if TYPE_CHECKING:
    from .. import Inbox
    from ..app import App

TURNS = 6
"""What the caller does at most: say something, or press a key."""

TRIES = 5
TRY_SECONDS = 1.0
"""How long the caller finds out what is waited for: so often, each time so much silence for words, and for
keys."""

STOOD_STILL_SECONDS = 1.0
"""Of a real second that nothing could happen in, something is to be said."""

WORDS = "hello"
KEYS = "1"

_GUARDED = "connections without credentials are refused"
_REFUSED = f"{_GUARDED}: --user NAME:PASSWORD lets calls in"

_CAPTURE = re.compile(r"\{[^}]*\}|\*")


def look_at_app(app: App, settings: DoctorSettings) -> Iterator[Finding]:
    """What the application serves, and how its calls go."""
    topic = "application"
    routes = {kind: patterns for kind, patterns in app.routes.items() if patterns}
    served = "; ".join(f"{kind}: {', '.join(patterns)}" for kind, patterns in routes.items())
    if not routes:
        yield Finding(topic, Weight.FAULT, "it serves nothing: there is no @app.call(path)")
        return
    yield Finding(topic, Weight.OK, f"loaded, made for {app.profile.name}; {served}")
    doors = run(_look_at_doors, app, settings, backend=_backend(settings))
    yield from doors
    if not settings.calls or any(finding.text == _REFUSED for finding in doors):
        return
    for pattern in routes.get("call", ()):
        seen: set[str] = set()
        for profile in sorted(("v10", "0.9"), key=lambda name: name != app.profile.name):
            found = _look_at_calls(app, pattern, profile, settings)
            # What both kinds of server find is told once, by the kind that matters.
            fresh = [finding for finding in found if finding.text not in seen]
            seen |= {finding.text for finding in found}
            yield from fresh


def _backend(settings: DoctorSettings) -> Any:
    return "trio" if settings.backend == "trio" else "asyncio"


def path_of(pattern: str) -> str:
    """A path that the pattern serves.

    >>> path_of("/tenants/{tenant}/*")
    '/tenants/x/x'
    """
    path = _CAPTURE.sub("x", pattern)
    return path if path.startswith("/") else f"/{path}"


# --- before a call ------------------------------------------------------------------------------------------


async def _look_at_doors(app: App, settings: DoctorSettings) -> list[Finding]:
    """What the application answers before there is a call: the portal, and whoever has no credentials."""
    topic = "application"
    found: list[Finding] = []
    patterns = [pattern for kind in ("call", "webhook", "audio") for pattern in app.routes[kind]]
    path = path_of(patterns[0])
    answer = await app.respond(HttpRequest("OPTIONS", Peer(path)))
    found += portal_findings(answer, settings.env)
    if app.routes["call"]:
        request = HttpRequest("GET", Peer(path), subprotocols=(CONTROL_SUBPROTOCOL,))
        if isinstance(await app.admit(request), HttpResponse):
            found.append(Finding(topic, Weight.OK, _REFUSED if settings.credentials is None else _GUARDED))
        else:
            text = "whoever reaches the port is served: App(auth=(name, password)) asks for credentials"
            found.append(Finding(topic, Weight.NOTE, text))
    return found


def portal_findings(answer: HttpResponse, env: Mapping[str, str]) -> Iterator[Finding]:
    """What the portal makes of the answer to its question for variables; `env` are those at hand."""
    topic = "application"
    if answer.status == 204:
        yield Finding(topic, Weight.OK, "it declares no variables for the portal")
        yield from (Finding(topic, Weight.FAULT, fault) for fault in undeclared(env, {}))
        return
    try:
        declared = json.loads(answer.body) if answer.status == 200 else None
    except ValueError:
        declared = None
    if not isinstance(declared, dict):
        yield Finding(topic, Weight.FAULT, f"the portal's question for variables is answered {answer.status}")
        return
    yield Finding(topic, Weight.OK, f"variables for the portal: {', '.join(declared)}")
    yield from (Finding(topic, Weight.FAULT, fault) for fault in undeclared(env, declared))
    needed = [name for name, entry in declared.items() if entry.get("required") and "default" not in entry]
    missing = [name for name in needed if name not in env]
    if missing:
        yield Finding(topic, Weight.NOTE, f"calls need --env {missing[0]}=… here: it is required")


# --- calls --------------------------------------------------------------------------------------------------


def _look_at_calls(app: App, pattern: str, profile: str, settings: DoctorSettings) -> list[Finding]:
    """One call to a path, by one kind of server."""
    topic = f"call to {pattern}" if profile == app.profile.name else f"call to {pattern}, from {profile}"
    try:
        return run(_call, app, path_of(pattern), profile, topic, settings, backend=_backend(settings))
    except LeakedTasks as leaked:
        return [Finding(topic, Weight.FAULT, str(leaked))]
    except Exception as error:
        return [Finding(topic, Weight.FAULT, plain_error(only(error)))]


async def _call(app: App, path: str, profile: str, topic: str, settings: DoctorSettings) -> list[Finding]:
    checks = Checks(unanswered="ignore", app_errors="ignore", leftovers="ignore")
    failure = ""
    unclaimed: list[str] = []
    pauses = _Pauses()
    phone: Phone | None = None
    try:
        async with dial(
            app,
            path,
            profile=profile,
            env_vars=settings.env or None,
            credentials=settings.credentials,
            checks=checks,
        ) as phone:
            phone.watch(lambda record: pauses.look(record.at))
            async with _watching_for_unclaimed(app, phone, unclaimed):
                await _converse(phone)
    except ExpectationFailed as unmet:
        failure = str(unmet).partition("\n")[0]
    assert phone is not None
    worst = Weight.FAULT if profile == app.profile.name else Weight.NOTE
    found = [Finding(topic, *judgement) for judgement in _judge(phone, worst)]
    for hook in dict.fromkeys(unclaimed):
        text = (
            f"nobody receives the hook {hook}: it was answered with nothing (result(), on() or hooks() would)"
        )
        found.append(Finding(topic, min(Weight.WARNING, worst, key=_rank), text))
    if failure:
        found.append(Finding(topic, worst, failure))
    if pauses.longest > STOOD_STILL_SECONDS:
        text = (
            f"something blocks the event loop for {pauses.longest:.1f} s, and all calls wait for it: "
            "await it, or have a thread do it (anyio.to_thread.run_sync)"
        )
        found.append(Finding(topic, Weight.WARNING, text))
    if not found:
        ran = f"{count(len(phone.verbs), 'verb')} ran, {count(len(phone.hooks), 'hook')} came"
        found.append(Finding(topic, Weight.OK, f"{ran}, nothing is wrong"))
    return found


class _Pauses:
    """Looks for time that has passed outside and not in the call: nothing else could happen then.

    The time of a call jumps over what is waited for, and follows the real one while a thread or socket works.
    """

    def __init__(self) -> None:
        self.longest = 0.0
        self._real = time.monotonic()
        self._virtual = 0.0

    def look(self, virtual: float) -> None:
        """Compare the real time with the call's, at a point where something has happened."""
        real = time.monotonic()
        self.longest = max(self.longest, real - self._real - (virtual - self._virtual))
        self._real, self._virtual = real, virtual


async def _converse(phone: Phone) -> None:
    """Be an ordinary caller, until there is nothing more to say. Whoever is dialled picks up."""

    def pick_up(record: Record) -> None:
        what = record.what
        if isinstance(what, LegChanged) and what.leg != CALLER and what.status in ("trying", "ringing"):
            phone.act(Answer(what.leg))

    phone.watch(pick_up)
    for _ in range(TURNS):
        if not await _say_or_press(phone):
            return


async def _say_or_press(phone: Phone) -> bool:
    """Do whichever the application waits for. False: for a while it was neither, or the call is over."""
    for _ in range(TRIES):
        for act, what in ((phone.says, WORDS), (phone.presses, KEYS)):
            try:
                await act(what, timeout=TRY_SECONDS)
            except ExpectationFailed:
                if phone.over:
                    return False
            else:
                return True
    return False


@asynccontextmanager
async def _watching_for_unclaimed(app: App, phone: Phone, unclaimed: list[str]) -> AsyncIterator[None]:
    """Collect the hooks that nobody in the application receives: they show up among a call's events."""
    inboxes: list[Inbox[Any]] = []

    def watch(record: Record) -> None:
        call = app.calls.get(phone.call_sid)
        if isinstance(record.what, HookAnswered) and call is not None and not inboxes:
            inboxes.append(call.events())

    phone.watch(watch)
    yield
    for inbox in inboxes:
        came = [await anext(inbox) for _ in range(len(inbox))]
        inbox.close()
        unclaimed += [event.hook for event in came if isinstance(event, HookEvent) and event.hook]


def _judge(phone: Phone, worst: Weight) -> Iterator[tuple[Weight, str]]:
    """What a call shows to be wrong."""
    failed = any(getattr(record.what, "error", None) is not None for record in phone.records)
    for record in phone.records:
        what = record.what
        if isinstance(what, AppFailed):
            yield worst, f"it failed: {plain_error(what.error)}"
        elif isinstance(what, AppLogged):
            told = what.message.replace(f"[{phone.call_sid}] ", "", 1)
            error = f": {plain_error(what.error)}" if what.error is not None else ""
            yield (worst if what.error is not None else min(Weight.WARNING, worst, key=_rank)), told + error
    for hook in phone.hooks:
        if hook.unanswered.startswith(("timeout", "status ")):
            yield worst, f"{hook.type} {hook.hook} got no answer: {hook.unanswered}".replace("  ", " ")
    for warned in {warned.code: warned for warned in phone.warnings}.values():
        if failed and warned.code == "verb-skipped" and warned.text.startswith("sip:decline "):
            # That is how the library ends a call of which it does not know yet that it was answered.
            continue
        weight = worst if warned.fault else min(Weight.NOTE, worst, key=_rank)
        yield weight, f"{warned.code}: {warned.text} {warned.hint}".strip()


def _rank(weight: Weight) -> int:
    return list(Weight).index(weight)
