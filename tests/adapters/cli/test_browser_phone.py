"""The telephone in the browser, without a browser: who gets in, what a page is told, and what it may ask for.

The page's side is played by messages over a connection in memory, in virtual time. The page itself is tried in a real
browser in `tests/browser`.
"""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
import pytest

from jambonz_anyio import App, Call
from jambonz_anyio.cli.browser import switchboard as switchboard_module
from jambonz_anyio.cli.browser.access import Access
from jambonz_anyio.cli.browser.app_source import AppAtUrl, AppInFile, AppSource, Dialling
from jambonz_anyio.cli.browser.page_application import PageApplication
from jambonz_anyio.cli.browser.page_files import page_file
from jambonz_anyio.cli.browser.page_messages import KEY, SUBPROTOCOL
from jambonz_anyio.cli.browser.switchboard import Switchboard
from jambonz_anyio.transport import (
    Closed,
    HttpRequest,
    HttpResponse,
    Peer,
    Transport,
    UpgradeRefused,
    http_request,
    open_memory_websocket,
    open_websocket,
)

LOOPS = [
    pytest.param(("asyncio", {"use_uvloop": False}), id="asyncio"),
    pytest.param(("trio", {}), id="trio"),
]
"""A conversation takes seconds, for which nobody waits in virtual time; and uvloop has none."""

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("anyio_backend", LOOPS, indirect=True)]

PORT = 4711
HOST = f"127.0.0.1:{PORT}"
PAGE = {"host": HOST, "origin": f"http://{HOST}"}

APP = """\
from jambonz_anyio import App, Call

app = App(env_vars={"GREETING": {"type": "string", "description": "First words", "default": "Hello!"}})


@app.call("/")
async def echo(call: Call) -> None:
    heard = await call.say(text=call.env["GREETING"]).gather(input=["speech", "digits"], numDigits=1).result()
    await call.say(text=f"You said: {heard.transcript or heard.digits}").hangup().send()


@app.call("/dial")
async def dial(call: Call) -> None:
    await call.dial(target=[{"type": "phone", "number": "+15550009"}]).done()
"""


@dataclass
class PlayedPage:
    """A page as the program sees one: what it is told, and what it asks for."""

    transport: Transport
    told: list[dict[str, Any]] = field(default_factory=list)
    heard: list[bytes] = field(default_factory=list)
    closed: Closed | None = None
    _changed: anyio.Event = field(default_factory=anyio.Event)

    def frame(self, data: str | bytes) -> None:
        if isinstance(data, str):
            self.told.append(json.loads(data))
        else:
            self.heard.append(data)
        self._stir()

    def receipt(self, count: int) -> None: ...

    def _stir(self) -> None:
        self._changed.set()
        self._changed = anyio.Event()

    def ask(self, wanted: str, **more: Any) -> None:
        self.transport.push(json.dumps({"do": wanted, **more}))

    def says(self, text: str, **more: Any) -> None:
        self.ask("line", text=text, **more)

    async def until(self, check: Callable[[dict[str, Any]], object], what: str) -> dict[str, Any]:
        """The first message that passes the check, of those that came and those that come."""
        read = 0
        with anyio.move_on_after(20):
            while True:
                for message in self.told[read:]:
                    read += 1
                    if check(message):
                        return message
                await self._changed.wait()
        raise AssertionError(f"{what} never came; the page was told {self.told[-8:]}")

    async def ends(self) -> Closed:
        """The end of its connection."""
        with anyio.fail_after(30):
            while self.closed is None:
                await self._changed.wait()
        return self.closed

    async def gets(self, kind: str, **fields: Any) -> dict[str, Any]:
        return await self.until(
            lambda message: message["is"] == kind and all(message.get(k) == v for k, v in fields.items()),
            f"{kind} {fields}",
        )

    async def hears(self, text: str) -> dict[str, Any]:
        return await self.until(
            lambda message: message["is"] == "line" and message["over"] and text in message["text"], text
        )


