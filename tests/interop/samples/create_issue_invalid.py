# options: {"connection": "gh-1", "input": {"repository": "docs", "title": "", "body": null}}
# expect: {"requests": 1, "error": "action_script_runtime_error"}
#| integration: github
#| input: NewIssue
#| output: CreatedIssue
#| endpoint: POST /dev/issue-checked
from nangonb import HTTPError, NangoAction


def run_action(nango: NangoAction, input):
    try:
        issue = nango.post(
            f"/repos/nangonb-demo/{input['repository']}/issues",
            data={"title": input["title"], "body": input["body"]},
        ).data
    except HTTPError as error:
        if error.status == 422:
            problems = [f"{each['field']}: {each['code'].replace('_', ' ')}" for each in error.data["errors"]]
            raise nango.ActionError("; ".join(problems), errors=error.data["errors"])
        raise nango.ActionError("GitHub failed", status=error.status)
    return {"number": issue["number"], "url": issue["url"], "labels": []}
