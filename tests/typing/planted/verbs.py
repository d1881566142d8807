"""Verbs: their keywords, what stands inside them, and what they report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, assert_type

from jambonz_anyio import Call, Chain, Session, VerbBuilder, WebhookResponse, make
from jambonz_anyio.components import Recognizer, SayVerb, Synthesizer, Target
from jambonz_anyio.payloads import DialResult, GatherResult, HookPayload
from jambonz_anyio.verbs import DTMF, Gather, Say
from jambonz_core import Verb

VOICE = {"vendor": "google", "language": "en-GB"}
LOOSE: Mapping[str, Any] = {"vendor": "deepgram"}


class MyBuilder(VerbBuilder):
    """A subclass gives itself."""


# What verbs give.


def builders(session: Session, response: WebhookResponse) -> None:
    assert_type(VerbBuilder().say(text="Hi").gather(input=["speech", "digits"], timeout=5), VerbBuilder)
    assert_type(MyBuilder().say(text="Hi").hangup(), MyBuilder)
    assert_type(session.say(text="Hi").pause(length=1), Session)
    assert_type(response.say(text="Hi").hangup(), WebhookResponse)
    assert_type(VerbBuilder().verb("whisper", text="x").raw({"verb": "x"}), VerbBuilder)
    assert_type(make.say(text=["a", "b"]), Verb)
    assert_type(Gather(input=("digits",), say=Say(text="Yes?")), Verb)
    assert_type(DTMF("1"), Verb)


async def chains(call: Call) -> None:
    assert_type(call.say(text="Hi"), Chain[None])
    assert_type(call.say(text="Hi").gather(timeout=3), Chain[GatherResult])
    assert_type(await call.gather(input=["speech"]).result(), GatherResult)
    assert_type(await call.dial(target=[Target(type="phone", number="+1")]).result(), DialResult)
    assert_type(await call.verb("whisper", text="x").result(), HookPayload)
    await call.hangup()
    await call.dtmf("1")


# Misspelt and wrong.


async def misspelt(call: Call, session: Session, chain: Chain[None]) -> None:
    VerbBuilder().say(txt="Hi")  # error: misspelt
    session.say(txt="Hi")  # error: misspelt
    call.say(txt="Hi")  # error: misspelt
    chain.gather(numDigit=3)  # error: misspelt
    Say(txt="Hi")  # error: misspelt
    call.sya(text="Hi")  # error: there is no such verb
    call.say("Hi")  # error: the positional argument is a dict
    call.pause(length="3")  # error: a number
    call.gather(input=["speach"])  # error: not in the list
    call.message(to="1", from_=2)  # error: a string
    call.say(text="Hi", loop=[])  # error: a number or a string
    chain.say = None  # error: methods are not assigned to
    (await chain.result()).transcript  # error: this verb reports nothing


# What stands inside a verb: an exact type, or any mapping.


def nested(call: Call) -> None:
    call.say(text="Hi", synthesizer=Synthesizer(vendor="google", language="en-GB"))
    call.say(text="Hi", synthesizer=VOICE)
    call.say(text="Hi", synthesizer={**VOICE, "voice": "x"})
    call.say(text="Hi", synthesizer=LOOSE)
    call.gather(recognizer={"vendor": "deepgram", "deepgramOptions": {"smartFormatting": True}})
    call.gather(actionHook={"url": "/x", "method": "GET"}, say=make.say(text="Yes?"))
    say: SayVerb = {"text": "Hi", "synthesizer": VOICE}
    call.say(say)
    call.say({"text": "Hi"})

    Synthesizer(vendr="google")  # error: misspelt
    Synthesizer(vendor="google", langauge="en-GB")  # error: misspelt
    Synthesizer(vendor=1)  # error: a string
    Synthesizer(language="en-GB")  # error: vendor is required
    hints: Recognizer = {"vendor": "deepgram", "hint": []}  # error: misspelt
    wrong: SayVerb = {"txt": "Hi"}  # error: misspelt
    call.say(text="Hi", synthesizer="google")  # error: a dict
    call.gather(recognizer=hints, say=wrong)


# What hooks report.


def payloads(heard: GatherResult, dialled: DialResult) -> None:
    assert_type(heard.digits, str | None)
    assert_type(heard.call_sid, str | None)
    assert_type(heard.transcript, str)
    assert_type(heard.customer_data, dict[str, Any])
    assert_type(heard.speech.alternatives[0].confidence, float | None)
    assert_type(heard.from_, str | None)
    assert_type(dialled.dial_sip_status, int | None)
    assert_type(dialled.answered, bool)
    if heard.cut is not None:
        assert_type(heard.cut.accepted, str)

    heard.digit  # error: misspelt
    heard.speech.alternative  # error: misspelt
    heard.digits = "1"  # error: fields are not assigned to
    heard.speech = heard.speech  # error: fields are not assigned to
    heard.cut.accepted  # error: may be None
    heard.digits + "1"  # error: may be None
