"""What is asked of autoencoders besides: experiments with their features, and whether they find what is known."""

from __future__ import annotations

from collections.abc import Sequence

from lazytui.analyses.sae_experiments.params import SaeExperimentsParams
from lazytui.analyses.sae_selfcheck.params import SelfcheckParams
from lazytui.app.screens.common.overlay_screen import OverlayScreen


class ExperimentsScreen(OverlayScreen):
    screen_name = "sae-experiments"
    params = SaeExperimentsParams
    kind = "sae-experiments"
    first = ("sae", "against", "samples", "draws", "seed")
    empty = (
        "Experiments take features out, turn them, swap one color's for another's and look where the network looks "
        "then, each beside random features. Choose a run whose features are edited and press g; a second one, of a "
        "cured network, stands beside it. Esc goes back to the features."
    )

    @property
    def of(self) -> Sequence[str]:
        return ("sae", "against")


class SelfcheckScreen(OverlayScreen):
    screen_name = "sae-selfcheck"
    params = SelfcheckParams
    kind = "sae-selfcheck"
    first = ("variants", "features", "dimensions", "active", "samples", "steps", "seed")
    empty = (
        "A low error doesn't show that features are the right ones. The self-check mixes features that are known and "
        "measures how well each kind of autoencoder finds them again. Press g. Esc goes back to the features."
    )
