"""Attack: how small a change of an image makes a network see another class, and from which images that is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from lazytui.analyses.attack.adversarial_arrays import adversarial_arrays
from lazytui.analyses.attack.figures import figures
from lazytui.analyses.attack.params import FEWEST, LARGEST_BUDGET, AttackParams, AttackSetting, named_score
from lazytui.analyses.attack.pool_choice import pools_of, require_pool
from lazytui.analyses.attack.result import (
    AttackResult,
    NetworkResult,
    Perturbations,
    PoolResult,
    SelfCheck,
    class_sizes,
    read,
    write,
)
from lazytui.analyses.core.analysis import Analysis
from lazytui.analyses.core.content_facts import content_to_keep
from lazytui.analyses.networks.model_under_study import ignore_advice, load_model_under_study, trained_with, whose_data
from lazytui.analyses.networks.model_under_study import resolve as resolve_network
from lazytui.analyses.networks.other_data import with_data_named
from lazytui.analyses.networks.score_choice import load_named_score, try_score
from lazytui.analyses.networks.second_network import require_fair
from lazytui.attacks import ATTACKS
from lazytui.attacks.source_pools import Pool, mixed_pool, pools_there, scarcity
from lazytui.data.params import DatasetParams
from lazytui.data.splits import build_dataset
from lazytui.errors import BadInput, UsageError
from lazytui.runs.progress_report import Report
from lazytui.runs.workspace import Workspace

if TYPE_CHECKING:
    from torch import Tensor

    from lazytui.analyses.networks.model_under_study import ModelUnderStudy
    from lazytui.attacks.problem import Problem
    from lazytui.data.splits import Split
    from lazytui.models.scores import Score

SURE = 0.9
"""The probability that counts as being sure of the target."""


_CHECKED = 50
_DDN_STEPS = 100

UNITS = {"linf": 1 / 255, "l2": 0.05}
"""What budgets are whole multiples of."""


def resolve(params: AttackParams, workspace: Workspace) -> AttackParams:
    """Make sure that the data can be rebuilt and suit all networks, and record which they are."""
    network_params, *others = params.network_params
    first = resolve_network(network_params, workspace)
    data = trained_with(first, workspace)
    if data.plants and not data.shows_values:
        raise UsageError(f"{whose_data(params)} have no color, and the pools of sources differ only in color.")
    for other in others:
        if other.run == params.run or params.against.count(other.run) > 1:
            raise UsageError(f"{other.run} can't be compared with itself: name each network once.")
        require_fair(first, other.run, workspace)
        resolve_network(other.model_copy(update={"source": first.source}), workspace)
    if score := named_score(params, data.content):
        try_score(score, data.content, "--score")
    return in_pools_there(params.in_content(data.content), data).model_copy(update={"source": first.source})


def in_pools_there(params: AttackParams, data: DatasetParams) -> AttackParams:
    """The same with a pool that there is, of classes by name. Raises UsageError or BadInput where there is none."""
    if data.plants:
        return params
    content = data.content
    if params.pool != "all":
        require_pool(params.pool, pools_of(params, content), params)
    elif not content.values:
        params = params.model_copy(update={"pool": "neutral"})
    chosen = params.source_labels(content), params.target_label(content)
    if not pools_there(build_dataset(data), params.pools, *chosen):
        raise BadInput(f"{whose_data(params)} have no test image to attack in the pool {params.pool}: choose another.")
    return params


def run(params: AttackParams, report: Report) -> AttackResult:
    report.note("loading torch")
    networks = [load_model_under_study(one, report.workspace, ignore_advice) for one in params.network_params]
    names = [report.workspace.find(one.run).display_name for one in params.network_params]
    labels = names if len(set(names)) == len(names) else [f"{name} ({n})" for n, name in enumerate(names, 1)]
    data = networks[0].data
    sources, target = params.source_labels(data.content), params.target_label(data.content)
    splits = {
        name: mixed_pool(data, name, sources, target, params.sources)
        for name in pools_there(data, params.pools, sources, target)
    }
    for name in params.pools:
        if name not in splits:
            report.note(f"left out: the pool {name}, which has no test image")
    first = next(iter(splits.values()))
    if scarce := scarcity(class_sizes(first.labels), params.sources, data.content.classes):
        report.note(scarce)
    results = []
    total = len(networks) * len(splits)
    for number, (label, network) in enumerate(zip(labels, networks, strict=True)):
        problems = {name: problem_of(params, network, split, report.check) for name, split in splits.items()}
        score = score_of(params, network)
        goals = {name: goal_of(params, score, problem) for name, problem in problems.items()}
        pools = {}
        for index, (name, problem) in enumerate(problems.items()):
            report.progress(number * len(splits) + index, total, "pools")
            report.check()
            report.note(f"{label}: {name}")
            pools[name] = _attack_pool(params, problem, goals[name], splits[name])
        results.append(NetworkResult(label, pools, _checks(params, goals)))
    report.progress(total, total, "pools")
    wanted = target if params.score is None else None
    return AttackResult(tuple(results), params.epsilon, wanted, content_to_keep(data.params))


def _attack_pool(params: AttackParams, problem: Problem, goal: Problem, split: Split) -> PoolResult:
    """problem: of the network's classes. goal: what is attacked: the same, or that of a score."""
    import torch

    predicted = problem.predictions()
    correct = goal.predictions() == goal.labels
    unattacked = PoolResult(predicted.to(torch.uint8).cpu().numpy(), correct.cpu().numpy(), split.labels, None)
    if int(correct.sum()) < FEWEST:
        return unattacked
    return replace(
        unattacked,
        perturbations=_perturbations(
            params, problem.subset(correct), goal.subset(correct), split.take(np.flatnonzero(unattacked.correct))
        ),
    )


