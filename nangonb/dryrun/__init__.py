"""Dry runs: a script runs here, on a real connection, and nothing is stored in Nango."""

from nangonb.dryrun.compare import Compared, Earlier
from nangonb.dryrun.recall import FROM_JSON, Recall
from nangonb.dryrun.result import Counts, Dryrun
from nangonb.dryrun.run import DryrunOptions, run
from nangonb.dryrun.runtime import Progress
from nangonb.project.elsewhere import LocateName

__all__ = [
    "FROM_JSON",
    "Compared",
    "Counts",
    "Dryrun",
    "DryrunOptions",
    "Earlier",
    "LocateName",
    "Progress",
    "Recall",
    "run",
]
