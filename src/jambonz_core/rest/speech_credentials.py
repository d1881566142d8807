"""Requests about speech vendors' credentials, and about rendered speech."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from jambonz_core.rest.errors import InvalidRequest
from jambonz_core.rest.fields import Scope, checked_sid, checked_text, present, query
from jambonz_core.rest.reading import binary, many, nothing, one, sid
from jambonz_core.rest.request import CREATED, NO_CONTENT, Pace, Request, Rows
from jambonz_core.rest.secrecy import is_secret
from jambonz_core.rest.shapes import SpeechCredential, SpeechOffer, SpeechTest, TtsCacheSize

# What the server asserts per vendor, with a 500 for what is missing. An inner tuple is what another setting
# can stand in for: (needed, instead of it).
_NEEDS: Mapping[str, tuple[str, ...]] = {
    "google": ("service_key",),
    **dict.fromkeys(("deepgramflux", "wellsaid", "resemble", "soniox", "assemblyai", "voxist"), ("api_key",)),
    **dict.fromkeys(("elevenlabs", "rimelabs", "inworld", "whisper", "openai"), ("api_key", "model_id")),
    "speechmatics": ("api_key", "speechmatics_stt_uri"),
    "playht": ("api_key", "user_id", "voice_engine"),
    "cartesia": ("api_key",),
    "nvidia": ("riva_server_uri",),
    "cobalt": ("cobalt_server_uri",),
    "houndify": ("client_id", "client_key", "user_id"),
    "verbio": ("client_id", "client_secret", "engine_version"),
    "microsoft": ("region", "api_key"),
    "nuance": ("client_id", "secret"),
    "deepgram": ("api_key",),
}
_INSTEAD: Mapping[str, tuple[frozenset[str], ...]] = {
    "microsoft": (frozenset({"custom_tts_endpoint_url"}), frozenset({"custom_stt_endpoint_url"})),
    "nuance": (frozenset({"nuance_tts_uri"}), frozenset({"nuance_stt_uri"})),
    "deepgram": (frozenset({"deepgram_tts_uri", "deepgram_stt_uri"}),),
}
"""Settings of one's own server, which make a vendor's own credentials unnecessary."""


class SpeechCredentialRequests:
    """Credentials for speech vendors."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def create(
        self,
        /,
        vendor: str,
        *,
        label: str | None = None,
        use_for_tts: bool | None = None,
        use_for_stt: bool | None = None,
        **settings: Any,
    ) -> Request[str]:
        """Store a credential.

        Args:
            vendor: ``google``, ``deepgram``, …, or ``custom:<name>`` for a server of your own.
            label: Tells several credentials of a vendor apart.
            use_for_tts: Use it to speak.
            use_for_stt: Use it to listen.
            settings: What this vendor wants, such as `api_key`. Google's `service_key` may be a dict.

        Returns:
            The credential's sid.
        """
        checked_text(vendor, "vendor")
        body = present(
            {
                "vendor": vendor,
                "label": label,
                "use_for_tts": use_for_tts,
                "use_for_stt": use_for_stt,
                **settings,
            }
        )
        if isinstance(body.get("service_key"), Mapping):
            body["service_key"] = json.dumps(dict(body["service_key"]))
        _check_settings(vendor, body)
        return Request(
            "speech_credentials.create",
            "POST",
            self._path(),
            sid,
            body=body,
            expected=CREATED,
            hints={
                422: "this vendor has a credential of that label",
                500: "a setting of this vendor is missing",
            },
        )

    def list(self) -> Request[Rows[SpeechCredential]]:
        """List the account's credentials and those that the service provider shares."""
        return Request("speech_credentials.list", "GET", self._path(), many(SpeechCredential))

    def get(self, speech_credential_sid: str) -> Request[SpeechCredential]:
        """Look one credential up."""
        return Request(
            "speech_credentials.get", "GET", self._one(speech_credential_sid), one(SpeechCredential)
        )

    def update(
        self,
        /,
        speech_credential_sid: str,
        *,
        use_for_tts: bool | None = None,
        use_for_stt: bool | None = None,
        **settings: Any,
    ) -> Request[None]:
        """Change what a credential is used for, and its settings.

        Settings are replaced: those left out vanish. Secrets and the label cannot be changed. The server
        answers with success also when it could not apply the settings: look them up afterwards.
        """
        body = present({"use_for_tts": use_for_tts, "use_for_stt": use_for_stt, **settings})
        if "use_for_tts" not in body and "use_for_stt" not in body:
            raise InvalidRequest(
                "an update needs use_for_tts or use_for_stt, changed or not", field="use_for_tts"
            )
        for name in settings:
            if name in ("label", "vendor") or is_secret(name):
                raise InvalidRequest(
                    f"{name} of a credential cannot be changed: create another one", field=name
                )
        return Request(
            "speech_credentials.update",
            "PUT",
            self._one(speech_credential_sid),
            nothing,
            body=body,
            expected=NO_CONTENT,
        )

    def delete(self, speech_credential_sid: str) -> Request[None]:
        """Delete a credential."""
        return Request(
            "speech_credentials.delete",
            "DELETE",
            self._one(speech_credential_sid),
            nothing,
            expected=NO_CONTENT,
            hints={500: "there may be no such credential"},
        )

    def test(self, speech_credential_sid: str) -> Request[SpeechTest]:
        """Have the server try the credential on the vendor. Slow."""
        return Request(
            "speech_credentials.test",
            "GET",
            self._one(speech_credential_sid, "test"),
            one(SpeechTest),
            pace=Pace.SLOW,
            hints={403: "credentials of the service provider can be tested only by its own key"},
        )

    def offer(
        self, vendor: str, *, label: str | None = None, create_new: bool | None = None
    ) -> Request[SpeechOffer]:
        """Ask for a vendor's languages, voices and models. Slow."""
        return Request(
            "speech_credentials.offer",
            "GET",
            self._path("speech", "supportedLanguagesAndVoices"),
            one(SpeechOffer),
            params=query(vendor=checked_text(vendor, "vendor"), label=label, create_new=create_new),
            pace=Pace.SLOW,
            hints={422: "the vendor did not answer, or refused the credential"},
        )

    def _path(self, *segments: str) -> str:
        return self._scope.account_path("SpeechCredentials", *segments)

    def _one(self, speech_credential_sid: str, *segments: str) -> str:
        return self._path(checked_sid(speech_credential_sid, "speech_credential_sid"), *segments)


