"""The store in Redis or Valkey, over a real server: the published rules, crashes, failover, TLS and credentials."""

from __future__ import annotations

import gc
import itertools
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest
import trustme

from jambonz_anyio.redis_store import RedisStore
from jambonz_anyio.stores import Store
from jambonz_anyio.testing.stores import STORE_CHECKS, StoreCheck
from jambonz_core.call.call_record import Claimed, Fence, Verdict
from jambonz_core.wire.errors import StoreError

Redis: Any = pytest.importorskip("coredis", reason="the extra `redis` is not installed").Redis

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.services,
    pytest.mark.filterwarnings("ignore:Unclosed <MemoryObject:ResourceWarning"),
]

_prefixes = (f"test{number}:" for number in itertools.count())


@pytest.fixture(autouse=True)
def collected() -> Iterator[None]:
    """coredis leaves the memory streams of a connection that broke to the collector: here, where it is expected."""
    yield
    gc.collect()


async def eventually(store: RedisStore, key: str, nonce: str) -> Claimed:
    """A claim, as soon as the server answers again."""
    with anyio.fail_after(20):
        while True:
            try:
                return await store.claim(key, "a", nonce, begin=False)
            except StoreError:
                await anyio.sleep(0.05)


@pytest.mark.parametrize("check", STORE_CHECKS, ids=lambda check: check.__name__)
async def test_a_store_in_redis(check: StoreCheck, shared_redis: Any) -> None:
    @asynccontextmanager
    async def opened() -> AsyncIterator[tuple[Store, Store]]:
        prefix = next(_prefixes)
        async with (
            RedisStore(shared_redis.url, prefix=prefix) as first,
            RedisStore(shared_redis.url, prefix=prefix) as second,
        ):
            yield first, second

    await check(opened)


async def test_applications_with_other_prefixes_do_not_meet(shared_redis: Any) -> None:
    one, other = next(_prefixes), next(_prefixes)
    async with (
        RedisStore(shared_redis.url, prefix=one) as first,
        RedisStore(shared_redis.url, prefix=other) as second,
        Redis.from_url(shared_redis.url) as client,
    ):
        await first.claim("call", "a", "n1", begin=True)
        assert (await second.claim("call", "b", "n2", begin=True)).owner is None
        assert await client.exists([f"{one}call:call", f"{other}call:call"]) == 2


async def test_records_expire(shared_redis: Any) -> None:
    prefix = next(_prefixes)
    async with (
        RedisStore(shared_redis.url, prefix=prefix, seconds=100, ended_seconds=50) as store,
        Redis.from_url(shared_redis.url) as client,
    ):
        key = f"{prefix}call:call"
        claimed = await store.claim("call", "a", "n1", begin=True)
        assert 99_000 < await client.pttl(key) <= 100_000
        await client.pexpire(key, 10)
        # Whatever is saved renews it, and what has ended is kept for a time of its own.
        assert await store.save("call", Fence("a", claimed.epoch, "n1", 1), b"one") is Verdict.KEPT
        assert 99_000 < await client.pttl(key) <= 100_000
        await store.end("call", Fence("a", claimed.epoch, "n1", 2))
        assert 49_000 < await client.pttl(key) <= 50_000


async def test_a_claim_and_a_save_are_one_round_trip_each(shared_redis: Any) -> None:
    async with (
        RedisStore(shared_redis.url, prefix=next(_prefixes)) as store,
        Redis.from_url(shared_redis.url) as client,
    ):
        claimed = await store.claim("call", "a", "n1", begin=True)
        await store.save("call", Fence("a", claimed.epoch, "n1", 1), b"one")
        await client.config_resetstat()
        claimed = await store.claim("call", "a", "n2", begin=True)
        await store.save("call", Fence("a", claimed.epoch, "n2", 1), b"two")
        calls: Any = await client.info("commandstats")
        assert calls["cmdstat_evalsha"]["calls"] == 2
        assert not [name for name in calls if name.startswith(("cmdstat_eval|", "cmdstat_script"))]


