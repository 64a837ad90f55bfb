"""Certify: what provably can't change a network's answer to an image, and what does."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.attack.analysis import budgets_of, problem_of
from lazytui.analyses.attack.params import AttackSetting
from lazytui.analyses.attack.pool_choice import pools_of, require_pool
from lazytui.analyses.certify.figures import figures
from lazytui.analyses.certify.params import CertifyParams
from lazytui.analyses.certify.result import CertifyResult, read, write
from lazytui.analyses.core.analysis import Analysis
from lazytui.analyses.core.content_facts import content_to_keep
from lazytui.analyses.networks.model_under_study import (
    ignore_advice,
    load_model_under_study,
    trained_with,
    whose_data,
)
from lazytui.analyses.networks.model_under_study import resolve as resolve_network
from lazytui.analyses.networks.other_data import with_data_named
from lazytui.attacks import ATTACKS
from lazytui.attacks.source_pools import Pool, mixed_pool, pools_there
from lazytui.data.params import DatasetParams
from lazytui.data.splits import BiasedDataset, build_dataset, join
from lazytui.errors import BadInput
from lazytui.runs.progress_report import Report
from lazytui.runs.workspace import Workspace

if TYPE_CHECKING:
    from torch import Tensor

    from lazytui.analyses.networks.model_under_study import ModelUnderStudy
    from lazytui.attacks.problem import Problem
    from lazytui.certificates.chain import Chain
    from lazytui.certificates.radii import Certified, Margins
    from lazytui.data.splits import Split

_SELECTION = 100
"""Noisy images that choose the class whose smoothed radius is certified (n_0 of Cohen et al.)."""


def resolve(params: CertifyParams, workspace: Workspace) -> CertifyParams:
    """Make sure that the data can be rebuilt and have such images, and record which they are."""
    resolved = resolve_network(params, workspace)
    data = trained_with(resolved, workspace)
    resolved = resolved.in_content(data.content)
    if params.pool != "all":
        require_pool(params.pool, _pools_of(resolved, data), params)
    for attack in resolved.attacks:
        _setting(resolved, attack).in_content(data.content)
    if not _pools(resolved, build_dataset(data), data):
        raise BadInput(f"{whose_data(params)} have no test image in the pool {params.pool}: choose another.")
    return resolved


def _pools_of(params: CertifyParams, data: DatasetParams) -> tuple[Pool, ...]:
    return pools_of(params, data.content) if data.shows_values else ("neutral",)


def _pools(params: CertifyParams, data: BiasedDataset, painted: DatasetParams) -> dict[Pool, tuple[int, ...]]:
    """The classes of the images of each pool that is asked for, and that there is: target-colored has no images of the
    target itself, which would be aligned."""
    classes, target = params.source_labels(data.content), params.target_label(data.content)
    names = [name for name in _pools_of(params, painted) if params.pool in ("all", name)]
    chosen = {name: tuple(one for one in classes if name != "target-colored" or one != target) for name in names}
    return {name: of for name, of in chosen.items() if of and pools_there(data, (name,), of, target)}


def run(params: CertifyParams, report: Report) -> CertifyResult:
    report.note("loading torch and the network")
    network = load_model_under_study(params, report.workspace, ignore_advice)
    model, content = network.model.eval().requires_grad_(False), network.data.content
    from lazytui.certificates.bounds import crown_margins, interval_margins
    from lazytui.certificates.chain import chain_of

    bounds = {"ibp": interval_margins, "crown": crown_margins}
    bounds = {name: bound for name, bound in bounds.items() if name in params.certificates}
    chain = chain_of(model, content.image_shape) if bounds else None
    splits = _images(params, network)
    split = join(list(splits.values()))
    settings = {name: _setting(params, name) for name in params.attacks}
    problems = [problem_of(setting, network, split, report.check) for setting in settings.values()]
    answers = problems[0].predictions()
    problems = [replace(problem, labels=answers) for problem in problems]
    done = _Counted(report, len(split) * (len(params.certificates) + len(problems)))
    certified = _certified(params, bounds, chain, problems[0], done) if chain else []
    attacked = [_attacked(setting, problem, done) for setting, problem in zip(settings.values(), problems, strict=True)]
    smoothed = _smoothed(params, problems[0], done) if "smoothing" in params.certificates else None
    size = len(split)
    return CertifyResult(
        pools=tuple(splits),
        bounds=tuple(bounds),
        attacks=params.attacks,
        epsilon=params.epsilon,
        radius=params.radius,
        palette_name=network.trained.palette,
        recorded_content=content_to_keep(network.data.params),
        pictures=split.images,
        pool=np.repeat(np.arange(len(splits)), [len(one) for one in splits.values()]),
        labels=split.labels.astype(np.int64),
        predicted=answers.cpu().numpy(),
        clean=_least_margins(problems[0], problems[0].images),
        radii=_stacked([_array(one.radius) for one in certified], size),
        lower=_stacked([_array(one.lower) for one in certified], size),
        upper=_stacked([_array(one.upper) for one in certified], size),
        budgets=_stacked([budgets for budgets, _ in attacked], size),
        attacked=_stacked([margins for _, margins in attacked], size),
        smoothed=None if smoothed is None else smoothed[0],
        smoothed_radii=None if smoothed is None else smoothed[1],
    )


class _Counted:
    """Images that are done with a certificate or an attack, of all with each of them."""

    def __init__(self, report: Report, total: int) -> None:
        self.report, self._total, self._done = report, total, 0

    def add(self, count: int) -> None:
        self._done += count
        self.report.progress(self._done, self._total, "images")
        self.report.check()


def _images(params: CertifyParams, network: ModelUnderStudy) -> dict[Pool, Split]:
    """Of each pool, its classes in turn."""
    data, target = network.data, params.target_label(network.data.content)
    pools = {}
    for name, classes in _pools(params, data, network.trained).items():
        every = mixed_pool(data, name, classes, target, math.ceil(params.images / len(classes)))
        pools[name] = every.take(np.arange(min(params.images, len(every))))
    return pools


def _setting(params: CertifyParams, attack: str) -> AttackSetting:
    """The attack away from the network's own answer."""
    return AttackSetting(
        run=params.run,
        attack=attack,
        targeted=False,
        source_class="all",
        target_class=params.target_class,
        epsilon=params.epsilon,
        largest=params.largest,
        seed=params.seed,
    )


