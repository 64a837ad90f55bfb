"""SAE: a layer's activations taken apart into a few of many features, and what each feature stands for and says."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.core.analysis import Analysis
from lazytui.analyses.core.content_facts import content_to_keep
from lazytui.analyses.core.exemplar_result import Exemplars
from lazytui.analyses.networks.layer_choices import layer_shape
from lazytui.analyses.networks.model_under_study import load_model_under_study, trained_with, whose_data
from lazytui.analyses.networks.model_under_study import resolve as resolve_network
from lazytui.analyses.networks.other_data import with_data_named
from lazytui.analyses.sae.controls import Controls, Headlines, SparseProbing, controls_of
from lazytui.analyses.sae.feature_pictures import picture_features
from lazytui.analyses.sae.figures import figures
from lazytui.analyses.sae.onnx import write_onnx
from lazytui.analyses.sae.params import SaeParams
from lazytui.analyses.sae.result import FeatureGeometry, SaeResult, SplitRecovery, TrainingCurves, read
from lazytui.analyses.sae.saelens import read_chosen_saelens, require_same_dimensions, resolve_saelens, write_saelens
from lazytui.counted_nouns import counted
from lazytui.errors import BadInput, UsageError
from lazytui.models.architectures import ARCHITECTURES
from lazytui.runs.progress_report import Report
from lazytui.runs.results.typed_result import write_fields
from lazytui.runs.workspace import Workspace
from lazytui.sae.category_names import CATEGORIES
from lazytui.sae.feature_geometry import MOST_MEASURED

if TYPE_CHECKING:
    from torch import Tensor

    from lazytui.analyses.networks.model_under_study import ModelUnderStudy
    from lazytui.hooks.split_model import SplitModel
    from lazytui.sae.activation_samples import SampleLayout
    from lazytui.sae.autoencoder import Autoencoder
    from lazytui.sae.quality import Recovery
    from lazytui.sae.sae_training import CurvePoint, Recipe

_MOST_WEIGHTS = 2**28
_MOST_VALUES = 2**28
_COUNTS = ("attribute_features", "label_features", "both_features", "mixed_features", "dead_features")
"""The fields that count the features of each of CATEGORIES."""
_PROBED = 1000
"""Images of which few features are asked."""
_SHOWN = 24
"""Features whose cosines are shown, each with each."""


def resolve(params: SaeParams, workspace: Workspace) -> SaeParams:
    """Make sure that the data can be rebuilt and show what is planted in them, and that the layer suits the
    dictionary."""
    trained = trained_with(params, workspace)
    if trained.plants and not trained.shows_values:
        raise BadInput(f"{whose_data(params)} have no color, so features can't be tested for color or digit.")
    resolved, sae_dimensions = resolve_network(params, workspace), None
    if params.saelens is not None:
        resolved, sae_dimensions = resolve_saelens(resolved)
    if trained.model not in ARCHITECTURES:
        return resolved
    layer = params.layer or ARCHITECTURES[trained.model].layers[-1].name
    shape = layer_shape(trained, layer)
    dimensions = shape[0] if params.positions == "apart" else int(np.prod(shape))
    if sae_dimensions is not None:
        require_same_dimensions(sae_dimensions, dimensions, layer, resolved)
    require_dictionary(resolved, dimensions)
    return resolved.model_copy(update={"layer": layer})


def require_dictionary(params: SaeParams, dimensions: int) -> int:
    """How many features there will be. Raises UsageError where that is no dictionary, and BadInput where it would be
    one of too few samples."""
    features = round(params.expansion * dimensions)
    if features < 2:
        raise UsageError(f"An expansion of {params.expansion:g} leaves no dictionary of {dimensions} dimensions.")
    if features * dimensions > _MOST_WEIGHTS:
        raise UsageError(
            f"{features:,} features of {dimensions:,} dimensions are {features * dimensions:,} weights: choose a "
            "smaller --expansion, or --positions apart."
        )
    if refusal := params.chosen_variant.refusal(features):
        raise UsageError(
            f"{refusal} They are {params.expansion:g} times the layer's {counted(dimensions, 'dimension')}."
        )
    params.chosen_variant.for_samples(params.samples, features)
    return features


def run(params: SaeParams, report: Report) -> SaeResult:
    report.note("loading torch and the network")
    network = load_model_under_study(params, report.workspace, report.note)
    from lazytui.hooks.split_model import SplitModel
    from lazytui.sae.activation_samples import SampleLayout
    from lazytui.sae.sae_training import train

    split_model = SplitModel(network.model, params.layer or _last_layer(network))
    layout = SampleLayout(split_model.shape, params.positions)
    samples = _gathered(params, split_model, layout, network, report)
    if params.saelens is not None:
        model = read_chosen_saelens(params, layout.dimensions, split_model.layer).to(network.hardware.device)
        return _result(params, network, split_model, layout, samples, model, {}, report)
    recipe = _recipe(params, require_dictionary(params, layout.dimensions), len(samples))
    history: dict[str, list[float]] = {}

    def point(at: CurvePoint) -> None:
        values = {"unexplained": at.unexplained, "l0": at.l0, "dead_share": at.dead_share}
        report.metrics(at.step, values)
        for name, value in {"step": at.step, **values}.items():
            history.setdefault(name, []).append(value)

    def tick(step: int) -> None:
        report.check()
        report.progress(step, recipe.steps, "steps")

    report.note(
        f"training {counted(recipe.features, 'feature')} on {len(samples):,} activations of {split_model.layer}"
    )
    model = train(samples, recipe, tick, point)
    report.progress(recipe.steps, recipe.steps, "steps")
    return _result(params, network, split_model, layout, samples, model, history, report)


def _last_layer(network: ModelUnderStudy) -> str:
    """The last layer before the logits."""
    from lazytui.hooks.layer_hooks import last_before_logits

    return last_before_logits(network.model)


def _gathered(
    params: SaeParams, split_model: SplitModel, layout: SampleLayout, network: ModelUnderStudy, report: Report
) -> Tensor:
    from lazytui.sae.activation_samples import collect_samples

    report.note(f"gathering the activations of {split_model.layer}")
    most = max(1, min(params.samples, _MOST_VALUES // layout.dimensions))
    return collect_samples(
        split_model,
        layout,
        network.data.train.images,
        network.hardware,
        most=most,
        seed=params.seed,
        note=report.note,
        tick=report.check,
    )


def _recipe(params: SaeParams, features: int, samples: int) -> Recipe:
    from lazytui.sae.sae_training import Recipe

    steps = params.steps if params.epochs is None else max(1, round(params.epochs * samples / params.batch))
    return Recipe(params.chosen_variant, features, steps, params.batch, params.lr, params.seed)


def _result(
    params: SaeParams,
    network: ModelUnderStudy,
    split_model: SplitModel,
    layout: SampleLayout,
    samples: Tensor,
    model: Autoencoder,
    history: dict[str, list[float]],
    report: Report,
) -> SaeResult:
    """Keep the autoencoder, and find out how good it is and what its features are."""
    from lazytui.models.fingerprint import fingerprint
    from lazytui.sae.activation_samples import collect_samples
    from lazytui.sae.feature_maps import LayerFeatures
    from lazytui.sae.feature_measures import count_categories, measure_features
    from lazytui.sae.quality import measure_fit, measure_recovery
    from lazytui.sae.saved_sae import ActivationOrigin, save_autoencoder

    data, hardware = network.data, network.hardware
    origin = ActivationOrigin(fingerprint(network.model), split_model.layer, params.positions)
    report.store(lambda: save_autoencoder(model, report.run.autoencoder, origin))
    report.note("measuring the unexplained variance, and predictions from the reconstruction")
    learned = measure_fit(model, samples)
    fresh = collect_samples(split_model, layout, data.validation.images, hardware, most=len(samples), seed=params.seed)
    held_out = measure_fit(model, fresh)
    center = samples.mean(0)
    recoveries: dict[str, Any] = {}
    for name, split in (("easy", data.validation), ("hard", data.hard)):
        report.check()
        recoveries[name] = _split_recovery(measure_recovery(model, split_model, layout, split, center, hardware))
    report.note(f"measuring what {counted(model.features, 'feature stands', 'features stand')} for")
    measures = measure_features(
        model, split_model, layout, data.probe, hardware, pictured=params.pictured, seed=params.seed
    )

    def headlines(control: Autoencoder) -> Headlines:
        report.check()
        kept = [
            measure_recovery(control, split_model, layout, split, center, hardware).reconstructed.accuracy
            for split in (data.validation, data.hard)
        ]
        features = count_categories(control, split_model, layout, data.probe, hardware, params.seed)
        fit = measure_fit(control, fresh).unexplained
        return Headlines(fit, measure_fit(control, samples).dead_share, *kept, *map(float, features[:3]))

    counts = np.bincount(measures["category"], minlength=len(CATEGORIES)).tolist()
    easy, hard = (recoveries[name].accuracy_reconstructed for name in ("easy", "hard"))
    own = Headlines(held_out.unexplained, learned.dead_share, easy, hard, *map(float, counts[:3]))
    models, controls = [model], None
    if params.controls:
        controls, others = _controls(params, own, samples, headlines, report)
        models += others
    probing = _probing(params, models, split_model, layout, network, report) if params.probing else None
    exemplars = Exemplars(**measures["exemplars"])
    features = LayerFeatures(model, split_model, layout)
    return SaeResult(
        **{**measures, "exemplars": exemplars},
        **picture_features(params, network, features, exemplars, measures["strength"], report),
        **recoveries,
        **dict(zip(_COUNTS, counts, strict=True)),
        unexplained_variance=held_out.unexplained,
        l0=held_out.l0,
        dead_share=learned.dead_share,
        layer=split_model.layer,
        dimensions=layout.dimensions,
        features=model.features,
        samples=len(samples),
        held_out=len(fresh),
        probe_images=len(data.probe),
        palette_name=network.trained.palette,
        recorded_content=content_to_keep(network.trained),
        fingerprint=origin.fingerprint,
        density=learned.density.astype(np.float32),
        geometry=_geometry(model, measures, params.seed),
        history=TrainingCurves.of(history),
        controls=controls,
        probing=probing,
    )


def _controls(
    params: SaeParams, own: Headlines, samples: Tensor, headlines: Callable[[Autoencoder], Headlines], report: Report
) -> tuple[Controls, list[Autoencoder]]:
    """own: of the autoencoder that is the result, whose further seeds are trained where there are several. Also the
    first control of each kind."""
    from lazytui.sae.sae_training import train

    recipe = _recipe(params, require_dictionary(params, samples.shape[1]), len(samples))
    seeds = range(params.seed, params.seed + params.controls)
    wanted: list[tuple[str, Literal["decoder", "encoder"] | None, Sequence[int]]] = [
        ("own", None, seeds[1:]),
        ("decoder frozen", "decoder", seeds),
        ("encoder frozen", "encoder", seeds),
    ]
    by_name: dict[str, list[Headlines]] = {"own": [own]}
    firsts = []
    for name, frozen, each in wanted:
        for seed in each:
            report.note(f"training a control: {name}, seed {seed}" if frozen else f"training it again: seed {seed}")
            one = train(samples, replace(recipe, seed=seed, frozen=frozen), lambda _step: report.check())
            if frozen and seed == params.seed:
                firsts.append(one)
            by_name.setdefault(name, []).append(headlines(one))
    return controls_of(*by_name.values()), firsts


def _probing(
    params: SaeParams,
    models: Sequence[Autoencoder],
    split_model: SplitModel,
    layout: SampleLayout,
    network: ModelUnderStudy,
    report: Report,
) -> SparseProbing:
    """models: the autoencoder, and its controls where there are any."""
    from lazytui.sae.feature_measures import measure_activations
    from lazytui.sae.sparse_probing import sparse_probing

    probe = network.data.probe
    probe = probe.take(np.random.default_rng(params.seed).permutation(len(probe))[:_PROBED])
    activations = [measure_activations(one, split_model, layout, probe.images, network.hardware) for one in models]
    features = [each.f.double().cpu().numpy() for each in activations]
    raw = activations[0].neurons.double().cpu().numpy()
    classes, values = probe.content.groups
    areas: dict[str, NDArray[np.float64]] = {}
    whole: dict[str, float | None] = {}
    for name, labels, count in (("label", probe.labels, classes), ("attribute", probe.attributes, values)):
        areas[name] = np.full((4, len(params.probing)), np.nan)
        whole[name] = None
        if not count:
            continue
        labeled = labels < count
        own = labels[labeled].astype(np.int64)
        rows = [(row, each) for row, each in enumerate(features)] + [(3, raw)]
        for row, each in rows:
            report.check()
            report.note(f"probing by few features: {name}, {row + 1} of 4")
            areas[name][row] = sparse_probing(each[labeled], own, count, params.probing, params.seed)
        (area,) = sparse_probing(raw[labeled], own, count, (raw.shape[1],), params.seed)
        whole[name] = float(area) if np.isfinite(area) else None
    return SparseProbing(
        label_raw=whole["label"],
        attribute_raw=whole["attribute"],
        k=np.array(params.probing, np.int64),
        label=areas["label"],
        attribute=areas["attribute"],
    )


def _geometry(model: Autoencoder, measures: Mapping[str, Any], seed: int) -> FeatureGeometry:
    """Of the features that do most; those that are shown in the order of what they stand for."""
    from lazytui.sae.feature_geometry import measure_pair_cosines

    mass, category = measures["strength"] * measures["probe_density"] * measures["length"], measures["category"]
    alive = np.flatnonzero(category != CATEGORIES.index("dead"))
    strongest = alive[np.argsort(-mass[alive], kind="stable")][:MOST_MEASURED]
    color, digit = (_favorites(measures[f"{cue}_response"]) for cue in ("attribute", "label"))
    directions = model.directions.detach().cpu().numpy()
    pairs = measure_pair_cosines(
        directions[strongest],
        category[strongest],
        color[strongest],
        digit[strongest],
        np.random.default_rng(seed),
    )
    shown = strongest[:_SHOWN]
    favorite = np.where(category[shown] == CATEGORIES.index("digit"), digit[shown], color[shown])
    shown = shown[np.lexsort((favorite, category[shown]))]
    cosine = directions[shown] @ directions[shown].T
    return FeatureGeometry(shown=shown, cosine=cosine.astype(np.float32), **vars(pairs))


def _favorites(response: NDArray[np.float32]) -> NDArray[np.int64]:
    """(n, k) -> (n,): where each is largest; 0 of none."""
    return response.argmax(1) if response.shape[1] else np.zeros(len(response), np.int64)


def _split_recovery(recovery: Recovery) -> SplitRecovery:
    return SplitRecovery(
        accuracy_intact=recovery.intact.accuracy,
        accuracy_reconstructed=recovery.reconstructed.accuracy,
        accuracy_recovered=recovery.accuracy,
        cross_entropy_intact=recovery.intact.cross_entropy,
        cross_entropy_reconstructed=recovery.reconstructed.cross_entropy,
        cross_entropy_recovered=recovery.cross_entropy,
    )


def label(params: SaeParams) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", f"{params.variant}-{params.layer or ''}").strip("-")[-40:]


ANALYSIS = Analysis(
    params=SaeParams,
    run=run,
    figures=with_data_named(figures),
    write=write_fields,
    read=read,
    resolve=resolve,
    label=label,
    onnx=write_onnx,
    saelens=write_saelens,
)
