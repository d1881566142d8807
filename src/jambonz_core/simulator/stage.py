"""Where actions of the outside meet the call: each finds the leg, the verb or the vendor that it is for."""

from __future__ import annotations

from typing import TypeVar

from . import actions as act
from .app_commands import update_call
from .legs.legs import Leg, LegOwner
from .requestors import WebsocketRequestor
from .sessions.main_sessions import MainSession
from .sessions.session import CallSession, FeatureServer
from .sessions.verb import Verb
from .verbs.conversation import Conversation, SpokenConversation
from .verbs.sip import SipWaiting

V = TypeVar("V", bound=Verb)


class Stage:
    """Performs the actions of people, vendors and the network."""

    def __init__(self, world: FeatureServer, session: MainSession) -> None:
        self.world = world
        self.session = session

    def perform(self, action: act.Action) -> None:
        """Do it; what makes no sense where the call stands is a warning."""
        match action:
            case act.Speak() | act.StaySilent() | act.PressKeys() | act.SendAudio():
                self._person(action)
            case act.HangUp() | act.Ring() | act.Answer() | act.Busy() | act.Decline():
                self._phone(action)
            case act.Hold() | act.Refer() | act.SendSip():
                self._dialog(action)
            case act.NotifyTransfer() | act.RefuseTransfer():
                self._transfer(action)
            case act.ModelSends() | act.ModelCallsTool() | act.ModelCallsTools() | act.ModelTurn():
                self._model(action)
            case act.ModelFails() | act.ModelEnds():
                self._models_end(action)
            case act.SttFailure() | act.TtsFailure() | act.ReachMachine():
                self._vendor(action)
            case act.VendorDown() | act.VendorUp() | act.SlowVendor() | act.RefuseTokens():
                self._speech_vendor(action)
            case act.DropConnection():
                self._drop(action)
            case act.UpdateCall():
                self._update(action)
            case _:
                self._others(action)

    def _leg(self, name: str) -> Leg | None:
        leg = self.world.legs.get(name)
        if leg is None:
            self.world.warn(
                "no-such-leg", f"There is no leg {name!r}; there are {', '.join(self.world.legs)}."
            )
        return leg

    def _owner(self, name: str) -> LegOwner | None:
        leg = self._leg(name)
        return leg.owner if leg is not None else None

    def _session(self, call_sid: str) -> CallSession:
        """The call that an id names: a leg that became one, else the application's own."""
        named = [session for session in self.world.sessions if session.info.call_sid == call_sid]
        return named[0] if named else self.session

    def _update(self, action: act.UpdateCall) -> None:
        session = self._session(action.call_sid)
        if session in self.world.sessions:
            update_call(session, action.data, action.call_sid)
        else:
            self.world.warn("action-ignored", "The call is over; the REST API no longer knows it.")

    def _running(self, kind: type[V]) -> V | None:
        """The running verb of this kind; in the application's own call first."""
        for session in self.world.sessions:
            if isinstance(session.current, kind):
                return session.current
        return None

    def _person(self, action: act.Speak | act.StaySilent | act.PressKeys | act.SendAudio) -> None:
        leg = self._leg(action.leg)
        if leg is None or leg.over:
            return
        match action:
            case act.Speak():
                leg.speak(action)
            case act.StaySilent():
                leg.fall_silent()
            case act.PressKeys():
                leg.press(action)
            case act.SendAudio():
                leg.microphone(action.pcm)

    def _phone(self, action: act.HangUp | act.Ring | act.Answer | act.Busy | act.Decline) -> None:
        owner = self._owner(action.leg)
        if owner is None:
            return
        match action:
            case act.HangUp():
                owner.party_hangs_up(action.headers)
            case act.Ring():
                owner.ring(early_media=action.early_media)
            case act.Answer():
                owner.pick_up()
            case act.Busy():
                owner.fail(486)
            case act.Decline():
                owner.fail(action.status)

    def _dialog(self, action: act.Hold | act.Refer | act.SendSip) -> None:
        leg = self._leg(action.leg)
        owner = leg.owner if leg is not None and not leg.over else None
        if owner is None:
            return
        match action:
            case act.Hold():
                owner.hold(on=action.on)
            case act.Refer():
                owner.refer(action)
            case act.SendSip():
                owner.sip(action)

    def _transfer(self, action: act.NotifyTransfer | act.RefuseTransfer) -> None:
        verb = self._running(SipWaiting)
        if verb is None:
            self.world.warn("action-ignored", "No sip:refer, sip:request or transfer is running.")
        elif isinstance(action, act.RefuseTransfer):
            verb.refuse(action.status)
        else:
            verb.notified(action.status)

    def _conversation(self, kind: type[V]) -> V | None:
        verb = self._running(kind)
        if verb is None:
            self.world.warn("action-ignored", "No llm or agent verb is running.")
        return verb

    def _model(
        self, action: act.ModelSends | act.ModelCallsTool | act.ModelCallsTools | act.ModelTurn
    ) -> None:
        if isinstance(action, act.ModelTurn):
            speaker = self._conversation(SpokenConversation)
            if speaker is not None:
                speaker.take_turn(action)
            return
        verb = self._conversation(Conversation)
        if verb is None:
            return
        if isinstance(action, act.ModelSends):
            verb.event(action.data)
        else:
            verb.call_tools((action,) if isinstance(action, act.ModelCallsTool) else action.calls)

    def _models_end(self, action: act.ModelFails | act.ModelEnds) -> None:
        verb = self._conversation(Conversation)
        if verb is None:
            return
        if isinstance(action, act.ModelFails):
            verb.fail(action.reason, action.details)
        else:
            verb.finish(action.reason, action.error)

    def _vendor(self, action: act.SttFailure | act.TtsFailure | act.ReachMachine) -> None:
        match action:
            case act.SttFailure():
                self.session.faults.fail_stt(action.details)
            case act.TtsFailure():
                self.session.faults.fail_tts(action.details, action.count)
            case act.ReachMachine():
                if self.world.amd_found is None:
                    self.world.warn("action-ignored", "No answering machine detection is running.")
                else:
                    self.world.amd_found(action.type, action.detail)

    def _speech_vendor(
        self, action: act.VendorDown | act.VendorUp | act.SlowVendor | act.RefuseTokens
    ) -> None:
        voice = self.session.voice
        if voice is None:
            self.world.warn("action-ignored", "This call has no text buffer.")
            return
        match action:
            case act.VendorDown():
                voice.buffer.vendor_failed(self.world.now)
            case act.VendorUp():
                voice.buffer.vendor_up = True
            case act.SlowVendor():
                voice.buffer.push_seconds = action.seconds
            case act.RefuseTokens():
                voice.refusals = action.count

    def _drop(self, action: act.DropConnection) -> None:
        for requestor in (session.requestor for session in self.world.sessions):
            if (
                isinstance(requestor, WebsocketRequestor)
                and action.socket in {None, requestor.socket}
                and requestor.sockets.user(requestor.socket) is requestor
            ):
                requestor.drop(action.code)
                return
        self.world.warn("action-ignored", "There is no such control connection.")

    def _others(self, action: act.Action) -> None:
        rooms, queues = self.world.rooms, self.world.queues
        match action:
            case act.JoinConference():
                rooms.join(action.name, action.member, start=action.start)
            case act.LeaveConference():
                rooms.leave(action.name, action.member, end=action.end)
            case act.TakeFromQueue():
                if queues.take(action.name, "other") is None:
                    self.world.warn("action-ignored", f"Nobody waits in the queue {action.name!r}.")
            case act.WaitInQueue():
                queues.join(action.name, action.member)
            case act.LeaveQueue():
                queues.end(action.name)
            case _:
                raise TypeError(f"not an action: {action!r}")
