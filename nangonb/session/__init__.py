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

from nangonb.session.choice import ConnectionChoice
from nangonb.session.config import Config, Target
from nangonb.session.current import current, using
from nangonb.session.declared import Declared
from nangonb.session.front import Front
from nangonb.session.replays import Replays
from nangonb.session.session import Session
from nangonb.session.sync_states import SyncStates
from nangonb.session.synced_records import SyncedRecords
from nangonb.session.translated import Translated

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
