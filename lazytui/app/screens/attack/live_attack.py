"""One image under attack, live: pictures, the climb, and what the network says, over the screen of attacks."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.timer import Timer

from lazytui.analyses.attack.live import AttackSession
from lazytui.analyses.attack.live_answer import AttackAnswer, Frame
from lazytui.analyses.attack.live_figures import attack_figures, frame_words, outcome
from lazytui.analyses.attack.live_question import AttackQuestion, other_attack, other_budget, other_classes
from lazytui.analyses.attack.pool_choice import image_pools_of
from lazytui.analyses.attack_image.params import LARGEST_FACTOR
from lazytui.analyses.networks.model_under_study import trained_with
from lazytui.app.changing_text import ChangingText
from lazytui.app.figures import FigureView, LinesView
from lazytui.app.panels.arrangement import Arrangement, Arrangements
from lazytui.app.panels.panel import Panel
from lazytui.app.panels.panel_grid import PanelGrid
from lazytui.app.screens.common.browser_screen import BrowserScreen, next_value
from lazytui.app.screens.common.live_screen import LiveOverlay
from lazytui.attacks import ATTACKS
from lazytui.errors import LazytuiError
from lazytui.plain_text import plain_text
from lazytui.runs.run_folder import RunFolder

ARRANGEMENTS = Arrangements(
    narrow=Arrangement("pictures | 10", "climb | 9"),
    medium=Arrangement("pictures pictures pictures pictures | 3fr", "climb climb chances chances | 2fr"),
    wide=Arrangement("pictures pictures pictures pictures | 19", "climb climb chances chances | 1fr"),
)
SECONDS_A_FRAME = 0.1
PANELS = {
    "pictures": "Source, change and result",
    "climb": "Probability at each step of the attack",
    "chances": "Probability, %",
}


class LiveAttackScreen(LiveOverlay[AttackQuestion, AttackAnswer], BrowserScreen):
    screen_name = "attack"
    purpose_name = "live-attack"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "play", "Play", id="pause"),
        Binding("right", "frame(1)", "A step of the attack further", id="right", show=False),
        Binding("left", "frame(-1)", "A step of the attack back", id="left", show=False),
        Binding("m", "attack(1)", "Attack", id="next-method", key_display="m M"),
        Binding("M", "attack(-1)", "Previous attack", id="previous-method", show=False),
        Binding("t", "classes(0, 1)", "Target", id="next-target", key_display="t T"),
        Binding("T", "classes(0, -1)", "Previous target", id="previous-target", show=False),
        Binding("h", "pool", "Pool", id="next-color"),
        Binding("up", "budget(1)", "Budget", id="up", key_display="↑↓"),
        Binding("down", "budget(-1)", "Smaller budget", id="down", show=False),
        Binding("pageup", "budget(10)", "Budget, ten steps more", id="page-up", show=False),
        Binding("pagedown", "budget(-10)", "Budget, ten steps less", id="page-down", show=False),
        Binding("backspace", "smallest", "The smallest budget that fools it", id="default", show=False),
        Binding("d", "classes(1, 0)", "Another class shown (next)", id="next-digit", show=False),
        Binding("D", "classes(-1, 0)", "Another class shown (previous)", id="previous-digit", show=False),
        Binding("P", "sure", "Surer than .9, or the most probable", id="certainty", show=False),
        Binding("plus,equals_sign", "factor(2)", "Sensitivity, twice as strong", id="more", show=False),
        Binding("minus", "factor(0.5)", "Sensitivity, half as strong", id="less", show=False),
        Binding("A", "network", "The other network of the two", id="other-network", show=False),
    ]

    def __init__(self, session: AttackSession, question: AttackQuestion) -> None:
        super().__init__(session, question)
        self._frame: int | None = None
        self._factor = 1.0
        self._playing: Timer | None = None

    def compose_body(self) -> ComposeResult:
        yield PanelGrid(ARRANGEMENTS, [Panel(name, title) for name, title in PANELS.items()])
        yield ChangingText(id="doing")

    def on_mount(self) -> None:
        self.watch(self.lab, "network", self._attack_another, init=False)
        self.watch(self.lab, "second", self._attack_another, init=False)

    @property
    def followed(self) -> RunFolder | None:
        return self.question.run

    @property
    def question_to_keep(self) -> AttackQuestion | None:
        question = self.answered_question
        return question and replace(question, index=self.item, factor=self._factor)

    def is_complete(self, answer: AttackAnswer) -> bool:
        return answer.fooled is not None

    # Drawing

    def draw(self) -> None:
        if self.answer is None:
            return
        self.show_sentence()
        if self.answer.source is not None:
            self._show(PANELS)

    def _show(self, names: Collection[str]) -> None:
        """Some of the panels, at the frame that is shown."""
        assert self.answer is not None
        grid = self.query_one(PanelGrid)
        with self.app.batch_update():
            for name, figure in zip(PANELS, attack_figures(self._answer_shown(self.answer)), strict=True):
                if name in names:
                    grid.panel(name).show([(figure,)])

    def _answer_shown(self, answer: AttackAnswer) -> AttackAnswer:
        """At the frame and with the factor that are chosen."""
        answer = replace(answer, question=replace(answer.question, factor=self._factor))
        return answer if self._frame is None else answer.at_frame(self._frames[self._frame])

    def sentence(self) -> str:
        """Which network it is, and what is being done, or what came of it."""
        if self.answer is None or self.answer.refused or self.answer.doing:
            return super().sentence()
        network = self.answer.networks[self.answer.question.network]
        sentence = frame_words(self._answer_shown(self.answer)) or outcome(self.answer) or "Attacking ..."
        return plain_text(f"{network}. {sentence}")

    # Playing

    @property
    def _frames(self) -> Sequence[Frame]:
        """Images on the way of an attack that is done; what came of it stands behind the last."""
        return self.answer.climb.frames if self.answer and self.answer.climb else ()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in {"play", "frame"}:
            return bool(self._frames)
        return super().check_action(action, parameters)

    def action_play(self) -> None:
        """Play the climb from where it is shown, from its beginning after its end; or pause. Where nothing is to move
        by itself, a step further."""
        if self._playing:
            self._pause()
        elif self.app.animation_level == "none":
            self._show_frame(0 if self._frame is None else self._frame + 1)
        else:
            self._show_frame(self._frame or 0)
            self._playing = self.set_interval(SECONDS_A_FRAME, self._play_on)

    def action_frame(self, by: int) -> None:
        """The next image on the way, or the one before."""
        self._pause()
        self._show_frame((len(self._frames) if self._frame is None else self._frame) + by)

    def _play_on(self) -> None:
        if self._frame is not None:
            self._show_frame(self._frame + 1)
        if self._frame is None:
            self._pause()

    def _pause(self) -> None:
        if self._playing:
            self._playing.stop()
        self._playing = None

    def _show_frame(self, frame: int) -> None:
        """An image on the way by its number; what came of the attack behind the last."""
        self._frame = max(frame, 0) if frame < len(self._frames) else None
        self._show({"pictures", "chances"})
        self.show_sentence()
        with self.prevent(FigureView.Pointed):
            for chart in self.query(LinesView):
                chart.point(None if self._frame is None else float(self._frames[self._frame].step))

    @on(FigureView.Pointed)
    def _point(self, event: FigureView.Pointed) -> None:
        """The cursor of the chart goes through the steps as well."""
        if isinstance(event.view, LinesView) and self._frames:
            self._pause()
            steps = [frame.step for frame in self._frames]
            self._frame = bisect_right(steps, event.position) - 1 if event.position <= steps[-1] else None
            self._show({"pictures", "chances"})
            self.show_sentence()

    def ask(self, question: AttackQuestion) -> None:
        self._pause()
        self._frame = None
        super().ask(question)

    def show_answer(self, before: AttackAnswer | None) -> None:
        super().show_answer(before)
        self.refresh_bindings()

    # Other questions

    @property
    def items(self) -> range:
        """The images of the pool."""
        return range((self.answer and self.answer.sources) or self.question.params.sources)

    @property
    def item(self) -> int:
        return min(self.question.index, len(self.items) - 1)

    def show_item(self, item: int) -> None:
        self.ask(replace(self.question, index=item))

    def action_pool(self) -> None:
        """The same class with the next value of the attribute: its own, each in turn, the target's; then digits that
        were drawn."""
        pools = image_pools_of(self.question.params, self.question.content)
        self.ask(replace(self.question, pool=next_value(pools, self.question.pool)))

    def action_budget(self, more: int) -> None:
        """More or less than what the image is attacked with now; from then on this budget, for others too."""
        now = self.answer.attacked if self.answer and self.answer.question is self.question else self.question
        self.ask(replace(self.question, params=other_budget(now.params, more), at_smallest=False))

    def action_smallest(self) -> None:
        """The smallest budget that fools each image, looked for anew."""
        self.ask(replace(self.question, at_smallest=True))

    def action_attack(self, by: int) -> None:
        name = next_value(list(ATTACKS), self.question.params.attack, by)
        self.ask(replace(self.question, params=other_attack(self.question.params, name, self.question.content)))

    def action_classes(self, source: int, target: int) -> None:
        """Another class shown, or another target: a class, or after the last any that isn't shown."""
        params = other_classes(self.question.params, self.question.content, source=source, target=target)
        self.ask(self.question.with_params(params))

    def action_factor(self, times: float) -> None:
        """Draw the sensitivity so many times as strong."""
        self._factor = min(max(self._factor * times, 1.0), LARGEST_FACTOR)
        if self.answer and self.answer.source:
            self._show({"pictures"})

    def action_sure(self) -> None:
        self.ask(replace(self.question, sure=not self.question.sure))

    def action_network(self) -> None:
        """The next of the networks that were asked about together."""
        count = 1 + len(self.question.params.against)
        if count == 1:
            self.notify("There is no second network: a chooses one, o another first one.")
        self.ask(replace(self.question, network=(self.question.network + 1) % count))

    def _attack_another(self) -> None:
        """The network under study, on the data of its own training, and the second one beside it where there is one."""
        second = (self.lab.second,) if self.lab.second not in {"", self.lab.network} else ()
        networks = {"run": self.lab.network, "against": second, "model": None, "source": None}
        params = self.question.params.model_copy(update=networks)
        try:
            content = trained_with(params, self.lab.workspace).content
        except LazytuiError:
            content = self.question.content  # the answer says what is wrong with the network
        self.ask(self.question.of_network(params, content))
