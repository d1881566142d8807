"""nginx with `deploy/nginx.conf`, in front of processes of a test: only names, addresses and paths are changed."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

CONF = Path(__file__).resolve().parents[1] / "deploy" / "nginx.conf"
PATIENCE = 20.0


def conf(folder: Path, port: int, apps: Mapping[str, int], *, tls: tuple[Path, Path] | None = None) -> str:
    """The settings in `deploy`, for processes by their name and their port of this machine."""
    lines: list[str] = []
    for line in CONF.read_text(encoding="utf-8").splitlines():
        if "app-1" in line and not line.lstrip().startswith("#"):
            # Whatever is said of one process is said of each.
            for name, at in apps.items():
                lines.append(line.replace("app-1:3000", f"127.0.0.1:{at}").replace("app-1", name))
        elif "app-2" not in line or line.lstrip().startswith("#"):
            lines.append(line)
    text = "\n".join(lines).replace("listen 8080;", f"listen 127.0.0.1:{port};")
    if tls is not None:
        certificate, key = tls
        text = text.replace(f"listen 127.0.0.1:{port};", "").replace(
            "# listen 443 ", f"listen 127.0.0.1:{port} "
        )
        text = re.sub(r"# (ssl_certificate +)\S+;", rf"\1{certificate};", text)
        text = re.sub(r"# (ssl_certificate_key +)\S+;", rf"\1{key};", text)
    # Its own directories are root's.
    own = "".join(
        f"{name}_temp_path {folder / name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return text.replace("http {", "http { " + own, 1)


def program() -> str:
    """nginx; a test without it is skipped."""
    found = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
    if found is None:
        pytest.skip("nginx is not installed")
    return found


class Nginx:
    """One that serves on a port of loopback, until it is stopped."""

    def __init__(
        self, folder: Path, port: int, apps: Mapping[str, int], *, tls: tuple[Path, Path] | None = None
    ) -> None:
        self.port = port
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)
        self._conf = folder / "nginx.conf"
        self._conf.write_text(conf(folder, port, apps, tls=tls), encoding="utf-8")
        self._command = [program(), "-c", str(self._conf)]
        self._globals = f"pid {folder / 'nginx.pid'}; error_log stderr notice;"
        self._process: subprocess.Popen[str] | None = None
        self._threads: list[threading.Thread] = []
        self._changed = threading.Condition()
        self.said: list[str] = []
        """What it logs, of requests and of itself."""

    def check(self) -> str:
        """What `nginx -t` says about the settings; it fails where they are wrong."""
        done = subprocess.run(
            [*self._command, "-g", self._globals, "-t"], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stderr

    def start(self) -> None:
        """Start it, and wait until it takes connections."""
        self._process = subprocess.Popen(
            [*self._command, "-g", f"daemon off; {self._globals}"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for stream in (self._process.stdout, self._process.stderr):
            assert stream is not None
            self._threads.append(threading.Thread(target=self._read, args=(stream,)))
            self._threads[-1].start()
        self.says("start worker process ")

    def _read(self, stream: Iterable[str]) -> None:
        for line in stream:
            with self._changed:
                self.said.append(line)
                self._changed.notify_all()

    def says(self, pattern: str) -> None:
        """Wait until a line matches."""
        with self._changed:
            found = self._changed.wait_for(
                lambda: any(re.search(pattern, line) for line in self.said), PATIENCE
            )
            assert found, (pattern, self.said)

    def reload(self) -> None:
        """Have it read its settings and certificates again: `nginx -s reload`."""
        assert self._process is not None
        self._process.send_signal(signal.SIGHUP)
        self.says("gracefully shutting down")

    def stop(self) -> None:
        """Stop it at once."""
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
            process.wait(PATIENCE)
            for thread in self._threads:
                thread.join(PATIENCE)
            assert process.stdout is not None
            assert process.stderr is not None
            process.stdout.close()
            process.stderr.close()
