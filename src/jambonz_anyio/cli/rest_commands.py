"""The commands `jambonz rest …`: the common requests of the REST API, for people and scripts.

Names, arguments and help are here; what is asked of the server, and how answers are shown, is in `rest`.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .errors import CommandFailed, ExitCode

if TYPE_CHECKING:
    from .rest import Caller

ENVIRONMENT = """\b
Where and as whom, if not told by options:
  JAMBONZ_REST_API_BASE_URL   such as https://jambonz.example.com; JAMBONZ_BASE_URL is taken, too
  JAMBONZ_ACCOUNT_SID         the account
  JAMBONZ_API_KEY             an API key of it; there is no option for the key itself, because the
                              arguments of a program can be read by everybody on the machine
"""

rest: typer.Typer = typer.Typer(
    help="Ask the REST API of a jambonz server: calls, queues, what went wrong.",
    epilog=ENVIRONMENT,
    no_args_is_help=True,
    rich_markup_mode=None,
)
calls: typer.Typer = typer.Typer(help="Live calls: list, place, steer, hang up.", no_args_is_help=True)
applications: typer.Typer = typer.Typer(help="Stored applications.", no_args_is_help=True)
rest.add_typer(calls, name="calls")
rest.add_typer(applications, name="applications")


class Direction(StrEnum):
    """Which side began a call."""

    inbound = "inbound"
    outbound = "outbound"


class Answered(StrEnum):
    """Whether somebody picked up."""

    yes = "yes"
    no = "no"


CallSid = Annotated[str, typer.Argument(metavar="CALL_SID", help="The id of the call.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
Days = Annotated[int | None, typer.Option(help="Of the last so many days.", min=1, max=30)]
PageNumber = Annotated[int, typer.Option("--page", help="Which page.", min=1)]
PageSize = Annotated[int, typer.Option(help="Rows on a page.", min=1, max=500)]
All = Annotated[bool, typer.Option("--all", help="All pages, one after the other.")]


@rest.callback()
def connection(
    context: typer.Context,
    base_url: Annotated[str | None, typer.Option(help="Where the API is.")] = None,
    account_sid: Annotated[str | None, typer.Option(help="The account.")] = None,
    api_key_file: Annotated[
        Path | None, typer.Option(help="A file with the API key; - for standard input.")
    ] = None,
) -> None:
    """Ask the REST API of a jambonz server: calls, queues, what went wrong."""
    from .rest import Caller

    context.obj = Caller(base_url, account_sid, api_key_file)


def _caller(context: typer.Context) -> Caller:
    caller: Caller = context.obj
    return caller


# --- calls --------------------------------------------------------------------------------------------------


@calls.command("list", short_help="List live calls, and some of the last hour.")
def list_calls(
    context: typer.Context,
    status: Annotated[str | None, typer.Option(help="Only these, such as in-progress.")] = None,
    direction: Annotated[Direction | None, typer.Option(help="Only these.")] = None,
    from_: Annotated[str | None, typer.Option("--from", help="Only calls from this number.")] = None,
    to: Annotated[str | None, typer.Option(help="Only calls to this number.")] = None,
    as_json: AsJson = False,
) -> None:
    """List calls: those that are up, and some that ended in the last hour."""
    from .rest import list_calls

    way = direction.value if direction else None
    list_calls(_caller(context), status=status, direction=way, from_=from_, to=to, as_json=as_json)


@calls.command("get")
def get_call(context: typer.Context, call_sid: CallSid, as_json: AsJson = False) -> None:
    """Look one call up."""
    from .rest import get_call

    get_call(_caller(context), call_sid, as_json=as_json)


@calls.command("count")
def count_calls(context: typer.Context, as_json: AsJson = False) -> None:
    """Count the calls that are up."""
    from .rest import count_calls

    count_calls(_caller(context), as_json=as_json)


@calls.command("create")
def create_call(
    context: typer.Context,
    from_: Annotated[str, typer.Option("--from", help="The calling number.")],
    to: Annotated[str, typer.Option(help="A number, sip:user@host, or user@realm.")],
    application: Annotated[
        str | None, typer.Option(metavar="SID", help="The stored application that runs the call.")
    ] = None,
    call_hook: Annotated[
        str | None, typer.Option(metavar="URL", help="Or: who is asked what to do. Needs --tts and --stt.")
    ] = None,
    status_hook: Annotated[
        str | None, typer.Option(metavar="URL", help="Who is told how the call goes.")
    ] = None,
    tts: Annotated[
        str | None, typer.Option(metavar="VENDOR:LANGUAGE:VOICE", help="Who speaks, with --call-hook.")
    ] = None,
    stt: Annotated[
        str | None, typer.Option(metavar="VENDOR:LANGUAGE", help="Who listens, with --call-hook.")
    ] = None,
    caller_name: Annotated[str | None, typer.Option(help="The name beside the number.")] = None,
    timeout: Annotated[int | None, typer.Option(help="Seconds to let it ring.", min=1)] = None,
    time_limit: Annotated[int | None, typer.Option(help="Seconds until the call is ended.", min=1)] = None,
    tag: Annotated[str | None, typer.Option(metavar="JSON", help="Your own data, an object.")] = None,
    as_json: AsJson = False,
) -> None:
    """Place a call, and print its id. It has been sent on its way then, not answered."""
    from .rest import create_call, json_object

    speech = _parts(tts, "--tts", 3), _parts(stt, "--stt", 2)
    create_call(
        _caller(context),
        as_json=as_json,
        from_=from_,
        to=to,
        application_sid=application,
        call_hook=call_hook,
        call_status_hook=status_hook,
        speech_synthesis_vendor=speech[0][0],
        speech_synthesis_language=speech[0][1],
        speech_synthesis_voice=speech[0][2],
        speech_recognizer_vendor=speech[1][0],
        speech_recognizer_language=speech[1][1],
        caller_name=caller_name,
        timeout=timeout,
        time_limit=time_limit,
        tag=None if tag is None else json_object(tag, "--tag"),
    )


def _parts(text: str | None, option: str, number: int) -> list[str | None]:
    if text is None:
        return [None] * number
    parts = text.split(":", number - 1)
    if len(parts) < number or not all(parts):
        needed = "VENDOR:LANGUAGE:VOICE" if number == 3 else "VENDOR:LANGUAGE"
        raise CommandFailed(f"{option} needs {needed}, not {text!r}.", ExitCode.USAGE)
    return list(parts)


@calls.command("hangup")
def hang_up(context: typer.Context, call_sid: CallSid) -> None:
    """Hang a call up, whether it was answered or still rings."""
    from .rest import hang_up

    hang_up(_caller(context), call_sid)


@calls.command("update")
def update_call(
    context: typer.Context,
    call_sid: CallSid,
    fields: Annotated[str, typer.Argument(metavar="JSON", help='Such as {"listen_status": "pause"}.')],
    as_json: AsJson = False,
) -> None:
    """Change a running call, with any field that the server knows."""
    from .rest import json_object, update_call

    update_call(_caller(context), call_sid, json_object(fields, "JSON"), as_json=as_json)


@calls.command("redirect")
def redirect_call(
    context: typer.Context,
    call_sid: CallSid,
    hook: Annotated[str, typer.Argument(metavar="URL", help="Absolute, or relative to the call's hook.")],
    as_json: AsJson = False,
) -> None:
    """Have another hook say what happens to a call from now on."""
    from .rest import redirect_call

    redirect_call(_caller(context), call_sid, hook, as_json=as_json)


@calls.command("whisper", short_help="Say or play something to one party.")
def whisper(
    context: typer.Context,
    call_sid: CallSid,
    what: Annotated[str, typer.Argument(metavar="TEXT|JSON", help="A text, or say and play verbs.")],
    as_json: AsJson = False,
) -> None:
    """Say or play something to one party, while a dial or listen verb runs."""
    from .rest import whisper

    whisper(_caller(context), call_sid, what, as_json=as_json)


@calls.command("mute")
def mute(
    context: typer.Context,
    call_sid: CallSid,
    off: Annotated[bool, typer.Option("--off", help="Take it back.")] = False,
    as_json: AsJson = False,
) -> None:
    """Mute the caller in a dial or conference verb."""
    from .rest import mute

    mute(_caller(context), call_sid, off=off, as_json=as_json)


# --- what else a server knows -------------------------------------------------------------------------------


@rest.command("conferences")
def list_conferences(context: typer.Context, as_json: AsJson = False) -> None:
    """List conferences that somebody is in."""
    from .rest import list_conferences

    list_conferences(_caller(context), as_json=as_json)


@rest.command("queues")
def list_queues(
    context: typer.Context,
    search: Annotated[str | None, typer.Option(help="A name, or a pattern such as sales*.")] = None,
    as_json: AsJson = False,
) -> None:
    """List queues that somebody waits in."""
    from .rest import list_queues

    list_queues(_caller(context), search=search, as_json=as_json)


@rest.command("recent-calls")
def list_recent_calls(
    context: typer.Context,
    page: PageNumber = 1,
    page_size: PageSize = 25,
    everything: All = False,
    days: Days = None,
    direction: Annotated[Direction | None, typer.Option(help="Only these.")] = None,
    answered: Annotated[Answered | None, typer.Option(help="Only those that were, or were not.")] = None,
    filter: Annotated[str | None, typer.Option(help="A part of either number, or the id of a call.")] = None,
    as_json: AsJson = False,
) -> None:
    """List calls that are over, newest first."""
    from .rest import Paging, list_recent_calls

    list_recent_calls(
        _caller(context),
        Paging(page, page_size, everything),
        as_json=as_json,
        days=days,
        direction=direction.value if direction else None,
        answered=None if answered is None else answered is Answered.yes,
        filter=filter,
    )


@rest.command("alerts", short_help="List what went wrong on the server's side.")
def list_alerts(
    context: typer.Context,
    page: PageNumber = 1,
    page_size: PageSize = 25,
    everything: All = False,
    days: Days = None,
    kind: Annotated[str | None, typer.Option(help="Only these, such as webhook-failure.")] = None,
    as_json: AsJson = False,
) -> None:
    """List what went wrong on the server's side: hooks that failed, vendors that did not answer."""
    from .rest import Paging, list_alerts

    paging = Paging(page, page_size, everything)
    list_alerts(_caller(context), paging, as_json=as_json, days=days, alert_type=kind)


