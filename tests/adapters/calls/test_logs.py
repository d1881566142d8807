"""What the log tells: which call a line is about, how calls begin and end, who was refused, and what blocks."""

from __future__ import annotations

import io
import json
import logging
import threading
import time
from collections.abc import Callable, Iterator

import anyio
import pytest

from jambonz_anyio import App, AudioStream, Call, logs
from jambonz_anyio.testing import Checks, dial


@pytest.fixture(autouse=True)
def _levels(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    caplog.handler.addFilter(logs.CallSidFilter())
    with caplog.at_level(logging.INFO):
        yield


def lines(caplog: pytest.LogCaptureFixture, logger: str) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == logger]


def call_of(record: logging.LogRecord) -> str:
    told: str = vars(record)["call_sid"]
    return told


async def test_every_line_of_a_call_names_it(virtual_time: None, caplog: pytest.LogCaptureFixture) -> None:
    app, shop = App(), logging.getLogger("shop")

    def looks_up() -> None:
        shop.info("in a thread for %s", logs.current_call_sid())

    async def asks(name: str) -> None:
        shop.info("in %s", name)

    @app.call("/")
    async def main(call: Call) -> None:
        shop.info("in the handler")
        call.start_soon(asks, "a task")

        async def heard(_: object) -> None:
            shop.info("in the handler of a hook")
            await anyio.to_thread.run_sync(looks_up)

        call.on("/heard", heard)
        call.on_end(lambda _: shop.info("at the end"))
        await call.gather(input=["speech"], actionHook="/heard", timeout=5).send()

    async with dial(app, "/") as first, dial(app, "/") as second:
        for phone in (first, second):
            await phone.says("hello")
            await phone.hears_nothing(1)
            await phone.hangs_up()
    assert logs.current_call_sid() == ""
    for phone in (first, second):
        mine = [r.getMessage() for r in caplog.records if r.name == "shop" and call_of(r) == phone.call_sid]
        assert sorted(mine) == sorted(
            [
                "in the handler",
                "in a task",
                "in the handler of a hook",
                f"in a thread for {phone.call_sid}",
                "at the end",
            ]
        )


async def test_a_call_has_a_line_at_its_beginning_and_one_at_its_end(
    virtual_time: None, caplog: pytest.LogCaptureFixture
) -> None:
    app = App()

    @app.call("/menu")
    async def main(call: Call) -> None:
        async def pressed(_: object) -> None:
            await anyio.sleep(1.5)

        call.on("/pressed", pressed)
        await call.gather(input=["digits"], numDigits=1, actionHook="/pressed", timeout=5).send()

    async with dial(app, "/menu", from_="+15550001") as phone:
        await phone.presses("1")
        await phone.hears_nothing(2)
    began, ended = (record for record in caplog.records if record.name == "jambonz_anyio.calls")
    assert "begins at /menu: inbound, from +15550001, to " in began.getMessage()
    assert (began.event, began.path, began.direction, began.call_sid) == (  # type: ignore[attr-defined]
        "call.began",
        "/menu",
        "inbound",
        phone.call_sid,
    )
    assert "is over after" in ended.getMessage()
    assert ended.getMessage().endswith("2 hooks, slowest answer 1.50 s (/pressed)")
    assert (ended.hooks, ended.slowest_answer, ended.slowest_hook, ended.error) == (2, 1.5, "/pressed", "")  # type: ignore[attr-defined]


async def test_an_error_names_the_handler_and_shows_its_frames_first(
    virtual_time: None, caplog: pytest.LogCaptureFixture
) -> None:
    app = App()

    async def looks_up() -> None:
        raise LookupError("no such order")

    @app.call("/")
    async def main(call: Call) -> None:
        async def heard(_: object) -> None:
            await looks_up()

        call.on("/heard", heard)
        await call.gather(input=["speech"], actionHook="/heard", timeout=5).send()

    async with dial(app, "/", checks=Checks(app_errors="ignore")) as phone:
        await phone.says("hello")
        await phone.call_ends()
    [failed] = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert "The handler of / failed in " in failed.getMessage()
    assert "main.<locals>.heard (test_logs.py:" in failed.getMessage()
    text = logs.TextFormatter().format(failed).splitlines()
    assert text[1] == "Traceback (most recent call last):"
    assert "test_logs.py" in text[2]
    assert text[2].endswith("in heard")
    [ended] = [line for line in lines(caplog, "jambonz_anyio.calls") if "is over" in line]
    assert "(LookupError)" in ended


