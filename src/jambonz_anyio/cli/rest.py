"""What `jambonz rest …` asks of a server, and how it shows the answers.

Rows come as the server sent them, keys and passwords among them, so nothing is printed that was not masked
first. Errors of the API become one sentence: what is wrong with the request (exit code 2), nothing of that id
(1), the server refused or cannot be reached (4).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from jambonz_core.rest.errors import InvalidRequest, NotFound, NotSent
from jambonz_core.rest.secrecy import masked
from jambonz_core.wire.errors import JambonzError, RestError

from ..rest import SyncJambonzClient
from .errors import CommandFailed, ExitCode
from .terminal import printable

Columns = Sequence[str]

CALL = ("call_sid", "direction", "from", "to", "call_status", "duration")
RECENT_CALL = ("attempted_at", "direction", "from", "to", "answered", "duration", "sip_status", "call_sid")
ALERT = ("time", "alert_type", "message")
APPLICATION = ("application_sid", "name", "call_hook", "speech_synthesis_vendor", "speech_recognizer_vendor")
PHONE_NUMBER = ("number", "application_sid", "voip_carrier_sid", "phone_number_sid")
QUEUE = ("name", "length")
VARIABLE = ("name", "type", "required", "description")


@dataclass(frozen=True, slots=True)
class Paging:
    """The options that choose which rows of a long list are shown."""

    page: int = 1
    size: int = 25
    everything: bool = False


@dataclass(frozen=True, slots=True)
class Caller:
    """Where the API is and who asks, as far as options told; the environment tells the rest."""

    base_url: str | None = None
    account_sid: str | None = None
    api_key_file: Path | None = None

    @contextmanager
    def client(self) -> Iterator[SyncJambonzClient]:
        """A client, and its errors in plain sentences."""
        try:
            with SyncJambonzClient(self.base_url, self.account_sid, self._key()) as client:
                yield client
        except NotFound as error:
            raise CommandFailed(_sentence(error), ExitCode.NO) from error
        except NotSent as error:
            raise CommandFailed(
                f"The server cannot be reached: {error.message}. Is the base URL right?", ExitCode.NOT_REACHED
            ) from error
        except RestError as error:
            raise CommandFailed(_sentence(error), ExitCode.NOT_REACHED) from error
        except JambonzError as error:
            # The request is wrong, a setting is missing, or the package that carries it.
            raise CommandFailed(_sentence(error), ExitCode.USAGE) from error

    def _key(self) -> str | None:
        file = self.api_key_file
        if file is None:
            return None
        try:
            text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise CommandFailed(f"Cannot read the key in {file}.", ExitCode.NOT_LOADED) from error
        return text.strip()


_MISSING = {
    "base_url": "Where is the API? Set JAMBONZ_REST_API_BASE_URL, or use jambonz rest --base-url URL ….",
    "api_key": "An API key is needed: set JAMBONZ_API_KEY, or use jambonz rest --api-key-file FILE ….",
    "account_sid": "Which account? Set JAMBONZ_ACCOUNT_SID, or use jambonz rest --account-sid SID ….",
}
"""What to do about a setting that nobody has told."""


def _sentence(error: Exception) -> str:
    text = str(error)
    if (
        isinstance(error, InvalidRequest)
        and error.field in _MISSING
        and ("missing" in text or "this needs" in text)
    ):
        return _MISSING[error.field]
    return text if text.endswith(".") else f"{text}."


def json_object(text: str, what: str) -> dict[str, Any]:
    """An object out of an argument."""
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise CommandFailed(f"{what} needs a JSON object, not {text!r}.", ExitCode.USAGE)
    return value


# --- showing ------------------------------------------------------------------------------------------------


def show_json(value: Any) -> None:
    """Print a value as JSON."""
    typer.echo(json.dumps(masked(value), indent=2, ensure_ascii=False))


def show_rows(rows: Iterable[Mapping[str, Any]], columns: Columns, none: str, *, as_json: bool) -> None:
    """Rows as a table, or as a JSON array."""
    found = [masked(row) for row in rows]
    if as_json:
        show_json(found)
    elif not found:
        typer.echo(none)
    else:
        table = [list(columns), *([_cell(row.get(column)) for column in columns] for row in found)]
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        for line in table:
            cells = zip(line, widths, strict=True)
            typer.echo("  ".join(f"{cell:<{width}}" for cell, width in cells).rstrip())


def show_one(row: Mapping[str, Any], *, as_json: bool) -> None:
    """One row, a field in each line."""
    if as_json:
        show_json(row)
        return
    told = {name: _cell(value) for name, value in masked(row).items() if value not in (None, "")}
    widest = max(map(len, told), default=0)
    for name, value in told.items():
        typer.echo(f"{name:<{widest}}  {value}")


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping) and "url" in value:
        return printable(str(value["url"]))  # a hook; its user and password are of no use here
    if isinstance(value, Mapping | list):
        return printable(json.dumps(value, ensure_ascii=False))
    return printable(str(value))


def _done(answer: Mapping[str, Any] | None, said: str, *, as_json: bool) -> None:
    """The end of an update: what the far end answered, where somebody waits for that."""
    if as_json:
        show_json({} if answer is None else answer)
    else:
        typer.echo(said if answer is None else f"{said} {answer.get('status')} {answer.get('reason', '')}")


# --- calls --------------------------------------------------------------------------------------------------


def list_calls(
    caller: Caller,
    *,
    status: str | None,
    direction: str | None,
    from_: str | None,
    to: str | None,
    as_json: bool,
) -> None:
    """Show the live calls."""
    wanted = {"callStatus": status, "direction": direction, "from": from_, "to": to}
    with caller.client() as client:
        rows = client.calls.list({name: value for name, value in wanted.items() if value is not None})
        show_rows(rows, CALL, "There are no such calls.", as_json=as_json)


def get_call(caller: Caller, call_sid: str, *, as_json: bool) -> None:
    """Show one live call."""
    with caller.client() as client:
        show_one(client.calls.get(call_sid), as_json=as_json)


def count_calls(caller: Caller, *, as_json: bool) -> None:
    """Show how many calls are up."""
    with caller.client() as client:
        show_one(client.calls.count(), as_json=as_json)


def create_call(caller: Caller, *, as_json: bool, **request: Any) -> None:
    """Place a call."""
    with caller.client() as client:
        call_sid = client.calls.create(**request)
    if as_json:
        show_json({"call_sid": str(call_sid), "call_id": call_sid.call_id})
    else:
        typer.echo(str(call_sid))


def hang_up(caller: Caller, call_sid: str) -> None:
    """End a call."""
    with caller.client() as client:
        if not client.calls.hang_up(call_sid):
            raise CommandFailed(f"There is no call {call_sid} any more.")
    typer.echo("The call is being hung up.")


def update_call(caller: Caller, call_sid: str, fields: Mapping[str, Any], *, as_json: bool) -> None:
    """Change a call."""
    with caller.client() as client:
        _done(client.calls.update(call_sid, fields), "The server took it.", as_json=as_json)


def redirect_call(caller: Caller, call_sid: str, hook: str, *, as_json: bool) -> None:
    """Have another hook say what happens."""
    with caller.client() as client:
        _done(client.calls.redirect(call_sid, hook), "The server took it.", as_json=as_json)


def whisper(caller: Caller, call_sid: str, what: str, *, as_json: bool) -> None:
    """Say something to one party."""
    verb: Any = {"verb": "say", "text": what}
    if what.lstrip()[:1] in ("{", "["):
        try:
            verb = json.loads(what)
        except ValueError as error:
            raise CommandFailed(f"These are not verbs in JSON: {error}.", ExitCode.USAGE) from error
    with caller.client() as client:
        _done(client.calls.whisper(call_sid, verb), "The server took it.", as_json=as_json)


def mute(caller: Caller, call_sid: str, *, off: bool, as_json: bool) -> None:
    """Mute the caller, or take it back."""
    with caller.client() as client:
        answer = client.calls.mute(call_sid, "unmute" if off else "mute")
        _done(answer, "The server took it.", as_json=as_json)


# --- what else a server knows -------------------------------------------------------------------------------


def list_conferences(caller: Caller, *, as_json: bool) -> None:
    """Show the conferences that somebody is in."""
    with caller.client() as client:
        rows = [{"name": name} for name in client.conferences.list()]
        show_rows(rows, ("name",), "Nobody is in a conference.", as_json=as_json)


def list_queues(caller: Caller, *, search: str | None, as_json: bool) -> None:
    """Show the queues that somebody waits in."""
    with caller.client() as client:
        show_rows(client.queues.list(search), QUEUE, "Nobody waits in a queue.", as_json=as_json)


def list_recent_calls(caller: Caller, paging: Paging, *, as_json: bool, **wanted: Any) -> None:
    """Show calls that are over."""
    with caller.client() as client:
        of = client.recent_calls
        _show_pages(of.page, of.iterate, paging, wanted, RECENT_CALL, "There are no such calls.", as_json)


def list_alerts(caller: Caller, paging: Paging, *, as_json: bool, **wanted: Any) -> None:
    """Show the alerts that the server has raised."""
    with caller.client() as client:
        of = client.alerts
        _show_pages(of.page, of.iterate, paging, wanted, ALERT, "There are no such alerts.", as_json)


def _show_pages(
    page: Callable[..., Any],
    iterate: Callable[..., Iterable[Any]],
    paging: Paging,
    wanted: Mapping[str, Any],
    columns: Columns,
    none: str,
    as_json: bool,
) -> None:
    if paging.everything:
        show_rows(iterate(page_size=500, **wanted), columns, none, as_json=as_json)
        return
    found = page(paging.page, page_size=paging.size, **wanted)
    show_rows(found.rows, columns, none, as_json=as_json)
    total = found.total
    if total is not None and total > paging.size:
        pages = -(-total // paging.size)
        more = f"; --page {paging.page + 1} has more" if paging.page < pages else ""
        typer.echo(f"page {paging.page} of {pages}, {total} in all{more}", err=True)


def list_applications(caller: Caller, *, name: str | None, as_json: bool) -> None:
    """Show the stored applications."""
    with caller.client() as client:
        rows = client.applications.list(name)
        show_rows(rows, APPLICATION, "There are no such applications.", as_json=as_json)


def get_application(caller: Caller, application_sid: str, *, as_json: bool) -> None:
    """Show one stored application."""
    with caller.client() as client:
        show_one(client.applications.get(application_sid), as_json=as_json)


def list_phone_numbers(caller: Caller, *, filter: str | None, as_json: bool) -> None:
    """Show the phone numbers."""
    with caller.client() as client:
        rows = client.phone_numbers.list(filter)
        show_rows(rows, PHONE_NUMBER, "There are no such phone numbers.", as_json=as_json)


def show_app_env(caller: Caller, url: str, *, as_json: bool) -> None:
    """The variables of an application that is served somewhere."""
    with caller.client() as client:
        declared = client.app_env.get(url)
    if as_json:
        # As it is: whoever can reach the application gets the same, and nothing of it is a value.
        typer.echo(json.dumps(declared, indent=2, ensure_ascii=False))
        return
    rows = [{"name": name, **entry} for name, entry in (declared or {}).items()]
    none = "It declares no variables, or the server cannot reach it; the server does not tell which."
    show_rows(rows, VARIABLE, none, as_json=False)


def show_account(caller: Caller, *, as_json: bool) -> None:
    """The account, or all that the key is for."""
    with caller.client() as client:
        if client.account_sid:
            show_one(client.account.get(), as_json=as_json)
        else:
            none = "The key is for no account."
            show_rows(client.account.list(), ("account_sid", "name", "sip_realm"), none, as_json=as_json)
