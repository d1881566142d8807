"""Does it add up? What the server read and the caller heard, against what the application said and was told.

The rules, for one call:

1. No message is acked twice, none that wants no ack, and nothing is sent that a server would complain about.
2. A word is heard once. One that is heard twice was reported as repeated. If the call came to its end, one that
   was not heard was reported as lost, or ended a wait with an exception.
3. A call that does not come to its end has a reason in the network: one for which a real server gives up. While
   the server still tries, the application has the call.
4. Whoever waits is let go: at the latest when the call is over.

A report says how many commands are meant, and not which; so a report excuses one word of its kind. When the
library has reported that a connection has answered no ping though messages come (`ReceiptsMissing`), time takes
the place of proof, and a word that is lost then is counted by itself. A connection that has answered one is never
reported so, and nothing excuses what it loses.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from jambonz_anyio.testing import AppFailed, AppLogged, FaultSeen, FrameReceived, FrameSent, Noted, Record
from jambonz_core.call import (
    Abandoned,
    CommandLost,
    CommandRefused,
    CommandRepeated,
    ReceiptsMissing,
    ReplyDiscarded,
    ReplyRerouted,
    ServerError,
    TextDiscarded,
    TextOfferedAgain,
)
from jambonz_core.simulator import (
    CommandTaken,
    Connect,
    ConnectionDropped,
    DigitsSent,
    HookAnswered,
    HookUnanswered,
    MessageSent,
    Spoken,
    Warned,
)
from jambonz_core.speech.speech_events import NO_STREAM
from jambonz_core.wire.event import Event
from jambonz_core.wire.events import HookKind
from jambonz_core.wire.limits import CONTROL_SUBPROTOCOL

from .application import Account, last_word

WORD = re.compile(r"(?:w\d+x|bye)\d+")

FORBIDDEN = frozenset(
    {
        "ack-unknown",
        "ack-twice",
        "ack-unwanted",
        "binary-frame",
        "closed-gracefully",
        "command-behind-ack",
        "command-lost",
        "frame-too-large",
        "invalid-message",
        "invalid-verbs",
        "unknown-command",
    }
)
"""What a server would log about an application that does not keep the protocol."""

BREAKING = frozenset({"corrupt", "cut", "reset", "half-open"})
"""Faults that end a connection."""

NOTHING = "nothing"
"""What a program waits for that has said its last words."""

CONNECTIONS = 5
"""How many connections a server makes for one call."""


@dataclass(slots=True)
class Verdict:
    """What is found about one call."""

    counts: Counter[str] = field(default_factory=Counter)
    lost: str = ""
    """Why the call did not come to its end; empty when it did."""
    unexplained: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Server:
    """What the server's side of a call has seen."""

    read: Counter[str] = field(default_factory=Counter)
    """Words in the messages that it read."""
    heard: Counter[str] = field(default_factory=Counter)
    tags: Counter[str] = field(default_factory=Counter)
    keys: int = 0
    acks: Counter[str] = field(default_factory=Counter)
    opened: int = 0
    """Connections that the application took."""
    connected: bool = False
    drops: int = 0
    resumed: int = 0
    taken: Counter[str] = field(default_factory=Counter)
    """Words of streamed text that the server's buffer took."""
    warned: Counter[str] = field(default_factory=Counter)
    unanswered: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, records: Iterable[Record]) -> _Server:
        server = cls()
        control: set[int] = set()
        offered: dict[int, str] = {}
        for record in records:
            match record.what:
                case Connect() as connect if connect.subprotocol == CONTROL_SUBPROTOCOL:
                    control.add(connect.socket)
                case FrameSent() as frame if frame.socket in control:
                    if json.loads(frame.text)["type"] in {"session:new", "session:reconnect"}:
                        server.opened += 1
                        server.connected = True
                case FrameReceived() as frame if frame.socket in control:
                    server.read.update(WORD.findall(frame.text))
                    message = json.loads(frame.text)
                    if message.get("type") == "ack":
                        server.acks[message["msgid"]] += 1
                    elif message.get("command") == "tts:tokens":
                        offered[message["data"]["id"]] = message["data"]["tokens"]
                case MessageSent() as sent if sent.type == "tts:tokens-result":
                    if sent.data["status"] == "ok":
                        server.taken.update(WORD.findall(offered[sent.data["id"]]))
                case Spoken() as spoken:
                    server.heard.update(WORD.findall(spoken.text))
                case CommandTaken() as taken if taken.command == "tag":
                    server.tags.update(WORD.findall(json.dumps(taken.data)))
                case DigitsSent():
                    server.keys += 1
                case ConnectionDropped():
                    server.drops += 1
                    server.connected = False
                case HookAnswered() as hook if hook.type == "session:reconnect":
                    server.resumed += 1
                case HookUnanswered() as hook:
                    server.unanswered.append(f"{hook.type}: {hook.reason}")
                case Warned() as warned:
                    server.warned[warned.code] += 1
                    if warned.code == "message-lost":  # of those that want no ack
                        server.unanswered.append(warned.text.rstrip("."))
                case AppFailed() | AppLogged() as failed if failed.error is not None:
                    server.failures.append(repr(failed.error))
                case Noted() as noted:
                    server.notes.append(noted.text)
                case _:
                    pass
        return server


