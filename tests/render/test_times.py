"""Timelines and profiles of many requests, of odd ones, and of none."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from nangonb._render import (
    LIMIT,
    ProfileView,
    TimelineView,
    profile_html,
    profile_text,
    timeline_html,
    timeline_text,
)
from nangonb._trace import RequestEntry
from tests.render.samples import EVIL


def requests(count: int) -> tuple[RequestEntry, ...]:
    return tuple(
        RequestEntry(
            n, "GET", f"/items/{EVIL}", n * 0.1, status=500 if n % 7 == 0 else 200, seconds=0.05, saved=100
        )
        for n in range(1, count + 1)
    )


def svg(html: str) -> ET.Element:
    return ET.fromstring(html[html.index("<svg") : html.index("</svg>") + 6])


@pytest.mark.parametrize("count", [1, 40, 41, 5_000])
def test_every_count_is_drawn_within_the_size_of_an_output(count: int) -> None:
    view = TimelineView(name=EVIL, seconds=count * 0.1 + 1, requests=requests(count))
    html, text = timeline_html(view), timeline_text(view)
    assert len(html.encode()) <= LIMIT
    assert len(text.splitlines()) <= 41
    assert "<script" not in html
    assert svg(html).tag == "svg"  # well-formed
    assert f"{count * 100:,} records" in text
    assert ("failed" in text) == (count >= 41)


def test_one_that_never_ended_lasts_as_long_as_the_run() -> None:
    view = TimelineView(name="x", seconds=2.0, requests=(RequestEntry(1, "GET", "/x", 1.0),))
    assert "no response · 1.0 s" in timeline_text(view)


@pytest.mark.parametrize("seconds", [0.0, 1e-9, 0.004, 3.0, 86_400.0])
def test_any_duration_has_an_axis(seconds: float) -> None:
    entry = RequestEntry(1, "GET", "/x", 0.0, status=200, seconds=seconds)
    html = timeline_html(TimelineView(name="x", seconds=seconds, requests=(entry,)))
    ticks = list(svg(html).iter("line"))
    assert 1 <= len(ticks) <= 8


def test_a_bar_is_as_long_as_its_share() -> None:
    view = ProfileView(
        name="x", seconds=4.0, spent={"network": 2.0, "script": 1.0, "saving": 1.0, "other": 0.0}
    )
    lines = profile_text(view).splitlines()
    assert [line.count("█") for line in lines[1:5]] == [20, 10, 10, 0]
    rects = list(svg(profile_html(view)).iter("rect"))
    assert [r.get("width") for r in rects] == ["50.000%", "25.000%", "25.000%", "0.000%"]


def test_a_run_without_time() -> None:
    assert "0 ms" in profile_text(ProfileView(name="x", seconds=0.0, spent={}))