def _perturbations(params: AttackParams, problem: Problem, goal: Problem, split: Split) -> Perturbations:
    """Of the sources that are correct when clean, or whose score isn't above its threshold yet."""
    from lazytui.attacks.perturbation_channels import channel_composition

    budgets, adversarial = budgets_of(params, goal)
    sure = None if params.score else budgets_of(params, goal.with_confidence(SURE))[0].cpu().numpy()
    composition = channel_composition(_smallest_changes(goal), _strokes(split))
    return Perturbations(
        budgets=budgets.cpu().numpy(),
        sure_budgets=sure,
        adversarial=_bytes(adversarial[: params.keep]),
        clean=split.images[: params.keep],
        predictions=_predictions(problem, adversarial[: params.keep]),
        mean_change=composition.signed,
        energy=composition.energy,
        one_color=np.array([composition.color]),
    )


def _strokes(split: Split) -> np.ndarray[Any, Any] | None:
    """(n, h, w) uint8, 255 where the object is; None where nobody knows."""
    if split.known_masks is not None:
        return 255 * split.known_masks.astype(np.uint8)
    return split.originals if split.originals.ndim == 3 else None


def _predictions(problem: Problem, adversarial: Tensor) -> np.ndarray[Any, Any]:
    """(n,) uint8: of the adversarial images of the first sources."""
    predictions: np.ndarray[Any, Any] = replace(problem, images=adversarial).predictions().byte().cpu().numpy()
    return predictions


def problem_of(params: AttackSetting, network: ModelUnderStudy, split: Split, check: Callable[[], None]) -> Problem:
    """What is asked of one network about these images. check: raises where the attack shall end."""
    import torch

    from lazytui.attacks.problem import Problem
    from lazytui.data.device_split import to_float

    model = network.model.eval().requires_grad_(False)  # nobody else's

    def ask(images: Tensor) -> Tensor:
        check()  # a stop is heard between any two looks
        logits: Tensor = model(images)
        return logits

    device = network.hardware.device
    images = to_float(torch.from_numpy(np.ascontiguousarray(split.images)).to(device))
    labels = torch.from_numpy(split.labels.astype(np.int64)).to(device)
    target = params.target_label(network.data.content)
    targets = torch.full_like(labels, target) if params.targeted else None
    epsilon = torch.full((len(split),), params.epsilon, device=device)
    random = torch.Generator().manual_seed(params.seed)
    quick = network.hardware.at_fastest_precision()
    problem = Problem(
        ask,
        images,
        labels,
        targets,
        epsilon,
        random,
        arithmetic=quick.autocast,
        classes=len(network.data.content.classes),
    )
    if not ATTACKS[params.attack].needs_target:
        return problem
    return replace(problem, mean_images=_mean_image(network.data.train, target).to(device).expand_as(images))


