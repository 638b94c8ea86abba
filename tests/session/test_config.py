"""Which Nango, and with which key: the order of precedence, and errors that say where was looked."""

from __future__ import annotations

from pathlib import Path

import pytest

from nangonb._session import Config
from nangonb.errors import ConfigurationError
from tests.sessions import Session
from tests.world import shown


def write(path: str, text: str) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text)


def key(config: Config, environment: str | None = None) -> str:
    found = config.target(environment).key
    assert found is not None
    return found.reveal()


class TestSandbox:
    def test_where_nothing_is_named(self) -> None:
        target = Config().target()
        assert (target.is_sandbox, target.label, target.environment) == (True, "sandbox", "sandbox")

    def test_by_name_whatever_else_there_is(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("NANGO_SECRET_KEY_DEV", "k-env-dev")
        assert Config().target("sandbox").is_sandbox
        assert not Config().target().is_sandbox

    @pytest.mark.parametrize(
        ("name", "value"),
        [("NANGO_SECRET_KEY", "k1"), ("NANGO_SECRET_KEY_DEV", "k2"), ("NANGO_SECRET_KEY_PROD", "k3")],
    )
    def test_not_where_a_key_is_named(self, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
        monkeypatch.setenv(name, value)
        if name.endswith("PROD"):
            with pytest.raises(ConfigurationError):
                Config().target()
        else:
            assert key(Config()) == value

    def test_not_where_a_host_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("NANGO_HOSTPORT", "http://localhost:3003")
        with pytest.raises(ConfigurationError) as caught:
            Config().target()
        assert "Looked for NANGO_SECRET_KEY_DEV and NANGO_SECRET_KEY" in shown(caught.value)
        assert "your Nango's environment settings" in shown(caught.value)

    def test_not_where_an_environment_is_named(self) -> None:
        write("pyproject.toml", '[tool.nangonb]\nenvironment = "staging"\n')
        with pytest.raises(ConfigurationError) as caught:
            Config().target()
        assert "No secret key is set for the environment 'staging'." in shown(caught.value)

    def test_a_connection_in_pyproject_names_no_environment(self) -> None:
        write("pyproject.toml", '[tool.nangonb.connections]\nsalesforce = "conn-1"\n')
        assert Config().target().is_sandbox


class TestPrecedence:
    def test_of_keys(self, monkeypatch: pytest.MonkeyPatch) -> None:
        write(".env", "NANGO_SECRET_KEY=k-dotenv\n")
        assert key(Config()) == "k-dotenv"
        write(".env", "NANGO_SECRET_KEY_DEV=k-dotenv-dev\nNANGO_SECRET_KEY=k-dotenv\n")
        assert key(Config()) == "k-dotenv-dev"
        monkeypatch.setenv("NANGO_SECRET_KEY_DEV", "k-env-dev")
        assert key(Config()) == "k-env-dev"

    def test_of_environments(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("DEV", "STAGING", "PROD", "QA"):
            monkeypatch.setenv(f"NANGO_SECRET_KEY_{name}", f"k-{name.lower()}")
        config = Config()
        assert (key(config), config.default_environment) == ("k-dev", "dev")
        write("pyproject.toml", '[tool.nangonb]\nenvironment = "staging"\n')
        assert (key(config), config.default_environment) == ("k-staging", "staging")
        config.overrides["environment"] = "prod"
        assert (key(config), config.default_environment) == ("k-prod", "prod")
        assert key(config, "qa") == "k-qa"
        config.overrides["environment"] = ""  # an empty one does not count
        assert key(config) == "k-staging"
        assert config.environments() == ["dev", "prod", "qa", "staging", "sandbox"]

    def test_of_hosts(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("NANGO_SECRET_KEY", "k")
        config = Config()
        assert config.target().host == "https://api.nango.dev"
        write("pyproject.toml", '[tool.nangonb]\nhost = "https://pyproject.example/"\n')
        assert config.target().host == "https://pyproject.example"
        write(".env", "NANGO_HOSTPORT=https://dotenv.example\n")
        assert config.target().host == "https://dotenv.example"
        monkeypatch.setenv("NANGO_HOSTPORT", "https://env.example:8443/")
        assert config.target().host == "https://env.example:8443"
        config.overrides["host"] = "https://config.example"
        assert config.target().host == "https://config.example"
        assert config.target().label == "dev · config.example"

    def test_files_upward(self, tmp_path: Path) -> None:
        write(str(tmp_path / ".env"), "NANGO_SECRET_KEY=k-far\n")
        write(str(tmp_path / "pyproject.toml"), "[tool.nangonb]\npreview_rows = 7\n")
        folder = tmp_path / "a" / "b"
        folder.mkdir(parents=True)
        assert (key(Config(folder)), Config(folder).preview_rows) == ("k-far", 7)
        write(str(tmp_path / "a" / ".env"), "NANGO_SECRET_KEY=k-near\n")
        assert key(Config(folder)) == "k-near"

    def test_an_environment_with_a_hyphen(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("NANGO_SECRET_KEY_PRE_PROD", "k-pre")
        assert key(Config(), "pre-prod") == "k-pre"

    def test_forms_of_dotenv(self) -> None:
        write(".env", '\ufeff# a comment\nexport NANGO_SECRET_KEY="k-quoted"  # more\nOTHER=1\nEMPTY=\n')
        assert key(Config()) == "k-quoted"

    def test_empty_variables_do_not_count(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("NANGO_SECRET_KEY_DEV", "")
        assert Config().target().is_sandbox

    def test_the_key_is_never_shown(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("NANGO_SECRET_KEY", "k-very-secret")
        assert "k-very-secret" not in repr(Config().target()) + str(Config().target())


class TestMistakes:
    def test_an_environment_without_a_key(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("NANGO_SECRET_KEY_DEV", "k-dev")
        with pytest.raises(ConfigurationError) as caught:
            Config().target("prod")
        assert shown(caught.value) == (
            "ConfigurationError: No secret key is set for the environment 'prod'.\n"
            "Looked for NANGO_SECRET_KEY_PROD and NANGO_SECRET_KEY in the environment and in .env. "
            "There are keys for: dev."
        )

    def test_a_misspelt_environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("NANGO_SECRET_KEY_STAGING", "k")
        with pytest.raises(ConfigurationError) as caught:
            Config().target("stagign")
        assert "Did you mean 'staging'?" in caught.value.hint

    def test_no_key_at_all(self) -> None:
        with pytest.raises(ConfigurationError) as caught:
            Config().target("prod")
        assert "Without an account: the environment 'sandbox', on this machine." in shown(caught.value)

    @pytest.mark.parametrize(
        "host", ["nango.example.com", "ftp://nango.example.com", "https://", "http://a:b", "http://[::1"]
    )
    def test_a_host_that_is_no_url(self, monkeypatch: pytest.MonkeyPatch, host: str) -> None:
        monkeypatch.setenv("NANGO_SECRET_KEY", "k")
        monkeypatch.setenv("NANGO_HOSTPORT", host)
        with pytest.raises(ConfigurationError) as caught:
            Config().target()
        assert f"The host {host!r} is not a URL." in shown(caught.value)
        assert "NANGO_HOSTPORT=https://nango.example.com" in shown(caught.value)

    def test_a_password_in_a_wrong_host_is_not_shown(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("NANGO_SECRET_KEY", "k")
        monkeypatch.setenv("NANGO_HOSTPORT", "htp://user:hunter2@nango.example.com")
        with pytest.raises(ConfigurationError) as caught:
            Config().target()
        assert "hunter2" not in shown(caught.value)

    @pytest.mark.parametrize("value", ["two words", "schlüssel", "a\x07b"])
    def test_a_key_that_is_none(self, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
        monkeypatch.setenv("NANGO_SECRET_KEY_DEV", value)
        with pytest.raises(ConfigurationError) as caught:
            Config().target()
        assert "NANGO_SECRET_KEY_DEV does not contain a secret key" in shown(caught.value)
        assert value not in shown(caught.value)

    def test_an_unknown_setting(self) -> None:
        write("pyproject.toml", "[tool.nangonb]\npreview_row = 5\n")
        with pytest.raises(ConfigurationError) as caught:
            Config().target()
        assert "has no setting 'preview_row'.\nDid you mean preview_rows?" in shown(caught.value)
        assert str(Path("pyproject.toml").resolve()) in shown(caught.value)

    def test_a_key_in_pyproject(self) -> None:
        write("pyproject.toml", '[tool.nangonb]\nsecret_key = "canary-key"\n')
        with pytest.raises(ConfigurationError) as caught:
            Config().target()
        assert "Keys belong into the environment or .env." in shown(caught.value)
        assert "canary-key" not in shown(caught.value)

    @pytest.mark.parametrize(
        "text", ["[tool.nangonb\n", "[tool]\nnangonb = 5\n", "[tool.nangonb]\nconnections = 1\n"]
    )
    def test_a_pyproject_that_cannot_be_used(self, text: str) -> None:
        write("pyproject.toml", text)
        with pytest.raises(ConfigurationError) as caught:
            Config().target()
        assert "pyproject.toml" in shown(caught.value)

    @pytest.mark.parametrize("value", ['"many"', "-1", "true", "1.5"])
    def test_preview_rows(self, value: str) -> None:
        write("pyproject.toml", f"[tool.nangonb]\npreview_rows = {value}\n")
        with pytest.raises(ConfigurationError, match="preview_rows is a number of rows, 0 or more"):
            _ = Config().preview_rows

    @pytest.mark.parametrize("value", ['"long"', "-1", "true", "0", "inf", "nan"])
    def test_request_timeout(self, value: str) -> None:
        write("pyproject.toml", f"[tool.nangonb]\nrequest_timeout = {value}\n")
        with pytest.raises(ConfigurationError, match="request_timeout is a number of seconds above 0"):
            _ = Config().request_timeout

    def test_a_dotenv_that_is_no_text(self) -> None:
        Path(".env").write_bytes(b"NANGO_SECRET_KEY=\xff\xfe\n")
        with pytest.raises(ConfigurationError) as caught:
            Config().target()
        assert ".env cannot be read: it is not UTF-8 text." in shown(caught.value)


class TestSettings:
    def test_preview_rows(self) -> None:
        config = Config()
        assert config.preview_rows == 20
        write("pyproject.toml", "[tool.nangonb]\npreview_rows = 5\n")
        assert config.preview_rows == 5
        config.overrides["preview_rows"] = 3
        assert config.preview_rows == 3
        config.overrides["preview_rows"] = 0  # %config's own default
        assert config.preview_rows == 5

    def test_request_timeout(self) -> None:
        config = Config()
        assert config.request_timeout == 120
        write("pyproject.toml", "[tool.nangonb]\nrequest_timeout = 7.5\n")
        assert config.request_timeout == 7.5
        config.overrides["request_timeout"] = 3
        assert config.request_timeout == 3
        config.overrides["request_timeout"] = 0.0  # %config's own default
        assert config.request_timeout == 7.5

    def test_connections(self) -> None:
        write("pyproject.toml", '[tool.nangonb.connections]\nsalesforce = "conn-1"\n')
        assert (Config().connection("salesforce"), Config().connection("github")) == ("conn-1", None)

    def test_a_session_reads_them_when_it_needs_them(self, monkeypatch: pytest.MonkeyPatch) -> None:
        session = Session()
        assert session.own.connections.target().is_sandbox
        monkeypatch.setenv("NANGO_SECRET_KEY", "k")
        assert not session.own.connections.target().is_sandbox
