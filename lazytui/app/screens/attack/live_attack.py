"""One image under attack, live: pictures, the climb, and what the network says, over the screen of attacks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.events import Resize
from textual.widgets import Static

from lazytui.analyses.attack.live import (
    AttackAnswer,
    AttackQuestion,
    AttackSession,
    other_attack,
    other_budget,
    other_classes,
)
from lazytui.analyses.attack.live_figures import drawn, told
from lazytui.app.figures import FigureView, swap
from lazytui.app.form.pick_list import PickList
from lazytui.app.shell.base_screen import LabScreen
from lazytui.app.workers.newest_only import answering
from lazytui.attacks import ATTACKS
from lazytui.attacks.source_pools import POOLS
from lazytui.figures.kinds import Figure, Lines
from lazytui.plain_text import plain_text
from lazytui.runs.run_folder import RunFolder

BESIDE_THE_CLIMB = 110
"""Columns from which on the probabilities stand beside the curve."""
ROWS_FOR_LARGE = 32
"""Rows below which the pictures are small, and the curve has the width alone where that is small too."""
ROWS_WITH_NOTES = 44
"""Rows below which notes would leave the curve too little."""


class LiveAttackScreen(LabScreen):
    """Lies over the screen of attacks, until Escape."""

    screen_name = "attack"
    DEFAULT_CSS = """
    LiveAttackScreen #body { overflow-y: auto; scrollbar-size-vertical: 1; }
    LiveAttackScreen #doing { height: auto; max-height: 3; padding: 0 1; color: $text-muted; }
    LiveAttackScreen #pictures { height: auto; padding: 0 0 0 1; }
    LiveAttackScreen.-small #pictures { max-width: 64; }
    LiveAttackScreen #below { height: 1fr; min-height: 9; padding: 0 0 0 1; }
    LiveAttackScreen #below > .climb { height: 1fr; }
    LiveAttackScreen.-wide #below { layout: horizontal; }
    LiveAttackScreen.-wide #below > .probabilities { width: 52; margin: 0 0 0 2; }
    LiveAttackScreen.-small #below > .probabilities { display: none; }
    LiveAttackScreen.-small.-wide #below > .probabilities { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Back"),
        Binding("n,right", "step(1)", "Source", key_display="n"),
        Binding("p,left", "step(-1)", "Source before", key_display="p", show=False),
        Binding("c", "pool", "Color"),
        Binding("up", "budget(1)", "Budget", key_display="↑↓"),
        Binding("down", "budget(-1)", "Smaller budget", show=False),
        Binding("pageup", "budget(10)", "Budget, ten steps more", show=False),
        Binding("pagedown", "budget(-10)", "Budget, ten steps less", show=False),
        Binding("b", "smallest", "The smallest budget that fools it", show=False),
        Binding("a", "attack(1)", "Attack"),
        Binding("A", "attack(-1)", "Attack before", show=False),
        Binding("t", "classes(0, 1)", "Target"),
        Binding("T", "classes(0, -1)", "Previous target", show=False),
        Binding("m", "network", "Network"),
        Binding("d", "classes(1, 0)", "Another digit shown", show=False),
        Binding("D", "classes(-1, 0)", "The digit before", show=False),
        Binding("u", "targeted", "The target, or anything else", show=False),
        Binding("s", "sure", "Surer than .9, or the most probable", show=False),
        Binding("o", "pick", "Any other network", show=False),
    ]

    def __init__(self, panel: AttackSession, question: AttackQuestion) -> None:
        super().__init__()
        self._panel = panel
        self._question = question
        self._answer: AttackAnswer | None = None

    def compose_body(self) -> ComposeResult:
        yield Static(id="doing", markup=False)
        yield Container(id="pictures")
        yield Container(id="below")

    def on_mount(self) -> None:
        self._newest = answering(self, self._panel.answers, self._told, group="attack-panel")
        self._newest.ask(self._question)

    def on_unmount(self) -> None:
        self._newest.leave()

    @property
    def followed(self) -> RunFolder | None:
        return self._question.run

    @property
    def answered(self) -> AttackQuestion | None:
        """What was asked that the screen answers in full."""
        return self._answer.question if self._answer and self._answer.fooled is not None else None

    def shown_figures(self) -> Sequence[Figure]:
        return [view.figure for view in self.query(FigureView)]

    # Drawing

    def _told(self, answer: AttackAnswer) -> None:
        if answer.question is self._question and self.is_attached:
            self._answer = answer
            self._show()

    def _show(self) -> None:
        if self._answer is None:
            return
        self.query_one("#doing", Static).update(plain_text(self._words(self._answer)))
        if self._answer.source is None:
            return
        figures = drawn(self._answer)
        if self.size.height < ROWS_WITH_NOTES:
            figures = [replace(figure, note="") for figure in figures]
        if self.size.height < ROWS_FOR_LARGE:
            figures = [replace(figure, x_label="") if isinstance(figure, Lines) else figure for figure in figures]
        swap(self.query_one("#pictures"), figures[:1])
        swap(self.query_one("#below"), figures[1:])

    def _words(self, answer: AttackAnswer) -> str:
        """Which network it is, and what is being done, or what came of it."""
        if answer.refused or answer.doing:
            return answer.refused or answer.doing
        return f"{answer.networks[answer.question.network]}. {told(answer) or 'Attacking ...'}"

    def on_resize(self, event: Resize) -> None:
        self.set_class(event.size.width >= BESIDE_THE_CLIMB, "-wide")
        self.set_class(event.size.height < ROWS_FOR_LARGE, "-small")
        self.call_after_refresh(self._show)

    # Other questions

    def _ask(self, question: AttackQuestion) -> None:
        if question != self._question:
            self._question = question
            self._newest.ask(question)

    def action_step(self, by: int) -> None:
        """The next image of the pool, or the one before."""
        last = self._question.params.sources - 1
        self._ask(replace(self._question, place=min(max(self._question.place + by, 0), last)))

    def action_pool(self) -> None:
        """The same digits in the next color: their own, each in turn, the target's."""
        self._ask(replace(self._question, pool=POOLS[(POOLS.index(self._question.pool) + 1) % len(POOLS)]))

    def action_budget(self, more: int) -> None:
        """More or less than what the image is attacked with now; from then on this budget, for others too."""
        now = self._answer.attacked if self._answer and self._answer.question is self._question else self._question
        self._ask(replace(self._question, params=other_budget(now.params, more), at_smallest=False))

    def action_smallest(self) -> None:
        """The smallest budget that fools each image, looked for anew."""
        self._ask(replace(self._question, at_smallest=True))

    def action_attack(self, by: int) -> None:
        names = list(ATTACKS)
        name = names[(names.index(self._question.params.attack) + by) % len(names)]
        self._ask(replace(self._question, params=other_attack(self._question.params, name)))

    def action_classes(self, source: int, target: int) -> None:
        """Another digit shown, or another one that shall be seen."""
        self._ask(replace(self._question, params=other_classes(self._question.params, source=source, target=target)))

    def action_targeted(self) -> None:
        targeted = not self._question.params.targeted
        self._ask(replace(self._question, params=self._question.params.model_copy(update={"targeted": targeted})))

    def action_sure(self) -> None:
        self._ask(replace(self._question, sure=not self._question.sure))

    def action_network(self) -> None:
        """The next of the networks that were asked about together."""
        count = 1 + len(self._question.params.against)
        if count == 1:
            self.notify("No other network was set against this one: o chooses any other.")
        self._ask(replace(self._question, network=(self._question.network + 1) % count))

    def action_pick(self) -> None:
        """Another network alone, on the data of its own training."""

        def take(picked: str | None) -> None:
            if picked is not None:
                alone = {"run": picked, "against": (), "model": None, "source": None}
                params = self._question.params.model_copy(update=alone)
                self._ask(replace(self._question, params=params, network=0, run=None))

        current = self._question.params.run
        self.app.push_screen(PickList(self.lab.runs_of(("train",)), current, self.query_one("#doing").region), take)
