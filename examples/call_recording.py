"""Record a call: by a command to the call, and over the REST API.

At `/` the call itself says when: recording begins when the caller has agreed, and pauses while they tell
something that belongs in no recording. At `/rest` it is told over the REST API, as another program would,
which may know nothing but the id of the call.

Try it:  jambonz call examples/call_recording.py
         (and --path /rest, which needs the REST API)
Needs:   nothing; a bucket for recordings in the account on a real server, and for /rest the variables
         JAMBONZ_REST_API_BASE_URL, JAMBONZ_ACCOUNT_SID and JAMBONZ_API_KEY
"""

from __future__ import annotations

from jambonz_anyio import App, Call, JambonzError
from jambonz_anyio.rest import JambonzClient

app = App(last_words="Sorry, something is broken here. Please call again later.")


async def agrees(call: Call) -> bool:
    """Ask whether the call may be recorded. Silence is no consent."""
    prompt = {"text": "May we record this call? Press 1 for yes, and 2 for no."}
    return (await call.gather(input=["digits"], numDigits=1, timeout=8, say=prompt).result()).digits == "1"


@app.call("/")
async def by_command(call: Call) -> None:
    """Record what may be recorded."""
    recorded = await agrees(call)
    if recorded:
        await call.record("start", type="cloud", recordingID=call.call_sid)
    question = call.say(text="What is it about?")
    await question.gather(input=["speech"], timeout=10).result()
    if recorded:
        await call.record("pause", type="cloud", silence=True)
    question = call.say(text="What is your date of birth? This is not recorded.")
    await question.gather(input=["speech"], timeout=10).result()
    if recorded:
        await call.record("resume", type="cloud")
    await call.say(text="Thank you. We will call you back. Goodbye.").hangup().send()


@app.call("/rest")
async def over_rest(call: Call) -> None:
    """Have the call recorded over the REST API, if there is one."""
    if await agrees(call):
        try:
            async with JambonzClient() as client:
                await client.calls.record(call.call_sid, "start", cloud=True)
        except JambonzError as error:
            call.log.warning("the call is not recorded: %s", error)
            await call.say(text="We cannot record now, and go on without.").send()
    question = call.say(text="What is it about?")
    await question.gather(input=["speech"], timeout=10).result()
    await call.say(text="Thank you. We will call you back. Goodbye.").hangup().send()
