"""The files of the page, and the headers that they are sent with."""

from __future__ import annotations

from importlib.resources import files

from ...transport import HttpResponse

_TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}


def page_file(path: str, host: str) -> HttpResponse | None:
    """The file that a path names; None when there is none. `host` is what the request calls this address."""
    name = "index.html" if path == "/" else path.removeprefix("/")
    kind = _TYPES.get(name.rpartition(".")[2])
    # Looked for among those there are, so that no name leads anywhere else; and read each time, to be edited.
    folder = files("jambonz_anyio.cli.browser") / "page"
    file = next((one for one in folder.iterdir() if one.name == name and one.is_file()), None)
    if kind is None or file is None:
        return None
    return HttpResponse(200, file.read_bytes(), kind, headers=page_headers(host))


def page_headers(host: str) -> tuple[tuple[str, str], ...]:
    """What a browser may do with whatever comes from here: only what the page needs.

    Nothing is loaded from anywhere else, no text becomes markup or code, and no other page can put this one
    into a frame.
    """
    allowed = (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        f"connect-src 'self' ws://{host}",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
    return (
        ("Content-Security-Policy", "; ".join(allowed)),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Permissions-Policy", "microphone=(self), camera=(), geolocation=(), display-capture=()"),
        # A page of yesterday's version must not speak with today's server.
        ("Cache-Control", "no-store"),
    )
