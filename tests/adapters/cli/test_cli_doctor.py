"""`jambonz doctor`: what it finds, what it weighs, and what decides the exit code."""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import Any

import pytest
import trustme

from jambonz_anyio import App
from jambonz_anyio.cli import doctor_environment
from jambonz_anyio.cli.doctor_app import look_at_app, path_of, portal_findings
from jambonz_anyio.cli.doctor_environment import (
    look_at_machine,
    look_at_packages,
    look_at_port,
    look_at_python,
    look_at_tls,
    requirements,
)
from jambonz_anyio.cli.doctor_findings import DoctorSettings, Weight
from jambonz_anyio.transport import HttpResponse

ROOT = Path(__file__).resolve().parents[3]
ECHO = ROOT / "examples" / "echo.py"


def told(findings: Any, weight: Weight) -> list[str]:
    return [finding.text for finding in findings if finding.weight is weight]


# --- the environment ----------------------------------------------------------------------------------------


def test_a_healthy_environment(jambonz: Any, unused_port: int) -> None:
    done = jambonz("doctor", "--port", unused_port)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("Python\n  ✓ ")
    for words in ("anyio ", "[rest] httpx", f"127.0.0.1:{unused_port} is free", "no faults, no warnings."):
        assert words in done.out


def test_findings_for_programs(jambonz: Any, unused_port: int) -> None:
    found = json.loads(jambonz("doctor", "--port", unused_port, "--json").out)
    assert {"topic", "weight", "text"} == set(found[0])
    assert {one["weight"] for one in found} <= {"ok", "note", "warning", "fault"}


def test_an_old_python() -> None:
    assert [finding.weight for finding in look_at_python((3, 10, 4))] == [Weight.FAULT]
    assert [finding.weight for finding in look_at_python()] == [Weight.OK]


def test_packages_that_are_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    def version(name: str) -> str:
        if name in ("anyio", "httpx", "httpx2", "trio"):
            raise PackageNotFoundError(name)
        return "1"

    monkeypatch.setattr(doctor_environment, "version", version)
    found = list(look_at_packages())
    assert told(found, Weight.FAULT) == ["missing: pip install anyio"]
    notes = told(found, Weight.NOTE)
    assert any("pip install 'jambonz-anyio[rest]'" in note for note in notes)
    assert any("pip install trio" in note for note in notes)


def test_a_package_that_will_do_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    def version(name: str) -> str:
        if name == "httpx2":
            raise PackageNotFoundError(name)
        return "1.5"

    monkeypatch.setattr(doctor_environment, "version", version)
    monkeypatch.setattr(doctor_environment, "requires", lambda name: ["httpx2>=2; extra == 'rest'"])
    found = list(look_at_packages())
    assert "[rest] httpx 1.5" in told(found, Weight.OK)
    assert not any("rest" in note for note in told(found, Weight.NOTE))


def test_reading_requirements() -> None:
    lines = [
        "anyio>=4",
        "b-c[d]; python_version < '3'",
        "e ; extra == 'rest' and x",
        ">=1",
        'f; extra == "rest"',
    ]
    assert requirements(lines) == {"": ["anyio", "b-c"], "rest": ["e", "f"]}


def test_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor_environment, "open_files", lambda: 256)
    monkeypatch.setattr("shutil.which", lambda name: "/bin/node")
    found = list(look_at_machine({"JAMBONZ_API_KEY": "sesame-seeds"}))
    notes = "\n".join(told(found, Weight.NOTE))
    assert "256 open files" in notes
    assert "Node at /bin/node" in notes
    assert "set for the REST client: JAMBONZ_API_KEY" in notes
    assert "sesame" not in notes
    monkeypatch.setattr(doctor_environment, "open_files", lambda: None)
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert [finding.weight for finding in look_at_machine({})] == [Weight.OK]
    monkeypatch.undo()
    monkeypatch.setitem(sys.modules, "resource", None)
    assert doctor_environment.open_files() is None


def test_a_port_that_is_taken() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        finding = look_at_port("127.0.0.1", taken.getsockname()[1])
    assert finding.weight is Weight.WARNING
    assert "Address already in use" in finding.text
    assert look_at_port("nowhere.invalid", 80).weight is Weight.WARNING


# --- TLS ----------------------------------------------------------------------------------------------------


def pair(folder: Path, **settings: Any) -> tuple[Path, Path]:
    """Files of a certificate that some authority has signed, and of its key."""
    issued = trustme.CA().issue_cert("jambonz.example.com", "127.0.0.1", **settings)
    cert, key = folder / "cert.pem", folder / "key.pem"
    issued.cert_chain_pems[0].write_to_path(str(cert))
    issued.private_key_pem.write_to_path(str(key))
    return cert, key


