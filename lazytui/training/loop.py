"""The training loop: steps, curves, checkpoints, and a clean end whenever somebody asks for it."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from lazytui.data.color_detection import detect_colors
from lazytui.data.device_split import Batch, DeviceSplit
from lazytui.data.inferred_attribute import with_inferred
from lazytui.data.splits import BiasedDataset
from lazytui.errors import Interrupted, LazytuiError
from lazytui.models.output_kind import advice_on_training
from lazytui.system.hardware import Hardware, choose_hardware, configure_torch
from lazytui.system.memory import memory_error_or
from lazytui.system.phases import NO_PHASES, NoPhases
from lazytui.system.progress import Progress, SilentProgress
from lazytui.training.augmentation import augmentation_generator, augmented
from lazytui.training.chance_level import AtChance, stretches_at_chance
from lazytui.training.freezing import frozen_parameters
from lazytui.training.initial_model import initial_model
from lazytui.training.length_dependence import length_matters
from lazytui.training.methods import METHODS
from lazytui.training.methods.base import MethodContext
from lazytui.training.monitor import Monitor
from lazytui.training.phases import BATCHES, BETWEEN_EPOCHS, POINTS, SAVING, SETUP, STEPS
from lazytui.training.resume_state import Snapshot
from lazytui.training.settings import TrainingSettings
from lazytui.training.static_step import StaticStep, record_cuda_graph, takes_graph
from lazytui.training.training_files import NoFiles, TrainingFiles, steps_to_keep


@dataclass(frozen=True)
class Trained:
    """history: the curves as columns, `step` and those of `evaluation.cue_conflict_images` among them.

    at_chance: when it was no better than guessing, and stayed so. color_label_error: share of training images whose
    detected color isn't the one they were painted in; None where colors weren't detected.

    seconds: of work, in every process that had a part in it.
    """

    model: nn.Module
    hardware: Hardware
    history: dict[str, list[float]]
    steps: int
    seconds: float
    at_chance: list[AtChance]
    color_label_error: float | None = None


def train(
    settings: TrainingSettings,
    data: BiasedDataset,
    *,
    seed: int = 0,
    progress: Progress | None = None,
    files: TrainingFiles | None = None,
    like: NDArray[np.uint8] | None = None,
    phases: NoPhases = NO_PHASES,
) -> Trained:
    """Train a network on a data set's training split, or resume where the files' state stands.

    seed: of the weights and of the order of images. progress: hears how far it is; nobody by default. files: what is
    kept on the way and resumed from; nothing by default. like: (n,), in place of the attribute of the training images,
    which methods don't read then: the class that each is like, as of `lazytui.data.inferred_attribute`. phases:
    measures where the time goes, by the names of `lazytui.training.phases`; by default none.

    Raises Interrupted after saving when `progress` asks for a stop, LazytuiError when the loss becomes infinite or NaN.
    """
    configure_torch()
    hardware = choose_hardware(settings.device, settings.precision)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        with phases.phase(SETUP):
            files = files or NoFiles()
            loop = _Loop(settings, seed, data, like, hardware, progress or SilentProgress(), files, phases)
        loop.go()
        return Trained(
            loop.model, hardware, loop.history, loop.total, loop.seconds, loop.at_chance, loop.color_label_error
        )


class _Loop:
    """The state between two steps, and what moves it."""

    def __init__(
        self,
        settings: TrainingSettings,
        seed: int,
        data: BiasedDataset,
        like: NDArray[np.uint8] | None,
        hardware: Hardware,
        report: Progress,
        files: TrainingFiles,
        phases: NoPhases,
    ) -> None:
        self._settings = settings
        self._seed = seed
        self._report = report
        self._files = files
        self._phases = phases
        self._classes = len(data.content.classes)
        self._began = report.clock()
        labeled_data = data if like is None else with_inferred(data, like)
        colors = training_colors(settings, labeled_data)
        self.color_label_error = None if settings.colors is None else float((colors != data.train.attributes).mean())
        if hardware.device.type == "cuda":
            phases.wait_for(_wait_for_gpu)
        self._train = DeviceSplit(replace(labeled_data.train, attributes=colors), hardware.device)
        self._monitor = Monitor(data, settings.metrics_samples, hardware)
        self._per_epoch = steps_in_epoch(len(self._train), settings.batch_size)
        self.total = self._per_epoch * settings.epochs
        self._every = settings.metrics_every or max(1, min(200, self.total // 25))
        self._kept = steps_to_keep(self.total, settings.keep_checkpoints)
        self.model = initial_model(settings, data.content, seed)
        self.model.to(hardware.device)
        if frozen := frozen_parameters(self.model):
            report.note(f"frozen: {', '.join(frozen)}")
        if advice := advice_on_training(self.model):
            report.note(advice)
        context = MethodContext(
            method=settings.method,
            options=settings.method_options,
            model=self.model,
            data=labeled_data,
            train=self._train,
            settings=settings,
            hardware=hardware,
            seed=seed,
            total_steps=self.total,
            phases=phases,
        )
        if self.color_label_error is not None:
            report.note(
                f"colors detected from pixels: {self.color_label_error:.2%} of training images get a wrong color"
            )
        self._method = METHODS[settings.method].method_class(context)
        self._static: StaticStep | None = None
        if takes_graph(settings, hardware):
            failed = report.note if settings.graph == "auto" else None
            self._static = StaticStep(self._method, settings.batch_size, record_cuda_graph, failed)
        self.history: dict[str, list[float]] = {}
        self._done = 0
        self._loss_sum = torch.zeros((), device=hardware.device)
        self._loss_count = 0
        self._saved = time.monotonic()
        self._noted_stretches: set[int] = set()

    @property
    def seconds(self) -> float:
        return self._report.clock() - self._began

    @property
    def at_chance(self) -> list[AtChance]:
        return stretches_at_chance(self.history, self._monitor.chance, self.total, self._classes) if self.total else []

    def go(self) -> None:
        self._files.keep_images(self._monitor.ten.images)
        if not self._resume():
            self._point()
            self._keep()
        while self._done < self.total:
            self._epoch(self._done // self._per_epoch)
            self._save()

    def _epoch(self, epoch: int) -> None:
        """The rest of an epoch: from the step that is next to its last."""
        size = self._settings.batch_size
        with self._phases.phase(BETWEEN_EPOCHS):
            if self._done == epoch * self._per_epoch:
                self._method.begin_epoch(epoch)
            order = self._method.order(epoch).to(self._train.device)
        for index in range(self._done - epoch * self._per_epoch, self._per_epoch):
            end = (index + 1) * size if index + 1 < self._per_epoch else len(order)
            self._step(order[index * size : end])
            self._loss_count += 1
            self._done += 1
            values = self._end() if self._done == self.total else None
            self._report.progress(self._done, self.total, "steps")
            if self._point_is_due() or self._done == self.total:
                self._point(values)
            self._keep()
            self._report.wait_while_paused(self._save)
            if self._report.must_stop():
                self._save()
                raise Interrupted(f"Stopped at step {self._done} of {self.total}; everything up to there is kept.")
            if time.monotonic() - self._saved >= self._settings.checkpoint_seconds:
                self._save()

    def _step(self, indices: torch.Tensor) -> None:
        if self._static:
            with self._phases.phase(STEPS):
                self._loss_sum += self._static.step(indices, self._done)
            return
        with self._phases.phase(BATCHES):
            batch = self._batch(indices)
        with self._phases.phase(STEPS):
            self._loss_sum += self._method.step(batch, self._done)

    def _batch(self, indices: torch.Tensor) -> Batch:
        """The next step's images, moved as the settings say. indices: (n,) int64 on the device."""
        batch = self._method.batch(indices)
        generator = augmentation_generator(self._seed, self._done, self._train.device)
        return replace(batch, images=augmented(batch.images, self._settings, generator))

    def _point_is_due(self) -> bool:
        return self._done % self._every == 0

    def _end(self) -> dict[str, float] | None:
        """What is done after the last step; returns what was measured of the network that it leaves, if anything."""
        values = self._save_for_longer()
        self._method.finish()
        return None if self._method.changes_the_end else values

    def _point(self, values: dict[str, float] | None = None) -> None:
        """A point of the curves, measured unless it was already; only here the loop waits for the device."""
        values = values or self._measured()
        append_point(self.history, self._done, values)
        self._report.metrics(self._done, values)
        self._note_chance()
        self._loss_sum.zero_()
        self._loss_count = 0

    def _measured(self) -> dict[str, float]:
        with self._phases.phase(POINTS):
            values = self._monitor.measure(self.model)
            if self._loss_count:
                values["loss"] = self._mean_loss()
            return values | dict(self._method.signals())

    def _note_chance(self) -> None:
        """Once of each stretch, as soon as it is long enough."""
        for stretch in self.at_chance:
            if stretch.first not in self._noted_stretches:
                self._noted_stretches.add(stretch.first)
                self._report.note(stretch.sentence)

    def _mean_loss(self) -> float:
        loss = float(self._loss_sum) / self._loss_count
        if not math.isfinite(loss):
            first = self._done - self._loss_count + 1
            when = f"at step {first}" if first == self._done else f"between steps {first} and {self._done}"
            raise LazytuiError(
                f"The loss of {self._settings.method} became {loss} {when}, so the training was stopped; a smaller "
                "--lr usually helps."
            )
        return loss

    def _save(self) -> None:
        with self._phases.phase(SAVING):
            self._files.save(self._snapshot(), self.model)
        self._saved = time.monotonic()

    def _save_for_longer(self) -> dict[str, float] | None:
        """What a training of more epochs goes on from: the state before anything that is done at the end only.

        Returns the point of the curves that belongs to it, where one is due.

        A training that another run began keeps none, since a study has many; nor does one on a disk that is full.
        """
        if not self._files.keeps_longer or length_matters(self._settings):
            return None
        snapshot, values = self._snapshot(), self._measured() if self._point_is_due() else None
        if values is not None:
            snapshot.history = {name: list(column) for name, column in self.history.items()}
            append_point(snapshot.history, self._done, values)
            snapshot.loss_sum, snapshot.loss_count = torch.zeros(()), 0
        with self._phases.phase(SAVING):
            self._files.save_for_longer(snapshot)
        return values

    def _snapshot(self) -> Snapshot:
        self._require_finite()
        return Snapshot(
            step=self._done,
            model=self.model.state_dict(),
            method=self._method.state_dict(),
            random=[torch.get_rng_state(), *torch.cuda.get_rng_state_all()],
            history=self.history,
            loss_sum=self._loss_sum,
            loss_count=self._loss_count,
            seconds=self.seconds,
        )

    def _keep(self) -> None:
        if self._done in self._kept:
            with self._phases.phase(SAVING):
                self._files.keep_weights(self.model, self._done)

    def _require_finite(self) -> None:
        """A state that isn't finite never replaces one that is."""
        if self._loss_count:
            self._mean_loss()
        broken = [name for name, values in self.model.state_dict().items() if not values.isfinite().all()]
        if broken:
            raise LazytuiError(
                f"Weights of {self._settings.method} became infinite or undefined by step {self._done} ({broken[0]} "
                "first), so the training was stopped; a smaller --lr usually helps."
            )

    def _resume(self) -> bool:
        snapshot = self._files.load()
        if snapshot is None:
            return False
        try:
            self._restore(snapshot)
        except Exception as error:  # what doesn't fit depends on which training it belongs to
            raise memory_error_or(error, "resume the training", self._files.unusable()) from error
        self._log_missing_points()
        self._files.resumed(self._done)
        return True

    def _log_missing_points(self) -> None:
        """Points of the curves that the log lacks: all of them, where this run goes on from the end of another."""
        last = self._files.last_logged_step()
        for row, step in enumerate(self.history.get("step", [])):
            if step > last:
                values = {name: column[row] for name, column in self.history.items() if name != "step"}
                defined = {name: value for name, value in values.items() if math.isfinite(value)}
                self._report.metrics(int(step), defined)

    def _restore(self, snapshot: Snapshot) -> None:
        self.model.load_state_dict(snapshot.model)
        self._method.load_state_dict(snapshot.method)
        torch.set_rng_state(snapshot.random[0])
        torch.cuda.set_rng_state_all(snapshot.random[1:])
        self.history = snapshot.history
        self._done = snapshot.step
        self._loss_sum.copy_(snapshot.loss_sum)
        self._loss_count = snapshot.loss_count
        self._began -= snapshot.seconds
        self._noted_stretches = {stretch.first for stretch in self.at_chance}


def _wait_for_gpu() -> None:
    """Wait until it has finished its work; not while a graph is being recorded."""
    if not torch.cuda.is_current_stream_capturing():
        torch.cuda.synchronize()


def training_colors(settings: TrainingSettings, data: BiasedDataset) -> NDArray[np.uint8]:
    """(n,) uint8: the colors of training images that methods read."""
    return detect_colors(data.train.images, data.params) if settings.colors == "detected" else data.train.attributes


def append_point(history: dict[str, list[float]], step: int, values: Mapping[str, float]) -> None:
    """Add a row to the columns; NaN where it, or an earlier one, lacks a value."""
    points = len(history.get("step", []))
    row = {"step": float(step), **values}
    for name in {**history, **row}:
        history.setdefault(name, [math.nan] * points).append(row.get(name, math.nan))


def steps_in_epoch(images: int, batch_size: int) -> int:
    """How many batches an epoch has. A last one of a single image joins the one before it: BatchNorm needs two.

    >>> [steps_in_epoch(images, 64) for images in (1, 64, 65, 66, 128)]
    [1, 1, 1, 2, 2]
    """
    alone = images % batch_size == 1 and images > batch_size
    return math.ceil(images / batch_size) - alone