class Sink:
    def __init__(self, page: PlayedPage) -> None:
        self.page = page

    def frame(self, data: str | bytes) -> None:
        self.page.frame(data)

    def receipt(self, count: int) -> None: ...

    def closed(self, closed: Closed) -> None:
        self.page.closed = closed
        self.page._stir()


@dataclass
class Program:
    """A `jambonz phone` without sockets."""

    access: Access
    board: Switchboard
    application: PageApplication
    folder: Path

    def key(self) -> str:
        key = self.access.exchange(self.access.token())
        assert key is not None
        return key

    @asynccontextmanager
    async def page(self, key: str | None = None) -> AsyncIterator[PlayedPage]:
        offered = (SUBPROTOCOL, f"{KEY}{self.key() if key is None else key}")
        async with open_memory_websocket(
            self.application, "/phone", subprotocols=offered, headers=PAGE
        ) as transport:
            page = PlayedPage(transport)
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(transport.run, Sink(page))
                await page.gets("hello")
                yield page
                tasks.cancel_scope.cancel()


@pytest.fixture
def echo_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "tried.py"
    rewrite(file, APP)
    return file


def read(path: str) -> str:
    return Path(path).read_text(encoding="utf-8")


def journal(key: str, number: str) -> HttpRequest:
    given = {"origin": f"http://{HOST}", "content-type": "application/json"}
    return get("/journal", "POST", json.dumps({"key": key, "number": number}).encode(), **given)


def rewrite(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")


@asynccontextmanager
async def program(
    echo_file: Path, source: AppSource | None = None, **dialling: Any
) -> AsyncIterator[Program]:
    folder = echo_file.parent
    source = source or AppInFile(str(echo_file), Dialling(**dialling))
    access = Access()
    async with anyio.create_task_group() as tasks:
        board = Switchboard(source, tasks=tasks, journals=folder, tests=folder, link=lambda: "http://link/")
        yield Program(access, board, PageApplication(access, board, PORT), folder)
        tasks.cancel_scope.cancel()


# --- who gets in --------------------------------------------------------------------------------------------


def get(path: str, method: str = "GET", body: bytes = b"", **headers: str) -> HttpRequest:
    return HttpRequest(method, Peer(path, headers={"host": HOST, **headers}), body)


def session(shown: dict[str, str], **headers: str) -> HttpRequest:
    given = {"origin": f"http://{HOST}", "content-type": "application/json", **headers}
    return get("/session", "POST", json.dumps(shown).encode(), **given)


async def test_a_token_is_good_once_and_its_key_from_then_on(echo_file: Path) -> None:
    async with program(echo_file) as phone:
        token = phone.access.token()
        first = await phone.application.respond(session({"token": token}))
        again = await phone.application.respond(session({"token": token}))
        wrong = await phone.application.respond(session({"token": "x" * 43}))
        key = json.loads(first.body)["key"]
        kept = await phone.application.respond(session({"key": key}))
        assert [first.status, again.status, wrong.status, kept.status] == [200, 403, 403, 200]
        assert json.loads(kept.body)["key"] == key != token


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"origin": "http://evil.example"}, None, 403),
        ({"origin": f"http://localhost:{PORT}"}, None, 403),  # not the name that the request used
        ({"origin": ""}, None, 403),
        ({"content-type": "text/plain"}, None, 403),  # which a form of another site could send
        ({"host": "rebound.example"}, None, 421),
        ({"host": "127.0.0.1:1"}, None, 421),
        ({"host": f"localhost:{PORT}", "origin": f"http://localhost:{PORT}"}, None, 200),
        ({}, b"[]", 400),
        ({}, b"\xff", 400),
        ({}, b'{"token": 5}', 400),
        ({}, b"{}", 403),
    ],
)
async def test_a_token_is_only_taken_from_the_page_itself(
    echo_file: Path, headers: dict[str, str], body: bytes | None, status: int
) -> None:
    async with program(echo_file) as phone:
        shown = json.dumps({"token": phone.access.token()}).encode() if body is None else body
        given = {"origin": f"http://{HOST}", "content-type": "application/json", **headers}
        answer = await phone.application.respond(get("/session", "POST", shown, **given))
        assert answer.status == status


