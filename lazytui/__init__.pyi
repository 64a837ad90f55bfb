from lazytui.library.calls import open_run as open_run
from lazytui.library.functions import *  # noqa: F403
from lazytui.library.outcome import Outcome as Outcome

__version__: str
