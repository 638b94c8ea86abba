# options: {"connection": "conn-2"}
# expect: {"requests": 2, "output": ["longest", "picklists"]}
#| integration: salesforce
#| output: Picklists
#| endpoint: GET /crm/picklists
from nangonb import NangoAction


def run_action(nango: NangoAction) -> dict:
    picklists = {}
    for name in ["Contact", "Account"]:
        fields = nango.get(f"/services/data/v53.0/sobjects/{name}/describe").data["fields"]
        for field in fields:
            if field["type"] != "picklist":
                continue
            values = [value["label"] for value in field["picklistValues"] if value.get("active", True)]
            picklists[f"{name}.{field['name']}"] = {
                "values": values,
                "count": len(values),
                "initials": "".join(value[0] for value in values),
            }
    longest = None
    for key, entry in picklists.items():
        if longest is None or entry["count"] > picklists[longest]["count"]:
            longest = key
    return {"picklists": picklists, "longest": longest}
