"""The dial: one image, features of it turned down and up, and at once what the network says and where it looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Resize

from lazytui.analyses.gradcam.image_filter import ImageFilter
from lazytui.analyses.sae.dose_figures import dose_figures, dose_text, image_name
from lazytui.analyses.sae.feature_browser import active_features, feature_words, read_features, stands_for
from lazytui.analyses.sae.feature_labels import Labels
from lazytui.analyses.sae.live import DoseAnswer, DoseQuestion, DoseResponseSession
from lazytui.analyses.sae.result import SaeResult
from lazytui.app.changing_text import ChangingText
from lazytui.app.figures import FigureView, LinesView
from lazytui.app.panels.arrangement import Arrangement, Arrangements
from lazytui.app.panels.panel import Panel
from lazytui.app.panels.panel_grid import PanelGrid
from lazytui.app.screens.common.asking import ask_text
from lazytui.app.screens.common.browser_screen import leave_with_network, next_value
from lazytui.app.screens.common.image_browser import ImageBrowser
from lazytui.app.screens.common.live_screen import LiveOverlay
from lazytui.plain_text import plain_text
from lazytui.runs.run_folder import RunFolder
from lazytui.sae.edits.dose_response import FACTORS, UNCHANGED, Dose

_ABOVE = " ".join([*["image"] * 3, *["maps"] * 6, *["features"] * 6, *["chances"] * 4])
ARRANGEMENTS = Arrangements(
    narrow=Arrangement(
        "image maps maps | 12",
        "chances chances chances | 13",
        "curve curve curve | 14",
        "features features features | 14",
    ),
    medium=Arrangement(f"{_ABOVE} | 16", " ".join(["curve"] * 19) + " | 1fr"),
    wide=Arrangement(f"{_ABOVE} | 18", " ".join(["curve"] * 19) + " | 1fr"),
)
PANELS = {
    "image": "The image",
    "maps": "Where it looks",
    "features": "The feature on the image",
    "chances": "Probability, %",
    "curve": "Dose-response",
}
FIGURES = {"image": "image", "gaze": "maps", "features-here": "features", "probabilities": "chances", "turn": "curve"}
"""The panel of each figure."""
NO_MAP = "No layer has a map of this, or no feature is chosen."
KEPT = "✓"
_SPLITS = ("hard", "easy", "drawn")


class DoseResponseScreen(ImageBrowser[DoseQuestion, DoseAnswer], LiveOverlay[DoseQuestion, DoseAnswer]):
    screen_name = "features"
    purpose_name = "dial"
    answers_late = True
    DEFAULT_CSS = """
    DoseResponseScreen #knob, DoseResponseScreen #active { height: 1; padding: 0 1; }
    DoseResponseScreen #active { color: $text-muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right", "turn(1)", "Dose", id="right", key_display="←→"),
        Binding("left", "turn(-1)", "Smaller dose", id="left", show=False),
        Binding("home", "turn(-30)", "Dose 0", id="first", show=False),
        Binding("end", "turn(30)", "Dose 3 x", id="last", show=False),
        Binding("b", "ablate", "Ablate", id="ablate"),
        Binding("backspace", "reset", "Reset", id="default"),
        Binding("m", "steer", "Scale or steer", id="next-method"),
        Binding("M", "steer", "Scale or steer", id="previous-method", show=False),
        Binding("W", "swap", "Swap", id="swap"),
        Binding("down", "feature(1)", "Feature", id="down", key_display="↑↓"),
        Binding("up", "feature(-1)", "Previous feature", id="up", show=False),
        Binding("space", "hold", "Hold it, and scale others with it", id="mark", show=False),
        Binding("slash", "features", "Features by number, category or label", id="filter", show=False),
        Binding("d", "filter_next('label')", "Only images of one class (next)", id="next-digit", show=False),
        Binding("h", "filter_next('attribute')", "Only images with one value (next)", id="next-color", show=False),
        Binding("w", "only_active", "Only images that the feature is active on", id="next-answer", show=False),
        Binding("H", "split", "Hard images, easy ones, or drawings", id="next-split", show=False),
    ]

    def __init__(self, session: DoseResponseSession, question: DoseQuestion, result: SaeResult, labels: Labels) -> None:
        """question: to begin with. result: of the run whose features are turned."""
        super().__init__(session, question)
        self._result = result
        self._labels = labels
        self._current = question.dose.features[0] if question.dose.features else None
        self._kept: tuple[int, ...] = ()
        self._has_begun = False
        self._only_active = False

    def compose_body(self) -> ComposeResult:
        yield ChangingText(id="knob")
        yield ChangingText(id="active")
        yield PanelGrid(ARRANGEMENTS, [Panel(name, title) for name, title in PANELS.items()])
        yield ChangingText(id="doing")

    def on_mount(self) -> None:
        leave_with_network(self)

    @property
    def followed(self) -> RunFolder | None:
        return self.lab.workspace.find(self.question.run)

    # Drawing

    def is_complete(self, answer: DoseAnswer) -> bool:
        return answer.after is not None

    def show_answer(self, before: DoseAnswer | None) -> None:
        assert self.answer is not None
        if not self._has_begun and self.answer.activity is not None:
            self._has_begun = True
            self._begin(self.answer)
        super().show_answer(before)

    def _begin(self, answer: DoseAnswer) -> None:
        """With an image that the feature is active on, or a feature that is active on the image."""
        assert answer.activity is not None and answer.activity_here is not None
        if self._current is None:
            self._choose(active_features(answer.activity_here, None)[:1])
        elif len(active_images := np.flatnonzero(answer.activity[:, self._current] > 0)):
            self.show_item(int(active_images[0]))

    def draw(self) -> None:
        answer = self.answer
        if answer is None:
            return
        self.show_sentence()
        self._show_dial()
        grid = self.query_one(PanelGrid)
        with self.app.batch_update():
            if answer.after is None:
                for panel in grid.panels:
                    panel.say(self.sentence() if panel.name == "curve" else "")
                return
            figures_by_panel = {FIGURES[figure.name]: figure for figure in dose_figures(answer.shown)}
            for panel in grid.panels:
                if panel.name in figures_by_panel:
                    panel.show([(figures_by_panel[panel.name],)])
                else:
                    panel.say(NO_MAP)
        with self.prevent(FigureView.Pointed):
            for chart in self.query(LinesView):
                chart.point(answer.question.dose.factor)

    def _show_dial(self) -> None:
        """What is asked, which is ahead of what is answered."""
        self.query_one("#knob", ChangingText).set_text(knob(self.question.dose, self.size.width))
        if self.answer:
            self.query_one("#active", ChangingText).set_text(self._active(self.answer))

    def sentence(self) -> str:
        """Which image it is, and what is done to it."""
        answer = self.answer
        if answer is None or answer.refused or answer.doing or answer.browsed is None or answer.activity is None:
            return super().sentence()
        filtered = self.image_filter.description(self.content)
        only = f"{filtered and ', ' + filtered}{', where it is active' if self._only_active else ''}"
        image = (
            f"A {image_name(answer.browsed, answer.index)}, {self.position + 1:,} of {len(self.items):,} "
            f"of the {answer.question.split} split{only}."
        )
        turn = answer.question.dose
        alone = turn.features[0] if len(turn.features) == 1 else None
        effect = dose_text(turn, "" if alone is None else stands_for(self._result, alone))
        strengths = ""
        if alone is not None and turn.how == "scale":
            strengths = self._strengths(alone, answer.activity[answer.index])
        return f"{image}\n{effect}. {strengths}"

    def _strengths(self, feature: int, here: NDArray[np.float32]) -> str:
        typical = float(self._result.strength[feature])
        return f"Here it is {here[feature]:.3g}, typically {typical:.3g}."

    def _active(self, answer: DoseAnswer) -> Content:
        """The features that are active on the image, as many as there is room for, around the current one."""
        if answer.activity_here is None or answer.refused:
            return Content("")
        begin = Content("Active here ")
        page, width, has_current = [begin], begin.cell_length, False
        for feature in active_features(answer.activity_here, self._current):
            sign = (KEPT if feature in self._kept else "") + ("" if answer.activity_here[feature] > 0 else ": 0 here")
            text = f" {feature} {plain_text(self._labels.get(feature) or stands_for(self._result, feature))}{sign} "
            entry = Content.styled(text, "reverse" if feature == self._current else "")
            if width + entry.cell_length > self.size.width - 3:
                if has_current:
                    break
                page, width = [begin], begin.cell_length
            page.append(entry)
            width += entry.cell_length
            has_current |= feature == self._current
        return Content("").join(page)

    def on_resize(self, _event: Resize) -> None:
        self.call_after_refresh(self.draw)

    # Turning

    def ask(self, question: DoseQuestion) -> None:
        super().ask(question)
        if self.is_attached:
            self._show_dial()

    def _set(self, turn: Dose) -> None:
        self.ask(replace(self.question, dose=turn))

    def action_turn(self, by: int) -> None:
        """A step of the dial."""
        self._set(self.question.dose.moved_by(by))

    @on(FigureView.Pointed)
    def _pointed(self, event: FigureView.Pointed) -> None:
        """The cursor of the chart is the dial as well."""
        if isinstance(event.view, LinesView):
            step = round(float(event.position) / FACTORS[1])
            self._set(replace(self.question.dose, factor=FACTORS[step]))

    def action_ablate(self) -> None:
        """Take the features out, or put them back as they are."""
        ablated = self.question.dose.how == "scale" and self.question.dose.step == 0
        self._set(Dose(self.question.dose.features, 1.0 if ablated else 0.0))

    def action_reset(self) -> None:
        """The image as it is; where it is that already, all images of the split again."""
        unchanged = Dose(self.question.dose.features)
        if self.question.dose == unchanged:
            self._filter_by(ImageFilter(), only_active=False)
        else:
            self._set(unchanged)

    def action_steer(self) -> None:
        """Put the features at their typical strength, whatever they were here; or scale them again."""
        turn = self.question.dose
        self._set(Dose(turn.features, 1.0, "scale" if turn.how == "steer" else "steer"))

    def action_swap(self) -> None:
        """Take the features out, and put others there at their typical strength."""

        def swap_for(text: str) -> None:
            self._set(Dose(self.question.dose.features, 1.0, "swap", self._read_features(text)))

        ask_text(self, f"Swap for which features? Numbers, or words such as {self._swapped_words}.", "", swap_for)

    @property
    def _swapped_words(self) -> str:
        """What others may be found by."""
        content = self._result.content
        if not content.values:
            return f"{content.label} {content.classes[1]}"
        return f"{content.attribute} {content.values[min(1, content.unknown - 1)]}"

    # Choosing features

    def _choose(self, features: Sequence[int]) -> None:
        """Turn these; the first is the one that the arrows go on from."""
        if features:
            self._current, self._kept = features[0], tuple(features) if len(features) > 1 else ()
            self._set_features()

    def _set_features(self) -> None:
        features = dict.fromkeys((*([] if self._current is None else [self._current]), *self._kept))
        self._set(replace(self.question.dose, features=tuple(features)))

    def action_feature(self, by: int) -> None:
        """The next of the features that are active on the image, or the one before."""
        if self.answer and self.answer.activity_here is not None:
            order = active_features(self.answer.activity_here, self._current)
            if order and self._current is not None:
                self._current = next_value(order, self._current, by)
                self._set_features()

    def action_hold(self) -> None:
        """Turn this feature also when others are chosen; or let go of it."""
        if self._current is not None:
            kept = tuple(feature for feature in self._kept if feature != self._current)
            self._kept = kept if self._current in self._kept else (*self._kept, self._current)
            self._set_features()
            self.draw()

    def action_features(self) -> None:
        """Ask which features to turn."""
        question = f"Scale which features? Numbers, or words such as {feature_words(self._result)} or a label."
        ask_text(self, question, "", lambda text: self._choose(self._read_features(text)))

    def _read_features(self, text: str) -> tuple[int, ...]:
        return read_features(text, self._result, self._labels)

    # Choosing an image

    @property
    def items(self) -> NDArray[np.intp]:
        activity = self.answer.activity if self.answer else None
        if activity is None or not self._only_active or self._current is None:
            return super().items
        active: NDArray[np.intp] = np.flatnonzero(activity[:, self._current] > 0)
        return np.intersect1d(super().items, active)

    def show_item(self, item: int) -> None:
        self.ask(replace(self.question, image_index=item))

    def action_only_active(self) -> None:
        """Only images that the feature is active on, or all again."""
        self._filter_by(self.image_filter, only_active=not self._only_active)

    def set_filter(self, image_filter: ImageFilter) -> None:
        self._filter_by(image_filter, only_active=self._only_active)

    def _filter_by(self, image_filter: ImageFilter, *, only_active: bool) -> None:
        """A filter that leaves no image isn't taken."""
        before = self.image_filter, self._only_active
        self.image_filter, self._only_active = image_filter, only_active
        if not len(self.items):
            image_filter, self._only_active = before
            self.notify("There is no such image in this split.", severity="warning")
        super().set_filter(image_filter)

    def action_split(self) -> None:
        """Images whose color predicts the digit, those whose color misleads, or kept drawings."""
        self.image_filter, self._only_active = ImageFilter(), False
        self.ask(replace(self.question, split=next_value(_SPLITS, self.question.split), image_index=0))


def knob(turn: Dose, width: int) -> Content:
    """The dial itself from 0 to 3 x, with a mark where it changes nothing."""
    last = len(FACTORS) - 1
    each = max((width - 18) // last, 1)
    cells = ["━" if cell < turn.step * each else "─" for cell in range(last * each + 1)]
    cells[UNCHANGED * each] = "┼"
    cells[turn.step * each] = "●"
    track = "".join(cells)
    done = turn.step * each + 1
    return Content.assemble("0 ", (track[:done], "$accent"), track[done:], f" 3   {turn.factor:.1f} x")
