"""`jambonz doctor`: look for what is missing or wrong, in the environment and in an application.

Every check gives findings, and none of them stops the others. What is wrong for everybody is a fault and
decides the exit code; what is wrong for some, or only worth knowing, does not.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict

import typer

from .app_loader import load_app
from .doctor_findings import DoctorSettings, Finding, Weight, count
from .errors import CommandFailed, ExitCode
from .event_loops import need

_SIGNS = {Weight.OK: "✓", Weight.NOTE: "·", Weight.WARNING: "!", Weight.FAULT: "✗"}
_COLOURS = {Weight.OK: "green", Weight.NOTE: None, Weight.WARNING: "yellow", Weight.FAULT: "red"}


def examine(settings: DoctorSettings) -> None:
    """Make every check, print what was found, and fail when anything is wrong."""
    need(settings.backend)
    found = []
    topic = ""
    for finding in findings(settings):
        found.append(finding)
        if not settings.as_json:
            if finding.topic != topic:
                typer.secho(finding.topic, bold=True)
                topic = finding.topic
            typer.secho(f"  {_SIGNS[finding.weight]} {finding.text}", fg=_COLOURS[finding.weight])
    faults = sum(finding.weight is Weight.FAULT for finding in found)
    warnings = sum(finding.weight is Weight.WARNING for finding in found)
    if settings.as_json:
        typer.echo(json.dumps([asdict(finding) for finding in found], indent=2, ensure_ascii=False))
    else:
        typer.echo(f"{count(faults, 'fault')}, {count(warnings, 'warning')}.")
    if faults:
        raise typer.Exit(ExitCode.NO)


def findings(settings: DoctorSettings) -> Iterator[Finding]:
    """Everything that is found, in the order in which it is looked for."""
    from .doctor_environment import look_at_environment

    yield from look_at_environment(settings)
    if settings.target is not None:
        from .doctor_app import look_at_app

        try:
            app = load_app(settings.target)
        except CommandFailed as failed:
            yield Finding("application", Weight.FAULT, str(failed))
            return
        yield from look_at_app(app, settings)
