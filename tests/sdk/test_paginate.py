"""nango.paginate: the requests it makes, the pages it yields, and when it ends (../shared/nango/sdk.md)."""

from __future__ import annotations

import gzip
import json
from typing import Any, ClassVar

import pytest

from nangonb._dryrun import Dryrun
from nangonb._project import Problem
from nangonb.errors import ScriptError
from tests.scripted import Answer, ScriptedNango
from tests.world import YAML, World, shown

WALK = """
seen = []
config = dict(input["paginate"]) if input.get("paginate") is not None else None
if input.get("watch"):
    config["on_page"] = lambda next_page_param, response: seen.append([next_page_param, response.status])
options = input.get("options", {})
pages = []
for page in nango.paginate(input.get("endpoint", "/items"), paginate=config, **options):
    pages.append(page)
    seen.append("page")
return {"pages": pages, "seen": seen}
"""
CURSOR = {
    "type": "cursor",
    "cursor_path_in_response": "paging.next",
    "cursor_name_in_request": "after",
    "response_path": "items",
}
LINK = {"type": "link", "link_rel_in_response_header": "next", "response_path": "items"}
OFFSET = {"type": "offset", "offset_name_in_request": "start", "response_path": "items"}


def walk(acme: World, paginate: dict[str, Any] | None, *, watch: bool = False, **more: Any) -> Any:
    return acme.action(WALK, input={"paginate": paginate, "watch": watch, **more})


def refused(acme: World, paginate: Any, **more: Any) -> str:
    with pytest.raises(ScriptError) as caught:
        walk(acme, paginate, **more)
    cause = caught.value.__cause__
    assert getattr(cause, "code", None) == "invalid_pagination"
    return str(cause)


def problems(acme: World) -> list[Problem]:
    """Those of the latest run, but for the input of :data:`WALK`, which nothing declares."""
    return [p for p in acme.session.last_dryrun().problem_list if p.code != "invalid-input"]


def items(*names: str, **more: Any) -> dict[str, Any]:
    return {"items": [{"id": name} for name in names], **more}


