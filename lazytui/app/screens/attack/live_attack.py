"""One image under attack, live: pictures, the climb, and what the network says, over the screen of attacks."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.events import Resize
from textual.widgets import Static

from lazytui.analyses.attack.live import AttackAnswer
from lazytui.analyses.attack.live_figures import attack_figures, outcome
from lazytui.analyses.attack.live_question import AttackQuestion, other_attack, other_budget, other_classes
from lazytui.app.figures import swap
from lazytui.app.screens.common.asking import pick_run
from lazytui.app.screens.common.browser_screen import BrowserScreen, next_value
from lazytui.app.screens.common.live_screen import LiveOverlay
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


class LiveAttackScreen(LiveOverlay[AttackQuestion, AttackAnswer], BrowserScreen):
    screen_name = "attack"
    purpose_name = "live-attack"
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

    def is_complete(self, answer: AttackAnswer) -> bool:
        return answer.fooled is not None

    # Drawing

    def draw(self) -> None:
        if self.answer is None:
            return
        self.show_sentence()
        if self.answer.source is None:
            return
        figures = attack_figures(self.answer)
        if self.size.height < ROWS_WITH_NOTES:
            figures = [replace(figure, note="") for figure in figures]
        if self.size.height < ROWS_FOR_LARGE:
            figures = [replace(figure, x_label="") if isinstance(figure, Lines) else figure for figure in figures]
        swap(self.query_one("#pictures"), figures[:1])
        swap(self.query_one("#below"), figures[1:])

    def sentence(self) -> str:
        """Which network it is, and what is being done, or what came of it."""
        if self.answer is None or self.answer.refused or self.answer.doing:
            return super().sentence()
        network = self.answer.networks[self.answer.question.network]
        return plain_text(f"{network}. {outcome(self.answer) or 'Attacking ...'}")

    def on_resize(self, event: Resize) -> None:
        self.set_class(event.size.width >= BESIDE_THE_CLIMB, "-wide")
        self.set_class(event.size.height < ROWS_FOR_LARGE, "-small")
        self.call_after_refresh(self.draw)

    # Other questions

    @property
    def items(self) -> range:
        """The images of the pool."""
        return range(self.question.params.sources)

    @property
    def item(self) -> int:
        return self.question.index

    def show_item(self, item: int) -> None:
        self.ask(replace(self.question, index=item))

    def action_pool(self) -> None:
        """The same digits in the next color: their own, each in turn, the target's."""
        self.ask(replace(self.question, pool=next_value(POOLS, self.question.pool)))

    def action_budget(self, more: int) -> None:
        """More or less than what the image is attacked with now; from then on this budget, for others too."""
        now = self.answer.attacked if self.answer and self.answer.question is self.question else self.question
        self.ask(replace(self.question, params=other_budget(now.params, more), at_smallest=False))

    def action_smallest(self) -> None:
        """The smallest budget that fools each image, looked for anew."""
        self.ask(replace(self.question, at_smallest=True))

    def action_attack(self, by: int) -> None:
        name = next_value(list(ATTACKS), self.question.params.attack, by)
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

        def take(picked: str) -> None:
            alone = {"run": picked, "against": (), "model": None, "source": None}
            params = self.question.params.model_copy(update=alone)
            self.ask(replace(self.question, params=params, network=0, run=None))

        pick_run(self, "train", self.question.params.run, take)
