"""Outbound calls that the same process serves: met, failed, given up, on every event loop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anyio
import httpx2
import pytest

from jambonz_anyio.rest import JambonzClient
from jambonz_anyio.rest import place as placing_module
from jambonz_anyio.rest import placements as placements_module
from jambonz_anyio.rest.place import place
from jambonz_anyio.rest.placements import Placements
from jambonz_anyio.testing.rest_server import RestServer
from jambonz_core.rest import BadRequest, CallFailed, InvalidRequest, OutcomeUnknown
from jambonz_core.rest.placing import NONCE_KEY, failure_of, nonce_of, tagged
from jambonz_core.wire.errors import CallEnded, JambonzError

pytestmark = pytest.mark.anyio
FIELDS: dict[str, Any] = {"from_": "+15085551212", "to": "+15085551213"}


class FakeCall:
    def __init__(self, *, trouble: Exception | None = None, stuck: bool = False) -> None:
        self.hung_up = 0
        self._trouble = trouble
        self._stuck = stuck

    async def hangup(self) -> None:
        self.hung_up += 1
        if self._stuck:
            await anyio.sleep_forever()
        if self._trouble is not None:
            raise self._trouble


class FakeApp:
    """What an application does with sessions and statuses, and nothing else."""

    def __init__(self, server: RestServer) -> None:
        self.placements: Placements[FakeCall] = Placements(FakeCall.hangup)
        self.tags: list[dict[str, Any]] = []
        self.calls: list[FakeCall] = []
        self.served: list[str] = []
        self.server = server
        server.calls.on_create = self._created
        self.on_create: Callable[[dict[str, Any]], object] = lambda data: None

    def _created(self, sid: str, body: dict[str, Any]) -> None:
        self.tags.append(body["tag"])
        self.on_create({"call_sid": sid, "customerData": body["tag"]})

    async def session(self, data: dict[str, Any], call: FakeCall | None = None) -> None:
        call = call or FakeCall()
        self.calls.append(call)
        claim = self.placements.claim(data, call)
        if claim is None:
            self.served.append("route")
        else:
            await claim.serve()
            self.served.append("turned away" if claim.turned_away else "block")


@pytest.fixture
def server() -> RestServer:
    return RestServer()  # no sockets: clients use its transport


@pytest.fixture
def app(server: RestServer) -> FakeApp:
    return FakeApp(server)


@pytest.fixture
def client(server: RestServer) -> JambonzClient:
    return JambonzClient(
        "https://api.example.com",
        server.account_sid,
        server.api_key,
        transport=server.transport(),
        retries=False,
    )


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time runs out quickly where it has to; elsewhere it never does."""
    monkeypatch.setattr(placing_module, "RING_SECONDS", 30)
    monkeypatch.setattr(placing_module, "HANG_UP_SECONDS", 5.0)


async def test_the_session_comes_after_the_answer(
    server: RestServer, app: FakeApp, client: JambonzClient
) -> None:
    async with anyio.create_task_group() as tasks:
        app.on_create = lambda data: tasks.start_soon(app.session, data)
        async with place(
            app.placements, client, application_sid=server.application(), tag={"order": 7}, **FIELDS
        ) as call:
            assert call is app.calls[0]
            assert app.served == []
            assert app.tags[0]["order"] == 7
    assert app.calls[0].hung_up == 0
    assert app.served == ["block"]
    assert len(app.placements) == 0


async def test_the_session_comes_before_the_answer(server: RestServer, app: FakeApp) -> None:
    class Silent(httpx2.AsyncBaseTransport):
        """The request arrives and has its effect; no answer ever comes."""

        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            await server.transport().handle_async_request(request)
            await anyio.sleep_forever()
            raise AssertionError

    client = JambonzClient("https://a.b", server.account_sid, server.api_key, transport=Silent())
    async with client, anyio.create_task_group() as tasks:
        app.on_create = lambda data: tasks.start_soon(app.session, data)
        async with place(app.placements, client, {"application_sid": server.application()}, **FIELDS) as call:
            assert call is app.calls[0]


@pytest.mark.parametrize(
    ("status", "sip_status", "said"),
    [
        ("busy", 486, r"the called party is busy \(486 Busy Here\)"),
        ("no-answer", 487, "nobody answered"),
        ("failed", 404, "the call failed"),
        ("completed", 200, "the call ended before it could be met"),
    ],
)
async def test_the_failure_of_that_very_call(
    server: RestServer, app: FakeApp, client: JambonzClient, status: str, sip_status: int, said: str
) -> None:
    def statuses(data: dict[str, Any]) -> None:
        others = data | {"customerData": tagged(None, "another"), "call_status": "failed"}
        assert not app.placements.observe(others)
        assert app.placements.observe(data | {"call_status": "ringing"})
        news = {"call_status": status, "sip_status": sip_status, "sip_reason": "Busy Here"}
        assert app.placements.observe(data | news)
        assert app.placements.observe(data | news | {"call_status": "failed"}), "the first one counts"

    app.on_create = statuses
    with pytest.raises(CallFailed, match=said) as caught:
        async with place(app.placements, client, application_sid=server.application(), **FIELDS):
            raise AssertionError("nobody answered")
    assert (caught.value.call_status, caught.value.sip_status) == (status, sip_status)
    assert caught.value.call_sid in server.calls.records
    assert len(server.requests) == 1, "what is over is not hung up"


