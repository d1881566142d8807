"""The commands of `jambonz`: their names, arguments and help. What they do is in the modules beside this."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import typer

from .caller_script import HELP
from .errors import CommandFailed, ExitCode, plain_error
from .event_loops import only
from .rest_commands import rest
from .terminal import printable

EXIT_CODES = """\b
Exit codes:
  0  it worked
  1  it worked, and the answer is no: a failed expectation, an invalid document, a fault that was found
  2  the command line is wrong
  3  the application or a file could not be loaded
  4  the other side could not be reached, or refused
  130  interrupted from the keyboard
"""

cli: typer.Typer = typer.Typer(
    name="jambonz",
    help="Build, run, call and test voice applications for jambonz.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

_debug = False


class Backend(StrEnum):
    """The event loops that an application can run on."""

    asyncio = "asyncio"
    uvloop = "uvloop"
    trio = "trio"


class Parser(StrEnum):
    """Who takes websocket frames apart."""

    auto = "auto"
    wsproto = "wsproto"
    websockets = "websockets"


class Server(StrEnum):
    """The kinds of jambonz servers."""

    v10 = "v10"
    v0_9 = "0.9"


AppArgument = Annotated[
    str, typer.Argument(metavar="APP", help="The application: module:app, or file.py:app, or file.py.")
]
CallTarget = Annotated[
    str, typer.Argument(metavar="URL|APP", help="A ws, wss, http or https URL, or file.py:app.")
]
BackendOption = Annotated[Backend, typer.Option(help="The event loop.")]
EnvOption = Annotated[
    list[str] | None, typer.Option("--env", metavar="NAME=VALUE", help="A variable of the application.")
]
UserOption = Annotated[str | None, typer.Option(metavar="NAME:PASSWORD", help="Credentials to show.")]
ServerOption = Annotated[
    Server | None, typer.Option(help="The server to be; else what the application is made for, or v10.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"jambonz-anyio {version('jambonz-anyio')}")
        raise typer.Exit


@cli.callback()
def options(
    debug: Annotated[
        bool, typer.Option("--debug", help="Show tracebacks instead of plain sentences.")
    ] = False,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Build, run, call and test voice applications for jambonz."""
    global _debug
    _debug = debug


@cli.command()
def run(
    target: AppArgument,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(help="The port to listen on; 0 for any free one.", min=0, max=65535)
    ] = 3000,
    uds: Annotated[Path | None, typer.Option(help="Listen on this Unix socket instead.")] = None,
    backend: BackendOption = Backend.asyncio,
    workers: Annotated[
        int | None,
        typer.Option(
            help="Serve with so many processes, on one address. SIGHUP renews them one by one.", min=1
        ),
    ] = None,
    store: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Keep the state of calls in this folder, for other processes of this machine. Without it, "
            "workers share a folder that is removed at the end.",
        ),
    ] = None,
    advertise: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            envvar="JAMBONZ_ADVERTISE",
            help="Where jambonz reaches a single process, for audio: ws://10.0.0.3:{port}/. Each worker "
            "listens on a port of its own for it.",
        ),
    ] = None,
    own_ports: Annotated[
        str | None,
        typer.Option(
            metavar="FIRST-LAST",
            help="The ports that workers take for --advertise, two for each; any free ones by default.",
        ),
    ] = None,
    startup: Annotated[
        float, typer.Option(help="Seconds that a worker may take until it serves.", min=0.1)
    ] = 60.0,
    reload: Annotated[bool, typer.Option("--reload", help="Start again when a Python file changes.")] = False,
    tls_cert: Annotated[Path | None, typer.Option(help="Certificate chain (PEM), for wss.")] = None,
    tls_key: Annotated[Path | None, typer.Option(help="Private key (PEM).")] = None,
    parser: Annotated[Parser, typer.Option(help="Websocket parser.")] = Parser.auto,
    calls: Annotated[
        int | None,
        typer.Option(
            help="Calls and audio streams that one process takes at once; beyond it is not ready (5000).",
            min=1,
        ),
    ] = None,
    drain: Annotated[float, typer.Option(help="Seconds that live calls get to finish.", min=0)] = 30.0,
    log_level: Annotated[str, typer.Option(help="debug, info, warning or error.")] = "info",
    log_format: Annotated[str, typer.Option(help="text for people, json for programs.")] = "text",
    log_calls: Annotated[
        bool,
        typer.Option(
            "--log-calls/--no-log-calls",
            help="Say when a call begins and ends, and when a connection is refused.",
        ),
    ] = True,
    journal: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Write a journal of each call into this folder.")
    ] = None,
    content: Annotated[
        bool,
        typer.Option("--content", help="Keep what people say in the journals, for `jambonz replay`."),
    ] = False,
) -> None:
    """Serve an application.

    Ctrl-C or SIGTERM lets live calls finish, for as long as --drain says; a second one ends it at once.

    With --workers, a supervisor opens the address and starts as many processes as that, which share it. It
    starts again what dies, and renews all at SIGHUP without losing a connection or a call: new code and
    certificates come in like that.
    """
    from .run_server import ServeSettings, run_server

    _check_content(journal, content)
    if workers is not None and reload:
        raise CommandFailed(
            "--reload is for development, with one process: leave out --workers.", ExitCode.USAGE
        )
    run_server(
        ServeSettings(
            target=target,
            host=host,
            port=port,
            uds=uds,
            backend=backend.value,
            tls_cert=tls_cert,
            tls_key=tls_key,
            parser=parser.value,
            drain=drain,
            calls=calls,
            log_level=log_level,
            log_format=log_format,
            log_calls=log_calls,
            journal=journal,
            journal_content=content,
            workers=workers,
            store=store,
            advertise=advertise,
            own_ports=own_ports,
            startup=startup,
        ),
        reload=reload,
    )


