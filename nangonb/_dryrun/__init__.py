"""Dry runs: a script runs here, on a real connection, and nothing is stored in Nango.

Where to look:

- a run: ``run`` is its course, ``shared`` what its scripts share, ``limits`` end it early, ``functions_host``
  sends the script to Nango's own servers and ``cli_output`` reads what they print
- what the ``nango`` object of a script reaches: ``runtime`` puts it together from ``requests`` (with
  ``fetch``, ``reading``), ``connection``, ``records`` and ``triggers``, which runs other scripts; ``live``
  and ``replay`` are the two ways to answer: Nango, or saved responses
- what comes of it: ``result`` is the Dryrun, ``show`` and ``document`` are it for people and as JSON,
  ``details`` and ``times`` its parts, ``checks`` holds data against models, ``compare`` two runs
- what went wrong: ``script_errors`` a script may catch, ``traceback`` is for people
- saved responses: ``recording`` collects them, ``saving`` writes them, ``saved_responses`` and
  ``saved_legacy`` read the two formats, ``identity`` tells requests apart, ``replayed`` compares
"""

from nangonb._dryrun.compare import Compared, Earlier
from nangonb._dryrun.result import FROM_JSON, Counts, Dryrun, Recall
from nangonb._dryrun.run import Audience, Destination, DryrunOptions, run
from nangonb._dryrun.shared import Progress
from nangonb._project.elsewhere import LocateName

__all__ = [
    "FROM_JSON",
    "Audience",
    "Compared",
    "Counts",
    "Destination",
    "Dryrun",
    "DryrunOptions",
    "Earlier",
    "LocateName",
    "Progress",
    "Recall",
    "run",
]
