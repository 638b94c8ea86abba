"""The text of the running cell as the user sees it, and its id."""

from __future__ import annotations

from typing import Any

from nangonb._project.cells import find_magic


class CellTracker:
    """Remembers the raw text and the front end's id of the cell that runs."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._raw = ""
        self._id: str | None = None

    def register(self) -> None:
        self._shell.events.register("pre_run_cell", self._before)
        self._shell.input_transformers_cleanup.append(comments_above_magic)

    def unregister(self) -> None:
        self._shell.events.unregister("pre_run_cell", self._before)
        self._shell.input_transformers_cleanup.remove(comments_above_magic)

    def _before(self, info: Any) -> None:
        self._raw = info.raw_cell or ""
        self._id = getattr(info, "cell_id", None)

    def text(self, magic: str, line: str, body: str) -> str:
        """The whole cell, comments above its ``%%`` line included, so that lines are numbered as shown."""
        found = find_magic(self._raw)
        if found is not None and found[1] == magic and _as_given(self._raw).endswith(_as_given(body)):
            return self._raw
        return f"%%nango_{magic} {line}\n{body}"  # called by a program, not typed into a cell

    @property
    def id(self) -> str | None:
        """The front end's id of the running cell, or None where it tells none (nbclient, a terminal)."""
        return self._id

    @property
    def label(self) -> str:
        """As IPython names a cell in its tracebacks."""
        # Not execution_count: newer versions of IPython count it up before the cell runs
        return f"Cell In[{self._shell.displayhook.prompt_count}]"


def _as_given(text: str) -> str:
    """As IPython hands it to a magic: it empties lines of blanks, which a file that is exported keeps."""
    return "\n".join("" if line.isspace() else line for line in text.split("\n")).rstrip()


def comments_above_magic(lines: list[str]) -> list[str]:
    """IPython knows a cell magic only on the first line: form titles and tags above ours are set aside."""
    found = find_magic("".join(lines))
    return lines[found[0] :] if found and found[0] else lines
