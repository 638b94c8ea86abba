"""The time of a run: what happened when, and where the time went."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nangonb._render import (
    Displayable,
    ProfileView,
    TimelineView,
    profile_html,
    profile_text,
    timeline_html,
    timeline_text,
)
from nangonb._trace import PARTS

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, repr=False)
class Profile(Displayable):
    """Where the time of a run went. Shows itself as bars; ``df`` is the frame."""

    view: ProfileView

    @property
    def df(self) -> pd.DataFrame:
        """A row for each part (network, script, saving, other): seconds, and share from 0 to 1."""
        import pandas as pd

        spent = [self.view.spent.get(part, 0.0) for part in PARTS]
        return pd.DataFrame(
            {
                "part": pd.Series(PARTS, dtype="string"),
                "seconds": pd.Series(spent, dtype="Float64"),
                "share": pd.Series([self.view.share(part) for part in PARTS], dtype="Float64"),
            }
        )

    def text(self) -> str:
        return profile_text(self.view)

    def html(self) -> str:
        return profile_html(self.view)


@dataclass(frozen=True, repr=False)
class Timeline(Displayable):
    """Requests and records over the time of a run, drawn. :attr:`Dryrun.requests` is the frame of it."""

    view: TimelineView

    def text(self) -> str:
        return timeline_text(self.view)

    def html(self) -> str:
        return timeline_html(self.view)
