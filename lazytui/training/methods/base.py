"""What a training method is: an entry for lists and forms, options, and plain steps, each piece of which it may change.

A method's file is imported without torch, which is loaded when the method is made.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from lazytui.catalog_fields import defaults_of
from lazytui.errors import BadInput
from lazytui.system.lazy_torch import torch
from lazytui.system.phases import NO_PHASES, NoPhases
from lazytui.training.loop_settings import LoopSettings
from lazytui.training.optimizers import make_optimizer, set_rate, state_of
from lazytui.training.phases import BACKWARD, FORWARD, OPTIMIZER

if TYPE_CHECKING:
    from torch import Generator, Tensor, nn

    from lazytui.data.content import Content
    from lazytui.data.device_split import Batch, DeviceSplit
    from lazytui.data.splits import BiasedDataset
    from lazytui.models.architectures.classifier import Classifier
    from lazytui.system.hardware import Hardware

Reads = Literal["attribute labels", "group labels", "object masks", "balanced data"]
"""attribute labels: the attribute's value of each training image. group labels: those, and that classes occur with
other values than their own. object masks: which pixels are the object. balanced data: images set aside, every class
with every value equally often."""


class MethodOptions(BaseModel):
    """What can be chosen of a method: fields with a type, limits, a default and help. By itself: nothing.

    An option of several methods has one meaning, one help and the same limits in all of them; defaults are each one's.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    def second_stage(self, epochs: int) -> tuple[str, int] | None:  # noqa: ARG002
        """What begins after how many of so many epochs, where a training has two stages."""
        return None


Penalty = Annotated[float, Field(ge=0, le=1e6, description="Weight of the term that the method adds to cross-entropy.")]
GroupRate = Annotated[float, Field(ge=0, le=10, description="Step size of the group weights.")]


@dataclass(frozen=True)
class MethodEntry:
    """What lists, forms and comparisons know of a method.

    source: paper or study. control: the method that draws the same samples and lacks what this one adds, where plain
    training doesn't. reads: what it reads besides images and labels. alters_images: whether it recolors training
    images, which the task rules out. known_ineffective: whether it is known not to help, and is here to show that.
    length_matters: what of it depends on how long the whole training is; empty where the first steps of a longer one
    are the same. signals: what each number that it adds to the curves is, with its scale and its null.
    published_tuning: what the published recipe chooses by labels of the attribute or by test images, which are not read
    here: how a sentence goes on after "The published recipe chooses". network: the form that an architecture takes for
    it, of `lazytui.models.forms.variants`; empty where it trains the architecture as it is. static_step: whether each
    step of it is the same operations on the same tensors, which a CUDA graph can repeat: the loss reads neither the
    step nor a generator, asks the device for no value, and what it remembers it updates in place. varies: why
    steps aren't alike, where they aren't: a clause.
    """

    name: str
    summary: str
    method_class: type[Method]
    source: str = ""
    options: type[MethodOptions] = MethodOptions
    control: str = ""
    reads: tuple[Reads, ...] = ()
    alters_images: bool = False
    known_ineffective: bool = False
    length_matters: str = ""
    signals: Mapping[str, str] = field(default_factory=dict)
    published_tuning: str = ""
    network: str = ""
    static_step: bool = False
    varies: str = ""

    @property
    def reads_colors(self) -> bool:
        """Whether it reads the colors of training images."""
        return bool({"attribute labels", "group labels"} & set(self.reads))

    @property
    def reads_values(self) -> bool:
        """Whether it needs the attribute: as labels, or to make images with each value."""
        return self.reads_colors or "balanced data" in self.reads

    @property
    def caveats(self) -> str:
        """Whether it alters images, is known not to help, or was published with a choice that reads more than it does
        itself, in a word or two each; empty where none."""
        caveats_by_name = {
            "alters images": self.alters_images,
            "known ineffective": self.known_ineffective,
            "published tuning reads more": bool(self.published_tuning),
        }
        return ", ".join(word for word, holds in caveats_by_name.items() if holds)

    @property
    def description(self) -> str:
        """The summary, what it reads, and its caveats, in sentences."""
        reads = f"Reads {', '.join(self.reads)}." if self.reads else ""
        caveats = f"{self.caveats.capitalize()}." if self.caveats else ""
        return " ".join(filter(None, (self.summary, reads, caveats)))

    def as_json(self) -> dict[str, Any]:
        """The entry as plain values, options with their defaults."""
        own = {name: value for name, value in vars(self).items() if name not in {"name", "method_class", "options"}}
        return {"method": self.name, **own, "options": defaults_of(self)}


