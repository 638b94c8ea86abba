# options: {"connection": "conn-1"}
# expect: {"requests": 2, "error": "action_script_runtime_error"}
#| integration: salesforce
#| output: FieldNames
#| endpoint: POST /crm/lead-fields
from nangonb import HTTPError, NangoAction


def run_action(nango: NangoAction):
    fields = []
    for name in ("Contact", "Lead"):
        try:
            described = nango.get(f"/services/data/v51.0/sobjects/{name}/describe").data
        except HTTPError as error:
            codes = [each["errorCode"] for each in error.data]
            raise nango.ActionError(
                f"Failed to describe {name}", status=error.status, codes=codes, known=len(fields)
            )
        fields.extend(field["name"] for field in described["fields"])
    return {"fields": fields}