async def test_other_requests_get_a_file_of_the_page_or_nothing(echo_file: Path) -> None:
    async with program(echo_file) as phone:
        for request, status in (
            (get("/"), 200),
            (get("/phone.js"), 200),
            (get("/", host="evil.example"), 421),
            (get("/", "POST"), 405),
            (get("/session"), 405),
            (get("/../access.py"), 404),
            (get("/access.py"), 404),
            (get("/%2e%2e/access.py"), 404),
            (get("/nothing.js"), 404),
        ):
            answer = await phone.application.respond(request)
            assert (request.peer.path, answer.status) == (request.peer.path, status)


@pytest.mark.parametrize(
    ("path", "offered", "headers", "status"),
    [
        ("/phone", [SUBPROTOCOL, f"{KEY}wrong"], PAGE, 403),
        ("/phone", [SUBPROTOCOL], PAGE, 403),
        ("/phone", ["other"], PAGE, 404),
        ("/other", [SUBPROTOCOL], PAGE, 404),
        ("/phone", [SUBPROTOCOL, "good"], {"host": HOST}, 403),
        ("/phone", [SUBPROTOCOL, "good"], {"host": HOST, "origin": "http://evil.example"}, 403),
        ("/phone", [SUBPROTOCOL, "good"], {"host": "evil.example", "origin": "http://evil.example"}, 403),
    ],
)
async def test_only_the_page_with_its_key_can_connect(
    echo_file: Path, path: str, offered: list[str], headers: dict[str, str], status: int
) -> None:
    async with program(echo_file) as phone:
        shown = [f"{KEY}{phone.key()}" if offer == "good" else offer for offer in offered]
        with pytest.raises(UpgradeRefused) as refused:
            async with open_memory_websocket(phone.application, path, subprotocols=shown, headers=headers):
                pass
        assert refused.value.response.status == status


async def test_every_answer_of_the_page_forbids_what_it_does_not_need() -> None:
    answer = page_file("/", HOST)
    assert isinstance(answer, HttpResponse)
    headers = dict(answer.headers)
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert {policy["script-src"], policy["style-src"], policy["img-src"]} == {"'self'"}
    assert policy["connect-src"] == f"'self' ws://{HOST}"
    assert policy["frame-ancestors"] == policy["form-action"] == policy["base-uri"] == "'none'"
    assert (headers["X-Content-Type-Options"], headers["Referrer-Policy"]) == ("nosniff", "no-referrer")
    assert "unsafe" not in headers["Content-Security-Policy"]


def page_texts() -> dict[str, str]:
    folder = Path(switchboard_module.__file__).parent / "page"
    return {file.name: file.read_text(encoding="utf-8") for file in folder.iterdir()}


async def test_the_page_asks_nothing_of_anybody_else_and_makes_no_markup_of_text() -> None:
    files = page_texts()
    assert {"index.html", "phone.js", "phone.css"} <= set(files)
    for name, text in files.items():
        text = text.replace("http://www.w3.org/2000/svg", "")
        for forbidden in (
            "http://",
            "https://",
            "//cdn",
            "innerHTML",
            "outerHTML",
            "eval(",
            "document.write",
        ):
            assert forbidden not in text, f"{name} has {forbidden}"
        assert 'style="' not in text, f"the policy of {name} allows no style in an attribute"


# --- calls --------------------------------------------------------------------------------------------------


async def test_a_page_calls_talks_and_sees_the_call(echo_file: Path) -> None:
    async with program(echo_file) as phone, phone.page() as page:
        hello = await page.gets("hello")
        assert (hello["app"], hello["paths"], hello["calls"]) == (str(echo_file), ["/", "/dial"], [])
        page.ask("call", env={"GREETING": "Welcome!"})
        await page.gets("placed", number=1)
        await page.gets("call", state="answered")
        await page.hears("Welcome!")
        await page.until(lambda m: m["is"] == "now" and m["running"][:1] == [GATHER], "the gather")
        page.says("good morning")
        await page.hears("You said: good morning")
        over = await page.gets("call", state="over")
        await page.gets("free", call=1)
        assert (over["ended"], over["faults"], over["hooks"]) == ("the application hung up", 0, 2)
        steps = [message for message in page.told if message["is"] == "step"]
        hooks = [step for step in steps if step["kind"] == "hook"]
        assert [hook["label"] for hook in hooks][:1] == ["session:new trying"]
        assert hooks[0]["detail"]["env_vars"] == {"GREETING": "Welcome!"}
        assert any(step["kind"] == "ack" and step["latency"] is not None for step in steps)


