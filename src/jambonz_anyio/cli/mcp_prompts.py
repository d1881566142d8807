"""Prompts for coding assistants: work that people ask for often, with the order in which it is done well."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mcp.server import MCPServer

_MANNER = """\
Work in this order:
1. Read the page "agents" (read_page), and the pages that it names for this.
2. Look every verb up with get_schema before you use it; guess no property.
3. Write the application and, beside it, tests with jambonz_anyio.testing.dial and the fixture virtual_time.
4. Place calls with call_application: the good case, a silent caller, a wrong key or word, and a caller who
hangs up in the middle. Read each transcript to its end; last_call shows the messages.
5. Run doctor on the file, and mend each fault and each warning, or say why it stays."""


def write_ivr(what_it_does: str) -> str:
    """Write an IVR: a menu that callers go through by keys or words."""
    return f"""\
Write an IVR with jambonz-anyio: {what_it_does}

Use one straight-line handler with `await call.gather(input=["digits", "speech"], …).result()`. Ask three
times at most, then say goodbye and hang up. Give the App last_words. Let every prompt be interrupted by a
key.

{_MANNER}
"""


def write_voice_agent(what_it_does: str) -> str:
    """Write a voice agent: it listens, asks a language model, calls tools, and may be interrupted."""
    return f"""\
Write a voice agent with jambonz-anyio: {what_it_does}

Read the page "voice-agents" and decide which of the three ways fits, and say why. What the model may do is a
function with @tool. Test it with phone.model or with a model that is a plain function: no key of a vendor is
needed for a test.

{_MANNER}
"""


def port_from_node(code: str) -> str:
    """Port an application from the Node SDK of jambonz to this package."""
    return f"""\
Port this application from the Node SDK to jambonz-anyio. Read the page "from-node" first: it shows both side
by side. Keep what callers hear and press, keep the paths and the hooks, and write straight-line code where
the original has handlers that only wait for one verb's result.

```
{code}
```

{_MANNER}
"""


def port_from_python_sdk(code: str) -> str:
    """Port an application from the official Python SDK of jambonz to this package."""
    return f"""\
Port this application from the official Python SDK to jambonz-anyio. Read the page "familiar" first. As a
first step only its imports change (jambonz_sdk becomes jambonz_anyio.sdk): make that pass its calls. Then
rewrite it with App and Call.

```
{code}
```

{_MANNER}
"""


def find_the_fault(symptom: str, application: str = "app.py:app") -> str:
    """Find out why an application does not do what it should."""
    return f"""\
{application} does not do what it should: {symptom}

Read the page "troubleshooting". Place a call that shows the symptom (call_application), read the transcript
and the journal (last_call with "detail"), and run doctor. Say what the cause is before you change anything.
Then write a test that fails because of it, mend it, and show that the test passes. """


def add_prompts(server: MCPServer[Any]) -> None:
    """Give a server all of these."""
    for prompt in (write_ivr, write_voice_agent, port_from_node, port_from_python_sdk, find_the_fault):
        server.prompt()(prompt)