@cli.command(
    short_help="Be a telephone: call an application.",
    epilog=f"\b\nWhat a caller can do, one line each:\n{HELP}",
)
def call(
    target: CallTarget,
    start: Annotated[
        str | None,
        typer.Option(
            metavar="COMMAND",
            help="Start this program, which serves the URL, and stop it behind the call.",
        ),
    ] = None,
    path: Annotated[str, typer.Option(help="Which path of an application in a file to call.")] = "/",
    script: Annotated[
        Path | None, typer.Option(help="Read what the caller does from this file; - for standard input.")
    ] = None,
    outbound: Annotated[bool, typer.Option("--outbound", help="Be called instead; /answer it.")] = False,
    from_: Annotated[str | None, typer.Option("--from", help="The caller's number.")] = None,
    to: Annotated[str | None, typer.Option("--to", help="The called number.")] = None,
    env: EnvOption = None,
    user: UserOption = None,
    profile: ServerOption = None,
    backend: BackendOption = Backend.asyncio,
    real_time: Annotated[
        bool, typer.Option("--real-time", help="Let a scripted call in this process take its time.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Only what people say, and faults.")] = False,
    verbose: Annotated[
        bool,
        typer.Option("--verbose", "-v", help="At a terminal: payloads, statuses and streamed text, too."),
    ] = False,
    plain: Annotated[
        bool, typer.Option("--plain", help="At a terminal: lines, as for a pipe, and no screen.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print all that happens as JSON lines.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Fail when the simulator finds faults.")] = False,
    journal: Annotated[Path | None, typer.Option(help="Write a journal of the call to this file.")] = None,
    content: Annotated[
        bool,
        typer.Option("--content", help="Keep what people say in the journal, for `jambonz replay`."),
    ] = False,
) -> None:
    """Call an application from this terminal: typing is speaking, digits are keys.

    At a terminal what you type is said at once, and what is said shows word by word.
    /help lists the commands.

    Without --script, input from a pipe is the script. When it is over, the caller listens until nothing has
    been said for three seconds, and hangs up.
    """
    from .call import CallSettings, place_call

    _check_content(journal, content)
    place_call(
        CallSettings(
            target=target,
            start=start,
            path=path,
            script=script,
            outbound=outbound,
            from_=from_,
            to=to,
            env=dict(_assignment(item) for item in env or ()),
            credentials=_credentials(user),
            profile=None if profile is None else profile.value,
            backend=backend.value,
            real_time=real_time,
            quiet=quiet,
            verbose=verbose,
            plain=plain,
            as_json=as_json,
            strict=strict,
            journal=journal,
            journal_content=content,
        )
    )