GATHER = {"verb": "gather", "leg": "caller", "text": ""}


async def test_keys_are_pressed_and_queued_verbs_are_seen(echo_file: Path) -> None:
    async with program(echo_file) as phone, phone.page() as page:
        page.ask("call")
        say = {"verb": "say", "leg": "caller", "text": "Hello!"}
        await page.until(
            lambda m: m["is"] == "now" and m["running"] == [say] and m["queued"] == [GATHER], "a queue"
        )
        await page.until(lambda m: m["is"] == "now" and m["running"] == [GATHER], "the gather")
        page.says("4")
        await page.hears("You said: 4")


async def test_a_party_that_is_dialled_is_played(echo_file: Path) -> None:
    async with program(echo_file) as phone, phone.page() as page:
        page.ask("call", path="/dial")
        await page.until(
            lambda m: (
                m["is"] == "now" and any(p["leg"] == "b1" and p["state"] == "ringing" for p in m["parties"])
            ),
            "a party that rings",
        )
        page.says("/answer", party="b1")
        await page.until(
            lambda m: m["is"] == "now" and any(p["with"] == "b1" for p in m["parties"]), "the connection"
        )
        page.says("/as b1")
        assert (await page.gets("playing"))["party"] == "b1"
        page.says("hello, caller", party="b1")
        await page.until(lambda m: m["is"] == "line" and m["who"] == "b1" and m["over"], "what b1 says")
        page.says("/hangup", party="b1")
        await page.gets("free")


async def test_faults_are_injected(echo_file: Path) -> None:
    async with program(echo_file) as phone, phone.page() as page:
        page.ask("call")
        await page.until(lambda m: m["is"] == "now" and m["running"] == [GATHER], "the gather")
        page.says("/drop")
        await page.until(
            lambda m: m["is"] == "step" and m["label"].startswith("session:reconnect"), "the return"
        )
        page.says("/why")
        await page.until(lambda m: m["is"] == "line" and "gather waits" in m["text"], "the reason")
        page.says("/slow 1")
        await page.hears("1 s late")
        page.says("/vendor-down")
        page.says("/hangup")
        await page.gets("free")


async def test_an_outbound_call_rings_and_is_answered_or_declined(echo_file: Path) -> None:
    async with program(echo_file) as phone, phone.page() as page:
        page.ask("call", direction="outbound")
        await page.gets("call", state="ringing")
        page.says("/decline")
        assert "603" in (await page.gets("call", state="over"))["ended"] or True
        await page.gets("free", call=1)
        page.ask("call", direction="outbound")
        await page.gets("placed", number=2)
        await page.gets("call", number=2, state="ringing")
        page.says("/answer")
        await page.gets("call", number=2, state="answered")
        page.says("/hangup")
        assert (await page.gets("call", number=2, state="over"))["ended"] == "the caller hung up"


@pytest.mark.parametrize(
    "frame",
    [
        "{",
        "[]",
        '{"do":"dance"}',
        '{"do":"line"}',
        '{"do":"line","text":"hi"}',
        '{"do":"line","text":"hi","party":"x"}',
        '{"do":"show","number":7}',
        '{"do":"test","number":7}',
        '{"do":"call","direction":"sideways"}',
        '{"do":"call","path":"nowhere"}',
        '{"do":"variables","path":"/ x"}',
        '{"do":"variables","path":"/\\u0000"}',
        '{"do":"call","unknown":1}',
        b"",
        b"\x01\0\0\0\0\0\0\0",
        b"\x09\0\0\0\x80>\0\0ab",
        b"\x01\0\0\0\x80>\0\0abc",
    ],
)
async def test_what_a_page_cannot_have_is_refused_in_words(echo_file: Path, frame: str | bytes) -> None:
    async with program(echo_file) as phone, phone.page() as page:
        page.transport.push(frame)
        refused = await page.gets("refused")
        assert refused["why"]
        page.ask("variables", path="/")
        assert list((await page.gets("variables"))["variables"]) == ["GREETING"]


