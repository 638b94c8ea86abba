# options: {"connection": "conn-2", "input": {"id": "003Dm0000B00004IQA", "nickname": "Ada"}}
# expect: {"requests": 1, "error": "action_script_runtime_error"}
#| integration: salesforce
#| input: ContactPatch
#| output: PatchResult
#| endpoint: PATCH /crm/contact-raw
from nangonb import HTTPError, NangoAction


def run_action(nango: NangoAction, input: dict) -> dict:
    contact_id = input["id"]
    body = {name[0].upper() + name[1:]: value for name, value in input.items() if name != "id"}
    try:
        response = nango.patch(
            f"/services/data/v53.0/sobjects/Contact/{contact_id}",
            data=body,
            headers={"Content-Type": "application/json"},
        )
    except HTTPError as error:
        first = error.data[0]
        raise nango.ActionError("Salesforce refused the change", code=first["errorCode"], fields=list(body))
    return {"status": response.status}
