"""What many tests share: an empty laboratory each, and one finished training for all that only read it."""

from __future__ import annotations

import gc
import itertools
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import hypothesis
import pytest
from filelock import FileLock

from lazytui.runs.workspace import Workspace
from tests import fork_server
from tests.commands import ROOT, TINY_DATA, TINY_TRAINING, TRAINING, Finished, Lab, read_json
from tests.one_node_slurm import OneNodeSlurm, missing_programs
from tests.rewritten_assertions import rewrite

os.environ.setdefault("OMP_NUM_THREADS", "1")
"""Set before torch is imported: there is a test process on every core, and threads that wait for another's cores cost
more than they compute."""

os.environ["XDG_CONFIG_HOME"] = str(Path(tempfile.gettempdir()) / "lazytui-tests-have-no-configuration")
"""A developer's own keys have no say in tests."""

for name in [name for name in os.environ if name.startswith(("PYTHON", "LC_"))]:
    del os.environ[name]  # for jobs of an app, which inherit them: they start as commands do
os.environ.update(LANG="C.UTF-8", PYTHONPATH=str(ROOT))

fork_server.use()

hypothesis.settings.register_profile("lazytui", deadline=None)  # no test may fail because a machine is busy
hypothesis.settings.load_profile("lazytui")


@pytest.fixture(autouse=True)
def _seeded() -> None:
    """The same random weights in every run of a test that makes networks of its own."""
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(0)


COMMANDS: dict[str, tuple[str, ...]] = {
    "dataset": TINY_DATA,
    "train": (*TINY_TRAINING, "--model", "lazy-gap", "--lr", "0.01", "--epochs", "2", "--keep-checkpoints", "2"),
    "curves": ("latest", "shipped/lazy-strokes"),
    "evaluate": ("latest",),
    "transfer": ("latest", "--to", "stroke,bw100z"),
    "audit": ("shipped/lazy-strokes", "--images", "60"),
    "groups": ("latest", "--by", "errors"),
    "cure": ("latest", "--images", "60", "--methods", "scramble", "--epochs", "2"),
    "gradcam": ("latest", "--images", "100", "--checked", "10"),
    "ask": (str(ROOT / "docs" / "pictures" / "gradcam.png"), "latest"),
    "neurons": ("latest", "--samples", "100", "--starts", "2", "--steps", "2"),
    "ablate": ("latest", "--neuron", "0,1", "--patch", "red 1 into green 1"),
    "probes": ("latest", "--samples", "200", "--layers", "features.relu1,features"),
    "concepts": ("latest", "--samples", "10", "--runs", "3"),
    "sae": ("latest", "--steps", "60", "--expansion", "1", "--k", "8", "--climb", "2"),
    "sae-experiments": ("latest", "--samples", "100", "--draws", "3"),
    "sae-dial": ("latest", "--image", "3", "--feature", "0", "--factor", "0,1,2"),
    "sae-selfcheck": (
        "--variants",
        "topk,l1",
        "--features",
        "16",
        "--dimensions",
        "8",
        "--active",
        "1",
        "--steps",
        "50",
    ),
    "llc": ("latest", "--steps", "10", "--batch", "4"),
    "side-by-side": ("latest", "shipped/llc-lazy-strokes"),
    "attack": ("shipped/lazy-strokes", "--sources", "12", "--steps", "5", "--pool", "aligned"),
    "attack-image": ("shipped/lazy-strokes", "--steps", "5", "--budgets", "2"),
    "certify": ("shipped/lazy-strokes", "--certificates", "ibp,smoothing", "--images", "2", "--draws", "20"),
    "compare": (),
    "select": ("latest", "--plain", "latest"),
    "study": (*TINY_TRAINING, "--model", "mlp", "--methods", "focal", "--seeds", "0", "--bias", "0.95,0.995"),
    "recipe": ("e-attack-lazy", "--source", "strokes", "--train-size", "300", "--test-size", "200", "--seeds", "0"),
    "story": ("--train-size", "3000", "--test-size", "1000", "--model", "mlp"),
}
"""How to run each analysis in a minute or less, in this order."""


