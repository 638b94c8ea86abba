"""Deployments."""

from __future__ import annotations

from typing import Final

from nangonb._project.codes.code import Code

_DEPLOY: Final = "depends on what is deployed and on the answers of Nango"

CODES = (
    Code(
        "does-not-bundle",
        "error",
        "A script cannot be bundled into one file.",
        "It imports something that is neither a module of the project nor a package of Nango's runner.",
        """
        %%nango_yaml
        integrations:
          crm:
            actions:
              find:
                endpoint: POST /find
        models: {}

        %%nango_action_ts find
        import type { NangoAction } from '../../models';

        export default async function runAction(nango: NangoAction) {
            await nango.log('start');
            // @ts-ignore
            return require('lodash').chunk([1], 1);
        }

        %nango_deploy dev
        """,
        "Write the function in a module of the project.",
    ),
    Code(
        "does-not-load",
        "error",
        "The script throws when Nango's runner loads it, or its default export is not a function or `createSync(…)`.",
        "Code outside of functions runs at that time.",
        """
        %%nango_yaml
        integrations:
          crm:
            actions:
              find:
                endpoint: POST /find
        models: {}

        %%nango_action_ts find
        import type { NangoAction } from '../../models';

        const settings = JSON.parse('{');
        export default async function runAction(nango: NangoAction) {
            await nango.log(settings);
        }

        %nango_deploy dev
        """,
        "Move the code into the function.",
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
        untested="no declaration is known that passes the earlier checks",
    ),
    Code(
        "server-endpoint",
        "error",
        "The group of an endpoint is empty or longer than 64 characters.",
        "",
        """
        %%nango_action_ts find --integration-id crm
        import { createAction } from 'nango';
        import * as z from 'zod';

        export default createAction({
            description: 'Find',
            endpoint: { method: 'POST', path: '/find', group: 'g'.repeat(65) },
            input: z.object({}),
            output: z.object({}),
            exec: async () => ({}),
        });

        %nango_deploy dev
        """,
        "Use a group of 1 to 64 characters, or remove the key.",
    ),
    Code(
        "server-event",
        "error",
        "An on-event script has no event of Nango, so that it would never run.",
        "",
        """
        %%nango_on_event_ts greet --integration-id crm
        import { createOnEvent } from 'nango';

        export default createOnEvent({
            description: 'Greet',
            event: 'some-day' as 'validate-connection',
            exec: async (nango) => {
                await nango.log('connected');
            },
        });

        %nango_deploy dev
        """,
        "Use `post-connection-creation`, `pre-connection-deletion` or `validate-connection`.",
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
        untested="the example is shortened",
    ),
    Code(
        "functions-one-file",
        "error",
        "The modules of a script cannot be copied into one file.",
        "The functions API (`--remote`, `--via functions`) takes one file. This fails for a module that is "
        "imported as a whole (`import * as m`), by its default export or under another name, that re-exports "
        "another module, or that declares a name of another file.",
        """
        %%nango_module_ts helpers
        export const first = (rows: any[]): any => rows[0];

        %%nango_action_ts find --integration-id crm
        import { createAction } from 'nango';
        import * as z from 'zod';
        import * as helpers from '../../helpers.js';

        export default createAction({
            description: 'Find',
            input: z.object({}),
            output: z.object({}),
            exec: async () => helpers.first([{}]),
        });

        %nango_deploy dev --via functions
        """,
        "Import the names that you use: `import { first } from '../../helpers.js'`.",
    ),
    Code(
        "functions-style",
        "error",
        "The functions API takes scripts that declare themselves.",
        "These are Python scripts, and TypeScript scripts with `createSync` or `createAction`. Run and deploy a "
        "TypeScript function that nango.yaml configures without the functions API.",
        """
        %%nango_yaml
        integrations:
          crm:
            actions:
              find:
                endpoint: POST /find
        models: {}

        %%nango_action_ts find
        import type { NangoAction } from '../../models';

        export default async function runAction(nango: NangoAction) {
            await nango.log('start');
        }

        %nango_deploy dev --via functions
        """,
        "Remove `--remote` or `--via functions`.",
    ),
    Code(
        "functions-on-event",
        "error",
        "The functions API does not take on-event scripts.",
        "",
        """
        %%nango_on_event greet --integration-id crm
        #| event: post-connection-creation
        def on_event(nango):
            nango.log("connected")

        %nango_deploy dev --via functions
        """,
        "Deploy it without `--via functions`.",
    ),
    Code(
        "model-no-longer-saved",
        "note",
        "The deployed sync saves a model that the new version does not save.",
        "Its records stay in Nango, and can be read.",
        """
        %nango_deploy dev --plan
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
        %%nango_on_event_ts greet --integration-id crm
        import { createOnEvent } from 'nango';

        export default createOnEvent({
            description: 'Greet',
            event: 'post-connection-creation',
            exec: async (nango) => {
                await nango.log('connected');
            },
        });

        %nango_deploy dev
        """,
        "Declare a sync or an action of the integration, and deploy both.",
    ),
    Code(
        "other-on-events",
        "warning",
        "The deployment deactivates all other on-event scripts of the environment.",
        "This includes those of integrations that are not in the plan.",
        """
        %nango_deploy dev
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
        %nango_deploy dev
        """,
        "Follow the message.",
        untested=_DEPLOY,
    ),
)
