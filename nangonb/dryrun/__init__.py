"""Dry runs: a script runs here, on a real connection, and nothing is stored in Nango.

Where to look:

- a run: ``run`` is its course, ``hosts`` gives :mod:`nangonb.scripts` its limits, ``state`` is what its
  scripts share, ``caps`` and ``memory`` end it early, ``nested`` runs other scripts of the notebook
- a run on Nango's own servers: ``functions_host`` sends the script there, ``cli_output`` reads what they
  print
- what the script's ``nango`` object reaches (a Runtime, in parts): ``runtime`` and ``fetch`` make requests,
  ``remote`` asks Nango's own API, ``kept`` holds what Nango would store, ``connections`` keeps what it gave
- what comes of it: ``result`` is the Dryrun, ``show`` and ``document`` are it for people and as JSON,
  ``details`` and ``times`` its parts, ``checks`` holds data against models, ``compare`` two runs
- what went wrong: ``script_errors`` a script may catch, ``traceback`` is for people, ``recall`` says where
  the rest is
- saved responses: ``recording`` collects them, ``saving`` writes them, ``saved_responses`` and
  ``saved_legacy`` read the two formats, ``identity`` tells requests apart, ``replay`` runs on them,
  ``replayed`` compares, ``pagination`` is what old files do not say
"""

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
