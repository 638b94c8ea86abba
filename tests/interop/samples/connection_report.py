# options: {"connection": "conn-1"}
# expect: {"requests": 0, "output": ["connection", "integration", "provider", "same", "token", "webhook"]}
#| integration: salesforce
#| output: ConnectionReport
#| endpoint: GET /crm/connection
from nangonb import NangoAction
from nangonb.models import ConnectionReport


def run_action(nango: NangoAction) -> ConnectionReport:
    connection = nango.get_connection()
    integration = nango.get_integration()
    fresh = nango.get_connection(force_refresh=True)
    token = nango.get_token()
    return {
        "connection": connection["connection_id"],
        "integration": integration["unique_key"],
        "provider": integration["provider"],
        "same": fresh["provider_config_key"] == nango.provider_config_key,
        "token": len(token) > 0 if isinstance(token, str) else False,
        "webhook": (nango.get_webhook_url() or "none").split(":")[0],
    }
