"""A store for the processes of several machines: Redis, or Valkey, which speaks the same protocol.

It needs the extra `redis`, whose client `coredis` runs on asyncio and on
trio.

```python
app = App(store=RedisStore("rediss://user:password@redis.example:6379/0"))
```

Each operation of a store is one script, so it is one round trip, and nothing comes in between. A record is a
hash with an expiry. Hints are published on a channel of each process.

Redis acknowledges a write before its replicas have it, so a failover may lose the last ones. That is
provided for: epochs follow the clock of the Redis server, so that claims after the failover have higher ones
than those that were lost, and what a process saves next puts its own claim back (`CallRecord`).
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, cast

import anyio

from jambonz_core.call.call_record import Claimed, Fence, Verdict
from jambonz_core.wire.errors import StoreError

if TYPE_CHECKING:
    from coredis import Redis
    from coredis.commands import Script

CLAIM = """
local r = redis.call('HMGET', KEYS[1], 'epoch', 'owner', 'snapshot', 'ended')
local epoch, owner, snapshot, ended = tonumber(r[1]) or 0, r[2], r[3], r[4]
if ended and ARGV[3] == '0' then
  return {string.format('%.0f', epoch), false, false, 1}
end
local time = redis.call('TIME')
epoch = math.max(epoch + 1, time[1] * 1000 + math.floor(time[2] / 1000))
if ended then
  redis.call('DEL', KEYS[1])
end
local written = string.format('%.0f', epoch)
redis.call('HSET', KEYS[1], 'epoch', written, 'owner', ARGV[1], 'nonce', ARGV[2], 'serial', 0)
redis.call('PEXPIRE', KEYS[1], ARGV[4])
if owner and owner ~= ARGV[1] then
  redis.call('PUBLISH', ARGV[5] .. owner, ARGV[6])
end
return {written, owner, snapshot, 0}
"""
"""ARGV: owner, nonce, begin, lifetime in ms, prefix of channels, key of the call."""

_FENCE = """
local r = redis.call('HMGET', KEYS[1], 'epoch', 'nonce', 'serial', 'ended')
local epoch, nonce, serial, ended = tonumber(r[1]) or 0, r[2] or '', tonumber(r[3]) or 0, r[4]
if ended then
  return 'ended'
end
if epoch > tonumber(ARGV[2]) or (epoch == tonumber(ARGV[2]) and nonce ~= ARGV[3]) then
  return 'moved'
end
"""

SAVE = (
    _FENCE
    + """
if nonce == ARGV[3] and serial >= tonumber(ARGV[4]) then
  return 'kept'