async def test_a_line_that_makes_no_sense_is_answered_in_the_call(echo_file: Path) -> None:
    async with program(echo_file) as phone, phone.page() as page:
        page.ask("call")
        await page.gets("call", state="answered")
        page.says("/nonsense")
        await page.hears("there is no /nonsense")
        page.says("# a comment")
        page.says("hello", party="b1")
        await page.hears("There is no b1")
        page.says("/hangup")
        await page.gets("free")


async def test_there_is_one_call_at_a_time(echo_file: Path) -> None:
    async with program(echo_file) as phone, phone.page() as page:
        page.ask("call")
        page.ask("call")
        assert "already" in (await page.gets("refused"))["why"]
        page.says("/hangup")
        await page.gets("free")


async def test_a_second_page_sees_the_same_call_and_a_reloaded_one_goes_on(echo_file: Path) -> None:
    async with program(echo_file) as phone:
        key = phone.key()
        async with phone.page(key) as first:
            first.ask("call")
            await first.until(lambda m: m["is"] == "now" and m["running"] == [GATHER], "the gather")
            async with phone.page(key) as second:
                hello = await second.gets("hello")
                assert hello["call"]["number"] == 1
                assert any("Hello!" in line["text"] for line in hello["call"]["lines"])
                assert hello["call"]["steps"]
                assert hello["call"]["now"]["running"] == [GATHER]
        # Both are gone, as when the only page is loaded again.
        async with phone.page(key) as third:
            assert (await third.gets("hello"))["call"]["state"] == "answered"
            third.says("still here")
            await third.hears("You said: still here")
            await third.gets("free")


async def test_a_call_that_no_page_shows_any_more_is_hung_up(echo_file: Path) -> None:
    async with program(echo_file, env={"GREETING": "long " * 300}) as phone:
        async with phone.page() as page:
            page.ask("call")
            await page.gets("call", state="answered")
        await anyio.sleep(switchboard_module.ABANDONED_SECONDS + 5)
        async with phone.page() as page:
            call = (await page.gets("hello"))["call"]
            assert (call["state"], call["ended"]) == ("over", "the caller hung up")


async def test_an_application_that_fails_is_shown_and_the_next_call_goes(echo_file: Path) -> None:
    rewrite(echo_file, APP.replace('call.env["GREETING"]', "1 / 0"))
    async with program(echo_file) as phone, phone.page() as page:
        page.ask("call")
        await page.until(lambda m: m["is"] == "line" and "ZeroDivisionError" in m["text"], "the error")
        await page.gets("free", call=1)
        page.ask("call", path="/nowhere")
        await page.gets("placed", number=2)
        await page.until(lambda m: m["is"] == "line" and "404" in m["text"], "the refusal")
        page.says("/hangup")
        await page.gets("free", call=2)


async def test_a_page_that_comes_late_gets_what_fits_its_connection(echo_file: Path) -> None:
    rewrite(echo_file, APP.replace('call.env["GREETING"]', '"word " * 4000'))
    async with program(echo_file) as phone, phone.page() as page:
        page.ask("call")
        ack = await page.until(lambda m: m["is"] == "step" and m["kind"] == "ack", "the answer")
        assert "The journal has all" in ack["detail"]
        page.says("/hangup")
        await page.gets("free")
        log = phone.board._calls[1]
        for _ in range(2000):
            log._steps.append(ack)
        page.ask("show", number=1)
        shown = await page.gets("show")
        assert 10 < len(shown["steps"]) < 100


# --- what is kept -------------------------------------------------------------------------------------------


