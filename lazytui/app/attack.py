"""Attack: how small a change makes a network see another digit, and from which images that is asked."""

from __future__ import annotations

from collections.abc import Mapping

from lazytui.analyses.attack import AttackParams
from lazytui.app.form_and_figures import FormAndFigures
from lazytui.app.form_place import SHIPPED


class AttackPlace(FormAndFigures):
    name_of_place = "attack"
    params = AttackParams
    kind = "attack"
    first = (
        "run",
        "against",
        "attack",
        "source_class",
        "target_class",
        "targeted",
        "epsilon",
        "pool",
        "sources",
        "steps",
        "queries",
        "restarts",
        "seed",
    )
    empty = (
        "No attack yet. Press g: for each image the smallest change is looked for that makes the network see the "
        "target, from images in their own color, in every color, and in the target's. The three tell different tales."
    )

    def given(self) -> Mapping[str, object]:
        return {"run": self.newest_training() or SHIPPED}
