"""The REST clients: what comes out, and what a type checker must report."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, assert_type

from jambonz_anyio import JambonzClient, SyncJambonzClient
from jambonz_core.rest import CallRequests, NewCall, Page, Scope
from jambonz_core.rest.shapes import CallCount, CallInfo, RecentCall, SipResult


async def results(client: JambonzClient, sync: SyncJambonzClient, scope: Scope) -> None:
    assert_type(await client.calls.create(from_="+1", to="+2", application_sid="a"), NewCall)
    assert_type(sync.calls.create({"from": "+1"}, to="+2"), NewCall)
    asked = assert_type(client.calls.get("c"), Coroutine[Any, Any, CallInfo])
    assert_type(await asked, CallInfo)
    assert_type(sync.calls.get("c"), CallInfo)
    assert_type(await client.calls.list(direction="inbound"), list[CallInfo])
    assert_type(sync.calls.count(), CallCount)
    assert_type(await client.calls.hang_up("c"), bool)
    assert_type(sync.calls.hang_up("c"), bool)
    assert_type(await client.calls.update("c", mute_status="mute"), SipResult | None)
    assert_type(await client.recent_calls.page(1), Page[RecentCall])
    assert_type([row async for row in client.recent_calls.iterate(days=1)], list[RecentCall])
    assert_type(await client.recent_calls.iterate().all(), list[RecentCall])
    assert_type(list(sync.recent_calls.iterate()), list[RecentCall])
    assert_type(sync.recent_calls.iterate().total, int | None)
    assert_type(await client.send(CallRequests(scope).count()), CallCount)
    assert_type(sync.send(CallRequests(scope).hang_up("c")), bool)


async def forgotten(client: JambonzClient) -> None:
    client.calls.hang_up("c")  # error: not awaited
    client.calls.mute("c")  # error: not awaited
    client.applications.delete("a")  # error: not awaited
    client.account.webhook_secret().upper()  # error: a coroutine has no such method
    for row in client.recent_calls.iterate():  # error: needs async for
        print(row)


async def wrong(client: JambonzClient, sync: SyncJambonzClient) -> None:
    await client.calls.create(frm="+1")  # error: misspelt
    await client.calls.get()  # error: missing
    await client.calls.get(7)  # error: not a sid
    await client.calls.mute("c", "quiet")  # error: not one of its words
    sync.calls.list(status="completed")  # error: not a filter
    sync.recent_calls.iterate(since=1)  # error: misspelt
    print(sync.calls.count().inbound)  # error: a dict
    sync.calls.vanish("c")  # error: no such method
    JambonzClient(http="httpx")  # error: a module is wanted
