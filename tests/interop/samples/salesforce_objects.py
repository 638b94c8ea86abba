# options: {"connection": "conn-dev"}
# expect: {"requests": 1, "records": {"SalesforceObject": 2}}
#| integration: salesforce-sandbox
#| runs: every month
#| output: SalesforceObject
#| endpoint: GET /crm/objects
from nangonb import NangoSync


def fetch_data(nango: NangoSync) -> None:
    connection = nango.get_connection()
    instance = connection["connection_config"]["instance_url"]
    objects = nango.get("/services/data/v53.0/sobjects").data["sobjects"]
    rows = []
    for position, each in enumerate(objects, start=1):
        if not each["queryable"]:
            continue
        verbs = [verb for verb in ("createable", "updateable", "deletable") if each.get(verb, False)]
        rows.append(
            {
                "id": each["keyPrefix"],
                "label": f"{position}. {each['label']} ({each['labelPlural']})",
                "url": instance + each["urls"]["sobject"],
                "writable": len(verbs) > 0,
            }
        )
    nango.batch_save(rows, "SalesforceObject")