def has_connection(records: Iterable[Record]) -> bool:
    """Whether the server has a connection to the application, as far as it knows."""
    return _Server.of(records).connected


def judge(
    account: Account, records: Sequence[Record], faults: Sequence[FaultSeen], *, stuck: str, slow: bool
) -> Verdict:
    """What is to be said of a call that is over for both sides.

    `stuck` is what was waited for when nothing had happened for a long time; empty when that was not so. It is
    no fault of the application where the server has no connection, and a reason to make none.
    `slow` tells that this process stood still for a moment, so that a server may have lost patience with it.
    """
    server = _Server.of(records)
    verdict = Verdict()
    counts, wrong = verdict.counts, verdict.unexplained
    counts.update(drops=server.drops, resumed=server.resumed, words=len(account.words))
    counts["late acks"] = server.warned["ack-late"]
    late_handshakes = sum("no answer to the handshake" in note for note in server.notes)
    counts["handshakes timed out"] = late_handshakes
    twice = [msgid for msgid, times in server.acks.items() if times > 1]
    counts["double acks"] = len(twice)
    wrong += [f"{msgid} was acked {server.acks[msgid]} times" for msgid in twice]
    blind = any(isinstance(event, ReceiptsMissing) for event in account.reports)
    # The library has told that it waits for time now, and not for what the server has read.
    allowed = {"command-behind-ack"} if blind else set()
    wrong += [f"the server complains: {code}" for code in server.warned if code in FORBIDDEN - allowed]
    # So text may have come before the verb that makes room for it, as the handler was told.
    early = [failure for failure in server.failures if blind and NO_STREAM in failure]
    wrong += [f"an exception: {failure}" for failure in server.failures if failure not in early]
    if server.keys > account.keys:
        # A key twice is a wrong PIN: this command is reported, and never repeated.
        wrong.append(f"{account.keys} keys were pressed, and {server.keys} were heard")
    if account.began > 1:
        wrong.append(f"the handler was started {account.began} times")
    came_to_its_end = bool(server.heard[last_word(account.number)])
    if stuck == NOTHING and blind:
        # The hangup itself was lost, of which nothing proved whether it was read.
        verdict.lost = "its last words were lost without receipts"
    elif stuck and server.connected:
        counts["waits without end"] += 1
        wrong.append(f"nothing happens any more, and the program waits for {stuck}")
    elif not came_to_its_end:
        verdict.lost = (
            "text came before its buffer, without receipts" if early else _why_lost(server, account, faults)
        )
        if slow and not verdict.lost:
            late = "this process stood still, and a handshake timed out" if late_handshakes else ""
            verdict.lost = late or _lost_patience(server, account)
        if not verdict.lost:
            wrong.append(
                f"the call is lost without a reason: unanswered {server.unanswered}, warned "
                f"{sorted(server.warned)}, {server.opened} connections, app's end {account.ended!r}, "
                f"faults: {'; '.join(f'{seen.connection}: {seen.fault}' for seen in faults)}"
            )
    _words(account, server, verdict, complete=came_to_its_end)
    return verdict


def _why_lost(server: _Server, account: Account, faults: Sequence[FaultSeen]) -> str:
    """The reason for which the server gave the call up, if it had one that the network has caused."""

    def broken(connection: int, kinds: Iterable[str] = BREAKING) -> bool:
        return any(seen.connection == connection and seen.fault.kind in kinds for seen in faults)

    in_heads = [seen for seen in faults if seen.fault.frame == 0]
    if server.opened >= CONNECTIONS:
        return "five connections were used up"
    if any("refused with" in note for note in server.notes):
        return "a handshake was corrupted" if any(s.fault.kind == "corrupt" for s in in_heads) else ""
    if not server.opened:
        return "no handshake succeeded" if in_heads else ""
    if server.warned["reconnect-unacked"]:
        tries = max((seen.connection for seen in faults), default=-1)
        cut = "the connection broke before the reconnect was acked"
        # A last connection may have been made only to tell that the call is over.
        return cut if broken(tries) or broken(tries - 1) else ""
    if not account.began:
        return "the application never read its session:new" if broken(0) else ""
    if any(line.startswith("session:new") for line in server.unanswered):
        return "session:new was not answered in time" if faults else ""
    return ""


