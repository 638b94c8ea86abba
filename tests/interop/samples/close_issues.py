# options: {"writes": true, "connection": "gh-1", "input": {"repository": "connectors", "numbers": [1, 2, 99, 5]}}
# expect: {"requests": 4, "output": ["failed", "ok", "summary"]}
#| integration: github
#| input: IssueNumbers
#| output: BulkResult
#| endpoint: POST /dev/close-issues
from nangonb import HTTPError, NangoAction
from nangonb.models import BulkResult, IssueNumbers


def run_action(nango: NangoAction, input: IssueNumbers) -> BulkResult:
    base = f"/repos/nangonb-demo/{input['repository']}/issues"
    ok: list[int] = []
    failed: list[dict] = []
    for number in input["numbers"]:
        try:
            issue = nango.patch(f"{base}/{number}", data={"state": "closed"}).data
        except HTTPError as error:
            failed.append({"number": number, "status": error.status, "message": error.data["message"]})
            continue
        ok.append(issue["number"])
    if len(failed) == len(input["numbers"]):
        raise nango.ActionError("None could be closed", failed=failed)
    summary = f"{len(ok)} closed" + (f", {len(failed)} failed" if failed else "")
    return {"ok": ok, "failed": failed, "summary": summary}