async def test_a_hook_that_reaches_nobody_is_named_with_the_path_that_is_nearest(
    virtual_time: None, caplog: pytest.LogCaptureFixture
) -> None:
    app = App()

    @app.call("/")
    async def main(call: Call) -> None:
        call.on("/menu-choice", lambda _: None)
        for _ in range(2):
            await call.gather(input=["digits"], numDigits=1, actionHook="/menu-choise", timeout=5).send()
        await call.gather(input=["digits"], numDigits=1, timeout=5).result()

    async with dial(app, "/") as phone:
        for digit in "123":
            await phone.presses(digit)
        await phone.hangs_up()
    said = [line for line in lines(caplog, "jambonz_anyio") if "Nobody receives" in line]
    assert said == [f"[{phone.call_sid}] Nobody receives the hook /menu-choise; did you mean /menu-choice?"]


async def test_an_answer_in_place_of_a_handler_is_named(
    virtual_time: None, caplog: pytest.LogCaptureFixture
) -> None:
    app = App()

    @app.call("/")
    async def main(call: Call) -> None:
        async def slow(_: object) -> None:
            await anyio.sleep(6)

        call.on("/slow", slow)
        await call.gather(input=["digits"], numDigits=1, actionHook="/slow", timeout=5).send()

    async with dial(app, "/") as phone:
        await phone.presses("1")
        await phone.hears_nothing(8)
    assert any(
        "The handler of /slow has not answered in time" in line for line in lines(caplog, "jambonz_anyio")
    )


@pytest.mark.parametrize(
    ("path", "user", "told"),
    [
        (
            "/nowhere",
            ("jambonz", "secret"),
            "404: nothing is served at this path with this subprotocol; those that are: /, /menu",
        ),
        ("/", None, "401: credentials are missing or wrong"),
    ],
)
async def test_a_refused_connection_has_a_line(
    virtual_time: None,
    caplog: pytest.LogCaptureFixture,
    path: str,
    user: tuple[str, str] | None,
    told: str,
) -> None:
    app = App(auth=("jambonz", "secret"))
    for served in ("/", "/menu"):
        app.call(served)(lambda call: None)
    for _ in range(12):
        async with dial(app, path, credentials=user) as phone:
            await phone.call_ends("failed")
    said = lines(caplog, "jambonz_anyio.calls")
    assert len(said) == 10, "the first ten, and then each tenth power"
    assert said[0].endswith(f"to {path} is refused with {told}")
    assert said[1].endswith(f"{told}, time 2")


async def test_a_handler_of_statuses_and_an_iterator_of_events_keep_no_call_alive(virtual_time: None) -> None:
    app = App()
    seen: list[str] = []

    @app.call("/")
    async def main(call: Call) -> None:
        call.on("call:status", lambda status: seen.append(status.call_status))
        call.events()
        await call.say(text="Goodbye.").send()

    async with dial(app, "/") as phone:
        await phone.hears("Goodbye.")
        await phone.call_ends()
    assert seen


async def test_lines_of_an_audio_stream_name_its_call(
    virtual_time: None, caplog: pytest.LogCaptureFixture
) -> None:
    app = App()

    @app.call("/")
    async def main(call: Call) -> None:
        await call.listen(url="/audio", actionHook="/listened").send()
        await call.wait_ended()

    @app.audio("/audio")
    async def audio(stream: AudioStream) -> None:
        logging.getLogger("shop").info("a stream")
        await stream.close()

    async with dial(app, "/") as phone:
        await phone.hears_nothing(2)
    [line] = [record for record in caplog.records if record.name == "shop"]
    assert call_of(line) == phone.call_sid


# --- formats ------------------------------------------------------------------------------------------------


def record(
    text: str, name: str = "shop", level: int = logging.INFO, **attributes: object
) -> logging.LogRecord:
    made = logging.getLogger(name).makeRecord(name, level, __file__, 1, text, (), None)
    vars(made).update(attributes)
    return made


