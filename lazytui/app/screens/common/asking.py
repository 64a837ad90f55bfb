"""Small questions of a screen, and what is said where an answer can't be taken."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from lazytui.app.form.pick_list import Pickable, PickList
from lazytui.app.shell.base_screen import LabScreen
from lazytui.app.shell.popups.dialogs import AskText
from lazytui.errors import LazytuiError


def ask_text(screen: LabScreen, question: str, text: str, take: Callable[[str], object]) -> None:
    """Ask for a line of text and take it. text: to begin with. A LazytuiError of `take` is said in a sentence."""

    def answer(line: str | None) -> None:
        if line is not None:
            try:
                take(line)
            except LazytuiError as error:
                screen.lab.say_error(error)

    screen.app.push_screen(AskText(question, text), answer)


def pick_run(
    screen: LabScreen, kind: str, current: str, take: Callable[[str], object], *, others: Sequence[Pickable] = ()
) -> None:
    """Choose a run of a kind from a list below the line `#doing`. others: entries before the runs."""

    def answer(picked: str | None) -> None:
        if picked is not None:
            take(picked)

    offered = [*others, *screen.lab.runs_of((kind,))]
    screen.app.push_screen(PickList(offered, current, screen.query_one("#doing").region), answer)