async def test_what_the_request_raises_comes_out_as_it_is(
    server: RestServer, app: FakeApp, client: JambonzClient
) -> None:
    misspelt: Any = {"colour": "red"}
    server.calls.applications = set()
    with pytest.raises(BadRequest):
        async with place(app.placements, client, application_sid=server.application(), **FIELDS):
            raise AssertionError
    with pytest.raises(InvalidRequest, match="a call needs"):
        async with place(app.placements, client, **FIELDS):
            raise AssertionError
    with pytest.raises(TypeError, match="colour"):
        async with place(app.placements, client, **misspelt):
            raise AssertionError
    with pytest.raises(InvalidRequest, match="tag must be an object"):
        async with place(app.placements, client, {"tag": 7}, **FIELDS):
            raise AssertionError
    with pytest.raises(InvalidRequest, match="tag is given twice"):
        async with place(app.placements, client, {"tag": {"a": 1}}, tag={"a": 2}, **FIELDS):
            raise AssertionError
    assert len(app.placements) == 0


async def test_a_session_that_comes_after_all_is_turned_away(
    server: RestServer, app: FakeApp, client: JambonzClient
) -> None:
    server.fail(drop=True, carried_out=True)
    with pytest.raises(OutcomeUnknown):
        async with place(app.placements, client, application_sid=server.application(), **FIELDS):
            raise AssertionError
    data = {"customerData": app.tags[0]}
    await app.session(data)
    assert app.served == ["turned away"]
    assert app.calls[0].hung_up == 1
    assert not app.placements.observe(data)
    # Once is enough: a second session with the same tag is a call of its own.
    await app.session(data)
    assert app.served == ["turned away", "route"]


async def test_a_session_that_comes_after_the_failure_is_turned_away(app: FakeApp) -> None:
    expected = app.placements.expect("n1")
    expected.fail(CallFailed("busy"))
    await app.session({"customerData": tagged(None, "n1")})
    assert app.served == ["turned away"]


async def test_sessions_that_nobody_placed_go_to_their_route(app: FakeApp) -> None:
    for data in (
        {},
        {"customerData": None},
        {"customerData": {"order": 7}},
        {"customerData": {NONCE_KEY: 7}},
        {"customerData": {NONCE_KEY: ""}},
        {"customerdata": {NONCE_KEY: "of another process"}},
    ):
        await app.session(data)
        assert not app.placements.observe(data)
    assert app.served == ["route"] * 6


async def test_how_many_are_remembered_is_bounded(app: FakeApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(placements_module, "ABANDONED", 2)
    for number in range(3):
        app.placements.forget(app.placements.expect(f"n{number}"))
    for number in range(3):
        await app.session({"customer_data": tagged(None, f"n{number}")})
    assert app.served == ["route", "turned away", "turned away"]


async def test_a_block_that_raises_hangs_up(server: RestServer, app: FakeApp, client: JambonzClient) -> None:
    async with anyio.create_task_group() as tasks:
        app.on_create = lambda data: tasks.start_soon(app.session, data)
        with pytest.raises(ValueError, match="the reason"):
            async with place(app.placements, client, application_sid=server.application(), **FIELDS):
                raise ValueError("the reason")
    assert app.calls[0].hung_up == 1
    assert app.served == ["block"]


@pytest.mark.parametrize(
    ("call", "notes"),
    [
        (FakeCall(trouble=CallEnded("it is over")), []),
        (FakeCall(trouble=JambonzError("the line is dead")), ["hanging up failed: the line is dead"]),
        (FakeCall(stuck=True), ["hanging up did not finish within 0.01 s"]),
    ],
)
async def test_trouble_in_hanging_up_is_a_note(
    server: RestServer,
    app: FakeApp,
    client: JambonzClient,
    monkeypatch: pytest.MonkeyPatch,
    call: FakeCall,
    notes: list[str],
) -> None:
    monkeypatch.setattr(placing_module, "HANG_UP_SECONDS", 0.01)
    async with anyio.create_task_group() as tasks:
        app.on_create = lambda data: tasks.start_soon(app.session, data, call)
        with pytest.raises(ValueError, match="the reason") as caught:
            async with place(app.placements, client, application_sid=server.application(), **FIELDS):
                raise ValueError("the reason")
        assert getattr(caught.value, "__notes__", []) == notes


async def test_a_block_that_is_cancelled_hangs_up(
    server: RestServer, app: FakeApp, client: JambonzClient
) -> None:
    async with anyio.create_task_group() as tasks:
        app.on_create = lambda data: tasks.start_soon(app.session, data)
        with anyio.CancelScope() as scope:
            async with place(app.placements, client, application_sid=server.application(), **FIELDS):
                scope.cancel()
                await anyio.sleep_forever()
        assert scope.cancelled_caught
    assert app.calls[0].hung_up == 1
    assert app.served == ["block"]


async def test_cancelled_while_it_rings(server: RestServer, app: FakeApp, client: JambonzClient) -> None:
    with anyio.CancelScope() as scope:
        # The answer is read after this; the cancellation is seen when the block waits for the session.
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_cancel_when_answered, server, scope)
            async with place(app.placements, client, application_sid=server.application(), **FIELDS):
                raise AssertionError
    assert scope.cancelled_caught
    [record] = server.calls.records.values()
    assert record["call_status"] == "no-answer", "hung up over REST"
    await app.session({"customerData": app.tags[0]})
    assert app.served == ["turned away"]