FAST = (
    "attacks/test_minimal_budgets.py",
    "attacks/test_observed_attack.py",
    "attacks/test_perturbation_channels.py",
    "attacks/test_self_check.py",
    "data/test_drawing.py",
    "data/test_palettes.py",
    "data/test_params.py",
    "data/image_files/test_picture_file.py",
    "data/test_splits.py",
    "docs/test_packaging.py",
    "docs/test_pages.py",
    "evaluation",
    "figures/test_axis_scales.py",
    "figures/test_plain_figures.py",
    "figures/test_series_gaps.py",
    "figures/test_terminal.py",
    "files/test_reading.py",
    "neurons/test_ablation_and_patching.py",
    "neurons/test_feature_visualization.py",
    "neurons/test_relations.py",
    "runs/test_events.py",
    "runs/test_formatting.py",
    "runs/test_metric_history.py",
    "runs/results",
    "runs/test_saved_options.py",
    "sae/edits/test_interventions.py",
    "sae/test_seed_stability.py",
    "saliency/checks",
    "saliency/test_maps.py",
    "saliency/test_worth.py",
    "test_list_values.py",
    "training/methods/test_losses.py",
    "training/methods/test_method_options.py",
    "training/test_chance_level.py",
)
"""Files and folders whose tests take seconds and start no process: `pytest -m fast`."""


LONGEST = (
    "runs/engines/test_slurm.py",
    "analyses/story/test_story_in_parallel.py",
    "app/shell/keys/test_every_key.py",
    "app/screens/common/test_bad_input.py",
    "training/methods/test_every_method.py",
    "training/methods/test_miniature.py",
    "training/test_interruption.py",
)
"""They begin first, so that at the end no process waits long for another one (pytest-xdist itself would begin with the
files that have most tests)."""


def pytest_configure(config: pytest.Config) -> None:
    """No test reads or fills a person's image cache: all processes of the session share one that begins empty."""
    is_fast = config.option.markexpr == "fast"
    if hasattr(config, "workerinput"):
        if not is_fast:
            fork_server.begin()
        return
    folder = tempfile.mkdtemp(prefix="lazytui-tests-")
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
    os.environ["LAZYTUI_CACHE"] = folder
    if config.getoption("numprocesses", 0) and not sys.dont_write_bytecode:
        files = Path(__file__).parent.rglob("test_*.py")
        rewrite([file for file in files if not is_fast or _is_fast(file)], config)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-snapshots", action="store_true", help="Write the pictures of tests/app/snapshots anew.")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """With `-m fast` other files aren't even imported, which would take as long as the fast tests."""
    left_out = config.option.markexpr == "fast" and collection_path.suffix == ".py" and not _is_fast(collection_path)
    return True if left_out else None


def _is_fast(file: Path) -> bool:
    return file.relative_to(Path(__file__).parent).as_posix().startswith(FAST)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a file in one process, and those that read the runs of every analysis, which take a minute.
    What takes longest begins first."""
    for item in items:
        if _is_fast(item.path):
            item.add_marker(pytest.mark.fast)
        item.add_marker(pytest.mark.xdist_group("every run" if _reads_every_run(item) else str(item.path)))
    items.sort(key=lambda item: (not _reads_every_run(item), not str(item.path).endswith(LONGEST)))


def _reads_every_run(item: pytest.Item) -> bool:
    return not {"every_run", "seeds"}.isdisjoint(getattr(item, "fixturenames", ()))


def pytest_collection_finish() -> None:
    """Look for no garbage in what is there from the first test to the last, and less often for newer one: apps make
    many things and keep most of them to their end."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


files_ended = itertools.count(1)


def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Give back what a file made: apps and networks are circles, which only a full collection finds.

    What is left then (modules, caches) isn't gone through again after each later file, which took a sixth of the
    suite, but after every twentieth."""
    if nextitem is None or nextitem.path != item.path:
        if next(files_ended) % 20 == 0:
            gc.unfreeze()
        gc.collect()
        gc.freeze()


@pytest.fixture
def fresh_processes() -> Iterator[None]:
    """Commands aren't forked: for tests of what happens while one starts."""
    with fork_server.fresh():
        yield


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    """A laboratory with no run in it yet."""
    return Lab(tmp_path)


@pytest.fixture(scope="session")
def slurm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OneNodeSlurm]:
    """A Slurm cluster of this machine alone. Where it can't be had its tests are skipped, but not in CI."""
    if missing := missing_programs():
        could_be = os.geteuid() == 0 and shutil.which("apt-get") is not None
        (pytest.fail if could_be and os.environ.get("CI") == "true" else pytest.skip)(f"it needs {', '.join(missing)}")
    cluster = OneNodeSlurm(tmp_path_factory.mktemp("slurm"))
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()


