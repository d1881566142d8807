"""The `jambonz` command.

The commands live in modules of their own and are imported when they are used, so that `jambonz --help` is
quick and `jambonz run` loads nothing of the simulator. What goes wrong is told in one plain sentence;
`--debug` (before the command) shows the traceback instead. Exit codes, for scripts:

| code | meaning |
| --- | --- |
| 0 | it worked |
| 1 | it worked, and the answer is no: an invalid document, a failed expectation, a fault that was found |
| 2 | the command line is wrong |
| 3 | the application or file could not be loaded |
| 4 | the other side could not be reached, or refused |
| 130 | interrupted from the keyboard |
"""

from __future__ import annotations

import gc
import sys
from io import TextIOWrapper

__all__ = ["main"]


def main() -> None:
    """Run the command line; the entry point of the `jambonz` program."""
    # What is loaded stays. To look through it for garbage again and again takes a sixth of the start, so a
    # command that goes on for longer switches the collector on when all is there.
    gc.disable()
    try:
        import rich
        import typer
    except ModuleNotFoundError as missing:
        sys.stderr.write(f"jambonz needs the package {missing.name}: pip install 'jambonz-anyio[cli]'\n")
        sys.exit(2)
    del rich, typer
    if isinstance(sys.stdout, TextIOWrapper):
        # What a terminal or a file has no character for is a question mark, and no reason to fail.
        sys.stdout.reconfigure(errors="replace")
    from .command_line import run_command_line

    sys.exit(run_command_line(sys.argv[1:]))
