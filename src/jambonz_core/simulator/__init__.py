"""A stand-in for a jambonz server: the call, the people on it, and the server's side of every wire. Sans-IO.

Its public surface is small:

* `CallEngine` is one call. Its adapter does what four events ask for (`Connect`, `CloseConnection`,
  `AbortConnection`, `HttpRequest`), reports what happens to sockets (`connected`, `connect_failed`,
  `receive`, `lost`), writes `outgoing()`, and calls `tick` at `deadline`. All methods take the time and
  return events.
* `actions` is what the outside can do: `engine.act(Speak("hello"), now)`.
* `events` is what the outside can see: what was said to whom (`Spoken`), which hook was sent and answered,
  and what a real server would only have written to its log (`Warned`).
* `CallSetup` is the call, `SimulatorOptions` the speed of its world; the `profile` chooses between the open
  server (`V0_9`, strict, with its quirks) and v10 as it is documented.

What it models and what it does not is written in the documentation, under "The simulator".

Its layers, from below. A module imports from its own layer and from those below it:

1. `actions`, `engine_events`, `options`, `processes`, `world`, `sockets`, `requestors`, `settings`,
   `rooms_and_queues`: words, time, connections, and what is shared.
2. `legs`: the parties on the phone.
3. `vendors`: recognition, speech, and what models say and want, as far as a call notices them.
4. `sessions`: what runs verbs on a leg for an application. A session knows its verbs as tasks (`Task`), and
   all it may ask of one is said there; a verb (`Verb`) knows the whole session.
5. `verbs`: every verb, and how an array becomes verbs.
6. `leg_commands`, `app_commands`, `stage`: commands of the application, and actions of the outside.
7. `situation`, `engine`: the call as one machine, and how it stands at one instant.
8. `journal`: that machine, recorded and replayed.

>>> from jambonz_core.simulator import CallEngine, Speak, Spoken
>>> engine = CallEngine("ws://app.example/")
>>> [type(event).__name__ for event in engine.start(0.0)]
['Connect']
"""

from .actions import (
    ACTIONS,
    Action,
    Answer,
    Busy,
    Decline,
    DropConnection,
    HangUp,
    Hold,
    JoinConference,
    LeaveConference,
    LeaveQueue,
    ModelCallsTool,
    ModelCallsTools,
    ModelEnds,
    ModelFails,
    ModelSends,
    ModelTurn,
    NotifyTransfer,
    PressKeys,
    ReachMachine,
    Refer,
    RefuseTokens,
    RefuseTransfer,
    Ring,
    SendAudio,
    SendSip,
    SlowVendor,
    Speak,
    StaySilent,
    SttFailure,
    TakeFromQueue,
    TtsFailure,
    UpdateCall,
    VendorDown,
    VendorUp,
    WaitInQueue,
)
from .engine import CallEngine
from .engine_events import (
    CALLER,
    AbortConnection,
    AudioHeard,
    Bridged,
    CallCompleted,
    ClipHeard,
    CloseConnection,
    CommandTaken,
    Connect,
    ConnectionDropped,
    DigitsSent,
    Event,
    Finished,
    HookAnswered,
    HookSent,
    HookUnanswered,
    HttpRequest,
    Idle,
    LegChanged,
    MarkReported,
    MessageSent,
    ModelHeard,
    ModelInterrupted,
    ModelSpeaks,
    Played,
    SipSent,
    SpeechStarted,
    Spoken,
    StatusSent,
    ToolAnswered,
    ToolWanted,
    VerbEnded,
    VerbStarted,
    Warned,
)
from .options import CallSetup, SimulatorOptions
from .situation import PartyNow, Situation, VerbNow

__all__ = [
    "CALLER",
    "CallEngine",
    "CallSetup",
    "SimulatorOptions",
    # what can be done
    "ACTIONS",
    "Action",
    "Answer",
    "Busy",
    "Decline",
    "DropConnection",
    "HangUp",
    "Hold",
    "JoinConference",
    "LeaveConference",
    "LeaveQueue",
    "ModelCallsTool",
    "ModelCallsTools",
    "ModelEnds",
    "ModelFails",
    "ModelSends",
    "ModelTurn",
    "NotifyTransfer",
    "PressKeys",
    "ReachMachine",
    "Refer",
    "RefuseTokens",
    "RefuseTransfer",
    "Ring",
    "SendAudio",
    "SendSip",
    "SlowVendor",
    "Speak",
    "StaySilent",
    "SttFailure",
    "TakeFromQueue",
    "TtsFailure",
    "UpdateCall",
    "VendorDown",
    "VendorUp",
    "WaitInQueue",
    # what can be seen
    "AbortConnection",
    "AudioHeard",
    "Bridged",
    "CallCompleted",
    "ClipHeard",
    "CloseConnection",
    "CommandTaken",
    "Connect",
    "ConnectionDropped",
    "DigitsSent",
    "Event",
    "Finished",
    "HookAnswered",
    "HookSent",
    "HookUnanswered",
    "HttpRequest",
    "Idle",
    "LegChanged",
    "MarkReported",
    "MessageSent",
    "ModelHeard",
    "ModelInterrupted",
    "ModelSpeaks",
    "Played",
    "SipSent",
    "SpeechStarted",
    "Spoken",
    "StatusSent",
    "ToolAnswered",
    "ToolWanted",
    "VerbEnded",
    "VerbStarted",
    "Warned",
    # how it stands
    "PartyNow",
    "Situation",
    "VerbNow",
]
