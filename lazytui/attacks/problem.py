"""What an attack is asked: images, what the network shall predict, and how far each image may be changed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lazytui.errors import BadInput
from lazytui.models.output_kind import PROBABILITIES, are_probabilities
from lazytui.models.shapes import CLASSES
from lazytui.system.lazy_torch import no_grad, torch

if TYPE_CHECKING:
    from torch import Tensor

BATCH = 500
"""Images that go through the network at once: the memory that an attack takes doesn't grow with how many there are."""


@dataclass(frozen=True)
class Problem:
    """model: images (n, 3, h, w) in [0, 1] -> logits (n, classes), in evaluation mode. images: whole levels of 255.

    labels: (n,) int64, the true classes. targets: (n,) int64, the classes to be predicted instead; None: any other.
    epsilon: (n,), the budget of each, in units of the whole range from 0 to 1. generator: of random starts, on any
    device. confidence: 0 where the largest logit decides, else the probability that the target (or all that isn't the
    label) has to exceed. arithmetic: what gradients are computed in; whether an image fools is always asked in the
    model's own. mean_images: (n, 3, h, w), the mean of the training images of each target, for the attack that goes
    there. classes: how many there are.
    """

    model: Callable[[Tensor], Tensor]
    images: Tensor
    labels: Tensor
    targets: Tensor | None
    epsilon: Tensor
    generator: torch.Generator
    confidence: float = 0.0
    arithmetic: Callable[[], AbstractContextManager[object]] = nullcontext
    mean_images: Tensor | None = None
    classes: int = CLASSES

    def objective(self, logits: Tensor) -> Tensor:
        """(n, classes) -> (n,), to be made large: the log-odds of the target, or else those against the label.

        Its gradient has the direction of the cross-entropy's, and doesn't vanish where the network is certain.
        """
        classes = self.labels if self.targets is None else self.targets
        own = logits.gather(1, classes[:, None])[:, 0]
        others = logits.scatter(1, classes[:, None], -torch.inf).logsumexp(1)
        return others - own if self.targets is None else own - others

    def succeeds(self, logits: Tensor) -> Tensor:
        """(n, classes) -> (n,) bool: whether these are what was asked for."""
        if self.confidence:
            probabilities = logits.softmax(1)
            if self.targets is None:
                return probabilities.gather(1, self.labels[:, None])[:, 0] < 1 - self.confidence
            return probabilities.gather(1, self.targets[:, None])[:, 0] > self.confidence
        predicted = logits.argmax(1)
        return predicted != self.labels if self.targets is None else predicted == self.targets

    @no_grad
    def predictions(self) -> Tensor:
        """(n,) int64: the network's, of the clean images. Raises BadInput where it puts out no logits."""
        logits = torch.cat([self.model(batch) for batch in torch.split(self.images, BATCH)])
        require_logits(logits, self.classes)
        return logits.argmax(1)

    @no_grad
    def is_fooled(self, images: Tensor) -> Tensor:
        """(n,) bool: whether these, in the place of the problem's images, get what was asked for."""
        return self.succeeds(self.model(images)) if len(images) else torch.zeros(0, dtype=torch.bool)

    def gradient(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """The objective's gradient at other images of the same problem, (n, 3, h, w), and their logits."""
        return self.gradient_of(Problem.objective, images)

    def gradient_of(self, objective: Callable[[Problem, Tensor], Tensor], images: Tensor) -> tuple[Tensor, Tensor]:
        """The same for another objective: of the problem and logits, (n,), to be made large.

        Raises BadInput where the network has no gradient.
        """
        x = images.detach().requires_grad_()
        with self.arithmetic():
            logits = self.model(x).float()
        if not logits.requires_grad:
            raise BadInput(
                "This network has no gradient to the image; choose an attack that needs none, such as square."
            )
        (gradient,) = torch.autograd.grad(objective(self, logits).sum(), x)
        return gradient, logits.detach()

    def subset(self, chosen: Tensor) -> Problem:
        """The problem of some of the images only. chosen: indices, or (n,) bool."""
        return replace(
            self,
            images=self.images[chosen],
            labels=self.labels[chosen],
            targets=None if self.targets is None else self.targets[chosen],
            epsilon=self.epsilon[chosen],
            mean_images=None if self.mean_images is None else self.mean_images[chosen],
        )

    def with_confidence(self, probability: float) -> Problem:
        """The same with more asked than the largest logit."""
        return replace(self, confidence=probability)

    def with_budget(self, epsilon: Tensor | float) -> Problem:
        """The same with other budgets: (n,), or one for all."""
        budgets = epsilon if isinstance(epsilon, torch.Tensor) else torch.full_like(self.epsilon, epsilon)
        return replace(self, epsilon=budgets)


def require_logits(outputs: Tensor, classes: int) -> None:
    """Raise BadInput for outputs (n, ...) that aren't logits of so many classes."""
    if outputs.ndim != 2 or outputs.shape[1] != classes:
        shape = " x ".join(map(str, outputs.shape[1:])) or "one number"
        raise BadInput(
            f"This network outputs {shape} for an image, and an attack on {classes} classes needs {classes} logits."
        )
    if are_probabilities(outputs):
        raise BadInput(PROBABILITIES)


def per_image(values: Tensor) -> Tensor:
    """(n,) -> (n, 1, 1, 1)."""
    return values[:, None, None, None]


def linf_norm(change: Tensor) -> Tensor:
    """(n, 3, h, w) -> (n,): the largest change of any value."""
    norm: Tensor = change.abs().amax((1, 2, 3))
    return norm


def l2_norm(change: Tensor) -> Tensor:
    """(n, 3, h, w) -> (n,): over all values; never quite 0, so that it can be divided by."""
    norm: Tensor = torch.linalg.vector_norm(change, dim=(1, 2, 3)).clamp(min=1e-12)
    return norm
