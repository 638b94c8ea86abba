"""Names of secrets, and names that only sound like one: what is sent, shown and saved under them."""

from __future__ import annotations

import json

import pytest

from nangonb._masking import MASK, Masker
from nangonb._secret_names import SHORT_SIGNS, SIGNS, is_secret, kind_of

SECRET = [
    "api_token", "apiToken", "api-token", "slack_token", "slackToken", "MY_TOKEN", "GITHUB_TOKEN",
    "STRIPE_KEY", "stripeKey", "my-key", "signing_key", "signingKey", "DB_PASS", "dbPass", "smtp_pass",
    "subscription-key", "Ocp-Apim-Subscription-Key", "Authorization", "Proxy-Authorization", "cookie",
    "Set-Cookie", "client_secret", "clientSecret", "clientsecret", "password", "passwd", "userPassword",
    "user_pwd", "password2", "api_key", "apiKey", "APIKey", "APIkey", "apikey", "hapikey", "X-Api-Key",
    "access_key", "AWSAccessKeyId", "secret_access_key", "awsSecretAccessKey", "private_key",
    "private_key_pem", "access_token", "refreshToken", "id_token", "x-auth-token",
    "X-Shopify-Access-Token", "csrfToken", "jwt", "session_token", "passphrase", "credentials",
    "db_password_prod", "tokens", "api_keys", "webhook_secret", "webhookSigningKey", "encryptionKey",
    "DD-API-KEY", "x-vault-token", "page_access_token", "token_secret", "passwordHash", "secret_id",
    "accesstoken", "x-amz-security-token", "X-Amz-Credential", "hub.verify_token", "filter[api_key]",
    "OPENAI_API_KEY", "$token", "bot_token_v2", "pw", "DB_PW", "smtpPw", "cvv", "auth_code",
    "authorizationCode", "code_verifier", "mfa-code", "recovery_codes", "seed_phrase",
    "connection_string", "connectionString",
]  # fmt: skip
LIKELY = [
    "auth", "sig", "signature", "X-Amz-Signature", "MY_PASS", "pass", "acme_key", "ACME_KEY",
    "password_smtp", "api_key_stripe", "GITHUB_PAT", "MAGIC_PIN", "sas", "xauth",
]  # fmt: skip
SENT = [
    "key", "sid", "session_id", "sessionId", "appid", "connect.sid",
]  # fmt: skip
PLAIN = [
    "page_token", "next_page_token", "nextPageToken", "pageToken", "nextpagetoken", "cursor",
    "sync_token", "nextSyncToken", "syncToken", "continuationToken", "$skiptoken", "$deltatoken",
    "NextToken", "startPageToken", "newStartPageToken", "primary_key", "foreign_key", "keyboard",
    "author", "authors", "passport", "token_count", "max_tokens", "maxTokens", "total_tokens",
    "prompt_tokens", "tokens_used", "signature_date", "token_type", "token_url", "keys", "monkey",
    "turkey", "compass", "bypass", "secretary", "sort_key", "issueKey", "project_key",
    "provider_config_key", "public_key", "idempotency_key", "cookies", "cookie_consent",
    "password_changed_at", "passwordLastChangedDate", "client_id", "username", "token_id", "key_name",
    "keywords", "assignee", "signal", "design", "inside", "resident", "authority", "authenticated",
    "authorization_status", "password_policy", "secret_name", "boarding_pass", "session_count",
    "object_key", "id", "name", "email", "code", "status_code", "country_code", "zip_code", "error_codes",
    "path", "pattern", "shipping", "spinner", "message_sid", "query_string", "phrase", "power", "update",
]  # fmt: skip


@pytest.mark.parametrize(
    ("names", "kind"), [(SECRET, "secret"), (LIKELY, "likely"), (SENT, "sent"), (PLAIN, "plain")]
)
def test_what_a_name_says(names: list[str], kind: str) -> None:
    assert {name: kind_of(name) for name in names} == dict.fromkeys(names, kind)


