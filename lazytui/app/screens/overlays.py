"""The small analyses that lie over the screen of their elder: llc over Neurons, study over Compare, and so on."""

from __future__ import annotations

from collections.abc import Mapping

from lazytui.analyses.ablate.params import AblateParams
from lazytui.analyses.attack_image.params import AttackImageParams
from lazytui.analyses.audit.params import AuditParams
from lazytui.analyses.certify.params import CertifyParams
from lazytui.analyses.concepts.params import ConceptsParams
from lazytui.analyses.cure.params import CureParams
from lazytui.analyses.groups.params import GroupsParams
from lazytui.analyses.llc.params import LlcParams
from lazytui.analyses.probes.params import ProbesParams
from lazytui.analyses.recipe.figures import all_recipes
from lazytui.analyses.recipe.params import RecipeParams
from lazytui.analyses.sae_dial.params import SaeDialParams
from lazytui.analyses.sae_experiments.params import SaeExperimentsParams
from lazytui.analyses.sae_selfcheck.params import SelfcheckParams
from lazytui.analyses.select.params import SelectParams
from lazytui.analyses.side_by_side.params import SideBySideParams
from lazytui.analyses.study.analysis import planned_trainings
from lazytui.analyses.study.params import StudyParams
from lazytui.analyses.transfer.params import TransferParams
from lazytui.app.panels.arrangement import Arrangement, Arrangements
from lazytui.app.screens.common.grid_screen import GridScreen
from lazytui.app.screens.common.overlay_screen import Overlay, OverlayScreen
from lazytui.app.screens.common.run_panels import PanelSpec
from lazytui.app.screens.groups_overlay import GroupsOverlay
from lazytui.runs.run_folder import RunFolder
from lazytui.training.settings import AllMethodOptions

