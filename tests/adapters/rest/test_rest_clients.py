"""The async client against a server on loopback: what works, what fails and how, on every event loop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from jambonz_anyio.rest import JambonzClient
from jambonz_anyio.testing.rest_server import RestServer
from jambonz_core.rest import (
    BadRequest,
    Conflict,
    NotAllowed,
    NotAuthenticated,
    NotFound,
    Request,
    ServerFailed,
    UnexpectedAnswer,
)
from jambonz_core.rest.reading import json_of

pytestmark = pytest.mark.anyio

Make = Callable[..., JambonzClient]


async def test_a_call_is_placed_steered_and_hung_up(server: RestServer, async_client: Make) -> None:
    async with async_client() as client:
        call_sid = await client.calls.create(
            {"from": "+15085551212", "to": {"type": "phone", "number": "+15085551213"}},
            application_sid=server.application(),
            tag={"order": 7},
        )
        assert call_sid.call_id == f"{call_sid}@sbc"
        assert await client.calls.count() == {"inbound": 0, "outbound": 1}
        server.calls.set_status(call_sid, "in-progress", 200, duration="3")
        info = await client.calls.get(call_sid)
        assert (info["call_status"], info["sip_status"], info.get("duration")) == ("in-progress", 200, 3)
        await client.calls.mute(call_sid, "mute")
        await client.calls.boost_audio_signal(call_sid, 0)
        assert await client.calls.sip_request(call_sid, "INFO", content_type="text/plain", content="x") == {
            "status": 200,
            "reason": "OK",
        }
        assert await client.calls.hang_up(call_sid)
        assert not await client.calls.hang_up(call_sid)
        assert [body for _, body in server.calls.updates] == [
            {"mute_status": "mute"},
            {"boostAudioSignal": "0 dB"},
            {"sip_request": {"method": "INFO", "content_type": "text/plain", "content": "x"}},
            {"call_status": "completed"},
        ]
        assert await client.calls.list(call_status="in-progress") == []
        assert len(await client.calls.list()) == 1, "the empty entry of the unfiltered list is left out"


async def test_hanging_up_a_call_that_rings(server: RestServer, async_client: Make) -> None:
    async with async_client() as client:
        call_sid = await client.calls.create(from_="+1", to="+12", application_sid=server.application())
        assert await client.calls.hang_up(call_sid)
        assert server.calls.records[call_sid]["call_status"] == "no-answer"
        await client.calls.delete(call_sid)
        assert not await client.calls.hang_up(call_sid)


async def test_walking_through_histories_in_their_own_dialect(server: RestServer, async_client: Make) -> None:
    server.recent_calls = [{"call_sid": f"c{number}", "duration": str(number)} for number in range(7)]
    server.alerts = [{"time": str(number), "alert_type": "no-tts"} for number in range(3)]
    async with async_client() as client:
        rows = client.recent_calls.iterate(page_size=3)
        assert rows.total is None
        found = []
        async for row in rows:
            found.append((row["call_sid"], row["duration"]))
            if len(found) == 1:
                # A new call, which pushes an old one over to the next page.
                server.recent_calls.insert(0, {"call_sid": "new"})
        assert found == [(f"c{number}", number) for number in range(7)]
        assert rows.total == 8
        assert [alert["time"] for alert in await client.alerts.iterate(page_size=2).all()] == ["0", "1", "2"]
        page = await client.recent_calls.page(3, page_size=3)
        assert (page.number, page.total, [row["call_sid"] for row in page.rows]) == (3, 8, ["c5", "c6"])
    assert [request.query["page"] for request in server.requests[:3]] == ["1", "2", "3"]


async def test_walking_through_tables_in_the_other_dialect(server: RestServer, async_client: Make) -> None:
    names = [f"app {number}" for number in range(5)]
    for name in names:
        server.application(name=name)
    async with async_client() as client:
        found = [row["name"] async for row in client.applications.iterate(page_size=2)]
        assert found == names
        assert len(await client.applications.list("app 3")) == 1
        # A loop that is left early leaves nothing behind.
        async for row in client.applications.iterate(page_size=2):
            assert row["name"] == "app 0"
            break


async def test_stored_things_go_round(server: RestServer, async_client: Make) -> None:
    async with async_client() as client:
        sid = await client.applications.create(
            "bot",
            call_hook="wss://app.example.com/bot",
            call_status_hook="https://app.example.com/status",
            record_all_calls=True,
        )
        row = await client.applications.get(sid)
        assert row["record_all_calls"] is True
        await client.applications.update(sid, row, name="bot 2")
        assert (await client.applications.get(sid))["name"] == "bot 2"
        with pytest.raises(Conflict, match="the name is taken"):
            await client.applications.create("bot 2", call_hook="https://a.b", call_status_hook="https://a.b")
        await client.applications.delete(sid)
        with pytest.raises(NotFound) as absent:
            await client.applications.get(sid)
        assert (absent.value.message, absent.value.body) == ("Not Found", None)
        with pytest.raises(NotAllowed, match="or there is no such application"):
            await client.applications.update(sid, name="x")
        with pytest.raises(BadRequest, match="there is no such application"):
            await client.applications.delete(sid)

        carrier = await client.carriers.create("telco")
        number = await client.phone_numbers.create("+15085551212", voip_carrier_sid=carrier)
        await client.gateways.create(carrier, "10.0.0.1", inbound=True, outbound=True)
        assert [row["inbound"] for row in await client.gateways.list(carrier)] == [True]
        assert (await client.phone_numbers.get(number))["voip_carrier_sid"] == carrier
        with pytest.raises(ServerFailed, match="Unknown column 'colour'"):
            await client.send(
                Request("x", "POST", "/v1/VoipCarriers", json_of, body={"name": "n", "colour": 1})
            )

        key = await client.api_keys.create()
        assert key.token in {row["token"] for row in await client.api_keys.list()}
        await client.limits.set("device", 3)
        assert await client.limits.list() == [{"category": "device", "quantity": 3}]
        await client.limits.delete_all()
        assert await client.limits.list() == []


async def test_who_is_in_a_conference(server: RestServer, async_client: Make) -> None:
    server.conferences = ["room 1"]
    server.participants = {"room 1": [{"call_sid": "c1", "label": None, "memberTag": "agent"}]}
    async with async_client() as client:
        assert await client.conferences.list() == ["room 1"]
        [room] = await client.conferences.details()
        assert (room["name"], [one.get("memberTag") for one in room["participants"]]) == ("room 1", ["agent"])
        fork = await client.conferences.start_listen("room 1", "wss://fork.example.com", sample_rate=16000)
        assert fork == await client.conferences.start_listen("room 1", "wss://fork.example.com")
        assert server.conference_forks["room 1"]["sampleRate"] == 16000
        await client.conferences.stop_listen("room 1")
        with pytest.raises(NotFound, match="nothing is sent from there"):
            await client.conferences.stop_listen("room 1")
        with pytest.raises(NotFound, match="nobody is in a conference of that name"):
            await client.conferences.start_listen("hall", "wss://fork.example.com")
        server.calls.v10 = False
        with pytest.raises(UnexpectedAnswer, match="names only: this server is too old"):
            await client.conferences.details()


async def test_sip_clients_come_and_go(server: RestServer, async_client: Make) -> None:
    async with async_client() as client:
        sid = await client.sip_clients.create("alice", "sesame", allow_direct_queue_calling=False)
        with pytest.raises(BadRequest, match="has a client of that user name"):
            await client.sip_clients.create("alice", "other")
        row = await client.sip_clients.get(sid)
        assert (row["username"], row["allow_direct_queue_calling"]) == ("alice", False)
        assert "sxx" not in repr(row)
        await client.sip_clients.update(sid, row, is_active=False)
        stored = server.tables["Clients"].rows[sid]
        assert (stored["password"], stored["is_active"]) == ("sesame", 0), (
            "the mask did not become the password"
        )
        await client.sip_clients.update(sid, password="barley")
        assert stored["password"] == "barley"
        await client.sip_clients.delete(sid)
        assert await client.sip_clients.list() == []


async def test_the_webhook_secret_is_rotated_only_on_purpose(server: RestServer, async_client: Make) -> None:
    async with async_client() as client:
        assert await client.account.webhook_secret() == "wh_secret_0"
        assert await client.account.webhook_secret() == "wh_secret_0"
        assert await client.account.rotate_webhook_secret() == "wh_secret_1"
        account = await client.account.get()
    assert account["webhook_secret"] == "wh_secret_1"
    assert "wh_secret" not in repr(account)


async def test_binary_answers_come_as_bytes(server: RestServer, async_client: Make) -> None:
    server.captures["a@b"] = bytes(range(256)) * 1000
    async with async_client() as client:
        assert await client.recent_calls.pcap("a@b") == server.captures["a@b"]
        with pytest.raises(NotFound, match="kept for seven days"):
            await client.recent_calls.pcap("c@d")


async def test_what_an_application_declares(server: RestServer, async_client: Make) -> None:
    declared = {"A": {"type": "string", "description": "x"}}
    server.app_envs = {"https://a.example.com/": declared, "https://empty.example.com/": {}}
    async with async_client() as client:
        assert await client.app_env.get("https://a.example.com/") == declared
        assert await client.app_env.get("https://down.example.com/") is None
        with pytest.raises(BadRequest, match="an empty object, a wrapper"):
            await client.app_env.get("https://empty.example.com/")


async def test_the_five_shapes_of_errors(server: RestServer, async_client: Make) -> None:
    async with async_client() as client:
        other = JambonzClient(server.url, server.new_sid(), server.api_key)
        wrong = JambonzClient(server.url, server.account_sid, "wrong-key-1234")
        async with other, wrong:
            with pytest.raises(NotAllowed, match="insufficient permissions") as msg:
                await other.calls.count()
            assert msg.value.body == {"msg": "insufficient permissions"}
            with pytest.raises(NotAllowed) as message:
                await other.alerts.page()
            assert message.value.body == {"status": "fail", "message": "insufficient permissions"}
            with pytest.raises(NotAuthenticated, match="check the API key") as unauthorized:
                await wrong.calls.count()
            assert unauthorized.value.body == "Unauthorized"
            assert "wrong-key" not in repr(unauthorized.value)
        with pytest.raises(NotFound) as html:
            await client.send(Request("x", "GET", "/v1/Nowhere", json_of))
        assert html.value.message == "Cannot GET /v1/Nowhere"
        with pytest.raises(ServerFailed, match="the feature server refused the call"):
            await client.calls.create(
                from_="+1", to="+12", application_sid=server.application(), extra={"trunk": "t"}
            )
        server.fail(502, "<html><body><h1>502 Bad Gateway</h1>nginx</body></html>", "text/html")
        with pytest.raises(ServerFailed) as gateway:
            await client.calls.count()
        assert gateway.value.message == "502 Bad Gateway nginx"


async def test_answers_of_the_wrong_kind(server: RestServer, async_client: Make) -> None:
    async with async_client() as client:
        for status, content, kind in (
            (200, "", ""),
            (200, "Accepted", "text/plain"),
            (200, "<html>login</html>", "text/html"),
            (200, '{"inbound": 1', "application/json"),
            (200, "[1, 2]", "application/json"),
            (204, "", ""),
            (302, "", ""),
        ):
            server.fail(status, content, kind)
            with pytest.raises(UnexpectedAnswer) as caught:
                await client.calls.count()
            assert caught.value.status == status
        server.fail(200, '{"inbound": "many", "outbound": null}', "application/json")
        count: Any = await client.calls.count()
        assert count == {"inbound": "many", "outbound": None}, "what cannot be read is left as it came"
