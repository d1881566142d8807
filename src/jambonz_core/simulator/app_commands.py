"""Commands of the application, each valid in some states of a call only.

A command that is not valid where the call stands is written to the server's log and dropped; here it is a
warning. So is one that no server of this profile knows. The REST API's live call control ends in the same
functions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from ..call.jambonz_events import CommandReceived
from ..wire.registry import CommandRow
from .engine_events import DigitsSent, SipSent
from .leg_commands import boost, dub_leg, leg_of, media_path, mute, whisper
from .sessions.recording import record
from .sessions.session import CallSession
from .sessions.task import BadVerbs, Kill
from .verbs.conference import Conference
from .verbs.conversation import NORMAL_END, Conversation
from .verbs.dial import Dial
from .verbs.listen import Listen
from .verbs.transcribe import Transcribe

Handler: TypeAlias = "Callable[[CallSession, CommandReceived], None]"


def obey(session: CallSession, command: CommandReceived) -> None:
    """Perform a command of the application."""
    world = session.world
    profile = world.profile
    if not profile.knows_command(command.command):
        hint = _sentence(profile.instead_of(command.command))
        world.warn("unknown-command", f"The server knows no command {command.command!r}.", hint)
        return
    if session.gone:
        world.warn("command-after-end", f"The command {command.command} is ignored: the call is over.")
        return
    if command.behind_ack and command.command == "redirect":
        world.warn(
            "command-behind-ack",
            "A redirect was read together with a non-empty ack; what it does is undone by the ack's verbs.",
            "Wait a moment after an ack with verbs.",
        )
    try:
        _handler(profile.registry.commands[command.command])(session, command)
    except BadVerbs as bad:
        session.refused(bad, f"the command {command.command}")


def _handler(row: CommandRow) -> Handler:
    """What a simulated server does with a command."""
    return row.simulated or HANDLERS.get(row.name, _not_simulated)


def _not_simulated(session: CallSession, command: CommandReceived) -> None:
    session.world.warn(
        "command-not-simulated",
        f"The server knows the command {command.command!r}, and the simulator does nothing with it.",
        "Give its row of the registry a `simulated` function.",
    )


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}." if text else ""


def invalid(session: CallSession, command: str, why: str) -> None:
    """Say that a command does not fit the state of the call."""
    session.world.warn("command-invalid", f"The command {command} is ignored: {why}.")


def _fields(data: Any) -> Mapping[str, Any]:
    """The data of a command that wants an object; without one it has no fields."""
    return data if isinstance(data, Mapping) else {}


# --- the stack ----------------------------------------------------------------------------------------------


def _redirect(session: CallSession, command: CommandReceived) -> None:
    data = command.data
    if isinstance(data, list):
        verbs = session.make(data)
        if not verbs:
            _warn_empty(session)
        session.settings.delay.stop()
        if command.queue:
            queue_verbs(session, verbs)
        else:
            session.replace(verbs)
            session.wake_up()
    elif isinstance(data, Mapping):
        session.world.scheduler.spawn(_call_hook(session, data))
    else:
        invalid(session, "redirect", "its data is neither an array nor an object")


def _warn_empty(session: CallSession) -> None:
    if session.idle:
        session.world.warn(
            "empty-redirect-ends-call",
            "A redirect without verbs reached an idle call, which ends by it.",
            "Send verbs, or hang up.",
        )


def queue_verbs(session: CallSession, verbs: list[Any]) -> None:
    """Append verbs, or insert them before a queued gather where the server is set so."""
    names = [verb.name for verb in session.stack]
    if not session.world.options.inject_content:
        session.append(verbs)
        return
    if session.current is not None and session.current.name == "gather":
        session.current.kill(Kill.REPLACED)
    if "gather" in names:
        at = names.index("gather")
        keep = 1 if any(verb.name == "gather" for verb in verbs) else 0
        session.stack[at : at + keep] = verbs
        session.wake_up()
    else:
        session.append(verbs)


def _call_hook(session: CallSession, data: Mapping[str, Any]) -> Any:
    """`redirect` with an object: hooks are asked for verbs, for this leg, for the dialled one, or both."""
    dial = session.current if isinstance(session.current, Dial) else None
    child = dial.connected if dial is not None else None
    verbs: Any = data.get("parent_call")
    child_verbs: Any = None
    if data.get("child_call") is not None:
        session.world.warn("command-invalid", "redirect with child_call fails on the server.")
        return
    if data.get("child_call_hook") and child is None:
        invalid(session, "redirect", "child_call_hook needs a connected dial")
        return
    asked = {}
    for hook, leg in (("call_hook", session.leg), ("child_call_hook", child)):
        if data.get(hook) and leg is not None:
            asked[hook] = session.requestor.request("session:redirect", leg.info.standard(), data[hook])
    if "call_hook" in asked:
        verbs = (yield asked["call_hook"]).data
    if "child_call_hook" in asked:
        child_verbs = (yield asked["child_call_hook"]).data
    try:
        if dial is not None and child is not None and isinstance(child_verbs, list):
            dial.adult(child, child_verbs)
        _after_hooks(session, verbs)
    except BadVerbs as bad:
        session.refused(bad, "the answer to session:redirect")


def _after_hooks(session: CallSession, verbs: Any) -> None:
    if isinstance(verbs, list):
        if not verbs:
            _warn_empty(session)
        session.replace(session.make(verbs))
        session.wake_up()
    elif session.current is not None:
        session.current.kill(Kill.REPLACED)


# --- the call -----------------------------------------------------------------------------------------------


def _call_status(session: CallSession, command: CommandReceived) -> None:
    status = _fields(command.data).get("call_status")
    if status == "completed" and session.leg.answered:
        session.hang_up("jambonz")
    elif status == "no-answer" and not session.leg.answered and not session.leg.over:
        session.refuse(503 if session.info.direction == "inbound" else 487, told=False)
    else:
        invalid(session, "call:status", f"{status} does not fit a leg that is {session.leg.state.value}")


def _config(session: CallSession, command: CommandReceived) -> None:
    (verb,) = session.make([{**_fields(command.data), "verb": "config"}])
    session.world.scheduler.spawn(verb.run())


def _dub(session: CallSession, command: CommandReceived) -> None:
    (verb,) = session.make([{**_fields(command.data), "verb": "dub"}])
    dub_leg(session, verb, command.call_sid)


def _dial(session: CallSession, command: CommandReceived) -> None:
    if not isinstance(command.data, Mapping) or not command.data.get("to"):
        session.error({})
        session.world.warn(
            "dial-failed", "The command dial names nobody to call; the application is told {}."
        )
        return
    session.world.emit(SipSent("", "INVITE", dict(command.data)))


def _record(session: CallSession, command: CommandReceived) -> None:
    record(session, _fields(command.data))


def _mute(session: CallSession, command: CommandReceived) -> None:
    data = command.data
    status = data.get("mute_status") if isinstance(data, Mapping) else data
    if not mute(session, command.call_sid, on=status == "mute"):
        invalid(session, command.command, "there is neither a dial nor a conference")


def _conference(session: CallSession, command: CommandReceived) -> None:
    if isinstance(session.current, Conference) and session.current.entered:
        session.current.control(command.command, command.data)
    else:
        invalid(session, command.command, "the call is not in a conference")


def _audio_stream(session: CallSession) -> Listen | None:
    """The audio stream that commands mean: the running verb's, and none in the background."""
    task = session.current.listen if isinstance(session.current, Dial) else session.current
    return task if isinstance(task, Listen) else None


