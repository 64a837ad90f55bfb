"""The app itself with a probe in its event loop: `python -m benchmarks.probed_app FILE [--low-bandwidth]`.

When it is left it writes to FILE what the probe saw, as JSON: `lateness` [when, seconds late, seconds of the processor
that the loop took since the tick before], `points` [when, points in the chart, processor seconds so far], `torch`.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

TICK = 0.01
"""Seconds between the moments at which something falls due. What falls due while the loop stands still is late by what
is left of the stall, so that one long stall counts as often as keys could have been pressed in it.
"""


def main(file: Path, *, low_bandwidth: bool) -> None:
    from lazytui.app.shell.low_bandwidth import settle_drawing

    settle_drawing(spare_the_link=low_bandwidth)
    from lazytui.app.figures import LinesView
    from lazytui.app.shell.app import LazytuiApp
    from lazytui.runs.workspace import Workspace

    measured: dict[str, Any] = {"lateness": [], "points": []}

    class Probed(LazytuiApp):
        def on_mount(self) -> None:
            self.run_worker(self._probe(), group="probe")

            self.set_interval(5 * TICK, self._note_points)

        async def _probe(self) -> None:
            due, spent = time.monotonic(), time.thread_time()
            while True:
                due += TICK
                await asyncio.sleep(max(due - time.monotonic(), 0))
                now, spent_before, spent = time.monotonic(), spent, time.thread_time()
                measured["lateness"].append((now, now - due, spent - spent_before))

        def _note_points(self) -> None:
            """When the chart in view came to hold another number of points, and the processor time by then."""
            if view := self.screen.query_one_optional(LinesView):  # which looks through the screen only once
                points = max((len(series.x) for series in view.figure.series), default=0)
                if not measured["points"] or measured["points"][-1][1] != points:
                    measured["points"].append((time.monotonic(), points, time.process_time()))

    app = Probed(Workspace(Path(os.environ["LAZYTUI_WORKSPACE"])), low_bandwidth=low_bandwidth)
    app.run()
    measured["torch"] = "torch" in sys.modules
    file.write_text(json.dumps(measured))


if __name__ == "__main__":
    main(Path(sys.argv[1]), low_bandwidth="--low-bandwidth" in sys.argv[2:])