def score_of(params: AttackParams, network: ModelUnderStudy) -> Score | None:
    """What is raised in place of a class's probability. Imports torch."""
    content = network.data.content
    named = named_score(params, content)
    return None if named is None else load_named_score(named, content, "--score")


def goal_of(params: AttackParams, score: Score | None, problem: Problem) -> Problem:
    """The problem itself, or that of the score that is raised instead."""
    from lazytui.attacks.score_problem import raise_score

    return problem if score is None else raise_score(problem, score, params.threshold)


def _mean_image(split: Split, label: int) -> Tensor:
    """(1, 3, h, w) float32 in [0, 1]: of all training images of a class."""
    import torch

    from lazytui.data.device_split import to_float

    chosen = torch.from_numpy(split.images[split.labels == label])
    return to_float(chosen).mean(0, keepdim=True)


def budgets_of(params: AttackSetting, problem: Problem) -> tuple[Tensor, Tensor]:
    """(n,) the smallest budgets with which the attack succeeds, up to the largest that is tried, infinite where none is
    enough; and the images, (n, 3, h, w)."""
    from lazytui.attacks.minimal_budgets import in_batches, smallest_budgets, smallest_perturbations
    from lazytui.attacks.problem import l2_norm, linf_norm

    entry, chosen = ATTACKS[params.attack], params.attack_options

    def attack(part: Problem) -> Tensor:
        return entry.perturb(part, **chosen)

    if entry.minimizes:
        size = linf_norm if entry.norm == "linf" else l2_norm
        whole = problem.with_budget(params.budget)
        return in_batches(lambda part: smallest_perturbations(attack, part, size), whole)
    unit = UNITS[entry.norm]
    units = int(params.budget / unit + 1e-6)
    return in_batches(lambda part: smallest_budgets(attack, part, unit, units), problem)


def _smallest_changes(problem: Problem) -> np.ndarray[Any, Any]:
    """(m, h, w, 3): the smallest Euclidean perturbations that were found, of the sources where one was."""
    import torch

    from lazytui.attacks.algorithms.ddn import ddn
    from lazytui.attacks.minimal_budgets import in_batches, smallest_perturbations

    whole = problem.with_budget(LARGEST_BUDGET["l2"])
    far, made = in_batches(lambda part: smallest_perturbations(partial(ddn, steps=_DDN_STEPS), part), whole)
    changes = torch.where(torch.isfinite(far)[:, None, None, None], made - problem.images, 0.0)
    array: np.ndarray[Any, Any] = changes.permute(0, 2, 3, 1).cpu().numpy()
    return array


def _checks(params: AttackParams, problems: dict[Pool, Problem]) -> tuple[SelfCheck, ...]:
    """The self-check on the sources of the first pool that has enough of them."""
    from lazytui.attacks.self_check import self_check

    for name, problem in problems.items():
        right = (problem.predictions() == problem.labels).nonzero()[:_CHECKED, 0]
        if len(right) >= FEWEST:
            epsilon = params.epsilon if ATTACKS[params.attack].norm == "linf" else 0.05
            return tuple(SelfCheck(name, **vars(check)) for check in self_check(problem.subset(right), epsilon))
    return ()


def _bytes(images: Tensor) -> np.ndarray[Any, Any]:
    made: np.ndarray[Any, Any] = (images.permute(0, 2, 3, 1) * 255).round().byte().cpu().numpy()
    return made


ANALYSIS = Analysis(
    params=AttackParams,
    run=run,
    figures=with_data_named(figures),
    write=write,
    read=read,
    resolve=resolve,
    label=lambda params: params.attack,
    arrays=adversarial_arrays,
)
