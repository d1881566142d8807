"""The number that was called chooses the language."""

from __future__ import annotations

from typing import Any

import pytest
from examples.agent_speechmatics_rime import app

from jambonz_anyio.testing import dial


@pytest.mark.parametrize(
    ("number", "language"), [("+34911234567", "es"), ("+49301234", "de"), ("+1508", "en")]
)
async def test_the_language(virtual_time: Any, number: str, language: str) -> None:
    async with dial(app, to=number) as phone:
        await phone.says("Hola, good morning")
        await phone.model.replies("Hola.")
        await phone.hears("Hola.")
        _, agent, *_ = phone.hooks[0].answer
        assert agent["stt"] == {"vendor": "speechmatics", "language": language}
        await phone.model.ends()
        await phone.call_ends("jambonz")


async def test_the_model_fails(virtual_time: Any) -> None:
    async with dial(app) as phone:
        await phone.model.fails()
        await phone.hears("Sorry, we were cut off.")
        await phone.call_ends("jambonz")