async def test_a_store_survives_a_crash_of_the_server(redis: Any) -> None:
    told: list[str] = []
    news = anyio.Event()

    def hear(key: str) -> None:
        told.append(key)
        news.set()

    async with (
        RedisStore(redis.url) as store,
        RedisStore(redis.url) as other,
        anyio.create_task_group() as tasks,
    ):
        tasks.start_soon(store.hints, "a", hear)
        before = await store.claim("call", "a", "n1", begin=True)
        redis.stop()
        with pytest.raises(StoreError, match="Redis"):
            await store.save("call", Fence("a", before.epoch, "n1", 1), b"lost")
        redis.start()
        # Nothing survived in this server; the epoch goes on counting by its clock.
        after = await eventually(store, "call", "n2")
        assert after == Claimed(after.epoch)
        assert after.epoch > before.epoch
        with anyio.fail_after(20):
            for number in itertools.count():
                await store.claim("call", "a", f"a{number}", begin=True)
                await other.claim("call", "b", f"b{number}", begin=True)
                with anyio.move_on_after(0.05):
                    await news.wait()
                    break
        assert set(told) == {"call"}
        tasks.cancel_scope.cancel()


async def test_a_server_that_hangs_is_left_and_found_again(redis: Any) -> None:
    async with RedisStore(redis.url) as store:
        claimed = await store.claim("call", "a", "n1", begin=True)
        redis.pause()
        with anyio.move_on_after(0.2) as scope:
            await store.save("call", Fence("a", claimed.epoch, "n1", 1), b"held up")
        assert scope.cancelled_caught
        redis.resume()
        with anyio.fail_after(10):
            assert await store.save("call", Fence("a", claimed.epoch, "n1", 2), b"newer") is Verdict.KEPT
            found = await store.claim("call", "b", "n2", begin=False)
        assert found == Claimed(found.epoch, "a", b"newer")


async def test_a_failover_that_loses_a_claim_is_mended_by_the_next_save(redis: Any) -> None:
    """The primary dies before its replica has the last claims; the replica becomes the primary on its port."""
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(RedisStore(redis.url))
        old = await store.claim("call", "z", "n0", begin=True)
        await store.save("call", Fence("z", old.epoch, "n0", 1), b"of z")
        replica = stack.enter_context(redis.replica())
        lost = await store.claim("call", "a", "n1", begin=False)
        await store.save("call", Fence("a", lost.epoch, "n1", 1), b"lost")
        replica.take_over()
        with anyio.fail_after(20):
            while True:
                try:
                    assert await store.save("call", Fence("a", lost.epoch, "n1", 2), b"of a") is Verdict.KEPT
                    break
                except StoreError:
                    await anyio.sleep(0.05)
        # And whoever claims now is later than everybody before, also than those that nobody remembers.
        assert await store.save("call", Fence("z", old.epoch, "n0", 2), b"old") is Verdict.MOVED
        found = await store.claim("call", "b", "n2", begin=False)
        assert found == Claimed(found.epoch, "a", b"of a")
        assert found.epoch > lost.epoch


async def test_tls_and_credentials(tmp_path: Path, start_redis: Any) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    certificate = authority.issue_cert("localhost")
    certificate.private_key_pem.write_to_path(tmp_path / "key.pem")
    certificate.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    server = start_redis(
        *("--requirepass", "s3cret", "--tls-port", "0", "--tls-cert-file", str(tmp_path / "cert.pem")),
        *("--tls-key-file", str(tmp_path / "key.pem"), "--tls-ca-cert-file", str(tmp_path / "ca.pem")),
        *("--tls-auth-clients", "no"),
        tls=True,
    )
    context = ssl.create_default_context(cafile=str(tmp_path / "ca.pem"))
    address = f"rediss://:s3cret@localhost:{server.port}/0"
    async with RedisStore(Redis.from_url(address, ssl_context=context)) as store:
        assert (await store.claim("call", "a", "n1", begin=True)).owner is None
    async with RedisStore(address.replace("s3cret", "wrong")) as store:
        with pytest.raises(StoreError):
            await store.claim("call", "a", "n1", begin=True)


async def test_a_store_that_is_not_open_says_what_to_do(shared_redis: Any) -> None:
    store = RedisStore(shared_redis.url)
    with pytest.raises(StoreError, match="async with"):
        await store.claim("call", "a", "n1", begin=True)
    async with store:
        with pytest.raises(StoreError, match="already"):
            await store.__aenter__()
    async with store:
        await store.claim("call", "a", "n1", begin=True)
