"""The linear style: send, results, ends."""

from __future__ import annotations

import anyio
import pytest

from jambonz_anyio.app import App
from jambonz_anyio.call import Call

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("nothing_left_behind")]


async def test_the_first_send_answers_the_call_and_the_next_ones_queue(dial) -> None:
    app = App()

    @app.call("/")
    async def main(call: Call) -> None:
        await call.say(text="Hello").send()
        await call.say(text="again").send()
        await call.say(text="now").replace()
        await anyio.sleep_forever()

    async with dial(app) as phone:
        assert await phone.answered() == [{"verb": "say", "text": "Hello"}]
        assert await phone.redirect(queued=True) == [{"verb": "say", "text": "again"}]
        assert await phone.redirect(queued=False) == [{"verb": "say", "text": "now"}]


async def test_a_result_has_a_hook_of_its_own_and_is_typed(dial) -> None:
    app = App()

    @app.call("/")
    async def main(call: Call) -> None:
        heard = await call.gather(input=["speech"], timeout=10).result()
        await call.say(text=f"You said: {heard.transcript}").hangup().send()

    async with dial(app) as phone:
        [gather] = await phone.answered()
        msgid = phone.hook(
            gather["actionHook"],
            {"reason": "speechDetected", "speech": {"alternatives": [{"transcript": "good day"}]}},
        )
        assert await phone.ack(msgid) == []
        assert await phone.redirect(queued=True) == [
            {"verb": "say", "text": "You said: good day"},
            {"verb": "hangup"},
        ]
        await phone.hang_up()
