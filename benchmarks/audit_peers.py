"""What two other checks say where the audit's properties are planted: cleanlab's correlations, and SpRAy's clusters.

    pip install "cleanlab[image]"
    AUDIT_SEEDS=0 python -m benchmarks audit_peers    after python -m benchmarks audit, whose networks these are

cleanlab asks no network: which of its seven image scores predict the class (default threshold). SpRAy (Lapuschkin et
al. 2019) clusters heat maps, class by class; it names no property, so it is asked whether the clusters but the largest
are the images that contradict the shortcut. Own small implementation: gradient times input, which is what layer-wise
relevance propagation gives in such networks, spectral clustering of means over 4 x 4 pixels, as many clusters as the
largest gap of the Laplacian's eigenvalues says.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.audit import NAMED_BY, name_of, printed
from lazytui.analyses.networks.model_under_study import ModelUnderStudy, NetworkParams, load_model_under_study
from lazytui.data.splits import Split
from lazytui.runs.workspace import Workspace

SCORED_BY = {"brightness": ("dark", "light"), "blur": ("blurry",)}
"""Which of cleanlab's scores are a right name for a planted cue."""

_IMAGES, _BLOCK, _NEIGHBORS, _MOST = 500, 4, 7, 5
COLUMNS = f"{'source':<9} {'cue':<16} {'seed':>4}  {'SpRAy: precision, recall':<25} cleanlab: score below 0.3"


def main() -> None:
    print(COLUMNS)
    print_summary(list(printed(as_line, tuple(NAMED_BY), ("0",), measured, "peers-{}.json")))


def measured(workspace: Path, source: str, cue: str, seed: int) -> dict[str, Any]:
    params = NetworkParams(run=name_of(source, cue, seed))
    network = load_model_under_study(params, Workspace(workspace), lambda _: None)
    split = network.data.validation
    precision, recall = by_heat_maps(network, split)
    scores = by_image_scores(split)
    return {"source": source, "cue": cue, "seed": seed, "precision": precision, "recall": recall, "scores": scores}


def by_heat_maps(network: ModelUnderStudy, split: Split) -> tuple[float, float]:
    """Precision and recall of all clusters but the largest of each class, for images that contradict the cue."""
    images, labels = split.images[:_IMAGES], split.labels[:_IMAGES]
    heat, outside = heat_maps(network, images), np.zeros(len(labels), bool)
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        clusters = clustered(heat[members])
        outside[members] = clusters != np.bincount(clusters).argmax()
    contradicting = split.cue_classes[:_IMAGES] != labels
    both = float((outside & contradicting).sum())
    return both / max(1, outside.sum()), both / max(1, contradicting.sum())


def heat_maps(network: ModelUnderStudy, images: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(n, cells): gradient times input of the most probable class, means over blocks of pixels, of norm 1."""
    import torch

    batch = torch.as_tensor(images, device=network.hardware.device).permute(0, 3, 1, 2).float() / 255
    batch.requires_grad_()
    logits = network.model(batch)
    (gradient,) = torch.autograd.grad(logits.max(1).values.sum(), batch)
    relevance = torch.nn.functional.avg_pool2d((gradient * batch).sum(1), _BLOCK).flatten(1)
    heat = np.asarray(relevance.detach().cpu(), np.float64)
    return heat / np.maximum(np.linalg.norm(heat, axis=1, keepdims=True), 1e-12)


def clustered(heat: NDArray[np.float64]) -> NDArray[np.int64]:
    """(n,): the cluster of each heat map of a class."""
    from scipy.sparse.csgraph import laplacian
    from sklearn.cluster import SpectralClustering
    from sklearn.neighbors import kneighbors_graph

    neighbors = kneighbors_graph(heat, min(_NEIGHBORS, len(heat) - 1)).toarray()
    affinity = np.maximum(neighbors, neighbors.T)
    values = np.linalg.eigvalsh(laplacian(affinity, normed=True))[: _MOST + 1]
    count = 1 + int(np.diff(values)[1:].argmax()) + 1
    return np.asarray(SpectralClustering(count, affinity="precomputed", random_state=0).fit_predict(affinity), np.int64)


def by_image_scores(split: Split) -> dict[str, float]:
    """cleanlab's score of each property of images: the lower, the better it predicts the class."""
    from cleanlab.datalab.internal.spurious_correlation import SpuriousCorrelations
    from cleanvision import Imagelab
    from PIL import Image
    from torchvision.datasets import VisionDataset

    class Images(VisionDataset):
        def __init__(self) -> None:
            super().__init__(root=".")

        def __len__(self) -> int:
            return len(split)

        def __getitem__(self, index: int) -> tuple[Any, int]:
            return Image.fromarray(split.images[index]), int(split.labels[index])

    lab = Imagelab(torchvision_dataset=Images())
    issues = ("dark", "light", "low_information", "odd_aspect_ratio", "odd_size", "grayscale", "blurry")
    lab.find_issues({issue: {} for issue in issues}, n_jobs=1, verbose=False)
    scores = lab.issues[[f"{issue}_score" for issue in issues]]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frame = SpuriousCorrelations(scores, split.labels.astype(int)).calculate_correlations()
    return {name.removesuffix("_score"): float(score) for name, score in frame.itertuples(index=False)}


def named(row: dict[str, Any]) -> list[str]:
    """cleanlab's properties below its threshold, the lowest first."""
    return [name for name, score in sorted(row["scores"].items(), key=lambda one: one[1]) if score < 0.3]


def separates(row: dict[str, Any]) -> bool:
    return bool(min(row["precision"], row["recall"]) >= 0.5)


def as_line(row: dict[str, Any]) -> str:
    clusters = f"{row['precision']:.2f} {row['recall']:.2f}{'  both' if separates(row) else ''}"
    return f"{row['source']:<9} {row['cue']:<16} {row['seed']:>4}  {clusters:<25} {', '.join(named(row)) or 'nothing'}"


def print_summary(found: list[dict[str, Any]]) -> None:
    right = sum(bool(named(row)) and named(row)[0] in SCORED_BY.get(row["cue"], ()) for row in found)
    wrong = sum(bool(named(row)) for row in found) - right
    print(f"\ncleanlab: right {right}, wrong {wrong}, nothing {len(found) - right - wrong} of {len(found)}")
    print(f"SpRAy: precision and recall at least 0.5 in {sum(map(separates, found))} of {len(found)}")
