"""The switchboard of one `jambonz phone`: it places calls, does what pages ask for, and tells them all.

There is one call at a time, and every open page shows it. So a page can be reloaded in the middle of a call,
or opened twice, and a call whose pages are all gone is hung up after a while. Sound is of one page, the one
that asked for it last: two would hear each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
from anyio.abc import TaskGroup

from jambonz_core.journal import InvalidJournal, journal_to_test

from ...journals import journal_file, load_journal
from ..caller_commands import CallerCommands
from ..errors import plain_error
from ..event_loops import only
from ..live_call import LiveCall
from ..reloading import LOOK_EVERY_SECONDS
from .app_source import AppSource
from .call_log import CallLog, WatchedJournal
from .call_sound import CallSound, Page
from .page_messages import (
    Asked,
    ListVariables,
    NewLink,
    PlaceCall,
    SaveTest,
    ShowCall,
    TakeSound,
    TypeLine,
    told,
)
from .voices import Recognizer, Voice

ABANDONED_SECONDS = 30.0
"""How long a call goes on that no page shows."""

JOURNAL_BYTES = 64 * 1024 * 1024
"""What the journal of one call may hold: half an hour of a call's sound."""

KEPT_CALLS = 50


class Switchboard:
    """The calls of one program, and the pages that show them."""

    def __init__(
        self,
        source: AppSource,
        *,
        tasks: TaskGroup,
        journals: Path,
        tests: Path,
        link: Callable[[], str],
        voice: Voice | None = None,
        recognizer: Recognizer | None = None,
    ) -> None:
        self._source = source
        self._tasks = tasks
        self._journals = journals
        self._tests = tests
        """The folder that tests are saved in."""
        self._link = link
        self._sound = CallSound(tasks, voice, recognizer)
        self._pages: dict[Page, None] = {}
        self._calls: dict[int, CallLog] = {}
        self._number = 0
        self._commands: CallerCommands | None = None
        """What does what is typed, while a call goes on."""
        self._busy = False
        """Whether there is one, or the last one is still being put away."""
        self._came = anyio.Event()
        """Set when a page comes."""

    # --- pages ------------------------------------------------------------------------------------------

    @contextmanager
    def joined(self, page: Page) -> Iterator[None]:
        """A page is open as long as the block lasts."""
        page.tell(told("hello", **self._state()))
        self._pages[page] = None
        self._came.set()
        try:
            yield
        finally:
            del self._pages[page]
            self._sound.leave(page)
            if not self._pages:
                self._came = anyio.Event()
                self._tasks.start_soon(self._hang_up_abandoned, self._came)

    def tell(self, message: str) -> None:
        """Send a message to every page."""
        for page in list(self._pages):
            page.tell(message)

    async def take(self, page: Page, asked: Asked) -> None:
        """Do what a page asks for. Raises `ValueError` where that cannot be."""
        match asked:
            case PlaceCall():
                self._place(asked)
            case TypeLine(text=text, party=party):
                self._type(page, text, party)
            case ShowCall(number=number):
                page.tell(told("show", **self._call(number).whole()))
            case SaveTest(number=number):
                page.tell(told("test", number=number, path=str(await self._save_test(number))))
            case ListVariables(path=path):
                found = await self._source.variables(path)
                page.tell(told("variables", path=path, variables=found))
            case NewLink():
                page.tell(told("link", url=self._link()))
            case TakeSound():
                self._sound.take(page, asked)

    def hear(self, page: Page, rate: int, pcm: bytes) -> None:
        """Take a piece of a page's microphone."""
        self._sound.hear(page, rate, pcm)

    def _state(self) -> dict[str, Any]:
        newest = self._calls.get(self._number)
        return {
            "app": self._source.name,
            "broken": self._source.broken,
            "paths": self._source.paths,
            "sound": self._sound.offers,
            "calls": [call.facts() for call in self._calls.values()],
            "call": None if newest is None else newest.whole(),
            "busy": self._busy,
        }

    def _call(self, number: int) -> CallLog:
        call = self._calls.get(number)
        if call is None:
            raise ValueError(f"there is no call {number}")
        return call

    async def _hang_up_abandoned(self, came: anyio.Event) -> None:
        with anyio.move_on_after(ABANDONED_SECONDS):
            await came.wait()
            return
        if self._commands is not None and not self._commands.live.phone.over:
            self._commands.live.hangs_up()

    # --- calls ------------------------------------------------------------------------------------------

    def _place(self, asked: PlaceCall) -> None:
        if self._busy:
            raise ValueError("there is a call already: hang up first")
        if self._source.broken:
            raise ValueError(self._source.broken)
        self._busy = True
        self._number += 1
        began = datetime.now(UTC)
        journal = self._journals / f"{began:%Y%m%dT%H%M%S}-call-{self._number}.jsonl"
        call = CallLog(self._number, asked, self.tell, journal, began.isoformat(timespec="seconds"))
        self._calls[call.number] = call
        if len(self._calls) > KEPT_CALLS:
            del self._calls[next(iter(self._calls))]
        self.tell(told("placed", **call.whole()))
        self._tasks.start_soon(self._conduct, call)

    async def _conduct(self, call: CallLog) -> None:
        """Have the call, from the first word to the last."""
        try:
            with journal_file(call.journal, content=True, most_bytes=JOURNAL_BYTES) as writer:
                async with self._source.dial(call.asked, WatchedJournal(writer, call.read)) as phone:
                    live = LiveCall(phone)
                    self._commands = CallerCommands(live, self._tasks)
                    call.follow(live)
                    self._sound.follow(live)
                    await live.run()
        except Exception as error:
            # The call is a guest here: what fails about it is shown, and the next one may go better.
            call.note(plain_error(only(error)).partition(" The call until then")[0])
        finally:
            self._commands = None
            self._busy = False
            call.over("it failed")
            call.end_ladder()
            self.tell(told("free", call=call.number))

    def _type(self, page: Page, text: str, party: str) -> None:
        commands = self._commands
        if commands is None:
            raise ValueError("there is no call")
        commands.leg = party
        commands.typed(text)
        if commands.leg != party:
            # Somebody else is played from now on: the page says who, with each line.
            page.tell(told("playing", party=commands.leg))

    # --- what is kept -----------------------------------------------------------------------------------

    async def read_journal(self, number: int) -> bytes:
        """The journal of a call. Raises `ValueError` where there is none."""
        path = anyio.Path(self._call(number).journal)
        try:
            return await path.read_bytes()
        except OSError as error:
            raise ValueError(f"the journal cannot be read: {error.strerror}") from error

    async def _save_test(self, number: int) -> Path:
        call = self._call(number)
        try:
            journal = await anyio.to_thread.run_sync(load_journal, call.journal)
            text = journal_to_test(
                journal, app=self._source.module, path=call.asked.path, title=f"call_{number}"
            )
        except (OSError, InvalidJournal) as error:
            raise ValueError(f"no test can be made of this call: {error}") from error
        path = await anyio.to_thread.run_sync(_write_anew, self._tests, f"test_call_{number}", text)
        self._source.ignore(path)
        return path

    # --- the application --------------------------------------------------------------------------------

    async def watch_the_application(self) -> None:
        """Look between calls whether the application has changed, and tell the pages."""
        pause = LOOK_EVERY_SECONDS
        while True:
            await anyio.sleep(pause)
            if self._busy or not self._pages:
                continue
            began = anyio.current_time()
            news = await self._source.look()
            if not news:
                # Where there are very many files, looking at them must not be all that this program does.
                pause = max(LOOK_EVERY_SECONDS, 20 * (anyio.current_time() - began))
            else:
                broken, paths = self._source.broken, self._source.paths
                self.tell(told("changed", text=news, broken=broken, paths=paths))


def _write_anew(folder: Path, name: str, text: str) -> Path:
    """Write a file that was not there; its name gets a number where it was."""
    for number in range(1, 1000):
        path = folder / f"{name}{f'_{number}' if number > 1 else ''}.py"
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
        except FileExistsError:
            continue
        except OSError as error:
            raise ValueError(f"{path} cannot be written: {error.strerror}") from error
        return path
    raise ValueError(f"there are too many tests called {name} in {folder}")
