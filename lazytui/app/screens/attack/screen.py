"""Attack: how small a change makes a network see another class, and from which images that is asked."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from lazytui.analyses.attack.live import AttackSession
from lazytui.analyses.attack.live_question import AttackQuestion
from lazytui.analyses.attack.params import AttackParams
from lazytui.analyses.attack.pool_choice import pools_of
from lazytui.analyses.attack_image.params import AttackImageParams
from lazytui.analyses.core.execute import recorded_params, recorded_result
from lazytui.analyses.networks.model_under_study import trained_with
from lazytui.app.panels.arrangement import Arrangement, Arrangements
from lazytui.app.screens.attack.live_attack import LiveAttackScreen
from lazytui.app.screens.common.form_and_panels import FormAndPanels
from lazytui.app.screens.common.form_screen import NOT_RIGHT
from lazytui.app.screens.common.run_panels import PanelSpec
from lazytui.app.screens.overlays import overlay
from lazytui.data.content import Content
from lazytui.errors import LazytuiError, UsageError
from lazytui.runs.human_names import DATA_FIELDS
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace_watch import RunLine


class AttackScreen(FormAndPanels):
    screen_name = "attack"
    params = AttackParams
    kind = "attack"
    first = (
        "run",
        "against",
        "attack",
        "source_class",
        "target_class",
        "targeted",
        "score",
        "above",
        "epsilon",
        "pool",
        "sources",
        "keep",
        *AttackParams.OPTIONS,
        "seed",
    )
    empty = (
        "No attack on this network yet. g: run it: the smallest perturbation of each image that makes the network "
        "predict the target, for images with their own value of the attribute, with every value, and with the "
        "target's. v: attack one image live."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "live", "Live", id="other-view"),
    ]

    matched_fields = ("run", "against")
    panels = (
        PanelSpec("verdict", "Minimal perturbation", ("verdict",)),
        PanelSpec("survival", "Robust accuracy against epsilon", ("survival", "against-survival")),
        PanelSpec("pools", "Rates by pool", ("pools", "classes", "channels", "self-check", "...")),
        PanelSpec(
            "images",
            "Clean, perturbation, adversarial",
            ("images-aligned", "images-neutral", "images-target-colored"),
        ),
    )
    arrangements = Arrangements(
        narrow=Arrangement("verdict | 7", "images | 24", "survival | 14", "pools | 14"),
        medium=Arrangement(
            "images images verdict  | 9",
            "images images survival | 1fr",
            "pools  pools  pools    | 8",
        ),
        wide=Arrangement(
            "images images verdict  | 9",
            "images images survival | 1fr",
            "pools  pools  survival | 9",
        ),
    )

    def _line_to_show(self, lines: tuple[RunLine, ...]) -> RunLine | None:
        """The attack on both networks, or where there is none yet, that on the first."""
        alone = tuple(line for line in lines if line.record and not line.run.record.params.get("against"))
        return super()._line_to_show(lines) or self._newest(alone, ("run",))

    def open_analysis(self, kind: str) -> None:
        if kind == "certify":
            self.app.push_screen(overlay(kind, values=self.form_values(("run",))))
        elif kind != self.kind:
            shared = self.form.touched.keys() & AttackImageParams.model_fields.keys() - {"pool"}
            values = {name: self.form.touched[name] for name in shared}
            if values.get("source_class") == "all":  # of one image it is one
                del values["source_class"]
            self.app.push_screen(overlay(kind, values=values))

    def show_run(self, run: RunFolder) -> None:
        """The figures of an attack; that of one image, and certificates, lie over this screen."""
        if run.record.kind == self.kind:
            super().show_run(run)
        else:
            self.app.push_screen(overlay(run.record.kind, run=run))

    def on_mount(self) -> None:
        self._session = AttackSession(self.lab.workspace)

    def action_live(self) -> None:
        """Attack one image after the other, and watch. Each opens at the smallest budget that fools it."""
        try:
            self.app.push_screen(LiveAttackScreen(self._session, self._question()))
        except LazytuiError as error:
            self.lab.say_error(error)

    def _question(self) -> AttackQuestion:
        params = self.form.params
        if not isinstance(params, AttackParams):
            raise UsageError(NOT_RIGHT)
        line = self._line_to_show(self.lab.lines)
        if line is None or line.status.state != "done":
            return _question_of_one_class(params, trained_with(params, self.lab.workspace).content)
        if not self._form_decides(line.run):
            params = self._as_run_asked(line.run, params)
        return _question_of_one_class(params, recorded_result(line.run).content, line.run)

    def _form_decides(self, run: RunFolder) -> bool:
        """Whether the form says how the network of a run that is shown is to be attacked: it was filled from that run,
        or asks for more than networks and data."""
        of_networks = {*self.matched_fields, *self.local_values, *DATA_FIELDS}
        chosen = self._run is not None and self._run.reference == run.reference
        return chosen or bool(self.form.touched.keys() - of_networks)

    def _as_run_asked(self, run: RunFolder, params: AttackParams) -> AttackParams:
        """What a run asked, of the networks in the form."""
        recorded = recorded_params(run)
        assert isinstance(recorded, AttackParams)
        return recorded.model_copy(update={**self.local_values, "against": recorded.against or params.against})


def _question_of_one_class(params: AttackParams, content: Content, run: RunFolder | None = None) -> AttackQuestion:
    """Of its first pool. An attack on all classes begins with the first of them."""
    shown = params.in_content(content)
    single = shown.model_copy(update={"source_class": content.classes[shown.source_label(content)]})
    pool = pools_of(single, content)[0] if params.pool == "all" else params.pools[0]
    return AttackQuestion(single, pool, run=run, at_smallest=True, content=content)
