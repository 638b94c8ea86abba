# options: {"connection": "flaky-1"}
# expect: {"requests": 3, "records": {"GuardedItem": 2}, "logs": 1, "error": "action_script_runtime_error"}
#| integration: unreliable
#| runs: every day
#| output: GuardedItem
#| endpoint: GET /guarded-items
from nangonb import HTTPError, NangoSync

REASONS = {"401": "The token expired", "403": "The scopes are missing", "404": "The endpoint is gone"}


def fetch_data(nango: NangoSync) -> None:
    for path in ["/items", "/gone", "/expired-token"]:
        try:
            response = nango.get(path, params={"limit": 2, "total": 2})
        except HTTPError as error:
            reason = REASONS.get(str(error.status), "Something else failed")
            if error.status == 401:
                raise nango.ActionError(reason, path=path, code=error.data["error"]) from error
            nango.log(f"{path}: {reason}", level="warn")
        else:
            nango.batch_save(response.data["items"], "GuardedItem")