@applications.command("list")
def list_applications(
    context: typer.Context,
    name: Annotated[str | None, typer.Option(help="Only those with this in their name.")] = None,
    as_json: AsJson = False,
) -> None:
    """List stored applications."""
    from .rest import list_applications

    list_applications(_caller(context), name=name, as_json=as_json)


@applications.command("get")
def get_application(
    context: typer.Context,
    application_sid: Annotated[str, typer.Argument(metavar="APPLICATION_SID")],
    as_json: AsJson = False,
) -> None:
    """Look one application up."""
    from .rest import get_application

    get_application(_caller(context), application_sid, as_json=as_json)


@rest.command("phone-numbers", short_help="List phone numbers and their applications.")
def list_phone_numbers(
    context: typer.Context,
    filter: Annotated[str | None, typer.Option(help="Only numbers with these digits.")] = None,
    as_json: AsJson = False,
) -> None:
    """List phone numbers, and the applications that take their calls."""
    from .rest import list_phone_numbers

    list_phone_numbers(_caller(context), filter=filter, as_json=as_json)


@rest.command("app-env", short_help="Ask an application for its variables.")
def show_app_env(
    context: typer.Context,
    url: Annotated[str, typer.Argument(metavar="URL", help="Where an application is served.")],
    as_json: AsJson = False,
) -> None:
    """Have the server ask an application for its variables, as the portal does."""
    from .rest import show_app_env

    show_app_env(_caller(context), url, as_json=as_json)


@rest.command("account", short_help="Show the account.")
def show_account(context: typer.Context, as_json: AsJson = False) -> None:
    """Show the account; without an account sid, those that the API key is for."""
    from .rest import show_account

    show_account(_caller(context), as_json=as_json)