@dataclass(frozen=True)
class FinishedTraining:
    """A training that nobody disturbed, and what the command said. Tests only read it."""

    lab: Lab
    finished: Finished

    @property
    def folder(self) -> Path:
        return self.lab.workspace / self.finished.json["run"]


@contextmanager
def _made_once(
    factory: pytest.TempPathFactory, name: str, make: Callable[[Lab], Finished]
) -> Iterator[tuple[Lab, Finished]]:
    """A laboratory that the first process of the session that needs it fills, and all of them read; what was said."""
    folder = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    lab, said = Lab(folder / name), folder / f"{name}.json"
    with FileLock(folder / f"{name}.lock"):
        if not said.exists():
            said.write_text(json.dumps(asdict(make(lab))))
    runs = sorted(lab.workspace.glob("[!.]*"))
    yield lab, Finished(**read_json(said))
    assert sorted(lab.workspace.glob("[!.]*")) == runs, f"a test wrote into the laboratory {name!r}, which others read"


@pytest.fixture(scope="session")
def finished_training(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FinishedTraining]:
    def make(lab: Lab) -> Finished:
        return lab.run(*TRAINING, "--name", "reference", "--json")

    with _made_once(tmp_path_factory, "finished", make) as made:
        yield FinishedTraining(*made)


@pytest.fixture
def lab_with_training(lab: Lab, finished_training: FinishedTraining) -> Lab:
    """A laboratory of this test's own with a copy of that training."""
    shutil.copytree(finished_training.lab.workspace, lab.workspace)
    return lab


@dataclass(frozen=True)
class ComparedNetworks:
    """That training set against a shipped network on the training's data. Tests only read it."""

    lab: Lab
    finished: Finished

    @property
    def folder(self) -> Path:
        return self.lab.workspace / self.finished.json["run"]


@pytest.fixture(scope="session")
def compared_networks(
    finished_training: FinishedTraining, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ComparedNetworks]:
    def make(lab: Lab) -> Finished:
        shutil.copytree(finished_training.lab.workspace, lab.workspace)
        return lab.call("run", "evaluate", "reference", "--against", "shipped/lazy-strokes", "--json")

    with _made_once(tmp_path_factory, "compared", make) as made:
        yield ComparedNetworks(*made)


@pytest.fixture(scope="session")
def features_found(finished_training: FinishedTraining, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """That training with its last layer taken apart, once into features and once into dead ones. Tests only read it."""
    quick = ("--expansion", "1", "--batch", "64", "--climb", "2", "--controls", "0", "--json")
    dead = ("--name", "dead", "--variant", "l1", "--lam", "100", "--lr", "0.1", "--steps", "300")
    found = ("--name", "found", "--k", "8", "--lr", "3e-3", "--steps", "400")

    def make(lab: Lab) -> Finished:
        shutil.copytree(finished_training.lab.workspace, lab.workspace)
        for options in (dead, found):
            done = lab.call("run", "sae", "reference", *options, *quick)
            assert done.code == 0, done.err
        return done

    with _made_once(tmp_path_factory, "features", make) as (lab, _):
        yield lab


@pytest.fixture(scope="session")
def audits(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Audits of the shipped networks, `lazy` and `cured`. Tests only read them."""

    def make(lab: Lab) -> Finished:
        for network in ("cured", "lazy"):
            asked = (f"shipped/{network}-strokes", *COMMANDS["audit"][1:], "--name", network, "--json")
            done = lab.call("run", "audit", *asked)
            assert done.code == 0, done.err
        return done

    with _made_once(tmp_path_factory, "audits", make) as (lab, _):
        yield lab


@pytest.fixture(scope="session")
def every_run(tmp_path_factory: pytest.TempPathFactory, audits: Lab) -> dict[str, Path]:
    """The folder of a finished run of each analysis."""
    lab = Lab(tmp_path_factory.mktemp("every"))
    folders = {}
    for kind, options in COMMANDS.items():
        if kind == "audit":
            run = Workspace(audits.workspace).find("lazy").path
            folders[kind] = shutil.copytree(run, lab.workspace / run.name)
            continue
        answer = lab.call("run", kind, *options, "--json").json
        folders[kind] = lab.workspace / answer["run"]
    return folders
