"""Fitting a valid verb to the server that will run it: lowered to what the server knows, or refused.

What a server does not know must not reach it, because it answers by ending the call. Where it knows another
form of the same thing, the verb is rewritten; where it does not, `UnsupportedByProfile` says so while the
program still stands in the line that asked for it. Each rule below cites the fact it rests on.

A verb whose schema was given at run time is let through untouched: giving it says that the server knows it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from jambonz_core.schemas.schema_set import SERVER_0_9, SERVER_0_9_BASE
from jambonz_core.validation.verdict import verdict
from jambonz_core.verbs.profiles import Profile, Rule
from jambonz_core.verbs.server_demands import VENDORS_0_9, Demand, demand
from jambonz_core.wire.errors import InvalidVerb, UnsupportedByProfile
from jambonz_core.wire.limits import AUDIO_RATE

Document = dict[str, Any]


def fit_of(name: str, profile: Profile) -> Rule | None:
    """What brings valid verbs of this name into the form that the profile's server knows, if anything has to;
    it raises `UnsupportedByProfile` for one that has no such form.
    """
    schemas = profile.schemas
    if name not in schemas.verbs or schemas.given(schemas.verbs[name]):
        return None
    rule = _RULES[profile.name].get(name)
    if profile.name != "0.9":
        return rule

    def through_table(document: Document) -> Document:
        if rule is not None:
            document = rule(document)
        _check_table(document, name, profile)
        return document

    return through_table


def _renamed(verb: str, document: Document) -> Document:
    return {**document, "verb": verb}


def _to_vendor(vendor: str, document: Document) -> Document:
    return {**document, "verb": "llm", "vendor": vendor}


def _to_elevenlabs(document: Document) -> Document:
    # The shortcut needs no `llmOptions` (an ElevenLabs agent is configured at the vendor), but the open
    # server's table demands it of every `llm`.
    return {**_to_vendor("elevenlabs", document), "llmOptions": document.get("llmOptions", {})}


def _audible(document: Document) -> Document:
    # The media server plays streamed audio only when the verb gives its rate; without one, all of it is
    # silent. So this is a default that is sent.
    both = document.get("bidirectionalAudio")
    if not isinstance(both, Mapping) or both.get("streaming") is not True or "sampleRate" in both:
        return document
    both = {**both, "sampleRate": document.get("sampleRate", AUDIO_RATE)}
    return {**document, "bidirectionalAudio": both}


def _audible_inside(document: Document) -> Document:
    for name in ("listen", "stream"):
        nested = document.get(name)
        if isinstance(nested, dict):
            rated = _audible(nested)
            if rated is not nested:
                document = {**document, name: rated}
    return document


def _conference_0_9(document: Document) -> Document:
    # The table knows `listen` here, and not its newer name `stream`. `room` is a name that only version 10
    # has.
    return _stream_to_listen({**_audible_inside(document), "verb": "conference"})


def _stream_to_listen(document: Document) -> Document:
    # In `config`, 0.9 accepts `stream` and then does nothing about it: only `listen` is ever read.
    if "stream" not in document:
        return document
    if "listen" in document:
        raise UnsupportedByProfile(
            f'{document["verb"]}: "stream" and "listen" are the same thing on server 0.9; give one of them.',
            verb=document["verb"],
            path="stream",
        )
    return {("listen" if name == "stream" else name): value for name, value in document.items()}


def _demanded(document: Document) -> Document:
    """Refuse a verb that lacks something that the server, whichever it is, needs to make it."""
    missing = demand(document["verb"], document, open_server=False)
    if missing is not None:
        raise InvalidVerb(f"{document['verb']}: {missing}", **_about(document["verb"], missing))
    return document


def _about(verb: str, missing: Demand) -> dict[str, Any]:
    return {"verb": verb, "path": missing.path, "hint": missing.hint}


def _refused(verb: str, hint: str, document: Document) -> Document:
    raise UnsupportedByProfile(
        f"{verb}: only the open-source server (profile 0.9) has this verb. {hint}",
        verb=verb,
        path="verb",
        hint=hint,
    )


_RULES: Mapping[str, Mapping[str, Rule]] = {
    "0.9": {
        # The open server's own synonyms; lowered all the same, so that what is sent does not depend on its
        # version.
        "stream": lambda document: _renamed("listen", _audible(document)),
        "listen": _audible,
        "dial": _audible_inside,
        "s2s": partial(_renamed, "llm"),
        "openai_s2s": partial(_to_vendor, "openai"),
        "microsoft_s2s": partial(_to_vendor, "microsoft"),
        "google_s2s": partial(_to_vendor, "google"),
        "elevenlabs_s2s": _to_elevenlabs,
        "deepgram_s2s": partial(_to_vendor, "deepgram"),
        "voiceagent_s2s": partial(_to_vendor, "voiceagent"),
        "ultravox_s2s": partial(_to_vendor, "ultravox"),
        "conference": _conference_0_9,
        "room": _conference_0_9,
        "config": lambda document: _stream_to_listen(_audible_inside(document)),
    },
    "v10": {
        "stream": _audible,
        "listen": _audible,
        "dial": _audible_inside,
        "config": _audible_inside,
        "conference": _audible_inside,
        "room": _audible_inside,
        # Most have what it takes, and show it at once.
        "say": lambda document: document if "text" in document else _demanded(document),
        "gather": lambda document: _demanded(document) if "say" in document else document,
        "dialogflow": _demanded,
        # Shortcuts of the open server that no published v10 schema has; `llm` with the vendor is the same
        # thing.
        "microsoft_s2s": partial(_to_vendor, "microsoft"),
        "voiceagent_s2s": partial(_to_vendor, "voiceagent"),
        # In the open server's table and in no published v10 schema.
        "lex": partial(_refused, "lex", "Use agent, or gather and your own client for Lex."),
        "rasa": partial(_refused, "rasa", "Use gather and post what was heard to Rasa yourself."),
    },
}

_SINCE = {"qwen_s2s": "10", "room": "10"}
"""Where a published schema's `minVersion` names a version of something else than the server."""

