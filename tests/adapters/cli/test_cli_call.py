"""`jambonz call` in this process: what is shown, who is blamed, and the exit code."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from anyio.from_thread import start_blocking_portal

from jambonz_anyio import App, Call
from jambonz_anyio.cli.caller_script import HELP, ScriptLine, parse_line, parse_script
from jambonz_anyio.cli.command_line import run_command_line
from jambonz_anyio.cli.errors import CommandFailed

ROOT = Path(__file__).resolve().parents[3]
ECHO = ROOT / "examples" / "echo.py"
SCRIPT = ROOT / "examples" / "echo.call"


def test_the_demo_conversation(jambonz: Any) -> None:
    done = jambonz("call", f"{ECHO}:app", "--script", SCRIPT)
    assert done.code == 0
    assert "caller   hears “You said: good morning”" in done.out
    assert "The call took" in done.out
    assert "no faults." in done.out
    assert done.err == ""


def test_input_from_a_pipe_is_the_script_and_its_answer_is_heard(jambonz: Any) -> None:
    done = jambonz("call", ECHO, stdin="good morning\n")
    assert done.code == 0
    assert "hears “You said: good morning”" in done.out


@pytest.mark.parametrize("secret", ["", "s3cret"])
def test_a_path_that_answers_webhooks_is_called_by_them(
    jambonz: Any, app_file: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    monkeypatch.setenv("JAMBONZ_WEBHOOK_SECRET", secret)
    app = app_file(
        f"@app.webhook('/', unsigned={not secret})\n"
        "async def answer(request):\n    return [{'verb': 'say', 'text': 'Over a webhook.'}]\n",
        settings=f"webhook_secret={secret!r}" if secret else "",
    )
    done = jambonz("call", app, stdin="/hears Over a webhook\n/ends jambonz\n")
    assert (done.code, done.err) == (0, "")


@pytest.mark.parametrize("backend", ["asyncio", "uvloop", "trio"])
def test_every_event_loop(
    jambonz: Any, backend: str, app_file: Callable[..., Path], talker: Callable[[str], str]
) -> None:
    app = app_file(talker("await call.hangup()"))
    # Not in virtual time on uvloop: the caller interrupts, so that nobody waits for the end of a sentence.
    done = jambonz("call", app, "--backend", backend, stdin="! stop\n/ends jambonz")
    assert (done.code, done.err) == (0, "")


def test_quiet_shows_people_only(jambonz: Any) -> None:
    done = jambonz("call", ECHO, "--script", SCRIPT, "--quiet")
    assert done.code == 0
    assert {line.split()[1] for line in done.out.splitlines()[:-1]} == {"caller"}


def test_json_has_one_object_for_each_thing_that_happens(jambonz: Any) -> None:
    done = jambonz("call", ECHO, "--script", SCRIPT, "--json", "--user", "jam:sesame-seeds")
    records = [json.loads(line) for line in done.out.splitlines()]
    assert [record["at"] for record in records] == sorted(record["at"] for record in records)
    assert {"Connect", "Spoken", "Acted", "CallCompleted"} <= {record["event"] for record in records}
    spoken = [record["text"] for record in records if record["event"] == "Spoken"]
    assert "You said: good morning" in spoken
    assert "sesame-seeds" not in done.out


def test_json_of_bytes_dictionaries_and_errors(
    jambonz: Any, app_file: Callable[..., Path], talker: Callable[[str], str]
) -> None:
    app = app_file(talker("raise KeyError(heard.transcript)"))
    done = jambonz("call", app, "--json", stdin="hi\n")
    assert done.code == 1
    logged = [
        record for line in done.out.splitlines() if (record := json.loads(line))["event"] == "AppLogged"
    ]
    assert "KeyError: 'hi' (app.py, line 11, in answer)" in logged[0]["error"]


# --- who is blamed ------------------------------------------------------------------------------------------


def test_an_expectation_that_is_not_met_names_its_line(jambonz: Any) -> None:
    done = jambonz("call", ECHO, stdin="# a comment\ngood morning\n/hears You said: good night\n")
    assert done.code == 1
    assert done.err.startswith("jambonz: Line 3: expected to hear “You said: good night”, and heard")
    assert done.err.count("\n") == 1


def test_a_handler_that_fails_is_told_with_its_line(
    jambonz: Any, app_file: Callable[..., Path], talker: Callable[[str], str]
) -> None:
    app = app_file(talker("raise ValueError('no\\ndatabase')"))
    done = jambonz("call", app, stdin="hi\n/hears Welcome\n")
    assert done.code == 1
    assert done.err == (
        "jambonz: The application failed: ValueError: no database (app.py, line 11, in answer). "
        "So the script failed: line 2: expected to hear “Welcome”, but the call of caller is over, and heard "
        "“Hello”.\n"
    )
    assert "app log  ValueError: no database (app.py, line 11, in answer)" in done.out
    assert "[5b9d" not in done.out


def test_a_handler_that_fails_though_the_script_is_content(
    jambonz: Any, app_file: Callable[..., Path], talker: Callable[[str], str]
) -> None:
    app = app_file(talker("raise ValueError('no database')"))
    done = jambonz("call", app, stdin="hi\n")
    assert done.code == 1
    assert done.err == (
        "jambonz: The application failed: ValueError: no database (app.py, line 11, in answer).\n"
    )


def test_nothing_of_an_application_moves_the_cursor(jambonz: Any, app_file: Callable[..., Path]) -> None:
    app = app_file(
        "@app.call('/')\nasync def answer(call: Call) -> None:\n    await call.say(text='One\\x1b[2J\\nTwo').send()\n"
    )
    done = jambonz("call", app, stdin="")
    assert (done.code, done.err) == (0, "")
    assert "hears “One·[2J Two”" in done.out


def test_a_path_that_is_not_served(jambonz: Any) -> None:
    done = jambonz("call", ECHO, "--path", "/elsewhere")
    assert done.code == 4
    assert "refused with 404" in done.err
    assert done.err.endswith("It serves calls at /.\n")


def test_credentials_that_are_wanted(
    jambonz: Any, app_file: Callable[..., Path], talker: Callable[[str], str]
) -> None:
    app = app_file(talker("pass"), settings="auth=('jam', 'sesame')")
    refused = jambonz("call", app)
    assert (refused.code, "refused with 401" in refused.err) == (4, True)
    assert jambonz("call", app, "--user", "jam:sesame", stdin="/hears Hello").code == 0


@pytest.mark.parametrize("scheme", ["ws", "http"])
def test_nobody_listens(jambonz: Any, unused_port: int, scheme: str) -> None:
    done = jambonz("call", f"{scheme}://127.0.0.1:{unused_port}/", "--script", SCRIPT)
    assert done.code == 4
    assert done.err.startswith("jambonz: The application cannot be reached: ")
    assert "Connection refused" in done.err
    assert done.err.count("\n") == 1


def test_an_application_that_never_answers(jambonz: Any, app_file: Callable[..., Path]) -> None:
    # A first answer with nothing in it, over HTTP, is none.
    app = app_file('@app.webhook("/", unsigned=True)\nasync def answer(request):\n    return None\n')
    done = jambonz("call", app, "--path", "/")
    assert done.code == 4
    assert "never answered: its first answer holds no verbs" in done.err


def test_faults_fail_a_strict_call(jambonz: Any, app_file: Callable[..., Path]) -> None:
    app = app_file(
        "@app.call('/')\nasync def answer(call: Call) -> None:\n"
        "    await call.send([{'verb': 'say', 'text': 'Hi'}])\n"
        "    await call.mute()\n"
    )
    lenient = jambonz("call", app, stdin="/hears Hi")
    assert lenient.code == 0
    assert "fault    command-invalid: The command mute:status is ignored" in lenient.out
    strict = jambonz("call", app, "--strict", stdin="/hears Hi")
    assert (strict.code, strict.err) == (1, "jambonz: 1 fault was found (--strict).\n")


def test_remarks_do_not(jambonz: Any, app_file: Callable[..., Path]) -> None:
    app = app_file(
        "@app.call('/', on_return='stay')\nasync def answer(call: Call) -> None:\n"
        "    @call.on('/pressed')\n"
        "    async def pressed(hook):\n"
        "        return [{'verb': 'say', 'text': 'You pressed'}, {'verb': 'hangup'}]\n"
        "    gather = {'verb': 'gather', 'input': ['digits'], 'numDigits': 1, 'actionHook': '/pressed'}\n"
        "    await call.send([gather, {'verb': 'say', 'text': 'Nothing?'}])\n"
    )
    done = jambonz("call", app, "--strict", stdin="1\n/hears You pressed\n/ends jambonz")
    assert (done.code, done.err) == (0, "")
    assert "remark   verbs-replaced: The answer to the action hook of gather replaces" in done.out
    assert "no faults" in done.out
    quiet = jambonz("call", app, "--strict", "--quiet", stdin="1\n/hears You pressed\n/ends jambonz")
    assert "remark" not in quiet.out


def test_how_long_a_line_waits(jambonz: Any, app_file: Callable[..., Path]) -> None:
    app = app_file(
        "@app.call('/')\nasync def answer(call: Call) -> None:\n"
        "    await call.answer().pause(length=20).say(text='At last').pause(length=20).hangup().send()\n"
        "    await call.wait_ended()\n"
    )
    assert jambonz("call", app, stdin="/hears At last").code == 1
    assert jambonz("call", app, stdin="/hears:30 At last\n/ends:30 jambonz").code == 0
    short = jambonz("call", app, stdin="/sound:1 bye.wav")
    assert (short.code, "within 1 s" in short.err) == (1, True)
    assert jambonz("call", app, stdin="/keys:1.5 12").code == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--env", "NAME"], "--env needs NAME=VALUE, not 'NAME'."),
        (["--user", "jam"], "--user needs NAME:PASSWORD."),
        (["--script", "nowhere.call"], "Cannot read the script nowhere.call: No such file or directory."),
        (["--script", "."], "Cannot read the script .: Is a directory."),
        (
            ["--journal", "nowhere/at/all"],
            "Cannot write the journal nowhere/at/all: No such file or directory.",
        ),
    ],
)
def test_what_is_wrong_with_the_command_line(jambonz: Any, words: list[str], said: str) -> None:
    done = jambonz("call", ECHO, *words)
    assert done.err == f"jambonz: {said}\n"
    assert done.code in (2, 3)


def test_a_script_that_is_no_text(jambonz: Any, tmp_path: Path) -> None:
    (tmp_path / "script").write_bytes(b"\xff\xfe")
    done = jambonz("call", ECHO, "--script", "script")
    assert (done.code, done.err) == (3, "jambonz: The script script is not UTF-8 text.\n")


def test_a_url_of_another_kind(jambonz: Any) -> None:
    done = jambonz("call", "ftp://example.com/")
    assert (done.code, "a URL begins with ws://" in done.err) == (2, True)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("ws://", "it names no host, as ws://127.0.0.1:3000/ does"),
        ("ws://127.0.0.1:99999/", "Port out of range 0-65535"),
        ("ws://[::1", "Invalid IPv6 URL"),
    ],
)
def test_a_url_that_leads_nowhere(jambonz: Any, url: str, said: str) -> None:
    done = jambonz("call", url)
    assert (done.code, done.err) == (2, f"jambonz: Cannot call {url}: {said}.\n")


@pytest.fixture
def web_server() -> Iterator[str]:
    """Where something else than an application is served; it puts a page into its answer."""

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<!DOCTYPE html>\n<html><body>Welcome</body></html>")

        def log_message(self, format: str, *args: Any) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        yield f"127.0.0.1:{server.server_port}/"
        server.shutdown()
        serving.join()


@pytest.mark.parametrize("scheme", ["ws", "http"])
def test_a_server_that_is_no_application(jambonz: Any, web_server: str, scheme: str) -> None:
    done = jambonz("call", f"{scheme}://{web_server}")
    assert done.code == 4
    assert done.err.endswith(" Is an application for jambonz served there, and at this path?\n")
    assert "html" not in done.err


@pytest.mark.parametrize("words", [["call", ECHO], ["doctor"]])
def test_an_event_loop_that_is_not_installed(
    jambonz: Any, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.setattr("jambonz_anyio.cli.event_loops.find_spec", lambda name: None)
    done = jambonz(*words, "--backend", "trio")
    assert (done.code, done.err) == (2, "jambonz: --backend trio needs the package trio: pip install trio.\n")


@pytest.mark.parametrize("command", ["call", "run"])
def test_content_is_kept_in_a_journal_only(jambonz: Any, command: str) -> None:
    done = jambonz(command, ECHO, "--content")
    assert (done.code, "--content needs --journal" in done.err) == (2, True)


def test_a_closed_standard_input_says_nothing(jambonz: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    assert run_command_line(["call", str(ECHO)]) == 0


def test_a_pipe_that_is_no_text(jambonz: Any) -> None:
    done = jambonz("call", ECHO, stdin="\udcff")
    assert (done.code, done.err) == (3, "jambonz: Standard input is not UTF-8 text.\n")


def test_variables_and_numbers_reach_the_application(jambonz: Any, app_file: Callable[..., Path]) -> None:
    app = app_file(
        "@app.call('/')\nasync def answer(call: Call) -> None:\n"
        "    await call.say(text=f'{call.env[\"NAME\"]} {call.from_} {call.to} {call.direction}').send()\n",
        settings='env_vars={"NAME": {"type": "string", "description": "Whom to greet"}}',
    )
    words = ["--env", "NAME=Ann=a", "--from", "+1", "--to", "+2", "--outbound"]
    done = jambonz("call", app, *words, stdin="/answer\n/hears Ann=a +1 +2 outbound\n")
    assert (done.code, done.err) == (0, "")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("", "(it declares none)"),
        (
            'env_vars={"NAME": {"type": "string", "description": "Whom to greet"}}',
            "(did you mean NAME?)",
        ),
        (
            'env_vars={"COLOUR": {"type": "string", "description": "Its"}, "SIZE": {"type": "number", "description": "Its"}}',
            "(it declares COLOUR, SIZE)",
        ),
    ],
)
def test_a_variable_that_is_not_declared_is_named(
    jambonz: Any, app_file: Callable[..., Path], talker: Callable[[str], str], settings: str, said: str
) -> None:
    app = app_file(talker("pass"), settings=settings)
    done = jambonz("call", app, "--env", "NMAE=Ann", stdin="/hears Hello\n")
    fault = f"--env NMAE: the application declares no such variable {said}"
    assert (done.code, done.out, done.err) == (2, "", f"jambonz: {fault}.\n")
    found = jambonz("doctor", app, "--env", "NMAE=Ann")
    assert found.code == 1
    assert fault in found.out


def test_an_application_at_a_url_is_asked_for_its_variables(jambonz: Any, unused_port: int) -> None:
    served = App(env_vars={"NAME": {"type": "string", "description": "Whom to greet"}})

    @served.call("/")
    async def greet(call: Call) -> None:
        await call.say(text=f"Hello {call.env['NAME']}.").hangup().send()

    with start_blocking_portal() as portal:
        serving = served.serving(port=0, host="127.0.0.1")
        with portal.wrap_async_context_manager(serving) as server:
            url = f"ws://127.0.0.1:{server.port}/"
            for command in (("call",), ("phone", "--no-open")):
                done = jambonz(*command, url, "--env", "NMAE=Ann", stdin="/hears Hello\n")
                assert (done.code, done.err) == (
                    2,
                    "jambonz: --env NMAE: the application declares no such variable (did you mean NAME?).\n",
                )
            assert jambonz("call", url, "--env", "NAME=Ann", stdin="/hears Hello Ann.\n").code == 0
    gone = jambonz("call", f"ws://127.0.0.1:{unused_port}/", "--env", "NMAE=Ann", stdin="/hears Hello\n")
    assert (gone.code, "cannot be reached" in gone.err) == (4, True)


def test_another_server_can_be_asked_for(
    jambonz: Any, app_file: Callable[..., Path], talker: Callable[[str], str]
) -> None:
    app = app_file(talker("pass"), settings='profile="0.9"')
    for words in ([], ["--profile", "v10"]):
        assert jambonz("call", app, *words, stdin="/hears Hello").code == 0
    assert jambonz("call", app, "--profile", "11").code == 2


def test_an_error_in_the_lifespan_is_one_sentence(
    jambonz: Any, app_file: Callable[..., Path], talker: Callable[[str], str]
) -> None:
    app = app_file(
        talker("pass")
        + "\n@app.lifespan\nasync def database(app):\n    raise OSError(13, 'no database')\n    yield\n"
    )
    done = jambonz("call", app)
    assert done.code == 1
    assert "no database" in done.err
    assert "Traceback" not in done.err
    with pytest.raises((OSError, ExceptionGroup)):
        jambonz("--debug", "call", app)


def test_debug_lets_a_failure_through(jambonz: Any) -> None:
    with pytest.raises(CommandFailed, match="expected to hear"):
        jambonz("--debug", "call", ECHO, stdin="/hears nothing of that kind")


# --- the language of callers --------------------------------------------------------------------------------

WORDS = """
/hears Please say
! something
/interrupt else
/hears /repeat (.*)/
/hears-nothing 0.1
something
/hears You said: something
/drop
/wait 2
/slow 0.1
/slow 0
/refuse-tokens 1
/vendor-down
/vendor-up
/note All is well
/tts-fails
/stt-fails
/ends jambonz
"""


def test_what_a_caller_can_do(jambonz: Any) -> None:
    done = jambonz("call", ECHO, stdin=WORDS)
    assert (done.code, done.err) == (0, "")
    for words in ("All is well", "the connection is lost", "vendor down", "session:reconnect"):
        assert words in done.out


MODEL_APP = """
OPTIONS = {"response_create": {}}


