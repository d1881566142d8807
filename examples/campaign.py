"""Call many people, at a pace, and never too many at once.

`app.place` places a call over the REST API and hands it to this function when it was answered. So a campaign
is a loop: one call a second, five at a time, and for each number what became of it. What `remind` does with a
call can be tried alone.

Try it:  jambonz call examples/campaign.py --outbound
         (/answer picks up)
Needs:   nothing for that; to call people (`python examples/campaign.py numbers.txt`) an application of your
         server that leads to port 3000 here, and in the environment JAMBONZ_APPLICATION_SID, FROM_NUMBER,
         JAMBONZ_REST_API_BASE_URL, JAMBONZ_ACCOUNT_SID and JAMBONZ_API_KEY
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable

import anyio

from jambonz_anyio import App, Call, CallEnded, JambonzError
from jambonz_anyio.rest import JambonzClient
from jambonz_core.rest import CallFailed

AT_ONCE = 5
SECONDS_BETWEEN = 1.0
RING_SECONDS = 30

app = App(last_words="Sorry, something is broken here. Goodbye.")


async def remind(call: Call) -> str:
    """What is said to each of them, and what they have answered."""
    news = "This is your dentist. You have an appointment tomorrow. Press 1 if you come, and 2 if not."
    answer = await call.gather(input=["digits"], numDigits=1, timeout=10, say={"text": news}).result()
    outcome = {"1": "comes", "2": "does not come"}.get(answer.digits or "", "said nothing")
    words = "Thank you. Goodbye." if answer.digits else "We will call again. Goodbye."
    await call.say(text=words).hangup().send()
    return outcome


@app.call("/")
async def answered(call: Call) -> None:
    """A call that something else has placed, such as `jambonz call --outbound`."""
    await remind(call)


async def campaign(
    client: JambonzClient, numbers: Iterable[str], *, from_: str, application_sid: str
) -> dict[str, str]:
    """Call all of them, and tell what has become of each."""
    outcomes: dict[str, str] = {}
    places = anyio.CapacityLimiter(AT_ONCE)

    async def call_one(number: str) -> None:
        try:
            placing = app.place(
                client, from_=from_, to=number, application_sid=application_sid, timeout=RING_SECONDS
            )
            async with placing as call:
                outcomes[number] = await remind(call)
                await call.wait_ended()  # the goodbye is still being said
        except CallFailed as failure:
            outcomes[number] = failure.call_status
        except CallEnded:
            outcomes[number] = "hung up"
        except JambonzError as error:  # one call that goes wrong is no reason to stop the others
            outcomes[number] = f"error: {error}"
        finally:
            places.release_on_behalf_of(number)

    async with anyio.create_task_group() as tasks:
        for number in dict.fromkeys(numbers):  # nobody is called twice
            await places.acquire_on_behalf_of(number)
            tasks.start_soon(call_one, number)
            await anyio.sleep(SECONDS_BETWEEN)
    return outcomes


async def main(path: str) -> None:
    """Serve the calls, and place them."""
    numbers = (await anyio.Path(path).read_text()).split()
    settings = {"from_": os.environ["FROM_NUMBER"], "application_sid": os.environ["JAMBONZ_APPLICATION_SID"]}
    async with app.serving(host="0.0.0.0", port=3000), JambonzClient() as client:
        for number, outcome in (await campaign(client, numbers, **settings)).items():
            print(number, outcome)


if __name__ == "__main__":
    anyio.run(main, sys.argv[1])
