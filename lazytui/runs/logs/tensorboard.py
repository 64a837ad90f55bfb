"""TensorBoard's event files, by its own package, without torch or TensorFlow."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lazytui.files.writing import storage_errors
from lazytui.runs.logs.base import Point

_FILES = "events.out.tfevents.*"


class TensorBoardLog:
    """One event file for the whole run: when a run is resumed, it is written anew with the points that still count."""

    def __init__(self, folder: Path, past: Sequence[Point]) -> None:
        from tensorboard.compat.proto import event_pb2, summary_pb2
        from tensorboard.summary.writer.event_file_writer import EventFileWriter

        self._event, self._summary = event_pb2, summary_pb2
        self._folder, self._last = folder, 0
        with storage_errors(folder):
            for old in folder.glob(_FILES):
                old.unlink()
            self._writer: Any = EventFileWriter(str(folder))
        self._void_from(0)  # for a TensorBoard that has shown the file before
        for point in past:
            self._add(point)
        self._flush()

    def point(self, point: Point) -> None:
        self._add(point)
        self._flush()

    def void_after(self, step: int) -> None:
        self._void_from(step + 1)
        self._flush()

    def result(self, metrics: Mapping[str, float], pictures: Mapping[str, bytes]) -> None:
        self._add(Point(self._last, {f"result/{name}": value for name, value in metrics.items()}, time.time()))
        for name, png in pictures.items():
            image = self._summary.Summary.Image(encoded_image_string=png, **_size(png))
            self._write(self._last, [self._summary.Summary.Value(tag=f"figures/{name}", image=image)], time.time())
        self._flush()

    def close(self) -> None:
        self._writer.close()

    def _add(self, point: Point) -> None:
        values = [self._summary.Summary.Value(tag=name, simple_value=value) for name, value in point.values.items()]
        self._write(point.step, values, point.when)
        self._last = point.step

    def _void_from(self, step: int) -> None:
        """As a writer that begins again informs a reader: what it has of this step or later ones doesn't count."""
        start = self._event.SessionLog(status=self._event.SessionLog.START)
        self._writer.add_event(self._event.Event(wall_time=time.time(), step=step, session_log=start))

    def _write(self, step: int, values: list[Any], when: float) -> None:
        self._writer.add_event(
            self._event.Event(wall_time=when, step=step, summary=self._summary.Summary(value=values))
        )

    def _flush(self) -> None:
        with storage_errors(self._folder):
            self._writer.flush()


def _size(png: bytes) -> dict[str, int]:
    """Width and height, as they stand at the beginning of a .png file."""
    return {"width": int.from_bytes(png[16:20]), "height": int.from_bytes(png[20:24])}