@cli.command(short_help="Be a telephone in the browser: call an application.")
def phone(
    target: CallTarget,
    port: Annotated[
        int, typer.Option(help="The port of the page; 0 for any free one.", min=0, max=65535)
    ] = 0,
    open_page: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in the browser.")] = True,
    env: EnvOption = None,
    user: UserOption = None,
    profile: ServerOption = None,
    backend: BackendOption = Backend.asyncio,
    journal: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Keep the journals of calls in this folder, with what is said."),
    ] = None,
    voice: Annotated[
        str, typer.Option(help="What can speak texts here: espeak-ng[:VOICE], module:name, none, or auto.")
    ] = "auto",
    recognizer: Annotated[
        str,
        typer.Option(
            help="What can understand speech here: faster-whisper[:MODEL], module:name, none, or auto."
        ),
    ] = "auto",
) -> None:
    """Call an application from a page in the browser, which shows the call as it goes.

    The page is served to this machine only, and opens for whoever has the link that is printed. An
    application in a file is loaded again when a file has changed, between calls. Ctrl-C ends it.
    """
    from .browser.phone_command import PhoneSettings, serve_phone

    serve_phone(
        PhoneSettings(
            target=target,
            port=port,
            open=open_page,
            backend=backend.value,
            profile=None if profile is None else profile.value,
            credentials=_credentials(user),
            env=dict(_assignment(item) for item in env or ()),
            journals=journal,
            voice=voice,
            recognizer=recognizer,
        )
    )


def _check_content(journal: Path | None, content: bool) -> None:
    if content and journal is None:
        raise CommandFailed("--content needs --journal: it says what a journal keeps.", ExitCode.USAGE)


def _assignment(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise CommandFailed(f"--env needs NAME=VALUE, not {text!r}.", ExitCode.USAGE)
    return name, value


def _credentials(text: str | None) -> tuple[str, str] | None:
    if text is None:
        return None
    name, colon, password = text.partition(":")
    if not colon:
        raise CommandFailed("--user needs NAME:PASSWORD.", ExitCode.USAGE)
    return name, password


@cli.command(short_help="Check documents, which are lists of verbs.")
def validate(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="JSON files; - for standard input.")],
    profile: Annotated[Server, typer.Option(help="The server: v10, or 0.9 for the open one.")] = Server.v10,
    as_json: AsJson = False,
) -> None:
    """Check application documents (lists of verbs) and say what is wrong with them."""
    from .validate import validate_files

    validate_files(files, profile.value, as_json=as_json)


@cli.command()
def schema(
    name: Annotated[str | None, typer.Argument(help="A verb, or for instance components/recognizer.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the JSON Schema itself.")] = False,
) -> None:
    """Show what a verb takes, or list all verbs."""
    from .schema import list_schemas, show_schema

    if name is None:
        list_schemas(as_json=as_json)
    else:
        show_schema(name, as_json=as_json)


@cli.command(short_help="Start a project, with tests and a container.")
def new(
    folder: Annotated[
        Path | None, typer.Argument(help="The folder to make; its name becomes the project's.")
    ] = None,
    template: Annotated[str, typer.Option("--template", "-t", help="What to start from.")] = "echo",
) -> None:
    """Start a project: an application, tests that need no server, and a container file.

    Each template is one of the examples, with its tests. Without a folder, the templates are listed.
    """
    from .new_project import list_templates, new_project

    if folder is None:
        list_templates()
    else:
        new_project(folder, template)


