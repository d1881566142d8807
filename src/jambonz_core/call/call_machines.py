"""The machines that an `AppCall` leads: those of a new call, and those of a snapshot."""

from __future__ import annotations

from ..speech import SpeechTracker
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


class CallMachines:
    """The machines of one call, each of which owns a part of its state.

    Tens of thousands of calls may wait in one process, so what most calls never use is made when it is used.
    What is mostly empty is a tuple, because one empty tuple serves for all, and what holds nothing but states
    and numbers is a struct that the garbage collector need not look at.
    """

    __slots__ = (
        *("_connection", "_delivery", "_introduction", "_leg", "_marker", "_names", "_obligations"),
        *("_tool_answers", "_verbs", "_writer"),
        "speech",
    )

    def __init__(self, options: CallOptions, profile: Profile) -> None:
        self._introduction = Introduction(options)
        self._leg = CallerLeg()
        self._connection = Connection()
        self._marker = Marker()
        self._obligations = Obligations()
        self._delivery = Delivery(options)
        self._names = GivenNames()
        self.speech: SpeechTracker = SpeechTracker(options.speech)
        """The text stream of the call. Look, and leave the writing to commands."""
        self._tool_answers = ToolAnswers(self._delivery, options, profile)
        self._learn_from_verbs(PendingResults(options.doubt), HookRoles(), SessionFacts(), options, profile)

    def _learn_from_verbs(
        self,
        results: PendingResults,
        roles: HookRoles,
        facts: SessionFacts,
        options: CallOptions,
        profile: Profile,
    ) -> None:
        """Put together what learns from the verbs that leave."""
        self._verbs = VerbAccounts(profile, self.speech, results, roles, facts, self._tool_answers)
        self._writer = CallWriter(self._delivery, self._verbs, self._obligations, options, profile)

    def _put_back(self, saved: CallSnapshot, options: CallOptions, profile: Profile, now: float) -> None:
        """Have those of a snapshot, as if the connection had just been lost, if there ever was one."""
        life, began = saved.life, saved.connection.began
        self._introduction = Introduction.restore(options, life.call_sid, life.session, life.early_statuses)
        self._leg = CallerLeg(life.leg)
        self._connection = Connection.restore(saved.connection)
        self._marker = Marker(life.marker)
        self._delivery = Delivery.restore(saved.delivery, options, lost=began)
        self._names = saved.names
        self._names.restored += 1
        self.speech = SpeechTracker.restore(saved.speech, options.speech)
        if began:
            self.speech.lost(now)
        self._tool_answers = ToolAnswers(self._delivery, options, profile)
        self._tool_answers.restore(saved.tools, now)
        results = PendingResults.restore(saved.results, options.doubt, now)
        self._learn_from_verbs(results, HookRoles.restore(saved.roles), saved.facts, options, profile)

    def _saved(self, state: CallState, now: float) -> CallSnapshot:
        """All of it, with the state of the call itself."""
        introduction, verbs = self._introduction, self._verbs
        return CallSnapshot(
            life=SavedLife(
                state=state,
                leg=self._leg.state,
                call_sid=introduction.call_sid,
                session=introduction.session,
                early_statuses=introduction.saved_statuses(),
                marker=self._marker.state,
            ),
            connection=self._connection.saved(),
            delivery=self._delivery.saved(now),
            roles=verbs.roles.of,
            facts=verbs.facts,
            names=self._names,
            results=verbs.results.saved(),
            speech=self.speech.snapshot(),
            tools=self._tool_answers.saved(),
        )