end
redis.call('HSET', KEYS[1], 'owner', ARGV[1], 'epoch', ARGV[2], 'nonce', ARGV[3], 'serial', ARGV[4])
redis.call('HSET', KEYS[1], 'snapshot', ARGV[6])
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return 'kept'
"""
)
"""ARGV: owner, epoch, nonce, serial, lifetime in ms, snapshot."""

END = (
    _FENCE
    + """
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'epoch', ARGV[2], 'nonce', ARGV[3], 'ended', 1)
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return 'kept'
"""
)
"""ARGV: owner, epoch, nonce, serial, lifetime in ms."""

RESUBSCRIBE_SECONDS = 1.0
"""The pause before hints are subscribed to again, when the subscription has failed."""


class RedisStore:
    """Records in Redis or Valkey, shared by the processes of several machines.

    Args:
        server: An address, ``redis://`` or with TLS ``rediss://``, which may hold user and password; or a
            client of coredis, made as you need it: with certificates, credentials that change, or a
            Sentinel's primary. It must not decode responses.
        prefix: What the names of all keys and channels begin with, so that applications can share a server.
        seconds: How long a record lives of which nothing is saved.
        ended_seconds: How long it is known that a call has ended.

    The connections of the store live in a block: `App` enters it while it serves. Elsewhere it is
    ``async with store:``.
    """

    def __init__(
        self,
        server: str | Redis[bytes],
        *,
        prefix: str = "jambonz:",
        seconds: float = 3600.0,
        ended_seconds: float = 3600.0,
    ) -> None:
        self.seconds: float = seconds
        """How long a record lives of which nothing is saved."""
        self._server = server
        self._prefix = prefix
        self._ended_seconds = ended_seconds
        self._client: Redis[bytes] | None = None
        self._stack: AsyncExitStack | None = None
        try:
            # Imported here: naming this class must not need the extra.
            from coredis.commands import Script
        except ImportError:
            raise StoreError("RedisStore needs the extra `redis`, which installs coredis") from None
        self._claim: Script[bytes] = Script(script=CLAIM)
        self._save: Script[bytes] = Script(script=SAVE)
        self._end: Script[bytes] = Script(script=END)

    async def __aenter__(self) -> Self:
        """Open the store. Connections are made when they are needed."""
        if self._stack is not None:
            raise StoreError("this RedisStore is open already")
        from coredis import Redis

        client = Redis.from_url(self._server) if isinstance(self._server, str) else self._server
        async with AsyncExitStack() as stack:
            with _mapped():
                await stack.enter_async_context(client)
            self._stack = stack.pop_all()
        self._client = client
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections."""
        stack, self._stack, self._client = self._stack, None, None
        if stack is not None:
            await stack.__aexit__(kind, error, trace)

    async def claim(self, key: str, owner: str, nonce: str, *, begin: bool) -> Claimed:
        """Note who has a call; see `Store`."""
        arguments = [owner, nonce, int(begin), _ms(self.seconds), self._channel(""), key]
        epoch, before, snapshot, ended = await self._run(self._claim, key, arguments)
        return Claimed(int(epoch), before.decode() if before is not None else None, snapshot, bool(ended))

    async def save(self, key: str, fence: Fence, snapshot: bytes) -> Verdict:
        """Keep a snapshot; see `Store`."""
        arguments = [fence.owner, fence.epoch, fence.nonce, fence.serial, _ms(self.seconds), snapshot]
        return Verdict((await self._run(self._save, key, arguments)).decode())

    async def end(self, key: str, fence: Fence) -> Verdict:
        """Keep only that a call has ended; see `Store`."""
        arguments = [fence.owner, fence.epoch, fence.nonce, fence.serial, _ms(self._ended_seconds)]
        return Verdict((await self._run(self._end, key, arguments)).decode())

    async def hints(self, owner: str, told: Callable[[str], None]) -> None:
        """Tell of the claims of others; see `Store`."""
        while True:
            # A subscription mends itself as a rule; whatever it cannot mend is begun anew.
            with contextlib.suppress(Exception):
                async with self._opened.pubsub(channels=[self._channel(owner)]) as messages:
                    async for message in messages:
                        if message["type"] == "message":
                            told(cast("bytes", message["data"]).decode())
            await anyio.sleep(RESUBSCRIBE_SECONDS)

    def _channel(self, owner: str) -> str:
        return f"{self._prefix}hints:{owner}"

    @property
    def _opened(self) -> Redis[bytes]:
        if self._client is None:
            raise StoreError(
                "this RedisStore is not open: App opens it while it serves, or `async with store:`"
            )
        return self._client

    async def _run(self, script: Script[bytes], key: str, arguments: list[Any]) -> Any:
        client = self._opened
        with _mapped():
            return await script([f"{self._prefix}call:{key}"], arguments, client=client)


def _ms(seconds: float) -> int:
    return max(1, int(seconds * 1000))


@contextlib.contextmanager
def _mapped() -> Iterator[None]:
    """Errors of the client's are this package's."""
    from coredis.exceptions import RedisError

    try:
        yield
    except (RedisError, OSError, anyio.BrokenResourceError, anyio.ClosedResourceError, TimeoutError) as error:
        raise StoreError(f"Redis: {error!r}") from error