async def _cancel_when_answered(server: RestServer, scope: anyio.CancelScope) -> None:
    while not server.requests:
        await anyio.lowlevel.checkpoint()
    await anyio.wait_all_tasks_blocked()
    scope.cancel()


async def test_met_and_cancelled_at_once(server: RestServer, app: FakeApp, client: JambonzClient) -> None:
    with anyio.CancelScope() as scope:
        async with anyio.create_task_group() as tasks:

            def meet(data: dict[str, Any]) -> None:
                tasks.start_soon(app.session, data)
                scope.cancel()

            app.on_create = meet
            async with place(app.placements, client, application_sid=server.application(), **FIELDS):
                raise AssertionError
    assert scope.cancelled_caught
    # The session's task was cancelled with the block, or its call was hung up: nothing is left running.
    assert all(call.hung_up for call in app.calls if app.served)


async def test_the_status_is_looked_up_when_nobody_tells_it(
    server: RestServer, app: FakeApp, client: JambonzClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(placing_module, "LOOK_SECONDS", 0.001)

    def rejected(data: dict[str, Any]) -> None:
        server.fail(500)  # the answer to the first look; the second one tells
        server._faults.appendleft(server._faults.pop())
        server.calls.set_status(data["call_sid"], "busy", 486, sip_reason="Busy Here")

    app.on_create = rejected
    with pytest.raises(CallFailed, match="busy"):
        async with place(app.placements, client, application_sid=server.application(), **FIELDS):
            raise AssertionError
    assert [request.method for request in server.requests] == ["POST", "GET", "GET"]


@pytest.mark.parametrize(
    ("status", "said"),
    [("in-progress", "does its hook lead elsewhere"), ("ringing", "nothing was heard of the call in time")],
)
async def test_time_runs_out(
    server: RestServer,
    app: FakeApp,
    client: JambonzClient,
    monkeypatch: pytest.MonkeyPatch,
    status: str,
    said: str,
) -> None:
    monkeypatch.setattr(placing_module, "RING_SECONDS", 0.01)
    monkeypatch.setattr(placing_module, "SLACK_SECONDS", 0.0)
    app.on_create = lambda data: server.calls.set_status(data["call_sid"], status, 180)
    with pytest.raises(CallFailed, match=said) as caught:
        async with place(app.placements, client, application_sid=server.application(), **FIELDS):
            raise AssertionError
    assert caught.value.call_status == status
    [record] = server.calls.records.values()
    assert record["call_status"] in ("completed", "no-answer"), "hung up over REST"


async def test_time_runs_out_and_the_server_is_away(
    server: RestServer, app: FakeApp, client: JambonzClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(placing_module, "RING_SECONDS", 0.01)
    monkeypatch.setattr(placing_module, "SLACK_SECONDS", 0.0)

    def gone(data: dict[str, Any]) -> None:
        server._faults.clear()
        server.fail(drop=True, times=9)

    app.on_create = gone
    with pytest.raises(CallFailed, match="nothing was heard") as caught:
        async with place(app.placements, client, application_sid=server.application(), **FIELDS):
            raise AssertionError
    assert caught.value.call_status == "unknown"
    assert caught.value.__notes__[0].startswith("hanging up failed: calls.hang_up:")


async def test_time_runs_out_before_the_answer(app: FakeApp, monkeypatch: pytest.MonkeyPatch) -> None:
    class Never(httpx2.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            await anyio.sleep_forever()
            raise AssertionError

    monkeypatch.setattr(placing_module, "SLACK_SECONDS", -0.99)
    sid = app.server.account_sid
    client = JambonzClient("https://a.b", sid, "k", transport=Never())
    with pytest.raises(CallFailed, match="nothing was heard") as caught:
        async with client, place(app.placements, client, application_sid=sid, timeout=1, **FIELDS):
            raise AssertionError
    assert (caught.value.call_sid, caught.value.call_status) == ("", "unknown")


def test_statuses_that_leave_hope() -> None:
    for status in ("trying", "ringing", "early-media", "in-progress", "queued", None, 7):
        assert failure_of({"call_status": status}) is None
    failure = failure_of({"call_status": "failed", "sip_status": "x", "call_sid": None})
    assert failure is not None
    assert (str(failure), failure.sip_status, failure.call_sid) == ("the call failed", None, "")
    assert nonce_of({"customerData": tagged({"a": 1}, "n")}) == "n"
