"""The machines that an `AppCall` is put together from: those of a new call, and those of a snapshot."""

from __future__ import annotations

from msgspec import Struct

from ..speech import SpeechTracker
from ..tools.tool_calls import ToolCalls
from ..verbs.profiles import Profile
from .call_writer import CallWriter
from .caller_leg import CallerLeg
from .connection import Connection
from .delivery import Delivery
from .given_names import GivenNames
from .hook_roles import HookRoles
from .introduction import Introduction
from .marker import Marker
from .obligations import Obligations
from .options import CallOptions
from .pending_results import PendingResults
from .session_facts import SessionFacts
from .snapshot import CallSnapshot, SavedLife
from .states import CallState
from .tool_answers import ToolAnswers
from .verb_accounts import VerbAccounts


class CallMachines(Struct, frozen=True, kw_only=True):
    """Each owns a part of the state of one call."""

    introduction: Introduction
    leg: CallerLeg
    connection: Connection
    marker: Marker
    obligations: Obligations
    delivery: Delivery
    names: GivenNames
    speech: SpeechTracker
    tools: ToolCalls
    tool_answers: ToolAnswers
    verbs: VerbAccounts
    writer: CallWriter

    @classmethod
    def new(cls, options: CallOptions, profile: Profile) -> CallMachines:
        """Those of a call of which nothing is known yet."""
        speech, delivery, tools = SpeechTracker(options.speech), Delivery(options), ToolCalls()
        answers = ToolAnswers(tools, delivery, options, profile)
        results = PendingResults(options.doubt)
        obligations = Obligations()
        verbs = VerbAccounts(profile, speech, results, HookRoles(), SessionFacts(), answers)
        return cls(
            introduction=Introduction(options),
            leg=CallerLeg(),
            connection=Connection(),
            marker=Marker(),
            obligations=obligations,
            delivery=delivery,
            names=GivenNames(),
            speech=speech,
            tools=tools,
            tool_answers=answers,
            verbs=verbs,
            writer=CallWriter(delivery, verbs, obligations, options, profile),
        )

    @classmethod
    def restored(
        cls, saved: CallSnapshot, options: CallOptions, profile: Profile, now: float
    ) -> CallMachines:
        """Those of a snapshot, as if the connection had just been lost, if there ever was one."""
        life, began = saved.life, saved.connection.began
        speech = SpeechTracker.restore(saved.speech, options.speech)
        if began:
            speech.lost(now)
        delivery = Delivery.restore(saved.delivery, options, lost=began)
        tools = ToolCalls.restore(saved.tools, now)
        answers = ToolAnswers(tools, delivery, options, profile)
        results = PendingResults.restore(saved.results, options.doubt, now)
        obligations = Obligations()
        verbs = VerbAccounts(profile, speech, results, HookRoles(saved.roles), saved.facts, answers)
        saved.names.restored += 1
        return cls(
            introduction=Introduction.restore(options, life.call_sid, life.session, life.early_statuses),
            leg=CallerLeg(life.leg),
            connection=Connection.restore(saved.connection),
            marker=Marker(life.marker),
            obligations=obligations,
            delivery=delivery,
            names=saved.names,
            speech=speech,
            tools=tools,
            tool_answers=answers,
            verbs=verbs,
            writer=CallWriter(delivery, verbs, obligations, options, profile),
        )

    def saved(self, state: CallState, now: float) -> CallSnapshot:
        """All of it, with the state of the call itself."""
        introduction = self.introduction
        return CallSnapshot(
            life=SavedLife(
                state=state,
                leg=self.leg.state,
                call_sid=introduction.call_sid,
                session=introduction.session,
                early_statuses=introduction.saved_statuses(),
                marker=self.marker.state,
            ),
            connection=self.connection.saved(),
            delivery=self.delivery.saved(now),
            roles=self.verbs.roles.kinds,
            facts=self.verbs.facts,
            names=self.names,
            results=self.verbs.results.saved(),
            speech=self.speech.snapshot(),
            tools=self.tools.saved(),
        )