def _check_settings(vendor: str, body: Mapping[str, Any]) -> None:
    if any(all(body.get(name) for name in names) for names in _INSTEAD.get(vendor, ())):
        return
    needs = list(_NEEDS.get(vendor, ()))
    if vendor == "cartesia":
        needs += ["model_id"] * bool(body.get("use_for_tts")) + ["stt_model_id"] * bool(
            body.get("use_for_stt")
        )
    missing = [name for name in needs if not body.get(name)]
    if missing:
        raise InvalidRequest(f"a credential for {vendor} needs {', '.join(missing)}", field=missing[0])
    if vendor == "google":
        try:
            key = json.loads(body["service_key"])
        except (TypeError, ValueError):
            key = None
        if not isinstance(key, dict) or "client_email" not in key or "private_key" not in key:
            raise InvalidRequest(
                "service_key must be the JSON of a Google service account, with client_email and private_key",
                field="service_key",
            )


class TtsCacheRequests:
    """Rendered speech: what the server has cached, and rendering on request."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def size(self) -> Request[TtsCacheSize]:
        """Count the cached renderings."""
        return Request("tts_cache.size", "GET", self._path(), one(TtsCacheSize))

    def clear(self) -> Request[None]:
        """Delete all cached renderings."""
        return Request("tts_cache.clear", "DELETE", self._path(), nothing, expected=NO_CONTENT)

    def synthesize(
        self,
        text: str,
        *,
        speech_credential_sid: str,
        language: str,
        voice: str,
        engine: str | None = None,
        mp3: bool | None = None,
    ) -> Request[bytes]:
        """Render `text` to sound. Slow.

        The sound is MP3 for most vendors; some give raw PCM unless ``mp3=True``.
        """
        body = {
            "speech_credential_sid": checked_sid(speech_credential_sid, "speech_credential_sid"),
            "text": checked_text(text, "text"),
            "language": checked_text(language, "language"),
            "voice": checked_text(voice, "voice"),
            "engine": engine,
            "encodingMp3": mp3,
        }
        return Request(
            "tts_cache.synthesize",
            "POST",
            self._path("Synthesize"),
            binary,
            body=present(body),
            pace=Pace.SLOW,
            hints={500: "the vendor failed"},
        )

    def _path(self, *segments: str) -> str:
        return self._scope.account_path("TtsCache", *segments)