def _lost_patience(server: _Server, account: Account) -> str:
    """Whether the server gave the call, or its first connection, up because an answer did not come in time."""
    late = any(line.endswith(("timeout", "not connected")) for line in server.unanswered) or not account.began
    return "this process stood still, and the server lost patience" if late else ""


def _words(account: Account, server: _Server, verdict: Verdict, *, complete: bool) -> None:
    """Rule 2."""
    counts, wrong = verdict.counts, verdict.unexplained
    excuses = _excuses(account.reports)
    # An answer that came too late for the server is lost with its words, which the server tells by an error.
    refused = [event for event in account.reports if isinstance(event, ServerError)]
    told = sum(event.message == "invalid actionHook response" for event in refused)
    excuses["reply"] += min(server.warned["ack-late"], told)
    blind = any(isinstance(event, ReceiptsMissing) for event in account.reports)
    again = _repeats(account.reports)
    for way in ("verbs", "reply", "command", "text"):
        said = [word for word, how in account.words.items() if how == way]
        heard = {"command": server.tags, "text": server.taken}.get(way, server.heard)
        repeated = [word for word in said if heard[word] > 1]
        counts["repeated"] += len(repeated)
        if len(repeated) > again[way]:
            wrong.append(f"{len(repeated)} words ({way}) came twice, {again[way]} were reported: {repeated}")
        if not complete:
            continue
        missing = [word for word in said if not heard[word] and word not in account.dropped]
        if way == "text":
            # The report of text names it.
            texts = " ".join(event.text for event in account.reports if isinstance(event, TextDiscarded))
            missing = [word for word in missing if word not in texts]
        counts["lost words"] += len(missing)
        # What a hook is answered with replaces what was queued, as the program has it: it was read, and no more.
        replaced = [word for word in missing if server.read[word]][: server.warned["verbs-replaced"]]
        counts["replaced words"] += len(replaced)
        missing = [word for word in missing if word not in replaced]
        if len(missing) > excuses[way] and blind:
            # The library has told that from then on it did not know what was read.
            counts["lost without receipts"] += len(missing) - excuses[way]
        elif len(missing) > excuses[way]:
            read = [word for word in missing if server.read[word]]
            wrong.append(
                f"{len(missing)} words ({way}) were not heard, {excuses[way]} were reported lost: {missing}; "
                f"read by the server: {read}"
            )
    counts["dropped waits"] += len(account.dropped)


def _excuses(reports: Iterable[Event]) -> Counter[str]:
    """How many words of each way were reported as lost."""
    found: Counter[str] = Counter()
    for event in reports:
        match event:
            case CommandLost(command="redirect") | CommandRefused(command="redirect"):
                found["verbs"] += 1
            case CommandLost(command="tag") | CommandRefused(command="tag"):
                found["command"] += 1
            case ReplyDiscarded(kind=HookKind.SESSION_NEW):
                found["verbs"] += 1  # those that were to be the first answer
            case ReplyDiscarded() | Abandoned():
                found["reply"] += 1
            case _:
                pass
    return found


def _repeats(reports: Iterable[Event]) -> Counter[str]:
    """How many words of each way were reported as repeated."""
    found: Counter[str] = Counter()
    for event in reports:
        match event:
            case CommandRepeated(command="redirect"):
                found["verbs"] += 1
            case CommandRepeated(command="tag"):
                found["command"] += 1
            case ReplyRerouted():
                found["reply"] += 1
            case TextOfferedAgain():
                found["text"] += len(WORD.findall(event.text)) or 1
            case _:
                pass
    return found


def after_the_end(account: Account) -> list[str]:
    """Rule 4, and what the application has to say at its end."""
    wrong: list[str] = []
    if account.call is not None and not account.ended:
        wrong.append("the application still has the call")
    wrong += [f"a wait without end: {what}" for what in account.waits.values()]
    wrong += [f"mark {mark.name} is never told of" for mark in account.marks if not mark.settled]
    return wrong


def summary(counts: Counter[Any]) -> str:
    """Counts in one line, the highest first."""
    return ", ".join(f"{name} {count:,}" for name, count in counts.most_common()) or "none"
