"""What the server knows of a leg, and how it tells an application.

Nearly every payload begins with this. It has two spellings: `standard` is what the server means to send;
`raw` is what some hooks send because they serialise the whole object (the inbound `session:new`,
transcripts, the wait and enter hooks of a conference). Names are the server's own; the wire role rewrites
them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..options import CallSetup

LOCAL_SIP_ADDRESS = "172.31.3.33:5060"
PUBLIC_IP = "203.0.113.20"


@dataclass(slots=True)
class CallInfo:
    """What the payloads of hooks say about one leg."""

    call_sid: str
    direction: str
    from_: str
    to: str
    call_id: str
    account_sid: str
    application_sid: str
    trace_id: str
    call_status: str = "trying"
    sip_status: int = 100
    sip_reason: str = "Trying"
    caller_name: str = ""
    caller_id: str = ""
    sbc_call_id: str = ""
    parent_call_sid: str = ""
    originating_sip_ip: str = ""
    originating_sip_trunk_name: str = ""
    customer_data: Any = None
    duration: int | None = None
    terminated_by: str = ""
    bye_headers: dict[str, str] = field(default_factory=dict)
    api_base_url: str | None = None

    def became(self, status: str, sip_status: int, reason: str = "") -> None:
        """Note a new status of the leg."""
        self.call_status = status
        self.sip_status = sip_status
        self.sip_reason = reason or REASONS.get(sip_status, "")

    def standard(self) -> dict[str, Any]:
        """The fields that most payloads begin with."""
        optional = {
            "sbcCallid": self.sbc_call_id,
            "callerId": self.caller_id,
            "parentCallSid": self.parent_call_sid,
            "originatingSipIp": self.originating_sip_ip,
            "originatingSipTrunkName": self.originating_sip_trunk_name,
            "callTerminationBy": self.terminated_by,
            "headers": dict(self.bye_headers),
            "apiBaseUrl": self.api_base_url,
        }
        return {
            "callSid": self.call_sid,
            "direction": self.direction,
            "from": self.from_,
            "to": self.to,
            "callId": self.call_id,
            "sipStatus": self.sip_status,
            "sipReason": self.sip_reason,
            "callStatus": self.call_status,
            "accountSid": self.account_sid,
            "traceId": self.trace_id,
            "applicationSid": self.application_sid,
            "fsSipAddress": LOCAL_SIP_ADDRESS,
            **{name: value for name, value in optional.items() if value},
            **({} if self.duration is None else {"duration": self.duration}),
            **({} if self.customer_data is None else {"customerData": self.customer_data}),
            "fsPublicIp": PUBLIC_IP,
        }

    def raw(self) -> dict[str, Any]:
        """The fields that begin the hooks which serialise all that is known of the leg."""
        info = self.standard()
        for name in ("fsSipAddress", "fsPublicIp", "customerData", "apiBaseUrl"):
            info.pop(name, None)
        return {
            **info,
            "hasRecording": False,
            "callerName": self.caller_name,
            "localSipAddress": LOCAL_SIP_ADDRESS,
            "publicIp": PUBLIC_IP,
            # This name is not among those that keep their case, so tag data arrives rewritten as well.
            **({} if self.customer_data is None else {"_customerData": self.customer_data}),
        }


REASONS = {
    100: "Trying",
    180: "Ringing",
    183: "Session Progress",
    200: "OK",
    480: "Temporarily Unavailable",
    486: "Busy Here",
    487: "Request Terminated",
    503: "Service Unavailable",
    600: "Busy Everywhere",
    603: "Decline",
}


def info_of(setup: CallSetup) -> CallInfo:
    """The leg that a call begins with."""
    inbound = setup.direction == "inbound"
    return CallInfo(
        call_sid=setup.call_sid,
        direction=setup.direction,
        from_=setup.from_,
        to=setup.to,
        call_id=setup.call_id,
        account_sid=setup.account_sid,
        application_sid=setup.application_sid,
        trace_id=setup.trace_id,
        caller_name=setup.caller_name,
        sbc_call_id=f"{setup.call_id}-sbc" if inbound else "",
        originating_sip_ip="198.51.100.7" if inbound else "",
        originating_sip_trunk_name="simulated trunk" if inbound else "",
        customer_data=None if setup.tag is None else dict(setup.tag),
        api_base_url=setup.api_base_url,
    )


def defaults_of(setup: CallSetup) -> dict[str, Any]:
    """The speech settings that a first message carries."""
    synthesizer, recognizer = dict(setup.synthesizer), dict(setup.recognizer)
    if setup.direction != "inbound":
        synthesizer = {name: synthesizer.get(name) for name in ("vendor", "language", "voice", "label")}
        recognizer = {name: recognizer.get(name) for name in ("vendor", "language", "label")}
    return {"synthesizer": synthesizer, "recognizer": recognizer}


def first_payload(setup: CallSetup, info: CallInfo) -> dict[str, Any]:
    """The data of `session:new`."""
    env = {} if setup.env_vars is None else {"env_vars": dict(setup.env_vars)}
    if setup.direction != "inbound":
        return {**info.standard(), **env, "defaults": defaults_of(setup)}
    return {
        "sip": _invite(setup, info),
        **info.raw(),
        "serviceProviderSid": setup.service_provider_sid,
        "defaults": defaults_of(setup),
        **env,
    }


def _invite(setup: CallSetup, info: CallInfo) -> dict[str, Any]:
    uri = f"sip:{setup.to}@sip.example"
    headers = {
        "via": "SIP/2.0/UDP 172.31.3.33;branch=z9hG4bK4b43c2ff8.1",
        "from": f'"{setup.caller_name}" <sip:{setup.from_}@198.51.100.7>;tag=1',
        "to": f"<{uri}>",
        "call-id": info.call_id,
        "cseq": "1 INVITE",
        "contact": f"<sip:{setup.from_}@198.51.100.7:5060>",
        "X-Forwarded-For": info.originating_sip_ip,
        "X-Originating-Carrier": info.originating_sip_trunk_name,
        "X-CID": info.sbc_call_id,
        **setup.sip_headers,
    }
    return {
        "headers": headers,
        "raw": f"INVITE {uri} SIP/2.0",
        "body": "v=0",
        "method": "INVITE",
        "version": "2.0",
        "uri": uri,
        "payload": [],
        "source_address": "172.31.3.33",
        "source_port": "5060",
        "protocol": "udp",
        "calledNumber": setup.to,
        "callingNumber": setup.from_,
    }
