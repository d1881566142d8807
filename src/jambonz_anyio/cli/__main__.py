"""`python -m jambonz_anyio.cli`: the `jambonz` command, where no script of that name is on the path."""

from __future__ import annotations

from . import main

main()
