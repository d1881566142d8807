"""The commands of `jambonz`: their names, arguments and help. What they do is in the modules beside this."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import click
import typer

from .errors import CommandFailed, ExitCode

cli = typer.Typer(
    name="jambonz",
    help="Build, run, call and test voice applications for jambonz.",
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


@cli.callback()
def options(
    debug: Annotated[
        bool, typer.Option("--debug", help="Show tracebacks instead of plain sentences.")
    ] = False,
) -> None:
    """Build, run, call and test voice applications for jambonz."""
    global _debug
    _debug = debug


@cli.command()
def run(
    target: Annotated[
        str, typer.Argument(metavar="MODULE:APP", help="The application: module:app or file.py:app.")
    ],
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(help="The port to listen on; 0 for any free one.", min=0, max=65535)
    ] = 3000,
    uds: Annotated[Path | None, typer.Option(help="Listen on this Unix socket instead.")] = None,
    backend: Annotated[Backend, typer.Option(help="The event loop.")] = Backend.asyncio,
    reload: Annotated[bool, typer.Option("--reload", help="Start again when a Python file changes.")] = False,
    tls_cert: Annotated[Path | None, typer.Option(help="Certificate chain (PEM), for wss.")] = None,
    tls_key: Annotated[Path | None, typer.Option(help="Private key (PEM).")] = None,
    parser: Annotated[str, typer.Option(help="Websocket parser: auto, wsproto or websockets.")] = "auto",
    drain: Annotated[float, typer.Option(help="Seconds that live calls get to finish.", min=0)] = 30.0,
    log_level: Annotated[str, typer.Option(help="debug, info, warning or error.")] = "info",
) -> None:
    """Serve an application until Ctrl-C or SIGTERM, then let live calls finish."""
    from .run_server import ServeSettings, run_server

    run_server(
        ServeSettings(
            target=target,
            host=host,
            port=port,
            uds=uds,
            backend=backend.value,
            tls_cert=tls_cert,
            tls_key=tls_key,
            parser=parser,
            drain=drain,
            log_level=log_level,
        ),
        reload=reload,
    )


def run_command_line(arguments: list[str]) -> int:
    """Run one command line and return its exit code."""
    command: Any = typer.main.get_command(cli)
    try:
        command.main(args=arguments, prog_name="jambonz", standalone_mode=False)
    except CommandFailed as failed:
        if _debug:
            raise
        typer.echo(f"jambonz: {failed}", err=True)
        return failed.code
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except click.ClickException as wrong:
        wrong.show(sys.stderr)
        return ExitCode.USAGE
    except (KeyboardInterrupt, click.Abort):
        return ExitCode.INTERRUPTED
    except Exception as error:
        if _debug:
            raise
        typer.echo(
            f"jambonz: {type(error).__name__}: {error}\n(`jambonz --debug …` shows where this comes from.)",
            err=True,
        )
        return ExitCode.NO
    return ExitCode.OK
