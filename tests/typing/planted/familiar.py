"""Handlers of the official SDKs' face: sessions, services and audio streams."""

from __future__ import annotations

from functools import partial
from typing import Any

from jambonz_anyio import Call, Session
from jambonz_anyio.sdk.websocket import AudioStream as FamiliarAudioStream
from jambonz_anyio.sdk.websocket.endpoint import MakeService
from jambonz_core.call import FlushText


async def on_call(session: Session) -> None:
    session.on("/echo", partial(on_echo, session))
    session.on("call:status", on_event)
    session.on("close", on_close)
    session.on("error", print)
    session.on("verb:hook", on_any_hook)
    session.on("/plain", lambda event: print(event["digits"]))


async def on_echo(session: Session, event: dict[str, Any]) -> None: ...
async def on_event(event: dict[str, Any]) -> None: ...
async def on_close(code: int, reason: str) -> None: ...
async def on_any_hook(path: str, event: dict[str, Any]) -> None: ...
async def on_pcm(pcm: bytes) -> None: ...
async def on_nothing() -> None: ...
async def on_number(number: int) -> None: ...


def on_stream(stream: FamiliarAudioStream) -> None:
    stream.on("audio", on_pcm).on("dtmf", on_event).on("close", on_close)
    stream.on("audio", on_event)  # error: it gets PCM
    stream.on("dtmf", on_pcm)  # error: it gets a dict
    stream.on("close", on_event)  # error: it gets code and reason
    stream.on("playDne", on_event)  # error: misspelt


def served(make_service: MakeService, session: Session) -> None:
    make_service(path="/").on("session:new", on_call).on("error", print)
    make_service(path="/").on("session:new", on_event)  # error: it gets a session
    make_service(path="/").on("session:new", on_nothing)  # error: it gets a session
    make_service(path="/").on("session:nwe", on_call)  # error: misspelt
    make_service.audio(path="/audio").on("connection", on_stream)
    make_service.audio(path="/audio").on("connection", on_call)  # error: it gets a stream
    make_service.audio(path="/audio").on("conection", on_stream)  # error: misspelt
    session.on("/echo", on_echo)  # error: it gets the payload alone
    session.on("/echo", on_nothing)  # error: it gets a payload
    session.on("/echo", on_number)  # error: it gets a dict
    session.on("close", on_number)  # error: it gets code and reason
    session.on("error", on_any_hook)  # error: it gets an exception


async def un_awaited(session: Session, stream: FamiliarAudioStream, call: Call) -> None:
    session.inject_mute("mute")
    session.mute()
    session.say(text="x").send()
    session.flush_tts_tokens()
    stream.send_audio(b"")
    call.post(FlushText())
    call.mute()  # error: nothing is sent without await
    call.leg("c2").send_dtmf("1")  # error: nothing is sent without await
    call.flush_tts_tokens()  # error: nothing is sent without await
