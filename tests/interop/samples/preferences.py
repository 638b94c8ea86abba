# options: {"writes": true, "connection": "conn-2", "input": {"flags": {"beta": true, "emails": false}}}
# expect: {"requests": 1, "logs": 1, "metadata_writes": 1, "output": ["flags", "region"]}
#| integration: salesforce
#| input: PreferenceFlags
#| output: Preferences
#| endpoint: PUT /crm/preferences
from nangonb import NangoAction


def run_action(nango: NangoAction, input: dict) -> dict:
    metadata = nango.get_metadata()
    flags = {**metadata.get("flags", {}), **input.get("flags", {})}
    region = metadata.get("region", "none").lower()
    countries = nango.get(
        "/services/data/v53.0/query", params={"q": "SELECT MailingCountry FROM Contact LIMIT 20"}
    ).data["records"]
    flags["international"] = len({each["MailingCountry"] for each in countries if each["MailingCountry"]}) > 1
    nango.set_metadata({**metadata, "flags": flags})
    on = [name for name, value in flags.items() if value]
    nango.log(f"On: {', '.join(sorted(on))}")
    return {"region": region, "flags": nango.get_metadata()["flags"]}