def _transcription(session: CallSession) -> Transcribe | None:
    """The transcription that commands mean, in the background first."""
    task = session.background.get(Transcribe.name) or session.current
    if isinstance(task, Dial):
        task = task.transcription
    return task if isinstance(task, Transcribe) else None


def _listen_status(session: CallSession, command: CommandReceived) -> None:
    data = _fields(command.data)
    status = data.get("listen_status") or data.get("stream_status")
    stream = _audio_stream(session)
    if stream is None:
        invalid(session, command.command, "there is no audio stream")
    elif session.world.strict or status not in _MOVES:
        stream.pause(str(status))


def _transcribe_status(session: CallSession, command: CommandReceived) -> None:
    task = _transcription(session)
    if task is None:
        invalid(session, command.command, "nothing is being transcribed")
    else:
        task.pause(_fields(command.data).get("transcribe_status") == "pause")


def _whisper(session: CallSession, command: CommandReceived) -> None:
    why = whisper(session, command.data, command.call_sid)
    if why:
        invalid(session, command.command, why)


def _sip_request(session: CallSession, command: CommandReceived) -> None:
    if not session.leg.answered:
        invalid(session, command.command, "the call was not answered")
        return
    request = _fields(_fields(command.data).get("sip_request"))
    leg = leg_of(session, command.call_sid)
    session.world.emit(SipSent(leg.name, str(request.get("method", "")), dict(request)))


