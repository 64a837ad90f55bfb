"""The app of another machine: its runs are shown, stopped and started there, and torch stays out of this process."""

from __future__ import annotations

import os

from tests.commands import Lab
from tests.remote.conftest import Far
from tests.remote.test_at import finished_run, going_run

PROGRAM = """
import asyncio, os, sys
os.environ.update({variables!r})
from lazytui.app.shell.app import LazytuiApp
from lazytui.remote.address import Address
from lazytui.remote.host import Host
from lazytui.system.torch_import import keep_torch_out

host = Host(Address(*{address!r}))
keep_torch_out("It is on another machine.")
app = LazytuiApp(host.workspace, host)

async def until(condition):
    for _ in range(6000):
        if condition():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it never came true")

async def main():
    async with app.run_test(size=(120, 36)) as pilot:
        await until(lambda: len(app.lines) == 2 and app.lines[0].metrics)
        await pilot.press("9")
        going = next(line.run for line in app.lines if line.is_active)
        done = next(line.run for line in app.lines if not line.is_active)
        app.stop(going)
        await until(lambda: os.path.exists({stop_file!r}))
        app.screen.show_run(done)
        await until(lambda: app.screen.shown_figures())
        print([figure.name for figure in app.screen.shown_figures()])
        app.study(done.reference)
        await pilot.press("4")
        await until(lambda: getattr(app.screen, "answer", None))
        print(app.screen.answer.refused)
        app.start("dataset", dict(source="strokes", train_size=300, test_size=200), show=False)
        await until(lambda: any(line.kind == "dataset" and line.status.state == "done" for line in app.lines))
        os.rename({program!r}, {program!r} + ".away")
        host._line.end()
        await until(lambda: app.trouble)
        print(app.trouble)

asyncio.run(main())
host.hang_up()
assert not {{"torch", "torchvision"}} & sys.modules.keys()
"""


def test_the_app_of_another_machine(far: Far, as_ssh: str, lab: Lab) -> None:
    finished_run(far.workspace)
    going = going_run(far.workspace)
    address = far.address
    program = PROGRAM.format(
        variables={name: os.environ[name] for name in ("LAZYTUI_SSH", "LAZYTUI_CACHE")},
        address=(address.host, address.workspace, address.lazytui),
        stop_file=str(going.stop_file),
        program=as_ssh,
    )
    ended = lab.python(program)
    assert ended.code == 0, ended.err
    figures, refused, trouble = ended.out.splitlines()
    assert "accuracy" in figures and "it is on another one" in refused and "Reconnecting" in trouble
