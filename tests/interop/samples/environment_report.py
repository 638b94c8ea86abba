# options: {"connection": "conn-2"}
# expect: {"requests": 1, "logs": 1, "output": ["instance", "provider", "region", "variables"]}
#| integration: salesforce
#| output: Environment
#| endpoint: GET /crm/environment
from urllib.parse import urlparse

from nangonb import NangoAction
from nangonb.models import Environment


def run_action(nango: NangoAction) -> Environment:
    variables = {variable["name"]: variable["value"] for variable in nango.get_environment_variables()}
    connection = nango.get_connection()
    instance = urlparse(connection["connection_config"]["instance_url"])
    versions = nango.get("/services/data/v53.0/sobjects").data
    nango.log(f"{len(versions['sobjects'])} objects at {instance.hostname}")
    return {
        "region": variables.get("DEMO_REGION"),
        "instance": f"{instance.scheme}://{instance.netloc}",
        "variables": sorted(variables),
        "provider": connection["provider"],
    }
