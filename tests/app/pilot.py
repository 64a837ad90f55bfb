"""Driving an app in a test: a coroutine run to its end, with everything that moves by itself turned off."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from textual._compositor import Compositor
from textual.app import App
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.message_pump import MessagePump
from textual.pilot import Pilot, WaitForScreenTimeout
from textual.screen import Screen
from textual.widgets import OptionList

from lazytui.app.screens.common.run_panels import RunPanels
from lazytui.app.shell import base_screen
from lazytui.app.shell.popups.dialogs import AskRun

base_screen.freeze_open_screens = lambda: None
"""Here an app ends before its process, and what was frozen would stay."""

_compose_frame, _pause, _parse_rules = Compositor.render_update, Pilot.pause, Stylesheet._parse_rules
_composing = False
_parsed: dict[object, list[RuleSet]] = {}
_texts: WeakKeyDictionary[Compositor, str] = WeakKeyDictionary()
"""What is on the screens that didn't change since it was looked at."""


@wraps(_compose_frame)
def _compose_when_paused(compositor: Compositor, full: bool = False, **more: Any) -> Any:
    """Frames that nobody sees are a third of an app's work. What differs from the last one stays noted for the next,
    as on a terminal that takes less than is drawn."""
    return _compose_frame(compositor, full, **more) if full or _composing else None


@wraps(_pause)
async def _pause_and_compose(pilot: Pilot[Any], delay: float | None = None) -> None:
    await _pause(pilot, delay)
    compose_frame(pilot.app)


def compose_frame(app: App[Any]) -> None:
    """Draw what changed since the last frame: whatever a test comes to can be drawn."""
    global _composing
    _composing = True
    try:
        app.screen._compositor_refresh()
    finally:
        _composing = False


@wraps(Pilot._wait_for_screen)
async def _wait_for_busy_ones(pilot: Pilot[Any], timeout: float = 30.0) -> bool:
    """Until the app, its screen and the widgets on it have done what they had to do when this was called.

    Textual has each of them read a message. Most have nothing to do, and that took a fifth of the time of tests."""
    await asyncio.sleep(0)
    app, left = pilot.app, set[MessagePump]()
    all_done = asyncio.Event()

    def done(pump: MessagePump) -> None:
        left.discard(pump)
        if not left:
            all_done.set()

    left |= {pump for pump in _pumps(app) if not _is_idle(pump) and pump.call_later(done, pump)}
    if left:
        waiting = [asyncio.create_task(event.wait()) for event in (all_done, app._exception_event)]
        ended, unended = await asyncio.wait(waiting, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
        for task in unended:
            task.cancel()
        if not ended:
            raise WaitForScreenTimeout(f"These have not done their work: {left}")
    return not left


def _pumps(app: App[Any]) -> list[MessagePump]:
    return [app, *(app.screen.walk_children(with_self=True) if app.screen_stack else ())]


def _is_idle(pump: MessagePump) -> bool:
    """Whether it waits for a message, and so has done all that it had to."""
    waiting = getattr(pump._message_queue.ready_event, "_waiters", ())
    return any(not future.done() for future in waiting)


@wraps(_parse_rules)
def _parse_once(stylesheet: Stylesheet, *source: Any, **more: Any) -> list[RuleSet]:
    """The styles of all apps are the same; to read them is a tenth of an app's start."""
    key = source, *more.items(), *stylesheet._variables.items()
    if key not in _parsed:
        _parsed[key] = _parse_rules(stylesheet, *source, **more)
    return _parsed[key]


def _noticed(change: Any) -> Any:
    """A method of a compositor by which it learns of a change."""

    @wraps(change)
    def forget(compositor: Compositor, *args: Any) -> Any:
        _texts.pop(compositor, None)
        return change(compositor, *args)

    return forget


Compositor.render_update = _compose_when_paused  # type: ignore[method-assign]
for name in ("clear", "reflow", "reflow_visible", "update_widgets"):
    setattr(Compositor, name, _noticed(getattr(Compositor, name)))
Pilot.pause = _pause_and_compose  # type: ignore[method-assign]
Pilot._wait_for_screen = _wait_for_busy_ones  # type: ignore[method-assign]
Stylesheet._parse_rules = _parse_once  # type: ignore[method-assign]

AnyApp = TypeVar("AnyApp", bound=App[Any])
_PATIENCE = 120.0
"""Seconds."""


def drive(app: AnyApp, steps: Callable[[Pilot[Any]], Awaitable[None]], size: tuple[int, int] = (120, 36)) -> AnyApp:
    """Run the app at a size, take the steps with its pilot, and give it back when it has ended."""

    async def session() -> None:
        app.animation_level = "none"
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await steps(pilot)
            if app.is_running:
                compose_frame(app)

    asyncio.run(session())
    return app


async def until(pilot: Pilot[Any], condition: Callable[[], object]) -> None:
    """Let the app work until the condition holds and it is at rest; fail if that never is so.

    The longer it takes, the less often is asked: an app that is asked all the time has no time for its work.
    """
    started = time.monotonic()
    while (waited := time.monotonic() - started) < _PATIENCE:
        if condition():
            await pilot.pause(0)
            if condition():
                return
        await asyncio.sleep(min(max(waited / 5, 0.01), 0.1))
    raise AssertionError(f"What was waited for never happened on:\n{screen_text(pilot.app)}")


def shown_figures(app: App[Any]) -> list[Any]:
    """The figures in the panels of the run that the screen shows; none before it is whole."""
    return [figure for panels in app.screen.query(RunPanels) for figure in panels.figures]


async def choose_run(pilot: Pilot[Any], key: str, words: str) -> None:
    """Press a key that lists runs, and choose the first that these words are said of."""
    asker = pilot.app.screen
    await pilot.press(key)
    await until(pilot, lambda: isinstance(pilot.app.screen, AskRun) and pilot.app.screen.query(OptionList))
    runs = pilot.app.screen.query_one(OptionList)
    runs.highlighted = next(index for index, option in enumerate(runs.options) if words in str(option.prompt))
    await pilot.press("enter")
    await until(pilot, lambda: pilot.app.screen is asker)


def screen_text(app: App[Any]) -> str:
    """The characters on the top screen, line by line. What rests isn't read again: that takes as long as to draw it."""
    compositor, rests = app.screen._compositor, _rests(app.screen)
    if rests and compositor in _texts:
        return _texts[compositor]
    strips = compositor.render_strips()
    text = "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)
    if rests:
        _texts[compositor] = text
    return text


def _rests(screen: Screen[Any]) -> bool:
    """Whether no change of it is on its way to what is drawn."""
    changes = screen._layout_required, screen._scroll_required, screen._repaint_required, screen._dirty_widgets
    return not any(changes) and all(map(_is_idle, _pumps(screen.app)))


def shows_progress(pilot: Pilot[Any], state: str) -> bool:
    """Whether the state stands there with a percentage; how far it is depends on the machine."""
    return re.search(rf"{state} \d+%", screen_text(pilot.app)) is not None


def shows(app: App[Any], kind: str) -> bool:
    """Whether the screen of a kind of run is open, over another one or by itself."""
    return getattr(app.screen, "screen_name", None) == kind
