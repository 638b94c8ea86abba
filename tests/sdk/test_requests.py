"""nango.get, post, … proxy: what goes out, what comes back, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from nangonb.errors import ScriptError
from tests.scripted import Answer, Asked, ScriptedNango
from tests.world import World, shown

CATCH = """
from nangonb import HTTPError
try:
    {call}
except HTTPError as error:
    return [str(error), error.status, error.data, error.code]
"""


def caught(acme: World, call: str) -> Any:
    head, body = "from nangonb import HTTPError\n", CATCH.format(call=call).split("\n", 2)[2]
    return acme.action(body, head=head)


class TestSent:
    def test_each_verb(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [{}, {}, {}, {}, {}, {}]
        acme.action(
            "nango.get('/a', params={'q': 'x y'})\n"
            "nango.post('/a', data={'n': 1.0})\n"
            "nango.put('/a', data=[1])\n"
            "nango.patch('/a', data={})\n"
            "nango.delete('/a')\n"
            "nango.proxy('/a', method='post')"
        )
        assert scripted.lines == [
            "GET /a?q=x y", "POST /a", "PUT /a", "PATCH /a", "DELETE /a", "POST /a",
        ]  # fmt: skip
        assert [asked.body for asked in scripted.asked] == [b"", b'{"n":1}', b"[1]", b"{}", b"", b""]
        assert {asked.headers["connection-id"] for asked in scripted.asked} == {"conn-1"}
        assert {asked.headers["provider-config-key"] for asked in scripted.asked} == {"acme"}

    def test_options_travel_as_headers(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [{}]
        acme.action(
            "nango.get('/a', retries=3, retry_on=[409, 418], headers={'X-Custom': 1.0, 'X-No': None}, "
            "base_url_override='https://other.example', decompress=True, provider_config_key='other', "
            "forward_headers_on_redirect=True, retry_header={'after': 'x-wait'}, "
            "connection_id='c-2')"
        )
        sent = scripted.asked[0].headers
        assert sent["retries"] == "3"
        assert sent["retry-on"] == "409,418"
        assert sent["nango-proxy-x-custom"] == "1"
        assert "nango-proxy-x-no" not in sent
        assert sent["base-url-override"] == "https://other.example"
        assert sent["decompress"] == "true"
        assert sent["forward-headers-on-redirect"] == "true"
        assert not [name for name, value in sent.items() if "retry-header" in name or "x-wait" in value]
        assert (sent["provider-config-key"], sent["connection-id"]) == ("other", "c-2")

    def test_a_sync_says_that_it_is_one(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [{}, {}]
        acme.sync("nango.get('/a')")
        acme.action("nango.get('/a')")
        assert [asked.headers.get("nango-is-sync") for asked in scripted.asked] == ["true", None]
        assert {asked.headers.get("nango-is-dry-run") for asked in scripted.asked} == {"true"}


class TestReceived:
    def test_status_headers_and_data(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [Answer({"n": 1.0, "big": 9007199254740993}, 201, {"X-Total": "2"})]
        output = acme.action(
            "r = nango.get('/a')\nreturn [r.status, r.headers['x-total'], r.data, type(r.data['n']).__name__]"
        )
        assert output == [201, "2", {"n": 1, "big": 9007199254740993}, "int"]

    @pytest.mark.parametrize(
        ("body", "options", "said"),
        [
            (b'{"a": 1}', "", {"a": 1}),
            (b"<html>hello</html>", "", "<html>hello</html>"),
            (b'{"a": 1,', "", '{"a": 1,'),
            (b"", "", ""),
            (b"\xef\xbb\xbf[1]", "", [1]),
            (b'{"a": 1}', ", response_type='text'", '{"a": 1}'),
            (b"caf\xe9", "", "caf\ufffd"),
        ],
    )
    def test_bodies(self, acme: World, scripted: ScriptedNango, body: bytes, options: str, said: Any) -> None:
        scripted.answers = [Answer(body)]
        assert acme.action(f"return nango.get('/a'{options}).data") == said

    def test_bytes(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [Answer(b"\x00\xff")]
        assert acme.action("return list(nango.get('/a', response_type='arraybuffer').data)") == [0, 255]


class TestRefusedByTheProvider:
    def test_an_error_has_axios_words_and_the_body(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [Answer({"error": "no such thing"}, 404)]
        assert caught(acme, "nango.get('/a')") == [
            "Request failed with status code 404", 404, {"error": "no such thing"}, "ERR_BAD_REQUEST",
        ]  # fmt: skip

    def test_what_is_shown_adds_request_and_body(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [Answer({"message": "too bad"}, 500)]
        text = shown(acme.fails("nango.get('/a?b=1')"))
        assert "HTTPError: Request failed with status code 500\nGET /a?b=1\n" in text
        assert '{"message": "too bad"}' in text

    def test_a_long_body_is_cut(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [Answer(b"x" * 5000, 500)]
        text = shown(acme.fails("nango.get('/a')"))
        assert "x" * 1000 + " … (5,000 characters)" in text
        assert "x" * 1001 not in text

    def test_nango_s_own_refusal_is_the_error_of_the_request_with_a_hint(
        self, acme: World, scripted: ScriptedNango
    ) -> None:
        scripted.answers = [
            Answer({"error": {"code": "unknown_connection", "message": "No such connection"}}, 400)
        ]
        error = acme.fails("nango.get('/a', connection_id='c-9')")
        text = shown(error)
        assert "HTTPError: Request failed with status code 400" in text
        assert "unknown_connection" in text
        assert "c-9" in text


class TestMisuse:
    @pytest.mark.parametrize(
        ("call", "kind", "said"),
        [
            (
                "nango.get('/a', param={})",
                "TypeError",
                "nango.get() has no option 'param'. Did you mean 'params'?",
            ),
            (
                "nango.get('/a', retryOn=[1])",
                "TypeError",
                "nango.get() has no option 'retryOn'. Did you mean 'retry_on'?",
            ),
            (
                "nango.get('/a', method='POST')",
                "TypeError",
                "nango.get() has no option 'method'. Use nango.proxy(…, method=…).",
            ),
            (
                "nango.get('/a', paginate={})",
                "TypeError",
                "nango.get() has no option 'paginate'. Use nango.paginate(…, paginate={…}).",
            ),
            (
                "nango.get('/a', params=['x'])",
                "SDKError",
                "nango.get(): params is a dict or the text of a query "
                "string, not list: params={'limit': 100}",
            ),
            (
                "nango.get('/a', headers='x')",
                "SDKError",
                "nango.get(): headers is a dict, not str: headers={'Accept': 'text/csv'}",
            ),
            (
                "nango.get('/a', retries='3')",
                "SDKError",
                "nango.get(): retries is how often to repeat a request, 0 or more, not '3'",
            ),
            (
                "nango.get('/a', retry_on=409)",
                "SDKError",
                "nango.get(): retry_on is a list of statuses, not int: retry_on=[409]",
            ),
            (
                "nango.get('/a', response_type='blob')",
                "SDKError",
                "nango.get(): response_type is one of json, text, arraybuffer, not 'blob'",
            ),
            (
                "nango.get('/a', retry_header='retry-after')",
                "SDKError",
                "nango.get(): retry_header is a dict, not str: retry_header={'after': 'retry-after'}",
            ),
            (
                "nango.get('/a', retry_header={'in': 'x'})",
                "SDKError",
                "nango.get(): retry_header has at and after, not in",
            ),
            (
                "nango.get('/a', decompress='yes')",
                "SDKError",
                "nango.get(): decompress is True or False, not 'yes'",
            ),
            (
                "nango.proxy('/a', method='FETCH')",
                "SDKError",
                "method is one of GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS, not 'FETCH'.",
            ),
            (
                "nango.get({'endpoint': '/a'})",
                "SDKError",
                "nango.get() takes the endpoint and keywords, not one dict: nango.get('/a')",
            ),
            (
                "nango.batchSave([], 'Contact')",
                "AttributeError",
                "NangoSync has no attribute 'batchSave'. Did you mean 'batch_save'?",
            ),
            (
                "nango.getFieldMapping()",
                "AttributeError",
                "NangoSync has no attribute 'getFieldMapping'. Use get_metadata, which replaced it in Nango.",
            ),
            (
                "nango.triggerAction()",
                "AttributeError",
                "NangoSync has no attribute 'triggerAction'. Did you mean 'trigger_action'?",
            ),
            (
                "nango.abortSignal",
                "AttributeError",
                "NangoSync has no attribute 'abortSignal'. A dry run is stopped from outside. "
                "Remove the check.",
            ),
            (
                "nango.getWebhookURL()",
                "AttributeError",
                "NangoSync has no attribute 'getWebhookURL'. Did you mean 'get_webhook_url'?",
            ),
            (
                "nango.isCLI",
                "AttributeError",
                "NangoSync has no attribute 'isCLI'. Did you mean 'is_cli'?",
            ),
            (
                "nango.lastSyncDate",
                "AttributeError",
                "NangoSync has no attribute 'lastSyncDate'. Did you mean 'last_sync_date'?",
            ),
            ("nango.log('x', level='fatal')", "SDKError", "Unknown log level 'fatal'. Use "
                                                          "debug, info, warn or error."),
            ("nango.set_metadata([])", "SDKError", "Metadata must be a dict, not list: "
                                                   "{'fieldMapping': {…}}."),
        ],
    )  # fmt: skip
    def test_the_error_says_what_is_meant(
        self, acme: World, scripted: ScriptedNango, call: str, kind: str, said: str
    ) -> None:
        error = acme.fails(call)
        assert f"{kind}: {said}" in shown(error)
        assert "Cell In[2], line 3, in fetch_data" in shown(error)
        assert scripted.asked == []

    def test_data_that_cannot_be_sent(self, acme: World, scripted: ScriptedNango) -> None:
        text = shown(acme.fails("nango.post('/a', data={'when': {1, 2}})"))
        assert "SDKError: data['when'] is a set, which JSON cannot hold." in text
        assert "Use str, int, float, bool, None, dict or list." in text
        assert scripted.asked == []

    def test_a_header_that_cannot_be_sent(self, acme: World) -> None:
        text = shown(acme.fails("nango.get('/a', headers={'X-Name': 'a\\nb'})"))
        assert 'Invalid character in header content ["X-Name"]' in text
        assert "A header holds one line of Latin-1 text" in text

    def test_an_action_cannot_save(self, acme: World) -> None:
        with pytest.raises(ScriptError) as error:
            acme.action("nango.batch_save([], 'Contact')")
        assert "NangoAction has no attribute 'batch_save'. Only a sync has batch_save." in shown(error.value)


class TestTheWorld:
    def test_metadata_connection_and_variables(self, acme: World, scripted: ScriptedNango) -> None:
        output = acme.action(
            "return [nango.get_metadata(), nango.get_connection()['connection_id'], nango.connection_id, "
            "nango.provider_config_key, nango.provider, nango.get_environment_variables()]"
        )
        assert output == [
            {"region": "EMEA"}, "conn-1", "conn-1", "acme", "acme", [{"name": "REGION", "value": "eu"}],
        ]  # fmt: skip

    def test_given_metadata_stands_alone_and_is_merged_into_the_connection(self, acme: World) -> None:
        output = acme.action(
            "return [nango.get_metadata(), nango.get_connection()['metadata']]", metadata={"team": 1}
        )
        assert output == [{"team": 1}, {"region": "EMEA", "team": 1}]

    def test_metadata_is_written_and_seen_at_once(self, acme: World, scripted: ScriptedNango) -> None:
        output = acme.action(
            "nango.update_metadata({'a': 1})\nfirst = nango.get_metadata()\n"
            "nango.set_metadata({'b': 2})\nreturn [first, nango.get_metadata()]"
        )
        assert output == [{"region": "EMEA", "a": 1}, {"b": 2}]
        result = acme.session.last_dryrun()
        assert (result.writes, result.metadata_writes) == (0, 2)
        written = [(c.method, c.json["metadata"]) for c in scripted.called if c.path.endswith("/metadata")]
        assert written == [("PATCH", {"a": 1}), ("POST", {"b": 2})]

    def test_what_nango_refuses_is_an_error_of_a_request(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.api["/environment-variables"] = Answer(
            {"error": {"code": "forbidden", "message": "not your plan"}}, 403
        )
        found = caught(acme, "nango.get_environment_variables()")
        assert found[:2] == ["Request failed with status code 403", 403]
        assert found[3] == "forbidden"

    def test_changing_what_was_handed_out_changes_nothing(self, acme: World) -> None:
        output = acme.action("nango.get_metadata()['x'] = 1\nreturn nango.get_metadata()")
        assert output == {"region": "EMEA"}

    def test_log_levels_and_values(self, acme: World) -> None:
        result = acme.sync(
            "nango.log('a', {'b': 1.0}, None)\nnango.log('w', level='warn')\nnango.log('h', level='http')\n"
            "nango.log({1})"
        )
        assert [(entry.level, entry.message) for entry in result.trace.logs] == [
            ("info", 'a {"b":1} null'), ("warn", "w"), ("info", "h"), ("info", "{1}"),
        ]  # fmt: skip

    def test_last_sync_date_and_variant(self, acme: World) -> None:
        body = "nango.log(nango.last_sync_date.isoformat() if nango.last_sync_date else '-', nango.variant)"
        assert acme.sync(body).trace.logs[0].message == "- base"
        found = acme.sync(body, last_sync_date="2026-01-31T08:00:00+02:00", variant="v2")
        assert found.trace.logs[0].message == "2026-01-31T06:00:00+00:00 v2"


def test_requests_are_not_repeated_by_us(acme: World, scripted: ScriptedNango) -> None:
    def refuse(asked: Asked) -> Answer:
        return Answer({"error": "busy"}, 429, {"Retry-After": "0"})

    scripted.answers = [refuse, refuse, refuse]
    acme.fails("nango.get('/a', retries=2)")
    assert len(scripted.asked) == 1


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("environment_id", "Only Nango's runner has it; nango.environment_name is the name."),
        ("syncJobId", "A dry run is not a job of Nango, and has no id of one."),
        ("secretKey", "Scripts never see the secret key."),
        ("logger", "Use nango.set_logger(level=…)."),
        ("integrationConfig", "Use nango.get_integration(include=['credentials'])."),
    ],
)
def test_what_nango_s_object_has_and_this_one_does_not(acme: World, name: str, said: str) -> None:
    assert f"AttributeError: NangoSync has no attribute {name!r}. {said}" in shown(
        acme.fails(f"nango.{name}")
    )