@app.call('/')
async def answer(call: Call) -> None:
    @call.on('/tool')
    async def tool(wanted) -> None:
        await call.tool_output(wanted.tool_call_id, f"{wanted.name} is done")

    over = await call.llm(
        vendor='openai', model='m', auth={'apiKey': 'k'}, llmOptions=OPTIONS, toolHook='/tool'
    ).result()
    await call.say(text=f'The model is gone: {over.completion_reason}.').send()
"""

WORDS_OF_A_MODEL = """
/model-says Welcome.
/hears Welcome
Where is my order?
/model-hears my order
/tool get_order {"order_id": "7"}
/output get_order is done
/model It has been shipped.
/hears It has been shipped.
/tools {"get_order": {"order_id": "8"}, "get_weather": {}}
/output:5 get_weather
/output get_order
"""


@pytest.mark.parametrize(
    ("last", "reason"),
    [
        ("/model-fails no capacity", "server error"),
        ("/model-ends", "normal conversation end"),
        ("/model-ends server failure", "server failure"),
    ],
)
def test_a_script_plays_the_model_too(
    jambonz: Any, app_file: Callable[..., Path], last: str, reason: str
) -> None:
    script = f"{WORDS_OF_A_MODEL}{last}\n/hears The model is gone: {reason}\n"
    done = jambonz("call", app_file(MODEL_APP), stdin=script)
    assert (done.code, done.err) == (0, "")
    assert "model    gets from get_weather" in done.out


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("/tool a\n/output a nothing of that kind", "Line 2: expected the answer to a() to contain"),
        ("/output a", "Line 1: expected the model to have called a(), and it called no tool"),
        ("/model:1 Yes.", "Line 1: expected the model to say"),
    ],
)
def test_what_a_model_expects_in_vain(
    jambonz: Any, app_file: Callable[..., Path], lines: str, said: str
) -> None:
    done = jambonz("call", app_file(MODEL_APP), stdin=lines)
    assert done.code == 1
    assert said in done.err


def test_parties_that_are_dialled(jambonz: Any, app_file: Callable[..., Path]) -> None:
    app = app_file(
        "@app.call('/')\nasync def answer(call: Call) -> None:\n"
        "    for _ in range(3):\n"
        "        result = await call.dial(target=[{'type': 'phone', 'number': '+15551230000'}]).result()\n"
        "        await call.say(text=f'It was {result.dial_call_status}').send()\n"
        "    await call.dtmf('12').say(text='Press').gather(input=['digits'], numDigits=1).send()\n"
        "    await call.play(url='https://example.com/bye.wav').send()\n"
    )
    script = (
        "/as b1 /busy\n/hears It was busy\n/as b2 /decline 486\n/hears It was busy\n"
        "/as b3 /answer\n/wait 1\n/as b3 /hangup\n/hears It was completed\n"
        "/keys 12\n/hears Press\n5\n/sound bye.wav\n"
    )
    done = jambonz("call", app, stdin=script)
    assert (done.code, done.err) == (0, "")
    assert "b3       is in-progress" in done.out


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/nonsense", "there is no /nonsense"),
        ("/hears", "/hears needs words"),
        ("!", "! needs words"),
        ("/wait soon", "/wait needs a number, not 'soon'"),
        ("/as b1", "/as needs a party and a line"),
        ("/as b1 /as b2 hello", "/as needs a party and a line"),
        ("/hears:soon Hello", "/hears: needs a number of seconds, not 'soon'"),
        ("/ends:-1", "/ends: needs a number of seconds, not '-1'"),
        ("/wait:3 2", "/wait waits for nothing"),
    ],
)
def test_mistakes_in_a_script_are_found_before_the_call(jambonz: Any, line: str, said: str) -> None:
    done = jambonz("call", ECHO, stdin=f"hello\n{line}\n")
    assert done.code == 2
    assert done.err.startswith(f"jambonz: line 2: {said}")
    assert done.out == ""


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/hears /(/", "is no regular expression"),
        ("/tool weather [1]", "/tool needs a JSON object"),
        ("/tool weather {", "/tool needs a JSON object, not {"),
        ('/tools {"weather": 1}', "/tools needs a JSON object, not 1"),
        ("/tools {}", "/tools needs at least one tool"),
    ],
)
def test_mistakes_that_are_found_when_their_turn_comes(jambonz: Any, line: str, said: str) -> None:
    done = jambonz("call", ECHO, stdin=line)
    assert (done.code, said in done.err) == (2, True)


def test_lines_of_a_script() -> None:
    assert parse_line("   ") is None
    assert parse_line("# a comment") is None
    assert parse_line("##") is None
    assert parse_line("#") == ScriptLine(1, "press", "#")
    assert parse_line("12*") == ScriptLine(1, "press", "12*")
    assert parse_line("12 pears") == ScriptLine(1, "say", "12 pears")
    assert [line.number for line in parse_script("a\n\n# b\nc")] == [1, 4]


def test_help_tells_every_word(jambonz: Any) -> None:
    done = jambonz("call", "--help")
    assert done.code == 0
    for line in HELP.splitlines():
        assert line.rstrip() in done.out


# --- how it is shown ----------------------------------------------------------------------------------------


def test_only_times_are_dim(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for name, value in {"FORCE_COLOR": "1", "TERM": "xterm", "COLUMNS": "120"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr("sys.stdin", io.StringIO("/hangup\n"))
    assert run_command_line(["call", str(ECHO)]) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if "hangs up" in line]
    assert re.fullmatch(r"\x1b\[2m *[\d.]+ +\x1b\[0m\x1b\[1;32mcaller +\x1b\[0mhangs up", lines[0])


@pytest.mark.parametrize("words", [["--json"], []])
def test_a_reader_that_goes_away_ends_it_quietly(words: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [
        sys.executable,
        "-m",
        "jambonz_anyio.cli",
        "call",
        f"{ECHO}:app",
        "--script",
        str(SCRIPT),
        *words,
    ]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, timeout=30, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, b"")
