"""The screens of the app: one a key, named as their commands are."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

from textual.screen import Screen


@dataclass(frozen=True)
class ScreenEntry:
    """key: what a person presses. screen: module and class, imported when the screen is first visited.

    short: the name where all of them don't fit into a line of 80 columns. also: small analyses that share the screen.
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


_OF_FEATURES = ("sae", "sae-experiments", "sae-dial", "sae-selfcheck")

SCREENS = (
    ScreenEntry("0", "Home", "Home", "home:Home"),
    ScreenEntry("1", "Dataset", "Data", "dataset:DatasetScreen"),
    ScreenEntry("2", "Train", "Train", "train:TrainScreen", also=("curves",)),
    ScreenEntry("3", "Evaluate", "Eval", "evaluate:EvaluateScreen", also=("transfer", "audit", "groups", "cure")),
    ScreenEntry("4", "Grad-CAM", "CAM", "gradcam.screen:GradcamScreen", also=("ask",)),
    ScreenEntry(
        "5",
        "Neurons",
        "Neur",
        "neurons.screen:NeuronsScreen",
        also=("ablate", "probes", "concepts", "llc", "side-by-side"),
    ),
    ScreenEntry(
        "6",
        "Features",
        "Feat",
        "sae.screen:FeaturesScreen",
        also=("sae", "sae-experiments", "sae-dial", "sae-selfcheck"),
    ),
    ScreenEntry("7", "Attack", "Atk", "attack.screen:AttackScreen", also=("attack-image", "certify")),
    ScreenEntry("8", "Compare", "Comp", "compare:CompareScreen", also=("study", "recipe", "select")),
    ScreenEntry("9", "Runs", "Runs", "runs.screen:RunsScreen"),
)


def mode_of(kind: str, otherwise: str) -> str:
    """The mode of the screen that shows runs of a kind."""
    return next((entry.mode for entry in SCREENS if kind in entry.kinds), otherwise)
