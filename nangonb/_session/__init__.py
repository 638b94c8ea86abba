"""The current project, selection and configuration: what the verbs work with.

Where to look: ``session`` says which parts a Session has, and ``current`` which session verbs use.

- ``workspace`` is what cells declare; ``declared`` describes one, ``saved_notebook`` compares
- ``connections`` and ``choice`` are which Nango and which connection, ``sandbox_process`` is the embedded one
- ``dryruns`` runs scripts, ``replays`` saves and replays responses, ``translated`` shows TypeScript
- ``syncs`` (with ``homes`` and ``sync_states``) and ``synced_records`` are what is deployed, ``deploying``
  deploys
- ``context`` is what these parts share, ``lines`` spells the lines to type, ``front`` is a front end
- ``values`` and ``native`` read the values of options
"""

from nangonb._session.choice import ConnectionChoice
from nangonb._session.config import Config, Target
from nangonb._session.current import current, using
from nangonb._session.declared import Declared
from nangonb._session.front import Front
from nangonb._session.replays import Replays
from nangonb._session.session import Session
from nangonb._session.sync_states import SyncStates
from nangonb._session.synced_records import SyncedRecords
from nangonb._session.translated import Translated

__all__ = [
    "Config",
    "ConnectionChoice",
    "Declared",
    "Front",
    "Replays",
    "Session",
    "SyncStates",
    "SyncedRecords",
    "Target",
    "Translated",
    "current",
    "using",
]
