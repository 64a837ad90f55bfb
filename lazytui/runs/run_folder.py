"""One run's folder: the record of what was asked, and where everything of the run lies."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lazytui.errors import BadInput, UsageError
from lazytui.files.reading import open_regular, read_regular
from lazytui.files.writing import reason, write_atomic, write_in_place
from lazytui.runs.locks import hold_lock
from lazytui.runs.saved_options import Options
from lazytui.runs.status import UNREADABLE, Status, as_text, current_status, read_status, write_status
from lazytui.runs.ticket import Ticket, read_ticket, remove_ticket, write_ticket

RECORD_FILE = "run.json"
WEIGHTS_FILE = "model.safetensors"
AUTOENCODER_FILE = "autoencoder.safetensors"
LABELS_FILE = "labels.json"
RESUME_FILE = "resume.pt"
LONGER_FILE = "longer.pt"
IMAGES_FILE = "images.safetensors"
OUTPUT_FILE = "output.log"
STOP_FILE = "stop"
PAUSE_FILE = "pause"
CLAIM_FILE = ".claim"
TICKET_FILE = "ticket.json"
TRACEBACK_FILE = "traceback.txt"

FOLDERS = ("exports", "tensorboard", "wandb")
"""Of files that others read."""

_LARGEST_RECORD = 4 << 20
"""Bytes: a comparison of ten thousand runs names each of them."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")
_RESERVED = frozenset({"latest", "shipped"})


class RunRecord(BaseModel):
    """What run.json holds, written once: all that is needed to do the run again.

    created: seconds since the epoch. parents: references of the runs it reads. started_by: the run that started it (a
    story starts its chapters).
    """

    model_config = ConfigDict(frozen=True, allow_inf_nan=False)

    kind: Annotated[str, Field(max_length=100)]
    params: Options
    created: Annotated[float, Field(ge=0, lt=2**37)]
    seed: Annotated[int, Field(ge=0, lt=2**63)] | None = None
    device: Annotated[str, Field(max_length=100)] | None = None
    parents: tuple[str, ...] = ()
    started_by: str | None = None
    versions: dict[str, str] = Field(default_factory=dict)


