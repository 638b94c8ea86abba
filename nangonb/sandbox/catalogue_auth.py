"""How one signs in to the providers of the catalogue, and of which kind they are: public facts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

__all__ = ["SIGNING_IN", "docs_of"]

_GUIDES: Final = "https://nango.dev/docs/api-integrations"
_PAGES: Final = "https://nango.dev/docs/integrations/all"
_CODE: Final = {"grant_type": "authorization_code"}
_REFRESH: Final = {"grant_type": "refresh_token"}


def _oauth(categories: str, authorize: str, token: str, **more: Any) -> dict[str, Any]:
    return {"categories": categories.split(), "authorization_url": authorize, "token_url": token, **more}


SIGNING_IN: Final[Mapping[str, Mapping[str, Any]]] = {
    "airtable": _oauth(
        "popular productivity",
        "https://airtable.com/oauth2/v1/authorize",
        "https://airtable.com/oauth2/v1/token",
    ),
    "asana": _oauth(
        "productivity ticketing",
        "https://app.asana.com/-/oauth_authorize",
        "https://app.asana.com/-/oauth_token",
        token_params=_CODE,
        refresh_params=_REFRESH,
        default_scopes=["default"],
    ),
    "bamboohr-basic": {"categories": ["hr"]},
    "calendly": _oauth(
        "productivity",
        "https://auth.calendly.com/oauth/authorize",
        "https://auth.calendly.com/oauth/token",
        authorization_params={"response_type": "code"},
        token_response_metadata=["owner"],
    ),
    "confluence": _oauth(
        "knowledge-base popular",
        "https://auth.atlassian.com/authorize",
        "https://auth.atlassian.com/oauth/token",
        authorization_params={"audience": "api.atlassian.com", "prompt": "consent"},
        default_scopes=["offline_access"],
    ),
    "docusign": _oauth(
        "legal",
        "https://account.docusign.com/oauth/auth",
        "https://account.docusign.com/oauth/token",
        authorization_params={"response_type": "code"},
        token_params=_CODE,
        refresh_params=_REFRESH,
    ),
    "dropbox": _oauth(
        "knowledge-base storage",
        "https://www.dropbox.com/oauth2/authorize",
        "https://api.dropboxapi.com/oauth2/token",
        authorization_params={"token_access_type": "offline"},
    ),
    "github": _oauth(
        "dev-tools support ticketing",
        "https://github.com/login/oauth/authorize",
        "https://github.com/login/oauth/access_token",
    ),
    "github-app": _oauth(
        "dev-tools popular ticketing",
        "${connectionConfig.appPublicLink}/installations/new",
        "https://api.github.com/app/installations/${connectionConfig.installation_id}/access_tokens",
    ),
    "gong": {"categories": ["communication", "marketing", "productivity", "video"]},
    "google": _oauth(
        "communication dev-tools productivity social",
        "https://accounts.google.com/o/oauth2/v2/auth",
        "https://oauth2.googleapis.com/token",
        authorization_params={"response_type": "code", "access_type": "offline", "prompt": "consent"},
    ),
    "google-calendar": _oauth(
        "popular productivity",
        "https://accounts.google.com/o/oauth2/v2/auth",
        "https://oauth2.googleapis.com/token",
        authorization_params={"response_type": "code", "access_type": "offline", "prompt": "consent"},
    ),
    "google-drive": _oauth(
        "knowledge-base popular storage",
        "https://accounts.google.com/o/oauth2/v2/auth",
        "https://oauth2.googleapis.com/token",
        authorization_params={"response_type": "code", "access_type": "offline", "prompt": "consent"},
    ),
    "google-mail": _oauth(
        "popular productivity",
        "https://accounts.google.com/o/oauth2/v2/auth",
        "https://oauth2.googleapis.com/token",
        authorization_params={"response_type": "code", "access_type": "offline", "prompt": "consent"},
    ),
    "google-sheet": _oauth(
        "productivity",
        "https://accounts.google.com/o/oauth2/v2/auth",
        "https://oauth2.googleapis.com/token",
        authorization_params={"response_type": "code", "access_type": "offline", "prompt": "consent"},
    ),
    "greenhouse-basic": {"categories": ["ats"]},
    "gusto": _oauth(
        "hr",
        "https://api.gusto.com/oauth/authorize",
        "https://api.gusto.com/oauth/token",
        authorization_params={"response_type": "code"},
        token_params=_CODE,
        refresh_params=_REFRESH,
    ),
    "hubspot": _oauth(
        "marketing support crm popular",
        "https://app.hubspot.com/oauth/authorize",
        "https://api.hubapi.com/oauth/v1/token",
    ),
    "intercom": _oauth(
        "marketing popular support surveys ticketing",
        "https://app.${connectionConfig.region}.intercom.com/oauth || https://app.intercom.com/oauth",
        "https://api.${connectionConfig.region}.intercom.io/auth/eagle/token || https://api.intercom.io/auth/eagle/token",
    ),
    "jira": _oauth(
        "popular productivity ticketing",
        "https://auth.atlassian.com/authorize",
        "https://auth.atlassian.com/oauth/token",
        authorization_params={"audience": "api.atlassian.com", "prompt": "consent"},
        default_scopes=["offline_access"],
    ),
    "lever": _oauth(
        "ats",
        "https://auth.lever.co/authorize",
        "https://auth.lever.co/oauth/token",
        authorization_params={"response_type": "code", "audience": "https://api.lever.co/v1/"},
    ),
    "linear": _oauth(
        "popular productivity ticketing",
        "https://linear.app/oauth/authorize",
        "https://api.linear.app/oauth/token",
        authorization_params={"prompt": "consent"},
        scope_separator=",",
    ),
    "microsoft-teams": _oauth(
        "productivity video popular",
        "https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
        "https://login.microsoftonline.com/common/oauth2/v2.0/token",
        authorization_params={"response_type": "code", "response_mode": "query"},
        token_params=_CODE,
        refresh_params=_REFRESH,
        default_scopes=["offline_access", ".default"],
    ),
    "netsuite-tba": _oauth(
        "accounting erp popular",
        "https://${connectionConfig.accountId}.app.netsuite.com/app/login/oauth2/authorize.nl",
        "https://${connectionConfig.accountId}.suitetalk.api.netsuite.com/services/rest/auth/oauth2/v1/token",
        authorization_params={"prompt": "consent"},
        default_scopes=["rest_webservices"],
    ),
    "notion": _oauth(
        "knowledge-base popular productivity",
        "https://api.notion.com/v1/oauth/authorize",
        "https://api.notion.com/v1/oauth/token",
        authorization_params={"response_type": "code", "owner": "user"},
        token_response_metadata=["workspace_id"],
    ),
    "okta": _oauth(
        "dev-tools iam",
        "https://${connectionConfig.subdomain}.okta.com/oauth2/v1/authorize",
        "https://${connectionConfig.subdomain}.okta.com/oauth2/v1/token",
        authorization_params={"response_type": "code", "response_mode": "query"},
        token_params=_CODE,
        refresh_params=_REFRESH,
    ),
    "one-drive": _oauth(
        "knowledge-base storage",
        "https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
        "https://login.microsoftonline.com/common/oauth2/v2.0/token",
        authorization_params={"response_type": "code", "response_mode": "query"},
        token_params=_CODE,
        refresh_params=_REFRESH,
        default_scopes=["offline_access", ".default"],
    ),
    "outlook": _oauth(
        "communication popular",
        "https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
        "https://login.microsoftonline.com/common/oauth2/v2.0/token",
        authorization_params={"response_type": "code", "response_mode": "query"},
        token_params=_CODE,
        refresh_params=_REFRESH,
        default_scopes=["offline_access", ".default"],
    ),
    "pipedrive": _oauth(
        "crm",
        "https://oauth.pipedrive.com/oauth/authorize",
        "https://oauth.pipedrive.com/oauth/token",
        token_response_metadata=["api_domain"],
    ),
    "quickbooks": _oauth(
        "accounting popular",
        "https://appcenter.intuit.com/connect/oauth2",
        "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer",
    ),
    "salesforce": _oauth(
        "crm popular",
        "https://${connectionConfig.hostname}/services/oauth2/authorize || https://login.salesforce.com/services/oauth2/authorize",
        "https://${connectionConfig.hostname}/services/oauth2/token || https://login.salesforce.com/services/oauth2/token",
        authorization_params={"prompt": "consent"},
        default_scopes=["offline_access"],
        token_response_metadata=["instance_url"],
    ),
    "sharepoint-online": _oauth(
        "storage communication popular",
        "https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
        "https://login.microsoftonline.com/common/oauth2/v2.0/token",
        authorization_params={"response_type": "code", "response_mode": "query"},
        token_params=_CODE,
        refresh_params=_REFRESH,
        default_scopes=["offline_access", ".default"],
    ),
    "shopify": _oauth(
        "e-commerce popular",
        "https://${connectionConfig.subdomain}.myshopify.com/admin/oauth/authorize",
        "https://${connectionConfig.subdomain}.myshopify.com/admin/oauth/access_token",
        token_params={"expiring": 1},
    ),
    "slack": _oauth(
        "popular productivity",
        "https://slack.com/oauth/v2/authorize",
        "https://slack.com/api/oauth.v2.access",
        scope_separator=",",
        token_response_metadata=[
            "incoming_webhook.url",
            "incoming_webhook.channel",
            "incoming_webhook.channel_id",
            "bot_user_id",
            "team.id",
        ],
    ),
    "stripe-app": _oauth(
        "payment popular",
        "https://marketplace.stripe.com/oauth/v2/authorize",
        "https://api.stripe.com/v1/oauth/token",
        refresh_params=_REFRESH,
    ),
    "workday": {"categories": ["hr", "popular"]},
    "xero": _oauth(
        "accounting popular",
        "https://login.xero.com/identity/connect/authorize",
        "https://identity.xero.com/connect/token",
        authorization_params={"response_type": "code"},
        default_scopes=["offline_access", "openid"],
    ),
    "zendesk": _oauth(
        "popular support ticketing",
        "https://${connectionConfig.subdomain}.zendesk.com/oauth/authorizations/new",
        "https://${connectionConfig.subdomain}.zendesk.com/oauth/tokens",
        token_params={"grant_type": "authorization_code", "expires_in": "1800"},
        refresh_params={"grant_type": "refresh_token", "expires_in": "1800"},
    ),
    "zoho-crm": _oauth(
        "crm",
        "https://accounts.zoho.${connectionConfig.extension}/oauth/v2/auth || https://accounts.zoho.com/oauth/v2/auth",
        "https://accounts.zoho.${connectionConfig.extension}/oauth/v2/token"
        " || ${connectionConfig.accounts-server}/oauth/v2/token",
        authorization_params={"prompt": "consent", "access_type": "offline"},
        token_response_metadata=["api_domain"],
    ),
    "zoom": _oauth(
        "video",
        "https://zoom.us/oauth/authorize",
        "https://zoom.us/oauth/token",
        authorization_params={"response_type": "code"},
        refresh_params=_REFRESH,
        scope_separator=",",
    ),
    "unreliable": {"categories": ["dev-tools"]},
}
"""Fields of ``GET /providers/{provider}``, by provider."""

_WITHOUT_GUIDE: Final = (
    "bamboohr-basic",
    "docusign",
    "gong",
    "greenhouse-basic",
    "gusto",
    "lever",
    "okta",
    "stripe-app",
    "workday",
)


def docs_of(provider: str) -> str:
    """Where Nango describes a provider."""
    return f"{_PAGES if provider in _WITHOUT_GUIDE else _GUIDES}/{provider}"
