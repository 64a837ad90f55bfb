"""The places of the app: one a key, named as their commands are. A place whose analysis isn't there doesn't appear."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

from textual.screen import Screen


@dataclass(frozen=True)
class Place:
    """key: what a person presses. screen: module and class, imported when the place is first visited.

    short: the name where all of them don't fit into a line of 80 columns. also: small analyses that share the place.
    """

    key: str
    name: str
    short: str
    screen: str
    also: tuple[str, ...] = ()

    @property
    def mode(self) -> str:
        return self.name.lower().replace("-", "")

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of run that are shown here."""
        return (self.mode, *self.also)

    def open(self) -> Screen[None]:
        module, name = self.screen.split(":")
        made: Screen[None] = getattr(import_module(f"lazytui.app.screens.{module}"), name)()
        return made


PLACES = (
    Place("0", "Home", "Home", "home:Home"),
    Place("1", "Dataset", "Data", "dataset:DatasetPlace"),
    Place("2", "Train", "Train", "train:TrainPlace"),
    Place("3", "Evaluate", "Eval", "evaluate:EvaluatePlace"),
    Place("4", "Grad-CAM", "CAM", "gradcam:GradcamPlace"),
    Place("5", "Neurons", "Neur", "neurons.screen:NeuronsPlace", also=("llc",)),
    Place("6", "Features", "Feat", "sae.screen:FeaturesPlace", also=("sae", "sae-experiments", "sae-selfcheck")),
    Place("7", "Attack", "Atk", "attack.screen:AttackPlace"),
    Place("8", "Compare", "Comp", "compare:ComparePlace", also=("study", "recipe")),
    Place("9", "Runs", "Runs", "runs.screen:RunsPlace"),
)


def mode_of(kind: str, otherwise: str) -> str:
    """The mode of the place that shows runs of a kind."""
    return next((place.mode for place in PLACES if kind in place.kinds), otherwise)