@dataclass(frozen=True)
class MethodContext:
    """What a method works on.

    method, options: its name, and an instance of its own options. train: the training split on the device, with the
    values of the attribute that the method reads. data: what else a method may use; never the hard or the probe
    split.
    total_steps: optimizer steps of the whole training, for schedules. phases: measures where the time goes.
    """

    method: str
    options: MethodOptions
    model: nn.Module
    data: BiasedDataset
    train: DeviceSplit
    settings: LoopSettings
    hardware: Hardware
    seed: int
    total_steps: int
    phases: NoPhases = NO_PHASES

    @property
    def content(self) -> Content:
        """The classes, and the values of the attribute where there is one."""
        return self.data.content

    @property
    def labels(self) -> Tensor:
        """(n,) int64 on the device: all of the training split's."""
        return self.train.labels

    @property
    def attributes(self) -> Tensor:
        """(n,) int64 on the device, as the settings have them known: values, or the content's `unknown`."""
        return self.train.attributes

    @cached_property
    def conflicting(self) -> Tensor:
        """(n,) bool on the device: with a value that doesn't go with the label; no image without a value is."""
        aligned = torch.from_numpy(self.content.aligned_classes).to(self.labels.device, torch.int64)
        return (aligned[self.attributes] != self.labels) & (self.attributes != self.content.unknown)

    @property
    def most_parts(self) -> int:
        """How many parts a class may be divided into: by the attribute's values and none, or by a class for each."""
        return max(self.content.groups) + 1

    @property
    def classifier(self) -> Classifier:
        """The model, which must have features and a head. Raises BadInput for custom code that has none."""
        from lazytui.models.architectures.classifier import Classifier

        if not isinstance(self.model, Classifier):
            raise BadInput(
                f"The method {self.method} reads a model's features, so it needs one from `lazytui models`, or code "
                "that makes a lazytui.models.architectures.classifier.Classifier."
            )
        return self.model

    def epoch_generator(self, epoch: int) -> Generator:
        """Randomness for an epoch's order, on the CPU: a function of seed and epoch, found again by a resume."""
        return torch.Generator().manual_seed((self.seed * 1_000_003 + epoch) % 2**63)

    def step_generator(self, step: int) -> Generator:
        """Randomness for one step, on the device: a function of seed and step, and another one than any epoch's."""
        return torch.Generator(self.hardware.device).manual_seed((self.seed * 1_000_003 - 1 - step) % 2**63)


class Method(ABC):
    """One run's method. Whatever it remembers between steps must be in its state, so that a resume is exact.

    options: an instance of the method's own options; a class with options says of which. largest_gradient: the norm to
    which the model's gradient is clipped, where it is. moves_features: whether what it adds to plain training acts on
    the features, and so does nothing where they are frozen. keeps_fit: whether its fit to the digits is plain
    training's: the mean cross-entropy of the batch's images as they are.
    """

    options: MethodOptions
    largest_gradient: float | None = None
    moves_features: ClassVar[bool] = False
    keeps_fit: ClassVar[bool] = False

    def __init__(self, context: MethodContext) -> None:
        self.context = context
        self.options = context.options
        self.optimizer = make_optimizer(context.model.parameters(), context.settings)

    @classmethod
    def refusal(cls, settings: LoopSettings, options: Any, content: Content) -> str:  # noqa: ARG003
        """Why it can't do with these settings, and such data: how a sentence goes on after "The method NAME"; empty
        where it can."""
        return ""

    def order(self, epoch: int) -> Tensor:
        """(n,) int64 on any device: which training images this epoch's steps take, in turn; n as many as there are.

        A function of seed, epoch and the method's state, so that a resume finds the same.
        """
        return torch.randperm(len(self.context.train), generator=self.context.epoch_generator(epoch))

    def batch(self, indices: Tensor) -> Batch:
        """What a step is shown of these training images before it is augmented; by default, the images as they are.

        indices: (b,) int64 on the device.
        """
        return self.context.train.batch(indices)

    def begin_epoch(self, epoch: int) -> None:  # noqa: B027 - most have nothing to do then
        """Before an epoch's first step, and before its order is asked for."""

    def finish(self) -> None:  # noqa: B027 - likewise
        """After the last step."""

    @property
    def changes_the_end(self) -> bool:
        """Whether something is done to the network after the last step."""
        return type(self).finish is not Method.finish

    @abstractmethod
    def loss(self, batch: Batch, step: int) -> Tensor:
        """The scalar to descend on this batch."""

    def fit_and_term(self, batch: Batch, step: int) -> tuple[Tensor, Tensor | None]:
        """The loss in two: what of it stands for plain cross-entropy, and what is added to that, if anything."""
        return self.loss(batch, step), None

    def step(self, batch: Batch, step: int) -> Tensor:
        """One update of the weights; returns the loss, detached and still on the device."""
        set_rate(self.optimizer, self.context.settings, *self.in_schedule(step))
        return self.update(batch, step)

    def update(self, batch: Batch, step: int) -> Tensor:
        """The same at the learning rate that the optimizer has."""
        phase = self.context.phases.phase
        with phase(FORWARD), self.context.hardware.autocast():
            loss = self.loss(batch, step)
        with phase(BACKWARD):
            self.optimizer.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
        with phase(OPTIMIZER):
            if self.largest_gradient:
                torch.nn.utils.clip_grad_norm_(self.context.model.parameters(), self.largest_gradient)
            self.optimizer.step()
        return loss.detach()

    def in_schedule(self, step: int) -> tuple[int, int]:
        """Which update, of how many, `step` is to the learning rate's schedule."""
        return step, self.context.total_steps

    def signals(self) -> Mapping[str, float]:
        """The method's own numbers for the curves, as of now; the entry says what each is."""
        return {}

    def state_dict(self) -> dict[str, Any]:
        """Tensors, numbers, strings, lists and dicts only."""
        return {"optimizer": state_of(self.optimizer, self.context.settings)}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.optimizer.load_state_dict(state["optimizer"])
