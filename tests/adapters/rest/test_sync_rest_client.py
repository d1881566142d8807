"""The sync client against the same server: the same outcomes, from a plain thread."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from jambonz_anyio.rest import ClientClosed, SyncJambonzClient, Timeouts
from jambonz_anyio.rest import _performing as performing
from jambonz_anyio.testing.rest_server import RestServer
from jambonz_core.rest import (
    InvalidRequest,
    NoFeatureServer,
    NotFound,
    NotSent,
    OutcomeUnknown,
    RateLimited,
    Request,
    ServerFailed,
    UnexpectedAnswer,
)
from jambonz_core.rest.reading import json_of
from jambonz_core.wire.errors import RestError

Make = Callable[..., SyncJambonzClient]
DOUBTFUL: list[dict[str, Any]] = [
    {"drop": True},
    {"cut": 5},
    {"hang": True},
    {"hang_after": 5},
    {"status": 500},
]
FAST = Timeouts(connect=0.5, write=0.5, read=0.05, slow=0.05, pool=0.05, total=5.0)


def test_a_call_is_placed_and_hung_up(server: RestServer, sync_client: Make) -> None:
    with sync_client() as client:
        call_sid = client.calls.create(from_="+1", to="+15085551213", application_sid=server.application())
        assert client.calls.get(call_sid)["to"] == "+15085551213"
        assert client.calls.hang_up(call_sid), "it rings: the first word is refused, the second is not"
        assert not client.calls.hang_up(call_sid)
        client.calls.delete(call_sid)
        with pytest.raises(NotFound, match="there is no record of this call"):
            client.calls.get(call_sid)
        server.fail(500)
        with pytest.raises(ServerFailed):
            client.calls.hang_up(call_sid)
        assert repr(client) == f"<SyncJambonzClient {server.url} account {server.account_sid}>"


def test_walking_through_pages(server: RestServer, sync_client: Make) -> None:
    server.recent_calls = [{"call_sid": f"c{number}"} for number in range(5)]
    client = sync_client()
    rows = client.recent_calls.iterate(page_size=2)
    assert rows.total is None
    assert [row["call_sid"] for row in rows] == [f"c{number}" for number in range(5)]
    assert rows.total == 5
    assert rows.all() == []


def test_waits_between_tries(server: RestServer, sync_client: Make, waits: list[float]) -> None:
    server.fail(429, headers={"retry-after": "5"})
    assert sync_client().calls.count() == {"inbound": 0, "outbound": 0}
    assert waits == [5.25]
    server.calls.feature_servers = 0
    with pytest.raises(NoFeatureServer) as caught:
        sync_client().calls.create(from_="+1", to="+12", application_sid=server.application())
    assert caught.value.__notes__ == ["tried 4 times, waiting 1.8 s"]
    server.fail(429)
    with pytest.raises(RateLimited):
        sync_client(retries=False).calls.count()


@pytest.mark.parametrize("carried_out", [True, False])
def test_a_call_is_never_placed_twice(server: RestServer, sync_client: Make, carried_out: bool) -> None:
    client = sync_client(timeouts=FAST)
    for number, fault in enumerate(DOUBTFUL, 1):
        server.fail(carried_out=carried_out, **fault)
        with pytest.raises(RestError):
            client.calls.create(from_="+1", to="+12", application_sid=server.application())
        assert len(server.requests) == number, fault


def test_time_outs_are_named(server: RestServer, sync_client: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    client = sync_client(timeouts=FAST)
    server.fail(hang=True)
    with pytest.raises(OutcomeUnknown) as read:
        client.calls.count()
    assert read.value.timed_out == "read"
    # Every reading of the clock is a minute later: the pieces come in time, the whole does not.
    minutes = count(0, 60)
    monkeypatch.setattr(performing, "monotonic", lambda: float(next(minutes)))
    server.captures["a"] = b"x"
    with pytest.raises(OutcomeUnknown, match="not finished within 50 s") as total:
        sync_client(timeouts=Timeouts(total=50.0)).recent_calls.pcap("a")
    assert total.value.timed_out == "total"


def test_no_connection(waits: list[float]) -> None:
    client = SyncJambonzClient("http://127.0.0.1:1", api_key="k", sleep=waits.append, chance=lambda: 0.0)
    with client, pytest.raises(NotSent, match=r"no connection to http://127\.0\.0\.1:1"):
        client.account.list()
    assert waits == [0.0] * 3


def test_answers_of_the_wrong_kind(server: RestServer, sync_client: Make) -> None:
    server.fail(200, "<html>login</html>", "text/html")
    with pytest.raises(UnexpectedAnswer, match="18 bytes of text/html instead of JSON"):
        sync_client().calls.count()


def test_your_own_requests(server: RestServer, sync_client: Make) -> None:
    client = sync_client()
    [account] = client.send(Request("accounts", "GET", "/v1/Accounts", json_of))
    assert account["account_sid"] == client.account_sid
    with pytest.raises(InvalidRequest, match="in the URL"):
        client.send(Request("bad", "GET", "/v1/x\x00", json_of))


def test_an_answer_without_end_is_not_read(
    server: RestServer, sync_client: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jambonz_anyio.rest._exchange.ANSWER_BYTES", 1000)
    server.captures["a"] = b"x" * 2000
    client = sync_client()
    with pytest.raises(UnexpectedAnswer, match="the answer is larger than 1000 bytes"):
        client.recent_calls.pcap("a")
    assert client.calls.count() == {"inbound": 0, "outbound": 0}


def test_threads_share_a_client(server: RestServer, sync_client: Make) -> None:
    client = sync_client()
    counts: list[object] = []
    threads = [threading.Thread(target=lambda: counts.append(client.calls.count())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts == [{"inbound": 0, "outbound": 0}] * 8


def test_connections_that_the_server_closed_meanwhile(server: RestServer, sync_client: Make) -> None:
    client = sync_client(retries=False)
    for _ in range(3):
        client.calls.count()
        server.drop_idle()
    assert len(server.requests) == 3


def test_a_closed_client_says_so(sync_client: Make) -> None:
    client = sync_client()
    client.close()
    with pytest.raises(ClientClosed, match="the client is closed"):
        client.calls.count()


def test_without_sockets(server: RestServer, library: Any) -> None:
    client = SyncJambonzClient(
        "https://api.example.com",
        server.account_sid,
        server.api_key,
        transport=server.transport(library),
        retries=False,
    )
    with client:
        assert client.conferences.list() == []
        for fault in DOUBTFUL[:4]:
            server.fail(**fault)
            with pytest.raises(OutcomeUnknown):
                client.calls.count()


def test_the_key_is_in_no_log_line(
    server: RestServer, sync_client: Make, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    sync_client().calls.count()
    assert caplog.records
    assert server.api_key not in caplog.text
