"""Values of a notebook's variables as options: those of pandas and numpy are taken, or the error says how."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from nangonb._dryrun import Dryrun
from nangonb.errors import UsageError
from tests.scripted import ScriptedNango
from tests.world import World, shown

FRAME = pd.DataFrame({"id": ["1", "2"], "n": [1, 2]})
SOME = datetime(2026, 6, 30, tzinfo=UTC)


@pytest.fixture
def dates(acme: World) -> Callable[[Any], Dryrun]:
    """Dry runs a sync with this date, which logs the class of the one that it gets."""
    return lambda value: acme.sync("nango.log(type(nango.last_sync_date).__name__)", last_sync_date=value)


@pytest.fixture
def echo(acme: World) -> Callable[..., Any]:
    """What an action gets as its input."""
    return lambda value: acme.action("return [input]", input=value)[0]


class TestDates:
    @pytest.mark.parametrize(
        "value",
        [
            "2026-06-30",
            "2026-06-30T02:00:00+02:00",
            date(2026, 6, 30),
            datetime(2026, 6, 30),
            datetime(2026, 6, 30, 2, tzinfo=timezone(timedelta(hours=2))),
            pd.Timestamp("2026-06-30"),
            pd.Timestamp("2026-06-30", tz="Europe/Berlin") + pd.Timedelta(hours=2),
            pd.Series(pd.to_datetime(["2026-06-30"])).max(),
            np.datetime64("2026-06-30"),
            np.datetime64("2026-06-30T00:00:00.000000000"),
        ],
        ids=repr,
    )
    def test_a_script_gets_a_plain_datetime_in_utc(self, dates: Callable[[Any], Dryrun], value: Any) -> None:
        run = dates(value)
        assert run.last_sync_date == SOME
        assert run.logs["message"].tolist() == ["datetime"]

    def test_to_the_microsecond(self, dates: Callable[[Any], Dryrun]) -> None:
        expected = datetime(2026, 6, 30, 1, 2, 3, 123456, UTC)
        assert dates(pd.Timestamp("2026-06-30T01:02:03.123456789")).last_sync_date == expected
        assert dates(np.datetime64("2026-06-30T01:02:03.123456789")).last_sync_date == expected

    @pytest.mark.parametrize("value", [None, ""])
    def test_none_is_a_first_run(self, dates: Callable[[Any], Dryrun], value: Any) -> None:
        assert dates(value).last_sync_date is None

    @pytest.mark.parametrize(
        ("value", "said", "hint"),
        [
            (pd.NaT, "-l is a date, not NaT.", "Omit -l if there is no date."),
            (np.datetime64("NaT"), "-l is a date, not NaT.", "Omit -l"),
            (pd.NA, "-l is a date, not NA.", "Omit -l"),
            (FRAME, "-l is a date, not a DataFrame.", 'df["updated_at"].max()'),
            (FRAME["n"], "-l is a date, not a Series.", "x.max()"),
            (pd.to_datetime(["2026-06-30"]), "-l is a date, not a DatetimeIndex.", "x.max()"),
            (np.array([1]), "-l is a date, not a ndarray.", "x.max()"),
            (1767225600, "-l is a date, not 1767225600.", "datetime.fromtimestamp(1767225600"),
            (np.datetime64("20000-01-01"), "-l is a date, not a datetime64.", "2026-01-31"),
            ({"a": 1}, "-l is a date, not a dict.", "2026-01-31"),
            ("9999-12-31T23:59:59-05:00", "is not a date in UTC", "1 to 9999"),
            ("0001-01-01T00:00:00+05:00", "is not a date in UTC", "1 to 9999"),
        ],
        ids=repr,
    )
    def test_what_is_no_date(
        self, dates: Callable[[Any], Dryrun], scripted: ScriptedNango, value: Any, said: str, hint: str
    ) -> None:
        with pytest.raises(UsageError) as caught:
            dates(value)
        assert said in shown(caught.value) and hint in shown(caught.value)
        assert scripted.asked == []

    def test_of_synced_records(self, acme: World) -> None:
        with pytest.raises(UsageError, match="--modified-after is a date, not NaT"):
            acme.session.records("Contact", "conn-1", modified_after=pd.NaT)  # type: ignore[arg-type]


class TestInputs:
    @pytest.mark.parametrize(
        ("value", "got"),
        [
            (np.int64(2**60), 2**60),
            (np.float64(1.5), 1.5),
            (np.bool_(True), True),
            (pd.Timestamp("2026-06-30"), "2026-06-30T00:00:00.000Z"),
            (np.datetime64("2026-06-30"), "2026-06-30T00:00:00.000Z"),
            (
                {"a": (np.int8(1), [pd.NaT, pd.NA, np.datetime64("NaT"), float("nan")])},
                {"a": [1, [None] * 4]},
            ),
            (FRAME.to_dict("records"), [{"id": "1", "n": 1}, {"id": "2", "n": 2}]),
            (FRAME.iloc[0].to_dict(), {"id": "1", "n": 1}),
            (FRAME["n"].tolist(), [1, 2]),
            ('"hello"', "hello"),
        ],
        ids=repr,
    )
    def test_what_is_taken(self, echo: Callable[..., Any], value: Any, got: Any) -> None:
        assert echo(value) == got

    def test_records_of_a_frame_with_every_type(self, echo: Callable[..., Any]) -> None:
        frame = pd.DataFrame(
            {
                "i": pd.array([2**60, None], dtype="Int64"),
                "s": pd.array(["a", None], dtype="string"),
                "b": pd.array([True, None], dtype="boolean"),
                "d": pd.to_datetime(["2026-06-30", None], utc=True),
                "f": [0.5, None],
                "c": pd.Categorical(["x", None]),
            }
        )
        first, second = echo(frame.to_dict("records"))
        assert first == {
            "i": 2**60, "s": "a", "b": True, "d": "2026-06-30T00:00:00.000Z", "f": 0.5, "c": "x"
        }  # fmt: skip
        assert second == dict.fromkeys(first)

    @pytest.mark.parametrize(
        ("value", "said", "hint"),
        [
            (FRAME, "--input is JSON, not a DataFrame.", 'df.to_dict("records")'),
            (FRAME["n"], "--input is JSON, not a Series.", "x.tolist()"),
            (FRAME.index, "--input is JSON, not a RangeIndex.", "x.tolist()"),
            (np.array([1, 2]), "--input is JSON, not a ndarray.", "x.tolist()"),
            (
                {"rows": FRAME},
                "rows: JSON does not support values of type DataFrame",
                'df.to_dict("records")',
            ),
            ({1, 2}, "type set", "sorted(value)"),
            (pd.NaT, "NaT is not a date", "use None"),
            ("hello", "--input is not JSON", "'\"hello\"'; json.dumps(x) makes it."),
        ],
        ids=repr,
    )
    def test_what_is_not(self, echo: Callable[..., Any], value: Any, said: str, hint: str) -> None:
        with pytest.raises(UsageError) as caught:
            echo(value)
        assert said in shown(caught.value) and hint in shown(caught.value)

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ('{"a":\n', "Expecting value at line 2, column 1 of some.json"),
            ('{"a": 1,}', "at line 1, column 9 of some.json"),
            ('["\u2028",\n}', "Expecting value at line 2, column 1 of some.json.\n}\n^"),
            ("", "Expecting value at line 1, column 1 of some.json"),
            ('{"a": NaN}', "--input is not JSON: NaN is not JSON (in some.json)."),
            ("[" * 100_000, "--input is nested too deeply"),
        ],
    )
    def test_of_a_file_that_is_no_json(self, echo: Callable[..., Any], text: str, said: str) -> None:
        Path("some.json").write_text(text)
        with pytest.raises(UsageError) as caught:
            echo("@some.json")
        assert said in shown(caught.value)

    def test_no_secret_of_a_value_is_in_its_error(self, echo: Callable[..., Any]) -> None:
        text = '{"api_key": "canary-0123456789", oops}'
        Path("some.json").write_text(text)
        for value in (text, "@some.json"):
            with pytest.raises(UsageError) as caught:
                echo(value)
            assert "canary" not in shown(caught.value)
            assert '{"api_key": "****", oops}' in shown(caught.value)
            assert "line 1, column 34" in shown(caught.value)

    def test_numbers_and_marks_of_a_file_are_as_in_javascript(self, echo: Callable[..., Any]) -> None:
        Path("some.json").write_text('\ufeff{"a": [1.0, 1e3, 0.5, 9007199254740993, "\\ud800"]}')
        got = echo("@some.json")
        assert got == {"a": [1, 1000, 0.5, 9007199254740993, "\ud800"]}
        assert [type(value) for value in got["a"]] == [int, int, float, int, str]

    def test_what_contains_itself(self, echo: Callable[..., Any]) -> None:
        value: list[Any] = []
        value.append(value)
        with pytest.raises(UsageError, match="it contains itself"):
            echo(value)


class TestNumbers:
    def test_those_of_numpy_are_taken(self, acme: World) -> None:
        run = acme.sync("nango.batch_save([{'id': 1}, {'id': 2}], 'Contact')", max_records=np.int64(1))
        assert (run.counts.added, run.capped) == (1, "max-records")

    @pytest.mark.parametrize(
        ("value", "said"),
        [
            (FRAME, "a number above 0, not a DataFrame"),
            (np.float64(1.5), "a whole number, not 1.5"),
            (pd.NA, "a number above 0, not NA"),
            (float("nan"), "a number above 0, not nan"),
            (True, "a number above 0, not True"),
        ],
        ids=repr,
    )
    def test_others_are_not(self, acme: World, value: Any, said: str) -> None:
        with pytest.raises(UsageError, match=f"--max-records is {said}"):
            acme.sync("pass", max_records=value)


@pytest.mark.parametrize("value", [5, [1], ["added", None]], ids=repr)
def test_a_filter_is_text(acme: World, value: Any) -> None:
    with pytest.raises(UsageError, match="--filter is text, or a list of it"):
        acme.session.records("Contact", "conn-1", filter=value)