OVERLAYS = {
    "transfer": Overlay(
        params=TransferParams,
        panels=(
            PanelSpec("verdict", "", ("verdict",)),
            PanelSpec("main", "", ("transfer",)),
            PanelSpec("more", "", ("images", "...")),
        ),
        arrangements=Arrangements(
            narrow=Arrangement("verdict | 8", "main | 30", "more | 14"),
            medium=Arrangement("verdict | 7", "main | 1fr", "more | 12"),
            wide=Arrangement("verdict | 7", "main | 1fr", "more | 14"),
        ),
        first=("run", "against", "to", "source"),
        empty="No transfer of this network yet. It is evaluated on data sets that it wasn't trained on: "
        "other colors, color in another place, noise, or no color at all. g: run it. Esc: back to the evaluation.",
        compared_by=("run", "against"),
    ),
    "audit": Overlay(
        params=AuditParams,
        panels=(
            PanelSpec("verdict", "", ("verdict",)),
            PanelSpec("main", "", ("losses",)),
            PanelSpec("beside", "", ("examples", "places")),
            PanelSpec("more", "", ("properties", "followed", "explained", "calibration", "...")),
        ),
        arrangements=Arrangements(
            narrow=Arrangement("verdict | 8", "main | 26", "beside | 24", "more | 14"),
            medium=Arrangement("verdict verdict | 7", "main beside | 1fr", "more more | 8"),
            wide=Arrangement("verdict verdict | 9", "main beside | 1fr", "more more | 16"),
        ),
        first=("run", "source", "cue", "bias", "images", "prove", "peel", "calibrate", "minority", "seed"),
        empty="No audit of this network yet. Properties of the images, such as hue, position, texture or what lies in "
        "a corner, are taken one by one from images of another class, and the loss of accuracy is measured. With a "
        "source instead of a network, a small network is trained first. g: run it. Esc: back to the evaluation.",
        compared_by=("run",),
    ),
    "groups": Overlay(
        params=GroupsParams,
        panels=(
            PanelSpec("verdict", "", ("verdict",)),
            PanelSpec("main", "", ("images",)),
            PanelSpec("image", "The image under the cursor", ("image",)),
            PanelSpec("beside", "", ("groups",)),
            PanelSpec("more", "", ("by-class", "...")),
        ),
        arrangements=Arrangements(
            narrow=Arrangement("verdict | 8", "main | 20", "image | 17", "beside | 16", "more | 15"),
            medium=Arrangement(
                "verdict verdict verdict verdict verdict | 6",
                "main    main    main    image   image   | 1fr",
                "beside  beside  beside  more    more    | 11",
            ),
            wide=Arrangement(
                "verdict verdict verdict verdict verdict | 7",
                "main    main    main    image   image   | 1fr",
                "beside  beside  beside  more    more    | 17",
            ),
        ),
        missing={"image": "No image was marked as contradicting.", "main": "No image was marked as contradicting."},
        first=("run", "by", "property", "contradicting", "agreeing", "seed"),
        empty="No groups of this network yet. Training images that contradict its shortcut are inferred without "
        "labels, from the property that an audit named or from the network's errors, for methods that read groups. "
        "g: run it. Esc: back to the evaluation.",
        compared_by=("run",),
    ),
    "cure": Overlay(
        params=CureParams,
        panels=(
            PanelSpec("verdict", "", ("verdict",)),
            PanelSpec("main", "", ("before-and-after",)),
            PanelSpec("beside", "", ("maps",)),
            PanelSpec("more", "", ("trials", "...")),
        ),
        missing={"beside": "No network was chosen, so there are no maps to compare."},
        arrangements=Arrangements(
            narrow=Arrangement("verdict | 12", "main | 16", "beside | 24", "more | 16"),
            medium=Arrangement("verdict main | 9", "beside beside | 1fr", "more more | 8"),
            wide=Arrangement("verdict main | 18", "more beside | 1fr"),
        ),
        first=("run", "budget", "methods", "epochs", "images", "seed"),
        empty="No cure of this network yet. A cure audits the network, infers which training images contradict its "
        "shortcut, tries methods within the budget, and audits the best network again. It reads no label of the "
        "shortcut. g: run it. Esc: back to the evaluation.",
        compared_by=("run",),
    ),
    "ablate": Overlay(
        params=AblateParams,
        panels=(
            PanelSpec("verdict", "", ("verdict",)),
            PanelSpec("main", "", ("ablation",)),
            PanelSpec("beside", "", ("shift", "images")),
            PanelSpec("more", "", ("logits", "...")),
        ),
        first=("neurons", "neuron", "stand_in", "patch"),
        empty="No ablation was kept yet. Chosen neurons are ablated, or their activations patched from another image. "
        "g: run it. Esc: back to the neurons.",
        compared_by=("neurons",),
    ),
    "probes": Overlay(
        params=ProbesParams,
        panels=(
            PanelSpec("verdict", "", ("verdict",)),
            PanelSpec("main", "", ("probes",)),
            PanelSpec("beside", "", ("through-training-digit", "through-training-color", "layers")),
            PanelSpec("more", "", ("layers", "...")),
        ),
        first=("run", "layers", "samples", "strength", "seed"),
        empty="No probes of this network yet. A linear classifier is fitted to each layer, for the class and for the "
        "attribute. g: run it. Esc: back to the neurons.",
        compared_by=("run",),
    ),
    "concepts": Overlay(
        params=ConceptsParams,
        panels=(
            PanelSpec("verdict", "", ("verdict",)),
            PanelSpec("main", "", ("concepts",)),
            PanelSpec("beside", "", ("colors",)),
            PanelSpec("more", "", ("digits", "...")),
        ),
        missing={"beside": "These images have no known attribute that a class could depend on."},
        first=("run", "layer", "samples", "runs", "seed"),
        empty="No concepts of this network yet. A direction is fitted in a layer for each class and for each value of "
        "the attribute, and the sensitivity of each class's logit to it is tested (TCAV). g: run it. Esc: back to the "
        "neurons.",
        compared_by=("run",),
    ),
    "attack-image": Overlay(
        params=AttackImageParams,
        panels=(
            PanelSpec("verdict", "", ("verdict",)),
            PanelSpec("main", "", ("pictures",)),
            PanelSpec("beside", "", ("climb", "by-budget")),
            PanelSpec("more", "", ("by-step", "probabilities", "...")),
        ),
        first=(
            "run",
            "attack",
            "image",
            "pool",
            "epsilon",
            "smallest",
            "sure",
            "source_class",
            "target_class",
            "score",
            "above",
        ),
        empty="No attack of one image was kept yet. It attacks an image step by step, and can search the smallest "
        "budget that fools the network. g: run it. Esc: back to the attacks.",
        compared_by=("run",),
    ),
    "certify": Overlay(
        params=CertifyParams,
        panels=(
            PanelSpec("verdict", "", ("verdict",)),
            PanelSpec("main", "", ("accuracy-aligned", "accuracy-neutral", "accuracy-target-colored")),
            PanelSpec("beside", "", ("pictures", "smoothed")),
            PanelSpec("more", "", ("images", "pools", "margins", "...")),
            PanelSpec("pools", "", ("pools", "margins")),
        ),
        arrangements=Arrangements(
            narrow=Arrangement("verdict | 8", "main | 16", "more | 16", "beside | 24"),
            medium=Arrangement("verdict verdict | 7", "main beside | 1fr", "more more | 11"),
            wide=Arrangement("verdict verdict | 7", "main beside | 1fr", "pools pools | 10", "more more | 14"),
        ),
        first=("run", "certificates", "attacks", "pool", "images", "epsilon", "sigma", "draws", "radius", "seed"),
        empty="No certificates of this network yet. A certificate proves for an image a budget within which no change "
        "alters the prediction, by bounds of every layer or by sampling under noise. Attacks are shown beside it. "
        "g: run it. Esc: back to the attacks.",
        compared_by=("run",),
    ),
    "llc": Overlay(
        params=LlcParams,
        panels=(
            PanelSpec("verdict", "", ("verdict",)),
            PanelSpec("main", "", ("traces", "traces-by-step-size")),
            PanelSpec("beside", "", ("through-training", "training-curves", "grid")),
            PanelSpec("more", "", ("chains", "...")),
        ),
        first=("run", "eps", "gamma", "chains", "steps", "seed"),
        empty="No LLC of this network yet. The local learning coefficient estimates the complexity of the solution "
        "that training found. g: run it. Esc: back to the neurons.",
        compared_by=("run",),
    ),
    "side-by-side": Overlay(
        params=SideBySideParams,
        panels=(
            PanelSpec("main", "", ("categories", "information", "settings", "losses", "summary")),
            PanelSpec("beside", "", ("verdict", "summary", "ablations", "differences")),
            PanelSpec(
                "first",
                "",
                ("colors-1", "digits-1", "feature-cosines-1", "filters-1", "spectrum-1", "traces-1", "examples-1"),
            ),
            PanelSpec(
                "second",
                "",
                (
                    "colors-2",
                    "digits-2",
                    "feature-cosines-2",
                    "filters-2",
                    "spectrum-2",
                    "traces-2",
                    "examples-2",
                    "...",
                ),
            ),
        ),
        arrangements=Arrangements(
            narrow=Arrangement("main | 12", "beside | 20", "first | 24", "second | 24"),
            medium=Arrangement("main beside | 14", "first second | 1fr"),
            wide=Arrangement("main beside | 18", "first second | 1fr"),
        ),
        first=("runs",),
        empty="No comparison side by side yet. Choose two runs of neurons, sae, llc or audit, such as of a lazy and a "
        "cured network; or mark them in Runs and press c. g: run it. Esc: back.",
        compared_by=("runs",),
    ),
    "sae-experiments": Overlay(
        params=SaeExperimentsParams,
        panels=(
            PanelSpec("verdict", "", ("verdict",)),
            PanelSpec("main", "", ("bulk", "gaze", "single")),
            PanelSpec("beside", "", ("dose-response", "swap")),
            PanelSpec("more", "", ("single", "agreement", "injection", "...")),
        ),
        first=("sae", "against", "samples", "draws", "seed"),
        empty="No experiments with these features yet. They ablate, scale, swap and steer features, each beside random "
        "features. Choose the run whose features are edited; a second run, of a cured network say, is shown beside "
        "it. g: run it. Esc: back to the features.",
        compared_by=("sae", "against"),
    ),
    "sae-dial": Overlay(
        params=SaeDialParams,
        panels=(
            PanelSpec("verdict", "", ("verdict",)),
            PanelSpec("main", "", ("turn",)),
            PanelSpec("beside", "", ("gaze", "image")),
            PanelSpec("more", "", ("by-factor", "features", "probabilities", "...")),
        ),
        first=("sae", "feature", "image", "split", "how", "into", "factor"),
        empty="No dose-response was kept yet. Features of one image are scaled down and up, and the predictions are "
        "kept. g: run it. Esc: back to the features.",
        compared_by=("sae",),
    ),
    "sae-selfcheck": Overlay(
        params=SelfcheckParams,
        panels=(
            PanelSpec("verdict", "", ("verdict",)),
            PanelSpec("main", "", ("dictionaries",)),
            PanelSpec("beside", "", ("correlations",)),
            PanelSpec("more", "", ("prices", "...")),
        ),
        first=("variants", "features", "dimensions", "active", "samples", "steps", "seed"),
        empty="No self-check yet. A low reconstruction error doesn't show that the features are the right ones: the "
        "self-check mixes known features and measures how well each variant recovers them. g: run it. Esc: back to "
        "the features.",
    ),
    "study": Overlay(
        params=StudyParams,
        panels=(
            PanelSpec("verdict", "", ("verdict", "chosen", "trainings")),
            PanelSpec("main", "", ("ranking", "choices", "by-bias")),
            PanelSpec("beside", "", ("scatter", "cues", "cost")),
            PanelSpec("more", "", ("leaderboard", "selectors", "over-plain", "over-control", "pairs", "failed", "...")),
        ),
        before=lambda params: [planned_trainings(params)] if params else [],
        first=(
            "plan",
            "methods",
            "seeds",
            "bias",
            "dataset",
            "source",
            "model",
            "epochs",
            *AllMethodOptions.OPTIONS,
            "jobs",
            "rank",
            "property",
            "train_size",
        ),
        empty="No study yet. A study trains every method with every bias and seed in parallel, with plain networks "
        "beside them, and ranks the results. g: run it; its trainings are listed in Runs (9) and continue without this "
        "terminal. Esc: back to the comparison.",
    ),
    "select": Overlay(
        params=SelectParams,
        panels=(
            PanelSpec("verdict", "", ("verdict",)),
            PanelSpec("main", "", ("scatter",)),
            PanelSpec("beside", "", ("choices",)),
            PanelSpec("more", "", ("candidates", "...")),
        ),
        arrangements=Arrangements(
            narrow=Arrangement("verdict | 8", "beside | 14", "more | 14", "main | 16"),
            medium=Arrangement("verdict | 7", "beside | 9", "more | 1fr", "main | 10"),
            wide=Arrangement("verdict verdict | 7", "beside main | 18", "more more | 1fr"),
        ),
        first=("runs", "property", "plain", "device"),
        empty="No choice yet. Trainings on the same data are ranked by what can be measured without labels of "
        "the shortcut, beside what the hard split would have chosen. g: run it. Esc: back to the comparison.",
        compared_by=("runs",),
    ),
    "recipe": Overlay(
        params=RecipeParams,
        panels=(
            PanelSpec("verdict", "", ("verdict",)),
            PanelSpec("main", "", ("reported", "recipes")),
            PanelSpec("beside", "", ("published", "scatter")),
            PanelSpec("more", "", ("leaderboard", "...")),
        ),
        before=lambda _params: [all_recipes()],
        first=("recipe", "seeds", "source", "train_size", "test_size", "plain", "jobs", "device"),
        empty="No recipe was reproduced yet. Choose a recipe of five earlier studies or of papers (Enter lists them): "
        "it is trained again, and the reported numbers are shown beside the measured ones, with a verdict. g: run it. "
        "Esc: back to the comparison.",
    ),
}
"""By the kind of run that each shows."""

_GRIDS = {"study", "recipe"}
"""Those that train many networks."""


def overlay(kind: str, *, run: RunFolder | None = None, values: Mapping[str, object] | None = None) -> OverlayScreen:
    """The screen of a small analysis. run: the one to show, else the newest. values: for its form to begin with."""
    screen_type = GridScreen if kind in _GRIDS else GroupsOverlay if kind == "groups" else OverlayScreen
    return screen_type(kind, OVERLAYS[kind], run=run, values=values)