@cli.command(short_help="Show a recorded call as a ladder, or draw it.")
def trace(
    journal: Annotated[Path, typer.Argument(help="The journal of a call.")],
    detail: Annotated[bool, typer.Option("--detail", help="Show what each message holds.")] = False,
    as_json: AsJson = False,
    svg: Annotated[
        Path | None, typer.Option(help="Draw it into this file instead; - for standard output.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option(help="The same as a page, with what each message holds.")
    ] = None,
    test: Annotated[
        bool, typer.Option("--test", help="Print a test that makes the same call again.")
    ] = False,
    app: Annotated[str, typer.Option(help="With --test: where the application is.")] = "app:app",
    path: Annotated[
        str | None,
        typer.Option(help="With --test: the path that is called, if the journal does not know it."),
    ] = None,
) -> None:
    """Show the journal of a call as a ladder: who sent what to whom, when, and how fast the answers came."""
    from .trace import TraceSettings, trace_journal

    trace_journal(
        TraceSettings(
            journal=journal, detail=detail, as_json=as_json, svg=svg, html=html, test=test, app=app, path=path
        )
    )


@cli.command(short_help="Run a recorded call again.")
def replay(
    journal: Annotated[Path, typer.Argument(help="The journal of a call, recorded with its content.")],
    as_json: AsJson = False,
) -> None:
    """Run a recorded call again, and say whether everything comes as it did then."""
    from .trace import replay_journal

    replay_journal(journal, as_json=as_json)


@cli.command(short_help="Find what is missing or wrong.")
def doctor(
    target: Annotated[
        str | None, typer.Argument(metavar="APP", help="An application to look at, too: file.py:app.")
    ] = None,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port.", min=1, max=65535)] = 3000,
    tls_cert: Annotated[Path | None, typer.Option(help="Certificate chain (PEM) to check.")] = None,
    tls_key: Annotated[Path | None, typer.Option(help="Private key (PEM) to check.")] = None,
    env: Annotated[
        list[str] | None,
        typer.Option("--env", metavar="NAME=VALUE", help="A variable of the application, for its calls."),
    ] = None,
    user: Annotated[str | None, typer.Option(metavar="NAME:PASSWORD", help="Credentials for calls.")] = None,
    calls: Annotated[bool, typer.Option("--calls/--no-calls", help="Call the application.")] = True,
    backend: Annotated[Backend, typer.Option(help="The event loop for calls.")] = Backend.asyncio,
    as_json: AsJson = False,
) -> None:
    """Look for what is missing or wrong: in this environment, and in an application.

    An application is called a few times, in memory: its handlers run.
    """
    from .doctor import examine
    from .doctor_findings import DoctorSettings

    examine(
        DoctorSettings(
            target=target,
            host=host,
            port=port,
            tls_cert=tls_cert,
            tls_key=tls_key,
            credentials=_credentials(user),
            env=dict(_assignment(item) for item in env or ()),
            calls=calls,
            backend=backend.value,
            as_json=as_json,
        )
    )


@cli.command(short_help="Read the documentation and the examples that came with the package.")
def docs(
    name: Annotated[
        str | None,
        typer.Argument(help="A page, or an example such as examples/echo.py; without it, all names."),
    ] = None,
    skill: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Write a skill for coding assistants below this folder instead."),
    ] = None,
) -> None:
    """Print a page of the documentation, or list all pages and examples."""
    from .shipped_pages import list_pages, shipped_page, write_skill

    if skill is not None:
        write_skill(skill)
    elif name is None:
        list_pages()
    else:
        typer.echo(shipped_page(name).text, nl=False)


@cli.command(short_help="Serve tools to coding assistants.")
def mcp(
    folder: Annotated[
        Path, typer.Option("--folder", help="Applications and documents are taken from here only.")
    ] = Path(),
    http: Annotated[
        bool, typer.Option("--http", help="Serve over HTTP instead, to who has the token.")
    ] = False,
    host: Annotated[str, typer.Option(help="With --http: the address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(help="With --http: the port; 0 for any free one.", min=0, max=65535)
    ] = 3100,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="With --http: another name that clients know this server by."),
    ] = None,
) -> None:
    """Serve tools, pages and prompts to coding assistants (Model Context Protocol).

    Over standard input and output, or with --http at /mcp of a port. HTTP requests need the token that the
    environment variable JAMBONZ_MCP_TOKEN holds; without it, a new one is printed.
    """
    if http:
        from .mcp_http import HttpSettings, serve_http

        serve_http(HttpSettings(folder, host, port, tuple(allow_host or ())))
    else:
        from .mcp_server import serve_tools

        serve_tools(folder)


cli.add_typer(rest, name="rest", short_help="Use the REST API of a jambonz server.")


@cache
def _command() -> Any:
    """The commands as typer puts them together, which takes a while."""
    return typer.main.get_command(cli)


def run_command_line(arguments: list[str]) -> int:
    """Run one command line and return its exit code."""
    try:
        _command().main(args=arguments, prog_name="jambonz")
    except SystemExit as ended:
        # What is wrong with the command line itself was said by typer.
        return ended.code if isinstance(ended.code, int) else ExitCode.OK
    except CommandFailed as failed:
        if _debug:
            raise
        typer.echo(f"jambonz: {printable(str(failed))}", err=True)
        return failed.code
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except Exception as error:
        if _debug:
            raise
        typer.echo(f"jambonz: {printable(plain_error(only(error)))}", err=True)
        typer.echo("(`jambonz --debug …` shows where this comes from.)", err=True)
        return ExitCode.NO
    return ExitCode.OK
