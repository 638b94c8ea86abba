# options: {"connection": "conn-2", "input": {"id": "003Dm0000B0ZZZZIQA"}}
# expect: {"requests": 1, "error": "action_script_runtime_error"}
#| integration: salesforce
#| input: ContactId
#| output: ContactId
#| endpoint: GET /crm/missing-contact
from nangonb import HTTPError, NangoAction
from nangonb.models import ContactId


def run_action(nango: NangoAction, input: ContactId) -> ContactId:
    try:
        response = nango.get(f"/services/data/v53.0/sobjects/Contact/{input['id']}")
    except HTTPError as error:
        if error.status == 404:
            raise nango.ActionError({"type": "not_found", "id": input["id"], "upstream": error.data[0]["errorCode"]})
        raise
    return {"id": response.data["Id"]}
