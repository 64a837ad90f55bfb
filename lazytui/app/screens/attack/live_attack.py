"""One image under attack, live: pictures, the climb, and what the network says, over the screen of attacks."""

from __future__ import annotations

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
    other_attack,
    other_budget,
    other_classes,
)
from lazytui.analyses.attack.live_figures import drawn, told
from lazytui.app.figures import swap
from lazytui.app.form.pick_list import PickList
from lazytui.app.screens.common.live_screen import LiveScreen
from lazytui.attacks import ATTACKS
from lazytui.attacks.source_pools import POOLS
from lazytui.figures.kinds import Lines
from lazytui.plain_text import plain_text
from lazytui.runs.run_folder import RunFolder

BESIDE_THE_CLIMB = 110
"""Columns from which on the probabilities stand beside the curve."""
ROWS_FOR_LARGE = 32
"""Rows below which the pictures are small, and the curve has the width alone where that is small too."""
ROWS_WITH_NOTES = 44
"""Rows below which notes would leave the curve too little."""


class LiveAttackScreen(LiveScreen[AttackQuestion, AttackAnswer]):
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

    def compose_body(self) -> ComposeResult:
        yield Static(id="doing", markup=False)
        yield Container(id="pictures")
        yield Container(id="below")

    @property
    def followed(self) -> RunFolder | None:
        return self.question.run

    @property
    def answered(self) -> AttackQuestion | None:
        """What was asked that the screen answers in full."""
        return self.answer.question if self.answer and self.answer.fooled is not None else None

    # Drawing

    def show_answer(self, answer: AttackAnswer) -> None:
        if answer.question is self.question:
            self.answer = answer
            self._draw()

    def _draw(self) -> None:
        if self.answer is None:
            return
        self.query_one("#doing", Static).update(plain_text(self._sentence(self.answer)))
        if self.answer.source is None:
            return
        figures = drawn(self.answer)
        if self.size.height < ROWS_WITH_NOTES:
            figures = [replace(figure, note="") for figure in figures]
        if self.size.height < ROWS_FOR_LARGE:
            figures = [replace(figure, x_label="") if isinstance(figure, Lines) else figure for figure in figures]
        swap(self.query_one("#pictures"), figures[:1])
        swap(self.query_one("#below"), figures[1:])

    def _sentence(self, answer: AttackAnswer) -> str:
        """Which network it is, and what is being done, or what came of it."""
        if answer.refused or answer.doing:
            return answer.refused or answer.doing
        return f"{answer.networks[answer.question.network]}. {told(answer) or 'Attacking ...'}"

    def on_resize(self, event: Resize) -> None:
        self.set_class(event.size.width >= BESIDE_THE_CLIMB, "-wide")
        self.set_class(event.size.height < ROWS_FOR_LARGE, "-small")
        self.call_after_refresh(self._draw)

    # Other questions

    def action_step(self, by: int) -> None:
        """The next image of the pool, or the one before."""
        last = self.question.params.sources - 1
        self.ask(replace(self.question, place=min(max(self.question.place + by, 0), last)))

    def action_pool(self) -> None:
        """The same digits in the next color: their own, each in turn, the target's."""
        self.ask(replace(self.question, pool=POOLS[(POOLS.index(self.question.pool) + 1) % len(POOLS)]))

    def action_budget(self, more: int) -> None:
        """More or less than what the image is attacked with now; from then on this budget, for others too."""
        now = self.answer.attacked if self.answer and self.answer.question is self.question else self.question
        self.ask(replace(self.question, params=other_budget(now.params, more), at_smallest=False))

    def action_smallest(self) -> None:
        """The smallest budget that fools each image, looked for anew."""
        self.ask(replace(self.question, at_smallest=True))

    def action_attack(self, by: int) -> None:
        names = list(ATTACKS)
        name = names[(names.index(self.question.params.attack) + by) % len(names)]
        self.ask(replace(self.question, params=other_attack(self.question.params, name)))

    def action_classes(self, source: int, target: int) -> None:
        """Another digit shown, or another one that shall be seen."""
        self.ask(replace(self.question, params=other_classes(self.question.params, source=source, target=target)))

    def action_targeted(self) -> None:
        targeted = not self.question.params.targeted
        self.ask(replace(self.question, params=self.question.params.model_copy(update={"targeted": targeted})))

    def action_sure(self) -> None:
        self.ask(replace(self.question, sure=not self.question.sure))

    def action_network(self) -> None:
        """The next of the networks that were asked about together."""
        count = 1 + len(self.question.params.against)
        if count == 1:
            self.notify("No other network was set against this one: o chooses any other.")
        self.ask(replace(self.question, network=(self.question.network + 1) % count))

    def action_pick(self) -> None:
        """Another network alone, on the data of its own training."""

        def take(picked: str | None) -> None:
            if picked is not None:
                alone = {"run": picked, "against": (), "model": None, "source": None}
                params = self.question.params.model_copy(update=alone)
                self.ask(replace(self.question, params=params, network=0, run=None))

        current = self.question.params.run
        self.app.push_screen(PickList(self.lab.runs_of(("train",)), current, self.query_one("#doing").region), take)
