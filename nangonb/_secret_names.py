"""Which names are names of secrets: the single declaration, for parameters, headers, URLs, JSON, forms,
environment variables, logs, saved files and errors.

A name is split into words (``apiToken``, ``api-token``, ``API_TOKEN``, ``apitoken``: api, token). The last
word decides, as in an English compound: ``token_count`` is a count, ``session_token`` a token. Words such as
``value`` or ``prod`` may follow. The :data:`Kind` of a name says how certain it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final, Literal

Kind = Literal["secret", "likely", "sent", "plain"]
"""``secret``: every value of this name is a secret. ``likely``: a value is one where it is sent (as a
parameter, a header, in a form; an environment variable counts, too), and in data where it looks like one.
``sent``: only a value that is sent and not short; in data it is an ordinary field (``key``, ``session_id``).
``plain``: no value is a secret."""

#: Last words that name a secret on their own.
_HEADS: Final = frozenset(
    {
        "secret", "password", "passwd", "passphrase", "passcode", "pwd", "pw", "credential", "token", "jwt",
        "bearer", "authorization", "cookie", "assertion", "otp", "totp", "apikey", "cvv", "cvc",
    }
)  # fmt: skip
#: Last words that name a secret where the value is sent or looks like one.
_LIKELY_HEADS: Final = frozenset(
    {
        "auth", "oauth", "xauth", "authentication", "signature", "sig", "pass", "hmac", "phpsessid",
        "jsessionid", "pat", "pin", "sas",
    }
)  # fmt: skip
_SENT_NAMES: Final = frozenset(
    {("key",), ("sid",), ("connect", "sid"), ("session", "id"), ("app", "id"), ("appid",)}
)
#: Pairs of last words that name a secret.
_PAIRS: Final = frozenset(
    {
        ("auth", "code"), ("authorization", "code"), ("backup", "code"), ("code", "verifier"),
        ("connection", "string"), ("mfa", "code"), ("recovery", "code"), ("seed", "phrase"),
    }
)  # fmt: skip
#: Words before ``key`` that make it the name of a secret, and words that do not.
_SECRET_KEYS: Final = frozenset(
    {
        "access", "admin", "api", "auth", "authentication", "client", "consumer", "decryption", "deploy",
        "encryption", "function", "functions", "hmac", "integration", "licence", "license", "live",
        "master", "merchant", "private", "rest", "secret", "server", "service", "session", "shared",
        "signature", "signing", "ssh", "storage", "subscription", "webhook",
    }
)  # fmt: skip
_PLAIN_KEYS: Final = frozenset(
    {
        "alternate", "attribute", "board", "business", "cache", "candidate", "cell", "column",
        "composite", "config", "custom", "data", "date", "dedupe", "default", "dictionary", "duplicate",
        "entity", "entry", "epic", "external", "field", "filter", "foreign", "form", "group", "hash",
        "idempotency", "index", "issue", "item", "jira", "join", "label", "locale", "lookup", "map",
        "message", "metadata", "model", "natural", "object", "option", "order", "page", "parent",
        "partition", "primary", "product", "project", "property", "public", "publishable", "question",
        "range", "record", "reference", "registry", "resource", "row", "search", "shard", "site", "sort",
        "space", "state", "status", "surrogate", "tag", "task", "template", "tracking", "translation",
        "type", "unique", "user", "value", "version",
    }
)  # fmt: skip
#: Owners of a key or pass: ``STRIPE_KEY``, ``my_key``.
_OWNERS: Final = frozenset(
    {
        "my", "our", "your", "airtable", "algolia", "amplitude", "anthropic", "apollo", "asana", "ashby",
        "aws", "azure", "bamboo", "braintree", "brevo", "chargebee", "clearbit", "clerk", "cloudflare",
        "cohere", "datadog", "deepl", "digitalocean", "discord", "dropbox", "elastic", "facebook",
        "fastly", "figma", "firebase", "freshdesk", "gcp", "gemini", "github", "gitlab", "google",
        "greenhouse", "groq", "gusto", "heroku", "hubspot", "huggingface", "intercom", "klaviyo", "lever",
        "linear", "lob", "mailchimp", "mailgun", "mapbox", "maps", "mistral", "mixpanel", "nango",
        "newrelic", "notion", "nylas", "okta", "openai", "openweather", "pagerduty", "paypal", "pinecone",
        "pipedrive", "plaid", "postmark", "pusher", "razorpay", "recaptcha", "resend", "salesforce",
        "segment", "sendgrid", "sentry", "shippo", "shopify", "slack", "snowflake", "square", "stripe",
        "supabase", "telegram", "twilio", "twitter", "vercel", "workday", "xero", "zendesk", "zoho",
        "zoom",
    }
)  # fmt: skip
_SECRET_PASSES: Final = frozenset(
    {
        "admin", "app", "auth", "basic", "bind", "cert", "database", "db", "email", "ftp", "http", "imap",
        "key", "ldap", "login", "mail", "mongo", "mongodb", "mqtt", "mysql", "pg", "pop", "postgres",
        "postgresql", "proxy", "rabbitmq", "redis", "root", "sftp", "smtp", "ssh", "sudo", "user", "vpn",
        "wifi",
    }
)  # fmt: skip
_PLAIN_PASSES: Final = frozenset(
    {
        "boarding", "bus", "day", "event", "first", "guest", "last", "month", "num", "press", "rail",
        "season", "second", "ski", "test", "tests", "travel", "visitor", "year",
    }
)  # fmt: skip
#: Words before ``token`` for a position in a list, or a state.
_PLACES: Final = frozenset(
    {
        "after", "batch", "before", "bookmark", "change", "changes", "concurrency", "continuation",
        "continue", "cursor", "delta", "dedupe", "etag", "export", "history", "idempotency", "iterator",
        "list", "marker", "next", "nextpage", "offset", "page", "pagination", "paging", "position",
        "prev", "previous", "query", "restart", "result", "results", "resume", "scroll", "skip", "start",
        "startpage", "sync", "watermark",
    }
)  # fmt: skip
#: Words before ``tokens`` where it is a count.
_COUNTED: Final = frozenset(
    {
        "billed", "cached", "completion", "context", "input", "max", "maximum", "min", "minimum", "num",
        "number", "output", "prompt", "reasoning", "remaining", "thinking", "total", "used",
    }
)  # fmt: skip
_STRONG_TOKENS: Final = frozenset(
    {
        "access",
        "api",
        "app",
        "auth",
        "bearer",
        "bot",
        "client",
        "csrf",
        "id",
        "oauth",
        "refresh",
        "session",
        "user",
    }
)
#: Words after the name of a secret that do not change its meaning.
_TAILS: Final = frozenset(
    {
        "again", "b64", "backup", "base", "base64", "confirm", "confirmation", "content", "contents",
        "current", "default", "dev", "development", "digest", "enc", "encoded", "encrypted", "env",
        "hash", "hashed", "header", "json", "live", "local", "main", "new", "old", "original", "pem",
        "plain", "plaintext", "prod", "production", "raw", "repeat", "sandbox", "secondary", "staging",
        "str", "string", "test", "testing", "text", "v", "value", "var",
    }
)  # fmt: skip
#: Words after the name of a secret that make it a property of the secret, which is not secret.
_ABOUT: Final = frozenset(
    {
        "age", "alg", "algorithm", "arn", "at", "attempts", "changed", "column", "cost", "count",
        "created", "date", "datetime", "days", "description", "disabled", "domain", "enabled", "endpoint",
        "errors", "exists", "expiration", "expired", "expires", "expiring", "expiry", "field", "fields",
        "format", "hint", "host", "href", "id", "ids", "in", "index", "invalid", "issuer", "kind",
        "label", "length", "level", "lifetime", "limit", "link", "location", "manager", "method",
        "minutes", "mode", "model", "modified", "name", "names", "number", "on", "owner", "path",
        "policy", "position", "prefix", "price", "provider", "question", "rate", "required", "reset",
        "rotated", "rotation", "scheme", "scope", "scopes", "seconds", "set", "size", "source", "state",
        "status", "strength", "time", "timeout", "timestamp", "title", "ttl", "type", "types", "updated",
        "uri", "url", "usage", "used", "user", "username", "valid", "validity", "verified", "version",
    }
)  # fmt: skip

#: Every name of a secret contains one of these: search long text for them first.
SIGNS: Final = (
    "secret", "pass", "pwd", "credential", "token", "jwt", "bearer", "auth", "cookie", "assertion", "otp",
    "key", "sig", "hmac", "sess", "sid", "appid", "cvv", "cvc", "mfa", "recovery", "backup", "verifier",
    "connection", "seed",
)  # fmt: skip
#: The same for words that are parts of many others: no lower-case letter follows (``pin``, not ``ping``).
SHORT_SIGNS: Final = ("pw", "pat", "pin", "sas")

_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_SPLIT_OFF: Final = (
    "credential",
    "passphrase",
    "password",
    "passwd",
    "secret",
    "token",
    "pwd",
    "key",
    "pass",
)
_BEFORE: Final = sorted(_SECRET_KEYS | _PLACES | _COUNTED | _STRONG_TOKENS | {"api"}, key=len, reverse=True)
_JOINED_FRONT: Final = ("password", "apikey", "accesskey", "secretkey", "accesstoken", "secret", "token")
_LONGEST: Final = 200
_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_LOOKS: Final = re.compile(r"(?=[^\d]*\d)(?=[^A-Za-z]*[A-Za-z])[^\s:@]{16,}")
_SHORT: Final = 8


def is_secret(name: str, value: Any, *, sent: bool = False) -> bool:
    """Return whether ``value``, text or a number, is a secret under the name ``name``.

    ``sent``: it is sent as a parameter, a header or in a form, or is an environment variable.
    """
    kind = kind_of(name)
    if kind == "plain" or isinstance(value, bool) or not isinstance(value, (str, int, float)) or value == "":
        return False
    if kind == "secret":
        return isinstance(value, str) or not name.lower().endswith("s")  # tokens: 12 is a count
    if kind == "likely":
        return sent or (isinstance(value, str) and looks_secret(value))
    return sent and len(str(value)) >= _SHORT


def looks_secret(value: str) -> bool:
    """Return whether text looks like a key: long, no spaces, letters and digits, not a UUID."""
    return _LOOKS.fullmatch(value) is not None and _UUID.fullmatch(value) is None


@lru_cache(maxsize=8192)
def kind_of(name: str) -> Kind:
    """Return the kind of a name."""
    if len(name) > _LONGEST or not any(sign in (small := name.lower()) for sign in (*SIGNS, *SHORT_SIGNS)):
        return "plain"
    kind = _kind([word.lower() for word in _WORD.findall(name)])
    # APIkey: ignore the case where it does not follow a convention
    return _kind(_WORD.findall(small)) if kind == "plain" and name != small and name != name.upper() else kind


def _kind(given: list[str]) -> Kind:
    words = [part for word in given for part in _parts(word)]
    if len(words) > 1 and (words[-2], words[-1].removesuffix("s")) in _PAIRS:
        return "secret"
    while len(words) > 1 and words[0] != "key" and (words[-1] in _TAILS or words[-1].isdigit()):
        words.pop()
    if words[-1:] == ["id"] and (words[-2:-1] == ["secret"] or words[-3:-1] == ["access", "key"]):
        words.pop()
    if not words:
        return "plain"
    before = words[-2] if len(words) > 1 else ""
    match words[-1]:
        case "token" | "tokens":
            return "plain" if before in _PLACES or before in _COUNTED else "secret"
        case "key" | "keys":
            return _kind_of_key(before, plural=words[-1] == "keys")
        case "pass":
            return "secret" if before in _SECRET_PASSES else "plain" if before in _PLAIN_PASSES else "likely"
        case last if last in _HEADS or (last != "cookies" and last.removesuffix("s") in _HEADS):
            return "secret"
        case last if last in _LIKELY_HEADS or last.removesuffix("s") in _LIKELY_HEADS:
            return "likely"
        case last if tuple(words) in _SENT_NAMES or tuple(words[-2:]) == ("session", "id"):
            return "sent"
        case last if last in _ABOUT:
            return "plain"
    return "likely" if any(_inside(words)) else "plain"


def _kind_of_key(before: str, *, plural: bool) -> Kind:
    if not before:
        return "plain" if plural else "sent"
    if before in _SECRET_KEYS or before in _OWNERS:
        return "secret"
    return "plain" if before in _PLAIN_KEYS else "likely"


def _inside(words: list[str]) -> Iterator[bool]:
    """Find a secret whose owner follows: ``password_smtp``, ``api_key_stripe``."""
    for before, word in zip(["", *words], words[:-1], strict=False):
        yield word in ("secret", "password", "passwd", "passphrase")
        yield word == "key" and before in _SECRET_KEYS
        yield word == "token" and before in _STRONG_TOKENS


def _parts(word: str) -> list[str]:
    """Split a word that joins several: ``clientsecret``, ``hapikey``, ``nextpagetoken``, ``tokenid``."""
    if word in _HEADS and word != "apikey":
        return [word]
    for front in _JOINED_FRONT:
        rest = word.removeprefix(front)
        if rest != word and (rest in _ABOUT or rest in _TAILS):
            return [*_parts(front), rest]
    plural = "s" if word.endswith("s") and not word.endswith("ss") else ""
    for end in _SPLIT_OFF:
        front = word.removesuffix(plural).removesuffix(end)
        if not front or front == word.removesuffix(plural):
            continue
        before = next((each for each in _BEFORE if front.endswith(each)), "")
        # turkey is not a key, compass not a pass
        if (end == "key" and before not in _SECRET_KEYS) or (end == "pass" and front not in _SECRET_PASSES):
            continue
        front = front.removesuffix(before)
        return [*([front] if front else []), *([before] if before else []), end + plural]
    return [word]