@dataclass(frozen=True)
class RunFolder:
    """reference: what a person types to name it: its id, or `shipped/NAME`."""

    path: Path
    reference: str

    @property
    def id(self) -> str:
        return self.path.name

    @cached_property
    def record(self) -> RunRecord:
        """Raises BadInput when run.json is missing or damaged, or the folder holds links."""
        self.refuse_links()
        try:
            return RunRecord.model_validate_json(read_regular(self.path / RECORD_FILE, _LARGEST_RECORD))
        except FileNotFoundError as error:
            raise BadInput(f"{self.path} isn't a run: it has no {RECORD_FILE}.") from error
        except OSError as error:
            raise BadInput(f"{self.path / RECORD_FILE} can't be read: {reason(error)}.") from error
        except ValidationError as error:
            raise BadInput(f"{self.path / RECORD_FILE} is damaged and can't be read.") from error

    def refuse_links(self) -> None:
        """Raise BadInput when there is a symbolic link in the folder: nothing outside of it is read or written."""
        with suppress(OSError), os.scandir(self.path) as entries:
            links = sorted(entry.name for entry in entries if entry.is_symlink())
            if links:
                raise BadInput(f"{self.path} is refused: it contains a symbolic link ({links[0]!r}).")

    @property
    def status(self) -> Status:
        """The state as it must be by now. A run without a readable status.json shows as failed, and says so."""
        try:
            written = read_status(self.path / "status.json")
            current = current_status(written, self.is_claimed_by)
            if current == written or self._is_in_a_queue(written):
                return written
            # Its process may have said how it ended, and gone, between the two looks.
            return current_status(read_status(self.path / "status.json"), self.is_claimed_by)
        except (OSError, ValueError):
            return UNREADABLE

    def _is_in_a_queue(self, status: Status) -> bool:
        """Whether it waits in an engine's queue, perhaps for days: nobody beats for it until it begins."""
        return status.state == "queued" and status.pid is None and self.ticket is not None

    @property
    def is_in_a_queue(self) -> bool:
        """Whether it was handed to an engine and hasn't begun there."""
        return self._is_in_a_queue(self.status)

    @property
    def ticket(self) -> Ticket | None:
        """In whose queue it is, or was when it was handed over last."""
        return read_ticket(self.path / TICKET_FILE)

    def set_ticket(self, ticket: Ticket) -> None:
        write_ticket(self.path / TICKET_FILE, ticket)

    def remove_ticket(self) -> None:
        remove_ticket(self.path / TICKET_FILE)

    def set_status(self, status: Status) -> None:
        write_status(self.path / "status.json", status)

    def overwrite_status(self, status: Status) -> None:
        """The same where there is no room for a new file; not for whom a half-written one would mislead."""
        write_in_place(self.path / "status.json", as_text(status))

    @property
    def events(self) -> Path:
        return self.path / "events.jsonl"

    @property
    def weights(self) -> Path:
        return self.path / WEIGHTS_FILE

    @property
    def autoencoder(self) -> Path:
        """A sparse autoencoder's weights, with the fingerprint of the network that it belongs to."""
        return self.path / AUTOENCODER_FILE

    @property
    def labels(self) -> Path:
        """What a person calls the features of a sparse autoencoder."""
        return self.path / LABELS_FILE

    def weights_at(self, step: int) -> Path:
        """Where the weights as they were after `step` updates are kept, if the training was asked to."""
        return self.path / f"weights-at-{step:08d}.safetensors"

    def weights_by_step(self) -> dict[int, Path]:
        """The weights that were kept on the way, by step, in order."""
        files = sorted(self.path.glob("weights-at-" + "[0-9]" * 8 + ".safetensors"))
        return {int(file.stem.removeprefix("weights-at-")): file for file in files}

    @property
    def stop_file(self) -> Path:
        """Asks the process that executes the run, on whichever host, to stop."""
        return self.path / STOP_FILE

    @property
    def pause_file(self) -> Path:
        """Asks that process to wait for as long as this file is there."""
        return self.path / PAUSE_FILE

    @property
    def exports(self) -> Path:
        return self.path / "exports"

    @property
    def name(self) -> str | None:
        """The name a person gave it; text of unknown origin, so only a well-formed one counts."""
        try:
            with open_regular(self.path / "name") as file:
                name = file.read(100).decode(errors="replace").strip()
        except OSError:
            return None
        return name if _NAME.fullmatch(name) else None

    @property
    def display_name(self) -> str:
        """What a trained network is called in figures: its name, or the distinctive part of its id."""
        return self.name or re.sub(r"^\d{8}-\d{4}-train-", "", self.id)

    def set_name(self, name: str) -> None:
        write_atomic(self.path / "name", check_name(name) + "\n")

    @property
    def has_result(self) -> bool:
        """Whether it found something: it is done, or failed in parts."""
        return "result" in self.artifacts()

    def artifacts(self) -> dict[str, str]:
        """The files that a run may have, by what they are."""
        files = {
            "record": RECORD_FILE,
            "result": "result.json",
            "arrays": "arrays.safetensors",
            "weights": WEIGHTS_FILE,
            "autoencoder": AUTOENCODER_FILE,
            "labels": LABELS_FILE,
            "events": "events.jsonl",
            "report": "report.html",
            "log": OUTPUT_FILE,
            "traceback": TRACEBACK_FILE,
        }
        elsewhere = self.status.elsewhere
        there = elsewhere.files if elsewhere else ()  # they come when they are read
        present = {
            what: str(self.path / file) for what, file in files.items() if (self.path / file).is_file() or file in there
        }
        folders = {folder: str(self.path / folder) for folder in FOLDERS if (self.path / folder).is_dir()}
        return present | folders

    @contextmanager
    def claim(self) -> Iterator[None]:
        """Hold the run for this process, so that nobody else executes it at the same time.

        The system lets go of the claim when the process ends, however it ends. Raises AlreadyLocked
        where another one has it.
        """
        message = f"{self.id} is being run by another process already."
        with hold_lock(self.path / CLAIM_FILE, patience=1, message=message):
            yield

    def is_claimed_by(self, pid: int) -> bool | None:
        """Whether a process of this host executes the run; None where the system doesn't say, as of another user's.

        The proof is the claim: its lock is a file in the run's folder that stays open in the process that executes the
        run, from before it says that it runs until after it has said how that ended. Nobody else opens it, but for a
        moment to see whether the run is free.
        """
        import psutil

        claim = str(self.path.resolve() / CLAIM_FILE)  # a claim that is a link is nobody's, wherever it leads
        try:
            return any(file.path == claim for file in psutil.Process(pid).open_files())
        except psutil.NoSuchProcess:
            return False
        except psutil.Error:
            return None


def check_name(name: str) -> str:
    """The name itself, when it can be one. Raises UsageError otherwise."""
    if not _NAME.fullmatch(name) or name in _RESERVED:
        raise UsageError(
            f"{name!r} can't be a run's name: use letters, digits, '.', '_' and '-', beginning with a letter or digit, "
            "at most 60 characters, and not 'latest' or 'shipped'."
        )
    return name
