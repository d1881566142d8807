"""Every verb the stand-in knows, by its canonical name."""

from __future__ import annotations

from collections.abc import Mapping

from ..sessions.verb import Verb
from .agent import Agent
from .call_steering import Alert, AnswerCall, HangUpCall, Leave, Message, Redirect, Tag
from .conference import Conference
from .config import Config
from .conversation import Dialogflow, Lex, Rasa
from .dial import Dial
from .gather import Gather
from .listen import Listen
from .llm import Llm
from .queues import Dequeue, Enqueue
from .sip import SipDecline, SipRefer, SipRequest, Transfer
from .speech import Dtmf, Dub, Pause, Play, Say
from .transcribe import Transcribe

CLASSES: Mapping[str, type[Verb]] = {
    kind.name: kind
    for kind in (
        Agent,
        Alert,
        AnswerCall,
        Conference,
        Config,
        Dequeue,
        Dial,
        Dialogflow,
        Dtmf,
        Dub,
        Enqueue,
        Gather,
        HangUpCall,
        Leave,
        Lex,
        Listen,
        Llm,
        Message,
        Pause,
        Play,
        Rasa,
        Redirect,
        Say,
        SipDecline,
        SipRefer,
        SipRequest,
        Tag,
        Transcribe,
        Transfer,
    )
}