_INSTEAD_0_9 = {
    "agent": "Use llm with a speech-to-speech vendor, or gather and a streaming say.",
    "pipeline": "Use llm with a speech-to-speech vendor, or gather and a streaming say.",
    "transfer": "Use sip:refer, or dial with an actionHook.",
}


def _check_table(document: Document, asked: str, profile: Profile) -> None:
    """Refuse what the open server's own table refuses."""
    identity = SERVER_0_9_BASE + document["verb"]
    # `pipeline` is in the table, but the server makes no such verb.
    if identity not in SERVER_0_9 or document["verb"] == "pipeline":
        since = _SINCE.get(asked) or profile.schemas.verb(asked)["minVersion"]
        hint = _INSTEAD_0_9.get(asked, "Use llm with a vendor that it knows: " + ", ".join(VENDORS_0_9) + ".")
        raise UnsupportedByProfile(
            f"{asked}: server 0.9 does not know this verb; servers have it from {since} on. {hint}",
            verb=asked,
            path="verb",
            hint=hint,
        )
    fields = {name: value for name, value in document.items() if name != "verb"}
    if not verdict(SERVER_0_9, identity)(fields):
        from jambonz_core.validation.checking import invalid
        from jambonz_core.validation.explain import explain

        # What is unknown here was not misspelt, or the schemas would have refused it: newer servers know it.
        found = explain(fields, SERVER_0_9[identity], SERVER_0_9, _names, unknown_hint="Leave it out.")
        raise invalid(asked, found, UnsupportedByProfile, "Server 0.9 refuses it and would end the call.")
    missing = demand(document["verb"], fields, open_server=True)
    if missing is not None:
        raise UnsupportedByProfile(f"{asked}: {missing}", **_about(asked, missing))


def _names(schema: Any) -> list[str]:
    return list(schema.get("properties", ()))
