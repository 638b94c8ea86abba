# options: {"connection": "flaky-1"}
# expect: {"requests": 5, "logs": 1, "output": ["checks", "healthy"]}
#| integration: unreliable
#| output: Health
#| endpoint: GET /health
from nangonb import HTTPError, NangoAction
from nangonb.models import Health

CHECKS = [
    ("/items", {"total": 1}, 200),
    ("/broken", {"status": 404}, 404),
    ("/broken", {"status": 503}, 200),
    ("/expired-token", None, 401),
    ("/unreachable", None, None),
]


def run_action(nango: NangoAction) -> Health:
    checks = []
    for path, params, wanted in CHECKS:
        status = status_of(nango, path, params)
        checks.append({"path": path, "status": status, "ok": status == wanted})
    failed = [check["path"] for check in checks if not check["ok"]]
    nango.log(f"{len(failed)} of {len(checks)} checks failed: {' '.join(failed)}")
    return {"checks": checks, "healthy": not failed}


def status_of(nango: NangoAction, path: str, params: dict | None) -> int | None:
    try:
        return nango.get(path, params=params or {}).status
    except HTTPError as error:
        return error.status
