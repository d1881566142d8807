"""The settings of a server, which stand in three places so that editors complete them in each."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, get_type_hints

import pytest

from jambonz_anyio import Server, ServerSettings, serve


def settings(function: Callable[..., Any]) -> dict[str, Any]:
    hints = get_type_hints(function)
    parameters = inspect.signature(function).parameters.values()
    return {one.name: hints[one.name] for one in parameters if one.kind is one.KEYWORD_ONLY}


@pytest.mark.parametrize(("function", "more"), [(serve, set()), (Server.__init__, {"task_status"})])
def test_what_an_app_passes_on_is_what_a_server_takes(function: Callable[..., Any], more: set[str]) -> None:
    declared = get_type_hints(ServerSettings)
    assert declared.keys() - settings(function).keys() == more
    assert settings(function) == {name: hint for name, hint in declared.items() if name not in more}
