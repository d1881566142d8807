"""Say hello, and hang up.

The smallest application: jambonz opens a websocket for a call, the path chooses this function, and what it
sends is what the caller hears.

Try it:  jambonz call examples/hello_world.py
Needs:   nothing
"""

from __future__ import annotations

from jambonz_anyio import App, Call

app = App()


@app.call("/")
async def hello(call: Call) -> None:
    """Each call runs this once."""
    await call.say(text="Hello, world!").hangup().send()