def test_a_certificate_that_works(jambonz: Any, tmp_path: Path) -> None:
    cert, key = pair(tmp_path)
    finding = look_at_tls(cert, key)
    assert finding.weight is Weight.OK
    assert "for jambonz.example.com, 127.0.0.1, until " in finding.text
    assert "TLS\n  ✓ " in jambonz("doctor", "--tls-cert", cert, "--tls-key", key).out


def test_a_certificate_that_has_expired(tmp_path: Path) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=3)
    cert, key = pair(tmp_path, not_after=long_ago)
    finding = look_at_tls(cert, key)
    assert finding.weight is Weight.FAULT
    assert finding.text.endswith("clients will refuse it: certificate has expired")


def test_a_key_that_does_not_fit(tmp_path: Path) -> None:
    cert, _ = pair(tmp_path)
    other = tmp_path / "other"
    other.mkdir()
    finding = look_at_tls(cert, pair(other)[1])
    assert (finding.weight, "Cannot use the certificate" in finding.text) == (Weight.FAULT, True)
    assert look_at_tls(None, cert).text == "--tls-key needs --tls-cert."


# --- an application -----------------------------------------------------------------------------------------


def test_a_healthy_application(jambonz: Any) -> None:
    done = jambonz("doctor", ECHO)
    assert (done.code, done.err) == (0, "")
    assert "loaded, made for v10; call: /" in done.out
    assert "it declares no variables" in done.out
    assert "whoever reaches the port is served" in done.out
    assert "call to /\n  ✓ 6 verbs ran, 3 hooks came, nothing is wrong" in done.out
    assert "from 0.9" not in done.out


def test_an_application_that_cannot_be_loaded(jambonz: Any) -> None:
    done = jambonz("doctor", "nowhere.py")
    assert done.code == 1
    assert "✗ There is no file nowhere.py in " in done.out
    assert "1 fault, no warnings." in done.out


def test_a_variable_that_breaks_the_portals_rules(jambonz: Any, app_file: Callable[..., Path]) -> None:
    done = jambonz("doctor", app_file("", settings='env_vars={"KEY": {"type": "text"}}'))
    assert done.code == 1
    assert "InvalidEnvironment: environment variable KEY: type must be one of" in done.out


def test_an_application_that_serves_nothing(jambonz: Any, app_file: Callable[..., Path]) -> None:
    assert "it serves nothing" in jambonz("doctor", app_file("")).out


WANTING = """
@app.call("/t/{name}/*")
async def answer(call: Call) -> None:
    key = call.env["KEY"]
    say = {"text": "Speak"}
    await call.gather(input=["speech"], actionHook="/nobody", say=say).say(text=key).send()
    call.on("/else", print)
"""

WANTING_SETTINGS = (
    "auth=('jam', 'sesame'), env_vars={'KEY': {'type': 'string', 'description': 'A key', 'required': True}}"
)


def test_credentials_and_variables(jambonz: Any, app_file: Callable[..., Path]) -> None:
    app = app_file(WANTING, settings=WANTING_SETTINGS)
    done = jambonz("doctor", app)
    assert "variables for the portal: KEY" in done.out
    assert "connections without credentials are refused: --user NAME:PASSWORD lets calls in" in done.out
    assert "calls need --env KEY=… here" in done.out
    assert "call to" not in done.out
    done = jambonz("doctor", app, "--user", "jam:sesame", "--env", "KEY=x", "--backend", "trio")
    assert done.code == 0
    assert "call to /t/{name}/*\n  ! nobody receives the hook /nobody" in done.out
    assert "no faults, 1 warning." in done.out


def test_a_handler_that_fails(jambonz: Any, app_file: Callable[..., Path]) -> None:
    app = app_file(
        '@app.call("/")\nasync def answer(call: Call) -> None:\n    raise ValueError("no database")\n'
    )
    done = jambonz("doctor", app)
    assert done.code == 1
    assert "ends: ValueError: no database (app.py, line 8, in answer)" in done.out
    assert "from 0.9" not in done.out


