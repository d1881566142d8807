"""What decides how `jambonz call` ends: whether the application was reached, has answered, or has failed."""

from __future__ import annotations

from collections.abc import Callable

from jambonz_core.simulator import Connect, HookAnswered, HttpRequest

from ..testing.records import AppFailed, AppLogged, FrameSent, Noted, Record
from ..testing.transcript import describe


class Course:
    """Notices the turns that a call takes."""

    def __init__(self) -> None:
        self._url = ""
        self._reached = False
        self.stop: Callable[[], None] = lambda: None
        """Ends a call that makes no sense."""
        self.faults: int = 0
        """How many faults were told that no exception tells of."""
        self.answered: bool = False
        """Whether the application has answered anything; over webhooks, anything with verbs in it."""
        self.app_error: BaseException | None = None
        """The first exception of the application."""
        self.unreachable: str = ""
        """Why the application could not be reached at all; the call was stopped then."""
        self.lost: str = ""
        """Why an application that had been reached could not be reached again."""

    def notice(self, record: Record) -> None:
        """Take note of what has happened."""
        described = describe(record.what)
        if described is not None and described[0] == "fault":
            self.faults += 1
        match record.what:
            case Connect(url=url) | HttpRequest(url=url):
                self._url = url
            case FrameSent():
                self._reached = True
                self.lost = ""
            case HookAnswered(data=data) if not data and not self.answered and self._url.startswith("http"):
                self._reached = True  # a first answer with nothing in it is none
            case HookAnswered():
                self._reached = self.answered = True
            case AppLogged(error=error) | AppFailed(error=error) if error is not None:
                self.app_error = self.app_error or error
            case Noted(text=text) if not self._reached and text.startswith(f"{self._url}: "):
                # A real server tries a few times more. A person at a terminal would rather know.
                self.unreachable = text
                self.stop()
            case Noted(text=text) if text.startswith(f"{self._url}: "):
                self.lost = text
            case _:
                pass