@pytest.mark.parametrize("name", [*SECRET, *LIKELY, *SENT])
def test_text_is_searched_for_every_name(name: str) -> None:
    assert any(sign in name.lower() for sign in (*SIGNS, *SHORT_SIGNS))
    assert "abcd1234efgh" not in Masker().text(f"GET /x?a=1&{name}=abcd1234efgh&page=2")


@pytest.mark.parametrize("name", ["pins", "userPins", "patProd", "PW_PROD", "smtpPwTest"])
def test_short_signs_are_found_at_the_end_of_a_word(name: str) -> None:
    assert "abcd1234efgh" not in Masker().text(f"GET /x?a=1&{name}=abcd1234efgh&page=2")


@pytest.mark.parametrize("name", SECRET)
def test_in_json_and_in_text_of_it(name: str) -> None:
    value = 'a, "b" & c'
    for text in (
        json.dumps({name: value}),
        json.dumps({name: value}, indent=1),
        json.dumps(json.dumps({name: value})),
        repr({name: value}),
    ):
        masked = Masker().text(f"sent {text} there")
        assert "a, " not in masked and "c" not in masked.rpartition(MASK)[2].replace("there", ""), masked
    assert Masker().data([{name: value}]) == [{name: MASK}]
    assert Masker().data([{"name": name, "value": value}]) == [{"name": name, "value": MASK}]


@pytest.mark.parametrize("name", PLAIN)
def test_names_that_only_sound_like_one(name: str) -> None:
    data = {name: "abcd1234efgh5678ijkl"}
    assert Masker().data(data, sent=True) == data
    for text in (f"GET /x?{name}=abcd1234efgh5678ijkl", json.dumps(data)):
        assert Masker().text(text) == text
    masker = Masker()
    masker.learn(data, sent=True)
    assert masker.known("abcd1234efgh5678ijkl") == "abcd1234efgh5678ijkl"


def test_an_ordinary_field_of_a_record_is_a_secret_where_it_is_sent() -> None:
    record = {
        "key": "AIzaSyD-0123456789abcdef",
        "session_id": "0123456789abcdef",
        "auth": "none",
        "pass": "yes",
    }
    assert Masker().data(record) == record
    assert Masker().data(record, sent=True) == dict.fromkeys(record, MASK)
    assert Masker().data({"key": "PROJ-1"}, sent=True) == {"key": "PROJ-1"}
    signed = {"signature": "Best regards,\nAda", "sig": "9f8e7d6c5b4a39281706"}
    assert Masker().data(signed) == {"signature": "Best regards,\nAda", "sig": MASK}


def test_what_is_no_secret_under_such_a_name() -> None:
    for value in (True, None, "", 12):
        assert not is_secret("tokens", value, sent=True)
    data = {
        "usage": {"tokens": 12, "token": None},
        "password": {"min": 8, "required": True},
        "has_token": True,
    }
    assert Masker().data(data, sent=True) == data
    assert Masker().text('{"password": null, "tokens": 12, "token": {"id": 1}}').count(MASK) == 0


@pytest.mark.parametrize(
    "text",
    [
        "The provider refuses the credentials: reconnect it.", "Failed to get credentials: 'refresh'",
        "token: expired", "key: value", "Bad pagination token: none", "https://acme.example/key:1",
    ],
)  # fmt: skip
def test_prose_stays(text: str) -> None:
    assert Masker().text(text) == text


def test_a_secret_within_an_ordinary_value() -> None:
    text = '{"signature": "see /x?sig=abcd&page=2 there", "page_token": "a?api_token=b0b0&c=1", "key": [1]}'
    expected = (
        '{"signature": "see /x?sig=****&page=2 there", "page_token": "a?api_token=****&c=1", "key": [1]}'
    )
    assert Masker().text(text) == expected


def test_names_that_are_masked_and_become_equal_lose_nothing() -> None:
    masker = Masker(["first-canary", "other-canary"])
    assert masker.data({"first-canary": 1, "other-canary": 2}) == {MASK: 1, f"{MASK} (2)": 2}
