"""Verbs of a call that have no method: by name, raw, and from schemas that came at run time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from jambonz_anyio.app import App
from jambonz_anyio.call import Call
from jambonz_core.wire.errors import InvalidVerb

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("nothing_left_behind")]

SING = {
    "$id": "https://example.com/schema/verbs/sing",
    "type": "object",
    "properties": {"verb": {"const": "sing"}, "song": {"type": "string"}},
    "required": ["song"],
}


async def test_a_directory_of_schemas_makes_verbs_of_a_call(dial: Any, tmp_path: Path) -> None:
    (tmp_path / "verbs").mkdir()
    (tmp_path / "verbs" / "sing.schema.json").write_text(json.dumps(SING))
    app = App(schemas=tmp_path)
    refused = []

    @app.call("/")
    async def main(call: Any) -> None:
        try:
            call.sing(sonk="Asleep")
        except InvalidVerb as error:
            refused.append(error.hint)
        await call.sing(song="Asleep").sing({"song": "Awake"}).verb("sing", song="Again").send()

    async with dial(app) as phone:
        assert await phone.answered() == [
            {"verb": "sing", "song": song} for song in ("Asleep", "Awake", "Again")
        ]
    assert refused == ['Did you mean "song"?']


async def test_verbs_by_name_and_raw_verbs(dial: Any) -> None:
    app = App()

    @app.call("/")
    async def main(call: Call) -> None:
        await (
            call.verb("say", text="Hello")
            .verb({"pause": {"length": 1}})
            .raw({"verb": "hum", "tune": 1})
            .send()
        )

    async with dial(app) as phone:
        said = [{"verb": "say", "text": "Hello"}, {"verb": "pause", "length": 1}, {"verb": "hum", "tune": 1}]
        assert await phone.answered() == said


async def test_a_misspelt_verb_is_an_attribute_error(dial: Any) -> None:
    app = App()
    told = []

    @app.call("/")
    async def main(call: Any) -> None:
        chain = call.pause(length=1)
        for thing in (call, chain):
            with pytest.raises(AttributeError) as caught:
                thing.gathr(input=["speech"])
            told.append(str(caught.value))
        await chain.send()

    async with dial(app) as phone:
        assert await phone.answered() == [{"verb": "pause", "length": 1}]
    assert told == [
        f"{name!r} object has no attribute 'gathr'; did you mean 'gather'?" for name in ("Call", "Chain")
    ]
