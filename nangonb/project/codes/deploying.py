"""Deployments."""

from __future__ import annotations

from typing import Final

from nangonb.project.codes.code import Code

_DEPLOY: Final = "needs a deployment"

CODES = (
    Code(
        "does-not-bundle",
        "error",
        "A script cannot be bundled into one file.",
        "It imports something that is neither a module of the project nor a package of Nango's runner.",
        """
        import { chunk } from 'lodash';
        """,
        "Write the function in a module of the project.",
        untested=_DEPLOY,
    ),
    Code(
        "does-not-load",
        "error",
        "The script throws when Nango's runner loads it, or its default export is not a function or `createSync(…)`.",
        "Code outside of functions runs at that time.",
        """
        const token = JSON.parse('{');
        export default async function fetchData(nango: NangoSync) {}
        """,
        "Move the code into the function.",
        untested=_DEPLOY,
    ),
    Code(
        "server-model",
        "error",
        "A script uses a model that is not defined.",
        "",
        """
        output: Contact
        """,
        "Declare the model under `models`.",
        untested=_DEPLOY,
    ),
    Code(
        "server-endpoint",
        "error",
        "The group of an endpoint is empty or longer than 64 characters.",
        "",
        """
        endpoint:
          path: /contacts
          group: ""
        """,
        "Use a group of 1 to 64 characters, or remove the key.",
        untested=_DEPLOY,
    ),
    Code(
        "server-event",
        "error",
        "An on-event script has no event of Nango, so that it would never run.",
        "",
        """
        on-events:
          post-connection: [greet]
        """,
        "Use `post-connection-creation`, `pre-connection-deletion` or `validate-connection`.",
        untested=_DEPLOY,
    ),
    Code(
        "server-size",
        "error",
        "A script is larger than 10 MB, the limit of Nango.",
        "",
        """
        COUNTRIES = [...]  # 10 MB of data
        """,
        "Move data to the metadata of the connection, or fetch it.",
        untested=_DEPLOY,
    ),
    Code(
        "functions-one-file",
        "error",
        "The modules of a script cannot be copied into one file.",
        "The functions API (`--remote`, `--via functions`) takes one file. This fails for a module that is "
        "imported as a whole (`import * as m`), by its default export or under another name, that re-exports "
        "another module, or that declares a name of another file.",
        """
        import * as helpers from '../../helpers';
        """,
        "Import the names that you use: `import { mapped } from '../../helpers'`.",
        untested="needs the functions API",
    ),
    Code(
        "functions-style",
        "error",
        "The functions API takes scripts that declare themselves.",
        "These are Python scripts, and TypeScript scripts with `createSync` or `createAction`. Run and deploy a "
        "TypeScript function that nango.yaml configures without the functions API.",
        """
        export default async function fetchData(nango: NangoSync) {}
        """,
        "Remove `--remote` or `--via functions`.",
        untested="needs the functions API",
    ),
    Code(
        "functions-on-event",
        "error",
        "The functions API does not take on-event scripts.",
        "",
        """
        %nango_deploy greet --via functions
        """,
        "Deploy it without `--via functions`.",
        untested="needs the functions API",
    ),
    Code(
        "model-no-longer-saved",
        "note",
        "The deployed sync saves a model that the new version does not save.",
        "Its records stay in Nango, and can be read.",
        """
        %nango_deploy contacts --plan
        """,
        "Nothing to fix. Delete the records in Nango if you do not need them.",
        untested=_DEPLOY,
    ),
    Code(
        "on-events-alone",
        "error",
        "Nango stores on-event scripts only together with a sync or an action.",
        "Alone, they are not deployed, and Nango reports success.",
        """
        %nango_deploy greet
        """,
        "Deploy a sync or an action of the integration, too: `%nango_deploy greet contacts`.",
        untested=_DEPLOY,
    ),
    Code(
        "other-on-events",
        "warning",
        "The deployment deactivates all other on-event scripts of the environment.",
        "This includes those of integrations that are not in the plan.",
        """
        %nango_deploy greet contacts
        """,
        "Deploy all on-event scripts of the environment together.",
        untested=_DEPLOY,
    ),
    Code(
        "server-refused",
        "error",
        "Nango's server rejected the deployment of this script.",
        "The message is Nango's, after the key that it refers to.",
        """
        %nango_deploy contacts
        """,
        "Follow the message.",
        untested=_DEPLOY,
    ),
)