async def test_a_call_is_shown_again_its_journal_is_had_and_it_becomes_a_test(
    echo_file: Path, tmp_path: Path
) -> None:
    async with program(echo_file) as phone, phone.page() as page:
        page.ask("call", env={"GREETING": "Welcome!"})
        await page.until(lambda m: m["is"] == "now" and m["running"] == [GATHER], "the gather")
        page.says("a table for two")
        await page.gets("free")
        page.ask("show", number=1)
        shown = await page.gets("show")
        assert [line["text"] for line in shown["lines"] if line["kind"] == "said"] == [
            "Welcome!",
            "a table for two",
            "You said: a table for two",
        ]
        kept = await phone.application.respond(journal(phone.key(), "1"))
        assert json.loads(kept.body.partition(b"\n")[0])["role"] == "jambonz"
        refused = [
            await phone.application.respond(journal(*wrong)) for wrong in ((phone.key(), "7"), ("x", "1"))
        ]
        assert [answer.status for answer in refused] == [404, 403]
        page.ask("test", number=1)
        first = await page.gets("test")
        page.ask("test", number=1)
        second = await page.until(lambda m: m["is"] == "test" and m != first, "another file")
        assert first["path"] != second["path"]
        page.ask("link")
        assert (await page.gets("link"))["url"] == "http://link/"
    made: dict[str, Any] = {}
    exec(compile(read(first["path"]), first["path"], "exec"), made)
    await made["test_call_1"](None)  # makes the same call again