def _dtmf(session: CallSession, command: CommandReceived) -> None:
    data = _fields(command.data)
    inner = data.get("dtmf")
    if session.world.strict and not isinstance(inner, Mapping):
        session.world.warn(
            "dtmf-not-wrapped", "The open server fails on a dtmf command whose data is not {dtmf: …}."
        )
        return
    if not session.leg.answered:
        invalid(session, command.command, "the call was not answered")
        return
    digit = (inner if isinstance(inner, Mapping) else data).get("digit", "")
    session.world.emit(DigitsSent(leg_of(session, command.call_sid).name, str(digit)))


def _boost(session: CallSession, command: CommandReceived) -> None:
    if not boost(session, command.data, command.call_sid):
        invalid(session, command.command, "there is no media")


def _media_path(session: CallSession, command: CommandReceived) -> None:
    if not media_path(session, command.data):
        invalid(session, command.command, "there is no dial")


def _tag(session: CallSession, command: CommandReceived) -> None:
    session.info.customer_data = command.data


# --- speech, models -----------------------------------------------------------------------------------------


def _tokens(session: CallSession, command: CommandReceived) -> None:
    voice, data = session.voice, _fields(command.data)
    if voice is None:
        session.world.warn("no-text-buffer", "tts:tokens reached a session without a text buffer.")
        if data.get("id") is not None:
            session.notice("tts:tokens-result", {"id": data["id"]})
        return
    voice.offer(data)


def _flush(session: CallSession, command: CommandReceived) -> None:
    if session.voice is not None:
        session.voice.buffer.flush(session.world.now)


def _clear(session: CallSession, command: CommandReceived) -> None:
    if session.voice is not None:
        session.voice.buffer.clear(session.world.now)


def _tool_output(session: CallSession, command: CommandReceived) -> None:
    if isinstance(session.current, Conversation):
        session.current.tool_output(command.tool_call_id or "", command.data)
    else:
        invalid(session, command.command, "no llm verb is running")


def _llm_update(session: CallSession, command: CommandReceived) -> None:
    if isinstance(session.current, Conversation):
        session.current.update(command.command, command.data)
    else:
        invalid(session, command.command, "no llm verb is running")


def _llm_status(session: CallSession, command: CommandReceived) -> None:
    status = _fields(command.data).get("llm_status")
    if not isinstance(session.current, Conversation):
        invalid(session, command.command, "no llm verb is running")
    elif status == "stop":
        session.current.finish(NORMAL_END, None)
    elif status not in _MOVES:
        invalid(session, command.command, f"there is no llm_status {status!r}")


_MOVES = frozenset({"move-to-conference", "move-from-conference", "move-to-room", "move-from-room"})
"""Where a model or a stream goes in a conference, which changes only what others hear."""


def _noted(session: CallSession, command: CommandReceived) -> None:
    """Commands whose whole effect is in the media, which is not simulated."""


def _room(session: CallSession, command: CommandReceived) -> None:
    if isinstance(session.current, Conference):
        session.current.announce(command.command, command.data)
    else:
        invalid(session, command.command, "the call is not in a room")


HANDLERS: Mapping[str, Handler] = {
    "redirect": _redirect,
    "call:status": _call_status,
    "config": _config,
    "dub": _dub,
    "dial": _dial,
    "record": _record,
    "mute:status": _mute,
    "conf:mute-status": _conference,
    "conf:hold-status": _conference,
    "conf:participant-action": _conference,
    "listen:status": _listen_status,
    "stream:status": _listen_status,
    "transcribe:status": _transcribe_status,
    "whisper": _whisper,
    "sip:request": _sip_request,
    "dtmf": _dtmf,
    "boostAudioSignal": _boost,
    "media:path": _media_path,
    "tag": _tag,
    "noiseIsolation:status": _noted,
    "stt:reconfigure": _noted,
    "room:say": _room,
    "room:play": _room,
    "llm:tool-output": _tool_output,
    "llm:update": _llm_update,
    "llm:status": _llm_status,
    "agent:update": _llm_update,
    "tts:tokens": _tokens,
    "tts:flush": _flush,
    "tts:clear": _clear,
}


def update_call(session: CallSession, data: Mapping[str, Any], call_sid: str) -> None:
    """Live call control by REST, which also knows `tag` on every server."""
    commands = session.world.profile.registry.commands.values()
    for row, field in [(each, name) for each in commands for name in each.rest if name in data]:
        body = data[field] if row.rest_is_data else dict(data)
        command = CommandReceived(row.name, body, False, call_sid or session.info.call_sid, None, False, {})
        try:
            _handler(row)(session, command)
        except BadVerbs as bad:
            session.refused(bad, "a REST request")