class TestCursor:
    def test_follows_cursors_until_there_is_none(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [
            items("1", paging={"next": "a"}),
            items("2", paging={"next": 17}),
            items("3", paging={}),
        ]
        found = walk(acme, CURSOR, options={"params": {"q": "x"}})
        assert found["pages"] == [[{"id": "1"}], [{"id": "2"}], [{"id": "3"}]]
        assert scripted.lines == ["GET /items?q=x", "GET /items?q=x&after=a", "GET /items?q=x&after=17"]

    @pytest.mark.parametrize("cursor", [None, "", "   ", True, False, {"a": 1}, ["a"]])
    def test_ends_at_what_is_no_cursor(self, acme: World, scripted: ScriptedNango, cursor: Any) -> None:
        scripted.answers = [items("1", paging={"next": cursor})]
        assert walk(acme, CURSOR)["pages"] == [[{"id": "1"}]]

    def test_trims_a_cursor(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [items("1", paging={"next": "  a \n"}), items("2")]
        walk(acme, CURSOR)
        assert scripted.lines[1] == "GET /items?after=a"

    def test_zero_is_a_cursor(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [items("1", paging={"next": 0}), items("2")]
        assert len(walk(acme, CURSOR)["pages"]) == 2
        assert scripted.lines[1] == "GET /items?after=0"

    def test_ends_at_an_empty_page_without_yielding_it(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [items("1", paging={"next": "a"}), items(paging={"next": "b"})]
        assert walk(acme, CURSOR)["pages"] == [[{"id": "1"}]]
        assert len(scripted.asked) == 2

    def test_on_page_comes_after_each_page(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [items("1", paging={"next": "a"}), items("2", paging={"next": ""})]
        assert walk(acme, CURSOR, watch=True)["seen"] == ["page", ["a", 200], "page", [None, 200]]

    def test_limit_goes_with_every_request(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [items("1", paging={"next": "a"}), items("2")]
        walk(acme, {**CURSOR, "limit": 50, "limit_name_in_request": "size"})
        assert scripted.lines == ["GET /items?size=50", "GET /items?size=50&after=a"]

    def test_goes_into_the_body_of_a_post(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [items("1", paging={"next": "a"}), items("2")]
        paginate = {
            **CURSOR,
            "cursor_name_in_request": "page.after",
            "limit": 2,
            "limit_name_in_request": "page.size",
        }
        walk(acme, paginate, options={"method": "POST", "data": {"q": 1, "page": {"sort": "id"}}})
        assert [asked.json for asked in scripted.asked] == [
            {"q": 1, "page": {"sort": "id", "size": 2}},
            {"q": 1, "page": {"sort": "id", "size": 2, "after": "a"}},
        ]
        assert [asked.query for asked in scripted.asked] == [[], []]

    def test_in_body_overrules_the_method(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [items("1", paging={"next": "a"}), items("2")]
        walk(acme, {**CURSOR, "in_body": False}, options={"method": "POST", "data": {"q": 1}})
        assert [asked.line for asked in scripted.asked] == ["POST /items", "POST /items?after=a"]
        assert [asked.json for asked in scripted.asked] == [{"q": 1}, {"q": 1}]

    def test_the_whole_body_is_the_page_without_response_path(
        self, acme: World, scripted: ScriptedNango
    ) -> None:
        scripted.answers = [[{"id": "1"}]]
        paginate = {name: value for name, value in CURSOR.items() if name != "response_path"}
        assert walk(acme, paginate)["pages"] == [[{"id": "1"}]]

    def test_an_object_is_no_page_and_the_log_says_so(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [items("1", paging={"next": "a"})]
        paginate = {name: value for name, value in CURSOR.items() if name != "response_path"}
        assert walk(acme, paginate)["pages"] == []
        (entry,) = acme.session.last_dryrun().trace.logs
        assert entry.level == "warn"
        assert "Without response_path the page is an object, not a list" in entry.message
        assert "Its lists: items." in entry.message

    def test_a_first_page_with_nothing_at_the_path_is_said_too(
        self, acme: World, scripted: ScriptedNango
    ) -> None:
        scripted.answers = [items("1", paging={"next": "a"})]
        assert walk(acme, {**CURSOR, "response_path": "data"})["pages"] == []
        (entry,) = acme.session.last_dryrun().trace.logs
        assert entry.message == "The first page has nothing at response_path 'data'. Its lists: items."

    def test_paths_reach_into_lists(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [
            {"r": [{"items": [1]}], "next": ["x", {"to": "a"}]},
            {"r": [{"items": [2]}], "next": []},
        ]
        paginate = {**CURSOR, "response_path": "r[0].items", "cursor_path_in_response": "next[1].to"}
        assert walk(acme, paginate)["pages"] == [[1], [2]]

    def test_a_key_with_a_dot_comes_first(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [{"@odata.list": [1], "@odata": {"list": [2]}}]
        assert walk(acme, {**CURSOR, "response_path": "@odata.list"})["pages"] == [[1]]


class TestLink:
    def test_header_first_and_absolute_links_become_a_base_url(
        self, acme: World, scripted: ScriptedNango
    ) -> None:
        header = (
            '<https://other.example/v2/items?page=2&x=%20y>; rel="next", <https://o.example/>; rel="last"'
        )
        scripted.answers = [
            Answer({**items("1"), "next": "/from-body"}, headers={"Link": header}),
            items("2"),
        ]
        paginate = {**LINK, "link_path_in_response_body": "next"}
        assert len(walk(acme, paginate, options={"params": {"q": "x"}})["pages"]) == 2
        assert scripted.lines == ["GET /items?q=x", "GET /v2/items?page=2&x= y"]
        assert scripted.asked[0].headers["base-url-override"] == ""
        assert scripted.asked[1].headers["base-url-override"] == "https://other.example"

    def test_a_relative_link_is_the_next_endpoint_and_params_go(
        self, acme: World, scripted: ScriptedNango
    ) -> None:
        scripted.answers = [items("1", next="/items/p2?x=1"), items("2", next=None)]
        paginate = {"type": "link", "link_path_in_response_body": "next", "response_path": "items"}
        walk(acme, paginate, options={"params": {"q": "x"}})
        assert scripted.lines == ["GET /items?q=x", "GET /items/p2?x=1"]
        assert scripted.asked[1].headers["base-url-override"] == ""

    def test_yields_empty_pages_too(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [items("1", next="/a"), items(next="/b"), items("3")]
        paginate = {"type": "link", "link_path_in_response_body": "next", "response_path": "items"}
        assert walk(acme, paginate)["pages"] == [[{"id": "1"}], [], [{"id": "3"}]]

    def test_ends_at_the_same_link_again(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [items("1", next="/a"), items("2", next="/a"), items("3", next="/a")]
        paginate = {"type": "link", "link_path_in_response_body": "next", "response_path": "items"}
        assert len(walk(acme, paginate)["pages"]) == 2
        assert len(scripted.asked) == 2
        (entry,) = acme.session.last_dryrun().trace.logs
        said = "The provider returned the link '/a' again. Pagination ends here."
        assert (entry.level, entry.message) == ("warn", said)

    @pytest.mark.parametrize(("limit", "severity"), [(1, "error"), (2, "warning")])
    def test_the_same_link_again_after_a_full_page(
        self, acme: World, scripted: ScriptedNango, limit: int, severity: str
    ) -> None:
        scripted.answers = [items("1", next="/a"), items("2", next="/a")]
        paginate = {"type": "link", "link_path_in_response_body": "next", "response_path": "items"}
        walk(acme, {**paginate, "limit": limit, "limit_name_in_request": "n"})
        assert [(p.code, p.severity) for p in problems(acme)] == [("repeated-page", severity)]

    def test_on_page_gets_the_link(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [items("1", next="/a"), items("2")]
        paginate = {"type": "link", "link_path_in_response_body": "next", "response_path": "items"}
        assert walk(acme, paginate, watch=True)["seen"] == ["page", ["/a", 200], "page", [None, 200]]

    def test_limit(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [items("1")]
        walk(acme, {**LINK, "limit": 100, "limit_name_in_request": "per_page"})
        assert scripted.lines == ["GET /items?per_page=100"]

    @pytest.mark.parametrize(
        "header",
        [
            "<https://o.example/b>; rel=next",
            '<https://o.example/a>; rel="prev", <https://o.example/b>; rel="next"',
            '<https://o.example/b>; title="x"; rel="last next"',
            '<https://o.example/a>;rel="prev",<https://o.example/b>;rel="next"',
            "<https://o.example/a>;rel=prev,\t<https://o.example/b>;rel=next,<https://o.example/c>;rel=last",
            '<https://o.example/a>; rel="first",, ,<https://o.example/b>; rel="next",',
            '<https://o.example/a>; rel="next"; rel="prev", <https://o.example/b>; rel="next"',
            '<https://o.example/a>; rel="next", <https://o.example/b>; rel="next"',  # as Nango
        ],
    )
    def test_forms_of_the_link_header(self, acme: World, scripted: ScriptedNango, header: str) -> None:
        scripted.answers = [Answer(items("1"), headers={"Link": header}), items("2")]
        walk(acme, LINK)
        assert scripted.lines[1:] == ["GET /b"]
        assert problems(acme) == []

    def test_commas_inside_a_link(self, acme: World, scripted: ScriptedNango) -> None:
        header = '<https://o.example/a?f=x,y,<z>; rel="prev",<https://o.example/b?f=x,y;z>; rel="next"'
        scripted.answers = [Answer(items("1"), headers={"Link": header.replace("<z", "z")}), items("2")]
        walk(acme, LINK)
        assert scripted.lines[1:] == ["GET /b?f=x,y;z"]

    @pytest.mark.parametrize(
        ("header", "on_nango"),
        [
            (
                '<https://o.example/a>; rel="prev"; title="x, <https://o.example/c>; rel=\'next\'",'
                '<https://o.example/b>; rel="next"',
                None,
            ),
            ('<https://o.example/b>; title="a; rel=prev;"; rel="next"', None),
            ('<https://o.example/b> ; REL = "Next"', "ends the pages here"),
            (f'<https://o.example/b>; rel="next"; title="{"x" * 2_000}"', "Nango reads no more than 2,000"),
        ],
    )
    def test_what_nango_reads_differently_is_said(
        self, acme: World, scripted: ScriptedNango, header: str, on_nango: str | None
    ) -> None:
        scripted.answers = [Answer(items("1"), headers={"Link": header}), items("2")]
        walk(acme, LINK)
        assert scripted.lines[1:] == ["GET /b"]
        result = acme.session.last_dryrun()
        if on_nango is None:
            assert problems(acme) == []
            return
        (problem,) = problems(acme)
        assert (problem.code, problem.severity) == ("link-header", "error")
        assert problem.message.startswith(
            "Page 1 (request 2, GET /items): Nango's runner reads the Link header"
        )
        assert on_nango in problem.message
        assert str(result).startswith("▲ do-it")

    def test_a_link_with_a_broken_host_is_a_path(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [items("1", next="https://[broken/x"), items("2")]
        walk(acme, {"type": "link", "link_path_in_response_body": "next", "response_path": "items"})
        assert len(scripted.asked) == 2

    def test_a_base_url_holds_no_password(self, acme: World, scripted: ScriptedNango) -> None:
        link = '<https://user:secret@o.example/b>; rel="next"'
        scripted.answers = [Answer(items("1"), headers={"Link": link}), items("2")]
        walk(acme, LINK)
        assert scripted.asked[1].headers["base-url-override"] == "https://o.example"


class TestLinkHeaderThatTheProxyDrops:
    """Nango's proxy lets few headers of an answer through, unless it is chunked."""

    def problem(
        self, acme: World, scripted: ScriptedNango, count: int, how: dict[str, Any], **more: Any
    ) -> Any:
        scripted.answers = [items(*map(str, range(count)))]
        assert len(walk(acme, {**LINK, **how}, **more)["pages"]) == 1
        found = problems(acme)
        assert str(acme.session.last_dryrun())[0] == ("▲" if found else "✓")
        return found[0] if found else None

    @pytest.mark.parametrize(
        ("count", "how", "more"),
        [
            (3, {"limit": 3, "limit_name_in_request": "per_page"}, {}),
            (3, {"limit": "3", "limit_name_in_request": "per_page"}, {}),
            (3, {"limit_name_in_request": "n"}, {"options": {"params": {"n": 3}}}),
            (3, {"limit_name_in_request": "n"}, {"options": {"params": "n=3"}}),
            (3, {}, {"options": {"params": {"pageSize": "3"}}}),
            (3, {}, {"endpoint": "/items?page[size]=3"}),
            (100, {"limit": 500, "limit_name_in_request": "per_page"}, {}),  # the provider has a limit, too
            (30, {}, {}),  # without a known limit, round numbers are full pages
            (25, {}, {}),
        ],
    )
    def test_a_full_page_without_it(
        self, acme: World, scripted: ScriptedNango, count: int, how: dict[str, Any], more: dict[str, Any]
    ) -> None:
        found = self.problem(acme, scripted, count, how, **more)
        assert (found.code, found.severity) == ("link-header-missing", "error")
        named = f"Page 1 (request 2, GET /items) is full ({count} records) and has no Link header"
        assert found.message.startswith(named)
        assert found.place.text.strip().startswith("for page in nango.paginate")

    @pytest.mark.parametrize(
        ("count", "how"), [(2, {"limit": 3, "limit_name_in_request": "per_page"}), (0, {}), (17, {})]
    )
    def test_a_page_that_is_not_full(
        self, acme: World, scripted: ScriptedNango, count: int, how: dict[str, Any]
    ) -> None:
        assert self.problem(acme, scripted, count, how) is None

    def test_a_full_last_page_with_the_header(self, acme: World, scripted: ScriptedNango) -> None:
        header = {"Link": '<https://o.example/a>; rel="prev"'}
        scripted.answers = [Answer(items("1", "2"), headers=header)]
        walk(acme, {**LINK, "limit": 2, "limit_name_in_request": "per_page"})
        assert problems(acme) == []

    @pytest.mark.parametrize("header", ["garbage", "", "<https://o.example/a>; rel='next'"])
    def test_a_full_page_whose_header_cannot_be_read(
        self, acme: World, scripted: ScriptedNango, header: str
    ) -> None:
        scripted.answers = [Answer(items("1", "2"), headers={"Link": header})]
        walk(acme, {**LINK, "limit": 2, "limit_name_in_request": "per_page"})
        (found,) = problems(acme)
        assert (found.code, found.severity) == ("link-header", "error")
        assert "cannot be read" in found.message and str(acme.session.last_dryrun())[0] == "▲"

    def test_a_link_in_the_body_goes_on(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [items("1", next="/b"), items("2")]
        how = {**LINK, "link_path_in_response_body": "next", "limit": 1, "limit_name_in_request": "per_page"}
        assert len(walk(acme, how)["pages"]) == 2
        # the second page is full, and has neither
        assert [p.code for p in problems(acme)] == ["link-header-missing"]


PYTHON = """%%nango_sync contacts
def fetch_data(nango):
    for page in nango.paginate("/items", paginate={how}):
        if isinstance(page, list):
            nango.batch_save(page, "Contact")
"""
TYPESCRIPT = """%%nango_sync_ts contacts
import type {{ NangoSync, Contact }} from '../../models';
export default async function fetchData(nango: NangoSync): Promise<void> {{
    for await (const page of nango.paginate<Contact>({{ endpoint: '/items', paginate: {how} }})) {{
        if (Array.isArray(page)) {{
            await nango.batchSave(page, 'Contact');
        }}
    }}
}}
"""


@pytest.mark.parametrize("cell", [PYTHON, TYPESCRIPT], ids=["python", "typescript"])
class TestAPageThatIsNone:
    """Nango takes a page that is not JSON for the end, and says nothing: a run that lacks records."""

    HOW: ClassVar[dict[str, Any]] = {
        "cursor": CURSOR,
        "link": {"type": "link", "link_path_in_response_body": "paging.next", "response_path": "items"},
        "header": LINK,
        "offset": {**OFFSET, "limit": 1, "limit_name_in_request": "size"},
    }
    FIRST = Answer(items("1", paging={"next": "/b"}), headers={"Link": '<https://o.example/b>; rel="next"'})

    def run(self, acme: World, cell: str, how: dict[str, Any]) -> Dryrun:
        acme.cell(YAML)
        acme.cell(cell.format(how=json.dumps(how)))
        return acme.session.dryrun("contacts", "conn-1")

    @pytest.mark.parametrize("how", ["cursor", "link", "header", "offset"])
    @pytest.mark.parametrize(
        ("second", "said"),
        [
            (Answer(b'{"items": [{"id": "2"}, {"id"'), "29 characters of application/json, perhaps cut off"),
            (Answer(b"<html>Sign in</html>"), "20 characters of application/json"),
            (Answer(b"<html>Sign in</html>", headers={"content-type": "text/html"}), "of text/html"),
            (Answer(b"", 204), "has no body (status 204)"),
            (Answer(b""), "has no body (status 200)"),
            (Answer(b"null"), "is not a JSON object or array"),
            (
                Answer(
                    gzip.compress(b'{"items": [{"id": "2"}]}' * 99)[:-20],
                    headers={"content-encoding": "gzip"},
                ),
                "is not a JSON object or array",
            ),
        ],
        ids=["truncated", "html as json", "html", "204", "empty", "null", "truncated gzip"],
    )
    def test_in_the_middle(
        self, acme: World, scripted: ScriptedNango, cell: str, how: str, second: Answer, said: str
    ) -> None:
        scripted.answers = [self.FIRST, second, items("3")]
        try:
            result = self.run(acme, cell, self.HOW[how])
        except ScriptError as error:  # a client that notices the broken gzip itself says so
            assert "gzip" in second.headers.get("content-encoding", "")
            assert "GET /" in shown(error)
            return
        assert result.records == {"Contact": [{"id": "1"}]}
        (problem,) = [p for p in result.problem_list if p.severity == "error"]
        path = "/b" if how in ("link", "header") else "/items"
        number = next(entry.n for entry in result.trace.requests if entry.page == 2)
        assert problem.code == "page-not-json"
        assert problem.message.startswith(f"Page 2 (request {number}, GET {path}) ")
        assert said in problem.message
        assert f"request({number})" in problem.hint
        assert str(result).startswith("▲ contacts on conn-1")
        assert str(result).splitlines()[0].endswith("1 error")

    def test_a_limit_as_text(self, acme: World, scripted: ScriptedNango, cell: str) -> None:
        scripted.answers = [items("1", "2"), items("3")]
        how = {**OFFSET, "limit": "2", "limit_name_in_request": "size"}
        assert self.run(acme, cell, how).counts.added == 3
        assert scripted.lines == ["GET /items?size=2&start=0", "GET /items?size=2&start=2"]

    def test_broken_gzip_fails(self, acme: World, scripted: ScriptedNango, cell: str) -> None:
        scripted.answers = [self.FIRST, Answer(b"\x1f\x8bbroken", headers={"content-encoding": "gzip"})]
        with pytest.raises(ScriptError) as caught:
            self.run(acme, cell, CURSOR)
        assert "The body could not be decompressed" in shown(caught.value)
        assert "\nGET /items\n" in shown(caught.value)
        assert caught.value.dryrun.records == {"Contact": [{"id": "1"}]}

    @pytest.mark.parametrize("how", ["cursor", "offset"])
    def test_an_error_with_status_200(
        self, acme: World, scripted: ScriptedNango, cell: str, how: str
    ) -> None:
        scripted.answers = [self.FIRST, {"error": "try later"}]
        result = self.run(acme, cell, self.HOW[how])
        (problem,) = result.problem_list
        assert (problem.code, problem.severity) == ("page-without-list", "error")
        assert ", GET /items) has nothing at response_path 'items'" in problem.message

    def test_an_empty_page_with_a_cursor(self, acme: World, scripted: ScriptedNango, cell: str) -> None:
        scripted.answers = [self.FIRST, items(paging={"next": "c"}), items("3")]
        result = self.run(acme, cell, CURSOR)
        (problem,) = result.problem_list
        assert (problem.code, problem.severity) == ("empty-page", "warning")
        assert ", GET /items) is empty and has a cursor at 'paging.next'" in problem.message

    @pytest.mark.parametrize(
        ("how", "answers"),
        [
            ("cursor", [Answer(b"", 204)]),
            ("cursor", [FIRST, items(paging={"next": ""})]),
            ("cursor", [FIRST, {"items": None}]),
            ("offset", [FIRST, items()]),
            ("link", [FIRST, items("2")]),
        ],
    )
    def test_what_is_an_end(
        self, acme: World, scripted: ScriptedNango, cell: str, how: str, answers: list[Any]
    ) -> None:
        scripted.answers = list(answers)
        result = self.run(acme, cell, self.HOW[how])
        assert result.problem_list == []
        assert str(result).startswith("✓ contacts")


def test_pages_of_text_are_no_fault(acme: World, scripted: ScriptedNango) -> None:
    csv = {"content-type": "text/csv", "Link": '<https://o.example/b>; rel="next"'}
    scripted.answers = [
        Answer(b"id\n1\n", headers=csv),
        Answer(b"id\n2\n", headers={"content-type": "text/csv"}),
    ]
    found = walk(acme, {"type": "link", "link_rel_in_response_header": "next"})
    assert found["pages"] == ["id\n1\n", "id\n2\n"]
    assert problems(acme) == []


class TestOffset:
    def test_moves_by_the_size_of_each_page(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [items("1", "2"), items("3"), items()]
        assert len(walk(acme, OFFSET)["pages"]) == 2
        assert scripted.lines == ["GET /items?start=0", "GET /items?start=2", "GET /items?start=3"]

    def test_counts_pages_where_asked_to(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [items("1", "2"), items("3", "4"), items()]
        walk(acme, {**OFFSET, "offset_calculation_method": "per-page", "offset_start_value": 1})
        assert scripted.lines == ["GET /items?start=1", "GET /items?start=2", "GET /items?start=3"]

    def test_ends_at_a_page_shorter_than_the_limit(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [items("1", "2"), items("3")]
        paginate = {**OFFSET, "limit": 2, "limit_name_in_request": "size"}
        assert len(walk(acme, paginate)["pages"]) == 2
        assert scripted.lines == ["GET /items?size=2&start=0", "GET /items?size=2&start=2"]

    def test_on_page_comes_after_the_check_of_the_limit(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [items("1", "2"), items("3")]
        paginate = {**OFFSET, "limit": 2, "limit_name_in_request": "size"}
        assert walk(acme, paginate, watch=True)["seen"] == ["page", [2, 200], "page"]

    @pytest.mark.parametrize("limit", ["2", " 2 "])
    def test_a_limit_as_text(self, acme: World, scripted: ScriptedNango, limit: str) -> None:
        scripted.answers = [items("1", "2"), items("3")]
        assert len(walk(acme, {**OFFSET, "limit": limit, "limit_name_in_request": "size"})["pages"]) == 2
        assert scripted.lines == [f"GET /items?size={limit}&start=0", f"GET /items?size={limit}&start=2"]

    def test_an_empty_limit_is_none(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [items("1"), items()]
        walk(acme, {**OFFSET, "limit": "", "limit_name_in_request": "size"})
        assert scripted.lines[0] == "GET /items?start=0"

    def test_is_a_number_in_a_body(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [items("1"), items()]
        walk(acme, OFFSET, options={"method": "POST"})
        assert [asked.json for asked in scripted.asked] == [{"start": 0}, {"start": 1}]


class TestProviderDefaults:
    def test_come_from_the_provider(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.paginate = {**CURSOR, "limit": 10, "limit_name_in_request": "size"}
        scripted.answers = [items("1", paging={"next": "a"}), items("2")]
        assert len(walk(acme, None)["pages"]) == 2
        assert scripted.lines == ["GET /items?size=10", "GET /items?size=10&after=a"]
        assert [asked.path for asked in scripted.called].count("/providers/acme") == 1

    def test_the_script_is_laid_over_them(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.paginate = {**CURSOR, "limit_name_in_request": "size"}
        scripted.answers = [{"rows": [1], "paging": {}}]
        assert walk(acme, {"response_path": "rows", "limit": 3})["pages"] == [[1]]
        assert scripted.lines == ["GET /items?size=3"]

    def test_github_of_the_sandbox(self, demo: World) -> None:
        demo.cell(
            "%%nango_yaml\nintegrations:\n  github:\n    actions:\n      issues:\n        endpoint: GET /x"
        )
        demo.cell(
            "%%nango_action issues\ndef run_action(nango):\n"
            '    pages = nango.paginate("/repos/nangonb-demo/quickstart/issues", '
            'params={"state": "all"}, paginate={"limit": 50})\n'
            "    return [len(page) for page in pages]\n"
        )
        result = demo.session.dryrun("issues", "gh-1")
        assert len(result.output) > 1
        assert result.output[0] == 50
        looked_up, *pages = result.trace.requests
        assert (looked_up.kind, looked_up.endpoint, looked_up.status) == ("nango", "/providers/github", 200)
        assert [entry.page for entry in pages] == list(range(1, len(result.output) + 1))


class TestRefused:
    def test_no_configuration_anywhere(self, acme: World) -> None:
        assert refused(acme, None) == (
            "There was no pagination configuration for this integration or configuration passed in."
        )

    @pytest.mark.parametrize(
        ("paginate", "said"),
        [
            ({"limit": 5}, "Pagination type is required"),
            (
                {"type": "cursor"},
                "Param cursor_name_in_request is required for cursor pagination",
            ),
            (
                {"type": "cursor", "cursor_name_in_request": "after"},
                "Param cursor_path_in_response is required for cursor pagination",
            ),
            (
                {**CURSOR, "limit": 5},
                "Param limit_name_in_request is required for cursor pagination when limit is set",
            ),
            (
                {"type": "link"},
                "Either param link_rel_in_response_header or link_path_in_response_body is required for link "
                "pagination",
            ),
            ({"type": "offset"}, "Param offset_name_in_request is required for offset pagination"),
            (
                {"type": "pages"},
                "Pagination type pages is not supported. Only cursor, link and offset pagination types are "
                "supported.",
            ),
            ({**CURSOR, "responsePath": "x"}, "paginate has no setting 'responsePath'. Did "
                                              "you mean 'response_path'?"),
            ({**OFFSET, "limit": "five"}, "paginate: limit is a number, 0 or more, not 'five'"),
            ({**OFFSET, "limit": -5}, "paginate: limit is a number, 0 or more, not -5"),
            ({**OFFSET, "limit": True}, "paginate: limit is a number, 0 or more, not True"),
            # Nango would join it and the size of the page as texts
            (
                {**OFFSET, "offset_start_value": "0"},
                "paginate: offset_start_value is a number, 0 or more, not '0'",
            ),
            (
                {**OFFSET, "offset_calculation_method": "per_page"},
                "paginate: offset_calculation_method is by-response-size or per-page, not 'per_page'",
            ),
            ({**CURSOR, "on_page": 5}, "paginate: on_page is a function of two arguments: "
                                       "on_page(next_page_param, response)"),
        ],
    )  # fmt: skip
    def test_incomplete_or_wrong(
        self, acme: World, scripted: ScriptedNango, paginate: dict[str, Any], said: str
    ) -> None:
        assert refused(acme, paginate) == said
        assert scripted.asked == []

    def test_text_params_that_need_a_parameter_more(self, acme: World) -> None:
        said = refused(acme, {**OFFSET}, options={"params": "q=x"})
        assert said == "params must be a dict, not text, because start is added to it for each page"

    def test_a_failing_page_keeps_the_earlier_ones(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [items("1", paging={"next": "a"}), Answer({"oops": True}, 500)]
        error = acme.fails(
            "for page in nango.paginate('/items', paginate={'type': 'cursor', "
            "'cursor_path_in_response': 'paging.next', 'cursor_name_in_request': 'after', "
            "'response_path': 'items'}):\n"
            "    nango.batch_save(page, 'Contact')"
        )
        assert error.dryrun.records == {"Contact": [{"id": "1"}]}
        found = [(entry.kind, entry.status) for entry in error.dryrun.trace.requests]
        assert found == [("nango", 200), ("provider", 200), ("provider", 500)]


class TestRoundInCircles:
    """A provider that gives the same page for ever: said, and a dry run ends."""

    def ended(self, acme: World) -> str:
        result = acme.session.last_dryrun()
        assert result.ok
        assert result.capped == "repeated-page"
        problems = {problem.code: problem for problem in result.problem_list}
        assert "gave the same page again and again; Nango would go on" in problems["cap-reached"].message
        found = problems["repeated-page"]
        assert found.place is not None
        assert found.place.text.strip().startswith("for page in nango.paginate")
        (entry,) = result.trace.logs
        assert (entry.level, entry.message) == ("warn", found.message)
        return found.message

    def test_the_same_cursor(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [items("1", paging={"next": "a"}) for _ in range(200)]
        walk(acme, CURSOR)
        assert self.ended(acme) == (
            "The provider gave the cursor 'a' again, 3 times in a row: the pages may never end."
        )
        assert len(scripted.asked) == 101

    def test_cursors_in_a_circle(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [items("1", paging={"next": "ab"[n % 2]}) for n in range(200)]
        walk(acme, CURSOR)
        assert "the cursor 'a' again" in self.ended(acme)

    def test_links_in_a_circle(self, acme: World, scripted: ScriptedNango) -> None:
        link = {"type": "link", "link_path_in_response_body": "next", "response_path": "items"}
        scripted.answers = [items("1", next=f"/items?page={n % 3}") for n in range(200)]
        walk(acme, link)
        assert "the link '/items?page=" in self.ended(acme)

    def test_an_offset_that_is_ignored(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [items("1") for _ in range(200)]
        walk(acme, OFFSET)
        assert "the page at start 3 again" in self.ended(acme)

    def test_two_in_a_row_are_not_said(self, acme: World, scripted: ScriptedNango) -> None:
        cursors = ["a", "a", "a", "b", "b", "b", "c", None]
        scripted.answers = [items(str(n), paging={"next": cursor}) for n, cursor in enumerate(cursors)]
        assert len(walk(acme, CURSOR)["pages"]) == 8
        assert "repeated-page" not in {p.code for p in acme.session.last_dryrun().problem_list}
        assert acme.session.last_dryrun().trace.logs == []
        assert acme.session.last_dryrun().capped is None

    def test_what_was_saved_is_kept(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [items("1", paging={"next": "a"}) for _ in range(200)]
        result = acme.sync(
            f"for page in nango.paginate('/items', paginate={CURSOR!r}):\n"
            "    nango.batch_save(page, 'Contact')"
        )
        assert result.records == {"Contact": [{"id": "1"}]}
