"""What nango says of its run, connection and integration, and how long it remembers them."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest

from tests.scripted import Answer, Asked, ScriptedNango
from tests.world import World, shown


class Clock:
    """The clock of what a run remembers; a reply of the provider moves it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        monkeypatch.setattr(import_module("nangonb._dryrun.connection"), "monotonic", lambda: self.now)

    def after(self, seconds: float) -> Any:
        def reply(asked: Asked) -> dict[str, Any]:
            self.now += seconds
            return {}

        return reply


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def looks(scripted: ScriptedNango, path: str) -> int:
    return sum(asked.method == "GET" and asked.path == path for asked in scripted.called)


class TestConnection:
    def test_is_remembered_for_60_seconds(self, acme: World, scripted: ScriptedNango, clock: Clock) -> None:
        scripted.answers = [clock.after(59), clock.after(2)]
        acme.action(
            "nango.get_connection()\nnango.get('/a')\nnango.get_token()\nnango.get('/b')\nnango.get_metadata()"
        )
        assert looks(scripted, "/connections/conn-1") == 2  # for the run itself, and after 61 s

    def test_another_connection_has_a_memory_of_its_own(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.api["/connections/c-2"] = Answer({"connection_id": "c-2", "provider_config_key": "other"})
        output = acme.action(
            "first = nango.get_connection('other', 'c-2')\nfirst['connection_id'] = 'changed'\n"
            "return nango.get_connection('other', 'c-2')['connection_id']"
        )
        assert output == "c-2"
        assert looks(scripted, "/connections/c-2") == 1

    def test_options_fetch_it_anew(self, acme: World, scripted: ScriptedNango) -> None:
        acme.action(
            "nango.get_connection(force_refresh=True)\nnango.get_connection(refresh_token=True)\n"
            "nango.get_connection(refresh_github_app_jwt_token=True)"
        )
        queries = [dict(asked.query) for asked in scripted.called if asked.path == "/connections/conn-1"]
        assert [
            [name for name in ("force_refresh", "refresh_token", "refresh_github_app_jwt_token")
             if query[name] == "true"]
            for query in queries
        ] == [[], ["force_refresh"], ["refresh_token"], ["refresh_github_app_jwt_token"]]  # fmt: skip

    def test_writing_metadata_forgets_it(self, acme: World, scripted: ScriptedNango) -> None:
        acme.action(
            "nango.get_metadata()\nnango.update_metadata({'a': 1})\n"
            "nango.get_metadata()\nnango.get_metadata()"
        )
        assert looks(scripted, "/connections/conn-1") == 2

    @pytest.mark.parametrize(
        ("credentials", "token"),
        [
            ({"type": "OAUTH2", "access_token": "at", "raw": {}}, "at"),
            ({"type": "APP", "access_token": "at"}, "at"),
            (
                {"type": "OAUTH1", "oauth_token": "a", "oauth_token_secret": "b"},
                {"oAuthToken": "a", "oAuthTokenSecret": "b"},
            ),
            ({"type": "API_KEY", "apiKey": "k"}, {"type": "API_KEY", "apiKey": "k"}),
        ],
    )
    def test_token(
        self, acme: World, scripted: ScriptedNango, credentials: dict[str, Any], token: Any
    ) -> None:
        scripted.api["/connections/conn-1"] = Answer(
            {"connection_id": "conn-1", "provider": "acme", "credentials": credentials}
        )
        assert acme.action("return [nango.get_token() == input[0]]", input=[token]) == [True]


class TestIntegration:
    def test_is_remembered_for_ten_minutes(self, acme: World, scripted: ScriptedNango, clock: Clock) -> None:
        scripted.api["/integrations/acme"] = Answer(
            {"data": {"unique_key": "acme", "webhook_url": "https://h"}}
        )
        scripted.answers = [clock.after(599), clock.after(2)]
        output = acme.action(
            "a = nango.get_integration()\nnango.get('/a')\nnango.get_integration()\nnango.get('/b')\n"
            "nango.get_integration()\nreturn a['unique_key']"
        )
        assert output == "acme"
        assert looks(scripted, "/integrations/acme") == 2

    def test_webhook_url_and_include(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.api["/integrations/acme"] = Answer(
            {"data": {"unique_key": "acme", "webhook_url": "https://h"}}
        )
        output = acme.action("nango.get_integration(include=['credentials'])\nreturn nango.get_webhook_url()")
        assert output == "https://h"
        asked = [a.query for a in scripted.called if a.path == "/integrations/acme"]
        assert asked == [[("include", "credentials")], [("include", "webhook")]]

    def test_unknown_include(self, acme: World) -> None:
        text = shown(acme.fails("nango.get_integration(include='webhook')"))
        assert "include is a list of webhook and credentials, not 'webhook'" in text


class TestTheRun:
    def test_properties_of_a_sync(self, acme: World) -> None:
        result = acme.sync(
            "nango.log([nango.environment_name, nango.script_type, nango.is_cli, nango.variant, "
            "nango.track_deletes, nango.empty_cache, nango.get_flow_attributes()])",
            variant="emea",
        )
        assert result.trace.logs[0].message == '["dev","sync",true,"emea",false,false,{}]'

    def test_an_action_has_no_flow_attributes(self, acme: World) -> None:
        assert acme.action(
            "try:\n    nango.get_flow_attributes()\nexcept Exception as error:\n"
            "    return [nango.script_type, str(error)]"
        ) == ["action", "There is no current sync to get attributes from"]

    def test_deprecated_names_work_and_say_so(self, acme: World, scripted: ScriptedNango) -> None:
        result = acme.sync(
            "nango.set_field_mapping({'fieldMapping': {'a': 'b'}})\nnango.log(nango.get_field_mapping())\n"
            "nango.batch_send([{'id': '1'}], 'Contact')"
        )
        assert result.records == {"Contact": [{"id": "1"}]}
        assert [(entry.level, entry.message) for entry in result.trace.logs] == [
            ("warn", "setFieldMapping is deprecated. Please use setMetadata instead."),
            ("warn", "getFieldMapping is deprecated. Please use getMetadata instead."),
            ("info", '{"a":"b"}'),
            ("warn", "batchSend will be deprecated in future versions. Please use batchSave instead."),
        ]

    def test_a_logger_keeps_what_is_at_least_its_level(self, acme: World) -> None:
        result = acme.sync(
            "nango.log('1', level='silly')\nnango.set_logger(level='warn')\nnango.log('2')\n"
            "nango.log('3', level='warn')\nnango.set_logger(level='debug')\nnango.log('4', level='debug')\n"
            "nango.set_logger(level='off')\nnango.set_logger(level='debug')\nnango.log('5', level='error')"
        )
        assert [entry.message for entry in result.trace.logs] == ["1", "3", "4"]

    def test_unknown_level_of_a_logger(self, acme: World) -> None:
        text = shown(acme.fails("nango.set_logger(level='warning')"))
        assert "Unknown level 'warning' of a logger. Use debug, info, warn, error, off." in text
        assert "Did you mean 'warn'?" in text
