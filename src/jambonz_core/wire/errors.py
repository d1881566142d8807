"""Every exception that the two packages raise on purpose, in one tree.

The first fork says whose fault it is. `LocalProtocolError` is raised in the line of the program that did the
wrong thing, before anything changed. `RemoteProtocolError` describes what the other side did wrong; the core
never raises it out of a parse but hands it over inside an event, because one bad frame must not end a call.
The rest are outcomes: things that happen to a correct program on a real network.
"""

from __future__ import annotations

from typing import ClassVar


class JambonzError(Exception):
    """The root of all exceptions of this library."""


class LocalProtocolError(JambonzError):
    """This side asked for something that is not possible now; nothing was sent and nothing changed."""


class InvalidVerb(LocalProtocolError):
    """A verb does not match its schema, or is unknown to the server profile in use."""

    def __init__(
        self,
        message: str,
        *,
        verb: str = "",
        path: str = "",
        found: str = "",
        allowed: str = "",
        hint: str = "",
    ) -> None:
        super().__init__(message)
        self.verb = verb
        """The wire name of the verb, such as ``gather``."""
        self.path = path
        """Where in the verb the fault lies, such as ``say.text`` or ``target[0].type``."""
        self.found = found
        """What stands there, shortened; of a secret only its kind."""
        self.allowed = allowed
        """The values or names that may stand in this place."""
        self.hint = hint
        """What would have been right, when that can be told."""


class InvalidSchema(LocalProtocolError):
    """A schema that was handed in is not one, or refers to another that is not there."""

    def __init__(self, message: str, *, identity: str = "") -> None:
        super().__init__(message)
        self.identity = identity
        """The `$id` of the schema."""


class UnsupportedByProfile(InvalidVerb):
    """The chosen server profile does not know this verb, property or command."""


class MessageTooLarge(LocalProtocolError):
    """A message would pass the size that the server accepts; it was not sent."""

    def __init__(self, message: str, *, part: str = "", size: int = 0, limit: int = 0) -> None:
        super().__init__(message)
        self.part = part
        """The part that is too large: a command, or a verb by position and name."""
        self.size = size
        self.limit = limit


class CallEnded(LocalProtocolError):
    """The call is over; nothing can be said on it any more."""


class QueueFull(LocalProtocolError):
    """A bounded queue of this side is full; the message names which one and its bound."""


class OutboxFull(QueueFull):
    """A connection has as much to send as it may; nothing was added. Who awaits what he sends never gets
    here.
    """


class WrongPlaybackMode(LocalProtocolError):
    """The audio stream is in the other playback mode; the server would drop this without a word."""


class InvalidWebhook(JambonzError):
    """An HTTP request does not prove that it comes from jambonz."""

    def __init__(self, message: str, *, fault: str = "") -> None:
        super().__init__(message)
        self.fault = fault
        """What was wrong, as one word that can be logged: it holds nothing of the request or the secret."""


class InvalidEnvironment(LocalProtocolError):
    """A declaration of environment variables, or a value for one, breaks the portal's rules."""


class InvalidSnapshot(JambonzError):
    """Saved state cannot be put back: another version, or not such state at all."""


class RemoteProtocolError(JambonzError):
    """The other side sent something that the protocol does not allow. Carried by events, never raised."""

    def as_value(self) -> RemoteProtocolError:
        """The same error without its origin, to be carried by an event.

        Where it was raised leads to the frames of all callers, and one of them holds the event. The garbage
        collector does not look into events, so none of that would ever be freed.
        """
        error: BaseException = self  # whose class declares what is forgotten here
        error.__traceback__ = error.__context__ = error.__cause__ = None
        return self


class VerbDropped(JambonzError):
    """No result will come: the verb was dropped before it could report one."""

    def __init__(self, message: str, *, by: str = "") -> None:
        super().__init__(message)
        self.by = by
        """What dropped it: ``replaced``, ``barge-in``, ``skipped``, ``error``, ``lost``, ``unanswered``."""


class SpeechInterrupted(JambonzError):
    """Text was not spoken because the caller interrupted, or the speech was over."""


class SpeechFailed(JambonzError):
    """Streamed text cannot be spoken: no stream is open, or the speech vendor failed."""


class ModelFailed(JambonzError):
    """A language model gave no answer that can be used: it failed, fell silent, or broke off."""


class ConnectionLost(JambonzError):
    """The connection is gone and will not come back for this purpose."""


class StoreError(JambonzError):
    """The store failed, did not answer in time, or refused what another process has the right to."""


class RestError(JambonzError):
    """The REST API refused or failed a request. The subclasses are in `jambonz_core.rest.errors`."""

    not_carried_out: ClassVar[bool] = False
    """True for the kinds of failure that prove that the server did nothing: asking again is safe."""

    def __init__(
        self,
        message: str,
        *,
        operation: str = "",
        status: int | None = None,
        body: object = None,
        retry_after: float | None = None,
        hint: str = "",
    ) -> None:
        parts = [f"{operation}:" if operation else "", str(status) if status is not None else "", message]
        text = " ".join(part for part in parts if part)
        super().__init__(f"{text} ({hint})" if hint else text)
        self.message = message
        """What the server said, in whichever of its shapes it said it."""
        self.operation = operation
        """The operation that was asked for, such as ``calls.create``."""
        self.status = status
        """The HTTP status, or None when no complete answer came."""
        self.body = body
        """The answer's body: JSON when it was JSON, else text."""
        self.retry_after = retry_after
        """Seconds that the server asked to wait, when it did."""
        self.hint = hint
        """The likely cause, when the server does not tell it but it can be known."""