def test_a_line_of_json_is_one_line_and_has_what_extra_has() -> None:
    try:
        raise ValueError("first\nsecond")
    except ValueError as error:
        made = record("two\nlines", call_sid="c-1", order=7, odd=object())
        made.exc_info = (type(error), error, error.__traceback__)
    made.stack_info = "Stack"
    line = logs.JsonFormatter().format(made)
    assert "\n" not in line
    told = json.loads(line)
    assert {
        "level": "INFO",
        "logger": "shop",
        "call_sid": "c-1",
        "message": "two\nlines",
        "order": 7,
    }.items() <= told.items()
    assert told["odd"].startswith("<object")
    assert told["exception"].endswith("ValueError: first\nsecond")
    assert told["stack"] == "Stack"
    assert told["time"].endswith("+00:00")


def test_the_id_of_a_call_is_told_once() -> None:
    ours = record("[c-1] ended", name="jambonz_anyio", call_sid="c-1")
    assert logs.TextFormatter().format(ours).endswith(" INFO    [c-1] ended")
    assert json.loads(logs.JsonFormatter().format(ours))["message"] == "ended"
    assert logs.TextFormatter(who="worker 2").format(record("x")).endswith(" INFO    worker 2 shop: x")


def test_colors_are_for_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    plain = logs.TextFormatter(colors=False)
    assert "\x1b" not in plain.format(record("x", level=logging.ERROR))
    assert logs.TextFormatter(colors=True).format(record("x", level=logging.ERROR)).startswith("\x1b[31m")
    for environment, shown in (({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)):
        with monkeypatch.context() as patched:
            for name in ("NO_COLOR", "TERM"):
                patched.delenv(name, raising=False)
            for name, value in environment.items():
                patched.setenv(name, value)
            stream = Terminal()
            with fresh_root() as root:
                logs.configure(stream=stream)
                logging.getLogger("shop").warning("careful")
            assert root.level == logging.INFO
            assert ("\x1b[33m" in stream.getvalue()) is shown


class fresh_root:
    """The root logger as a new process has it."""

    def __enter__(self) -> logging.Logger:
        self.root = logging.getLogger()
        self.before = self.root.handlers[:], self.root.level
        self.calls = logging.getLogger("jambonz_anyio.calls").level
        self.root.handlers[:] = []
        return self.root

    def __exit__(self, *_: object) -> None:
        self.root.handlers[:] = self.before[0]
        logging.getLogger("jambonz_anyio.calls").setLevel(self.calls)


def test_lines_of_calls_can_be_left_out() -> None:
    stream = io.StringIO()
    with fresh_root():
        logs.configure("DEBUG", format="json", calls=False, stream=stream)
        logging.getLogger("jambonz_anyio.calls").error("a call")
        logging.getLogger("shop").debug("a sale")
    assert [json.loads(line)["message"] for line in stream.getvalue().splitlines()] == ["a sale"]
    with pytest.raises(ValueError, match="'text' or 'json'"):
        logs.configure(format="xml")


# --- a loop that stands still -------------------------------------------------------------------------------


@pytest.mark.anyio
@pytest.mark.real_time
async def test_what_blocks_the_loop_is_shown_while_it_does(caplog: pytest.LogCaptureFixture) -> None:
    told = threading.Event()
    logger = logging.getLogger("watched")
    handler = Telling(told)
    logger.addHandler(handler)
    try:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(lambda: logs.report_blocked_loop(0.3, logger=logger))
            await anyio.sleep(0.1)
            assert not lines(caplog, "watched")
            asks_the_database(told.wait)
            await anyio.to_thread.run_sync(handler.again.wait, 10)
            tasks.cancel_scope.cancel()
    finally:
        logger.removeHandler(handler)
    first, second = handler.lines
    assert "The event loop has not run for 0.3 s" in first
    assert "asks_the_database" in first
    assert "runs again" in second


class Telling(logging.Handler):
    """Keeps lines, and sets an event at the first."""

    def __init__(self, told: threading.Event) -> None:
        super().__init__()
        self.told = told
        self.again = threading.Event()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())
        (self.again if self.told.is_set() else self.told).set()


def asks_the_database(wait: Callable[[float], bool]) -> None:
    began = time.monotonic()
    assert wait(10)
    assert time.monotonic() - began < 10


@pytest.mark.anyio
async def test_a_watch_needs_a_time() -> None:
    with pytest.raises(ValueError, match="more than 0"):
        await logs.report_blocked_loop(0)