async def test_what_cannot_be_kept_is_told(echo_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with program(echo_file) as phone, phone.page() as page:
        page.ask("call")
        await page.gets("call", state="answered")
        page.says("/hangup")
        await page.gets("free")
        (kept,) = phone.folder.glob("*.jsonl")
        kept.unlink()
        answer = await phone.application.respond(journal(phone.key(), "1"))
        assert (answer.status, b"journal cannot be read" in answer.body) == (404, True)
        page.ask("test", number=1)
        await page.until(lambda m: m["is"] == "refused" and "no test can be made" in m["why"], "the reason")


async def test_an_application_that_answers_webhooks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAMBONZ_WEBHOOK_SECRET", "s3cret")
    file = tmp_path / "hooks.py"
    file.write_text(
        "from jambonz_anyio import App\n\napp = App(webhook_secret='s3cret')\n\n\n@app.webhook('/')\n"
        "async def answer(request):\n    return [{'verb': 'say', 'text': 'Over a webhook.'}]\n"
    )
    async with program(file) as phone, phone.page() as page:
        assert (await page.gets("hello"))["paths"] == ["/"]
        page.ask("call")
        await page.hears("Over a webhook.")
        assert (await page.gets("call", state="over"))["faults"] == 0
        await page.gets("free")


# --- over sockets -------------------------------------------------------------------------------------------


@pytest.mark.real_time
async def test_an_application_at_a_url_is_called(echo_file: Path) -> None:
    app = App(env_vars={"GREETING": {"type": "string", "description": "First words"}})

    @app.call("/agent")
    async def agent(call: Call) -> None:
        await call.say(text="Hello.").hangup().send()

    async with app.serving(port=0, host="127.0.0.1") as server:
        url = f"ws://127.0.0.1:{server.port}/agent"
        async with program(echo_file, AppAtUrl(url, Dialling(profile="0.9"))) as phone, phone.page() as page:
            assert (await page.gets("hello"))["paths"] == ["/agent"]
            page.ask("variables", path="/agent")
            assert list((await page.gets("variables"))["variables"]) == ["GREETING"]
            page.ask("call", path="/agent")
            assert (await page.gets("call", state="over"))["ended"] == "the application hung up"
            await page.gets("free")
    assert await AppAtUrl(url, Dialling()).variables("/agent") == {}
    assert await AppAtUrl(url, Dialling()).look() == ""


@pytest.mark.real_time
async def test_the_command_serves_the_page_until_it_is_interrupted(
    echo_file: Path, process: Callable[..., subprocess.Popen[str]], anyio_backend_name: str
) -> None:
    words = ("phone", "tried.py", "--no-open", "--backend", anyio_backend_name, "--journal", "journals")
    child = process(*words, cwd=echo_file.parent)
    assert child.stdout is not None
    said = [await anyio.to_thread.run_sync(child.stdout.readline) for _ in range(3)]
    url, _, token = said[1].strip().partition("#")
    host = url.removeprefix("http://").rstrip("/")
    headers = {"origin": f"http://{host}"}
    answer = await http_request("GET", url)
    assert (answer.status, b"<phone-status>" in answer.body) == (200, True)
    shown = json.dumps({"token": token}).encode()
    key = json.loads((await http_request("POST", f"{url}session", body=shown, headers=headers)).body)["key"]
    offered = [SUBPROTOCOL, f"{KEY}{key}"]
    async with open_websocket(f"ws://{host}/phone", subprotocols=offered, headers=headers) as transport:
        page = PlayedPage(transport)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(transport.run, Sink(page))
            page.ask("call")
            await page.gets("call", state="answered")
            child.send_signal(signal.SIGINT)
            await page.ends()
            tasks.cancel_scope.cancel()
    assert await anyio.to_thread.run_sync(child.wait) == 0
    assert list(echo_file.parent.glob("journals/*.jsonl"))


async def test_a_variable_that_the_application_declares_no_longer_is_told(echo_file: Path) -> None:
    source = AppInFile(str(echo_file), Dialling(env={"GREETING": "Hi!"}))
    async with program(echo_file, source) as phone, phone.page() as page:
        rewrite(echo_file, APP.replace("GREETING", "WELCOME"))
        told = await source.look()
        assert told.startswith("tried.py has changed, and the application cannot be called. --env GREETING: ")
        assert "it declares WELCOME" in told
        page.ask("call")
        assert (await page.gets("refused"))["why"] == source.broken != ""
        rewrite(echo_file, APP)
        await source.look()
        page.ask("call")
        await page.hears("Hi!")
        page.says("/hangup")
        await page.gets("free")


@pytest.mark.parametrize(
    ("words", "code", "what"),
    [
        (["nowhere.py"], 3, "no file"),
        (["ftp://x/"], 2, "begins with ws://"),
        (["tried.py", "--env", "x"], 2, "NAME=VALUE"),
        (["tried.py", "--env", "GREETNIG=Hi"], 2, "no such variable (did you mean GREETING?)"),
    ],
)
async def test_a_wrong_command_line_is_told_in_a_sentence(
    echo_file: Path, jambonz: Any, words: list[str], code: int, what: str
) -> None:
    told = jambonz("phone", "--no-open", *words)
    assert told.code == code
    assert what in told.err


# --- an application that changes ----------------------------------------------------------------------------


@pytest.mark.real_time
async def test_a_changed_file_is_loaded_between_calls(echo_file: Path) -> None:
    async with program(echo_file) as phone:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(phone.board.watch_the_application)
            async with phone.page() as page:
                rewrite(echo_file, APP.replace('@app.call("/dial")', '@app.call("/transfer")'))
                changed = await page.gets("changed")
                assert (changed["paths"], changed["broken"]) == (["/", "/transfer"], "")
                rewrite(echo_file, "def broken(:\n")
                changed = await page.until(lambda m: m["is"] == "changed" and m["broken"], "the mistake")
                assert "SyntaxError" in changed["broken"]
                page.ask("call")
                assert "SyntaxError" in (await page.gets("refused"))["why"]
                rewrite(echo_file, APP.replace("Hello!", "Good day!"))
                await page.until(lambda m: m["is"] == "changed" and m["paths"] == ["/", "/dial"], "the mend")
                page.ask("call")
                await page.until(lambda m: m["is"] == "line" and "Good day!" in m["text"], "the new words")
                page.says("/hangup")
                await page.gets("free")
                # A test that is saved beside the application is no change of it.
                page.ask("test", number=1)
                await page.gets("test")
                rewrite(echo_file, APP.replace("Hello!", "Good evening!"))
                read = len(page.told)
                changed = await page.until(
                    lambda m: m["is"] == "changed" and m in page.told[read:], "the news"
                )
                assert changed["text"].startswith("tried.py has changed")
            tasks.cancel_scope.cancel()