def test_a_handler_that_blocks_the_event_loop(
    jambonz: Any, app_file: Callable[..., Path], unused_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What a handler like `time.sleep(6)` does to the clock, without the wait.
    app = app_file(
        "from jambonz_anyio.cli.doctor_app import time\n\n\n@app.call('/')\n"
        "async def answer(call: Call) -> None:\n    time.sleep(6)\n    await call.say(text='Hi').hangup().send()\n"
    )
    clock = Clock()
    monkeypatch.setattr("jambonz_anyio.cli.doctor_app.time", clock)
    done = jambonz("doctor", app, "--port", unused_port)
    assert done.code == 0
    assert "! something blocks the event loop for 6." in done.out
    assert "blocks" not in jambonz("doctor", ECHO, "--port", unused_port).out


class Clock:
    """Real time, as far as a test lets it pass."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def test_a_failure_is_told_without_what_follows_from_it(
    jambonz: Any, app_file: Callable[..., Path], unused_port: int
) -> None:
    app = app_file(
        "@app.call('/')\nasync def answer(call: Call) -> None:\n"
        "    await call.say(text='Hi').send()\n    raise KeyError('till')\n"
    )
    done = jambonz("doctor", app, "--port", unused_port)
    assert done.code == 1
    assert "KeyError: 'till'" in done.out
    assert "sip:decline" not in done.out
    assert "1 fault, no warnings." in done.out


def test_no_calls(jambonz: Any, app_file: Callable[..., Path]) -> None:
    app = app_file(
        '@app.call("/")\nasync def answer(call: Call) -> None:\n    raise ValueError("no database")\n'
    )
    assert jambonz("doctor", app, "--no-calls").code == 0


def test_what_only_the_other_server_would_not_like(jambonz: Any, app_file: Callable[..., Path]) -> None:
    app = app_file(
        '@app.call("/")\nasync def answer(call: Call) -> None:\n'
        '    await call.agent(llm={"vendor": "openai", "model": "x"}, actionHook="/a").send()\n'
        '    call.on("/a", lambda payload: None)\n'
    )
    done = jambonz("doctor", app)
    assert done.code == 0
    assert "call to /, from 0.9\n" in done.out
    assert "· call-rejected" in done.out
    assert "there is no verb 'agent'" in done.out


def test_a_menu_of_keys_and_parties_that_are_dialled(jambonz: Any, app_file: Callable[..., Path]) -> None:
    app = app_file(
        '@app.call("/")\nasync def answer(call: Call) -> None:\n'
        "    keys = await call.gather(input=['digits'], numDigits=1, timeout=5).result()\n"
        "    target = [{'type': 'phone', 'number': '+1555'}]\n"
        "    done = await call.dial(target=target, timeLimit=2).result()\n"
        "    assert (keys.digits, done.dial_call_status) == ('1', 'completed'), done\n"
    )
    done = jambonz("doctor", app)
    assert done.code == 0, done.out


def test_an_application_that_never_answers(jambonz: Any, app_file: Callable[..., Path]) -> None:
    app = app_file(
        'import anyio\n\n\n@app.call("/")\nasync def answer(call: Call) -> None:\n    await anyio.sleep(30)\n'
    )
    done = jambonz("doctor", app)
    assert "call to /\n  ! The handler of / " in done.out


def test_an_application_that_leaks_tasks(jambonz: Any, app_file: Callable[..., Path]) -> None:
    app = app_file(
        'import asyncio\n\nkept = []\n\n\n@app.call("/")\nasync def answer(call: Call) -> None:\n'
        "    kept.append(asyncio.create_task(asyncio.sleep(1000)))\n"
    )
    done = jambonz("doctor", app)
    assert done.code == 1
    assert "never waited for" in done.out


def test_an_error_of_another_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    app = App()
    app.call("/")(lambda call: None)
    monkeypatch.setattr("jambonz_anyio.cli.doctor_app.dial", lambda *_, **__: 1 / 0)
    found = list(look_at_app(app, DoctorSettings()))
    assert told(found, Weight.FAULT)[0].startswith("ZeroDivisionError: division by zero")


def test_webhooks_and_audio_only(jambonz: Any, app_file: Callable[..., Path]) -> None:
    app = app_file(
        '@app.webhook("/hook", unsigned=True)\nasync def answer(request):\n    return []\n\n\n'
        '@app.audio("/audio")\nasync def audio(stream):\n    return None\n'
    )
    done = jambonz("doctor", app)
    assert done.code == 0
    assert "audio: /audio; webhook: /hook" in done.out
    assert "port is served" not in done.out


@pytest.mark.parametrize(
    ("answer", "weight", "words"),
    [
        (HttpResponse(204), Weight.OK, "no variables"),
        (HttpResponse(404, b"nothing"), Weight.FAULT, "answered 404"),
        (HttpResponse(200, b"[]", "application/json"), Weight.FAULT, "answered 200"),
        (HttpResponse(200, b"hello", "text/plain"), Weight.FAULT, "answered 200"),
    ],
)
def test_what_the_portal_makes_of_an_answer(answer: HttpResponse, weight: Weight, words: str) -> None:
    [finding] = portal_findings(answer, {})
    assert finding.weight is weight
    assert words in finding.text


def test_paths_for_patterns() -> None:
    assert [path_of(pattern) for pattern in ("/", "*", "/a/{b}/c/{rest:path}")] == ["/", "/x", "/a/x/c/x"]