def _certified(
    params: CertifyParams, bounds: Mapping[str, Margins], chain: Chain, problem: Problem, done: _Counted
) -> list[Certified]:
    """By each kind of bounds, from the quickest on: each begins at the radii of the one before."""
    import torch

    from lazytui.certificates.radii import Certified, certify

    radii, start = [], torch.zeros_like(problem.epsilon)
    with torch.backends.cudnn.flags(enabled=True, allow_tf32=False):  # its errors would exceed the bounds' slack
        for bound in bounds.values():
            rows = []
            for image, answer, own in zip(
                *(torch.split(x, 1) for x in (problem.images, problem.labels, start)), strict=True
            ):
                rows.append(certify(bound, chain, image, answer, params.epsilon, params.largest, own))
                done.add(1)
            every = (
                torch.cat(part) for part in zip(*((row.lower, row.upper, row.radius) for row in rows), strict=True)
            )
            radii.append(Certified(*every))
            start = radii[-1].radius
    return radii


def _attacked(setting: AttackSetting, problem: Problem, done: _Counted) -> tuple[NDArray[np.float64], ...]:
    """(n,) each: the smallest budgets that change the answer, and its least margin within epsilon."""
    from lazytui.attacks.minimal_budgets import in_batches

    entry = ATTACKS[setting.attack]
    budgets, _ = budgets_of(setting, problem)
    _, changed = in_batches(lambda part: (part.epsilon, entry.perturb(part, **setting.attack_options)), problem)
    done.add(len(budgets))
    return _array(budgets), _least_margins(problem, changed)


def _least_margins(problem: Problem, images: Tensor) -> NDArray[np.float64]:
    """(n,): the logit of each problem's label less the largest other one."""
    import torch

    from lazytui.attacks.problem import BATCH

    with torch.no_grad():
        logits = torch.cat([problem.model(batch) for batch in torch.split(images, BATCH)]).double()
    own = logits.gather(1, problem.labels[:, None])
    others = logits.scatter(1, problem.labels[:, None], -torch.inf).amax(1, keepdim=True)
    return _array((own - others)[:, 0])


def _smoothed(params: CertifyParams, problem: Problem, done: _Counted) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """(n,) each: the smoothed network's answer, the number of classes where it abstains, and its radius."""
    import torch

    from lazytui.certificates.randomized_smoothing import ABSTAINED, certify

    def predict(images: Tensor) -> Tensor:
        return problem.model(images).argmax(1)

    generator, radii = torch.Generator().manual_seed(params.seed), []
    for image in problem.images:
        radii.append(
            certify(
                predict,
                image,
                classes=problem.classes,
                sigma=params.sigma,
                selection=_SELECTION,
                draws=params.draws,
                alpha=params.alpha,
                generator=generator,
            )
        )
        done.add(1)
    labels = [problem.classes if one.label == ABSTAINED else one.label for one in radii]
    return np.array(labels, np.int64), np.array([one.radius for one in radii], np.float64)


def _array(values: Tensor) -> NDArray[np.float64]:
    array: NDArray[np.float64] = values.double().cpu().numpy()
    return array


def _stacked(rows: Sequence[NDArray[np.float64]], size: int) -> NDArray[np.float64]:
    """(rows, size), also of none."""
    return np.array(rows, np.float64).reshape(len(rows), size)


ANALYSIS = Analysis(
    params=CertifyParams,
    run=run,
    figures=with_data_named(figures),
    write=write,
    read=read,
    resolve=resolve,
)
