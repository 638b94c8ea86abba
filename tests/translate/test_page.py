"""docs/translation.md says what the translator's tables say."""

from __future__ import annotations

from tools.translation_page import PAGE, page


def test_the_page_is_in_step() -> None:
    assert PAGE.read_text("utf-8") == page(), "Run: python tools/translation_page.py"
