"""Scripts in TypeScript."""

from __future__ import annotations

from nangonb._project.codes.code import Code

CODES = (
    Code(
        "ts-NNNN",
        "error",
        "The TypeScript compiler reports an error; `NNNN` is its number, such as `ts-2305`.",
        "If the cause is known, the hint has the fix. For a Python script, it is what the compiler reports for "
        "the translation, at the line of the Python; the hint has the line of TypeScript. An export and a "
        "deployment stop, as an error.",
        """
        %%nango_sync_ts contacts
        import type { NangoSync, Contcat } from '../../models';

        export default async function fetchData(nango: NangoSync) {
            const contacts: Contcat[] = [];
            await nango.batchSave(contacts, 'Contact');
        }
        """,
        "Follow the hint: import `Contact`.",
        also=("warning",),
    ),
    Code(
        "not-awaited",
        "error",
        "A method of the nango object is called without `await`.",
        "The script may end before the call does, and errors of the call are lost.",
        """
        %%nango_sync_ts contacts
        import type { NangoSync } from '../../models';

        export default async function fetchData(nango: NangoSync) {
            nango.post({ endpoint: '/contacts' });
        }
        """,
        "Write `await nango.post({ … })`.",
        also=("warning",),
    ),
    Code(
        "import-not-allowed",
        "error",
        "The import is not available when Nango runs the script.",
        "Scripts can import their own modules, zod, url, crypto, soap, unzipper and botbuilder. Types can be "
        "imported from anywhere: `import type { … }`.",
        """
        %%nango_sync_ts contacts
        import type { NangoSync } from '../../models';
        import { chunk } from 'lodash';

        export default async function fetchData(nango: NangoSync) {
            await nango.log(String(chunk([1], 1)));
        }
        """,
        "Write the function in a `%%nango_module_ts` cell and import it from there.",
        also=("warning",),
    ),
    Code(
        "import-not-on-server",
        "warning",
        "Nango's CLI accepts the import, and its runner rejects it.",
        "This applies to `node:crypto` and `node:url`.",
        """
        %%nango_sync_ts contacts
        import type { NangoSync } from '../../models';
        import { createHash } from 'node:crypto';

        export default async function fetchData(nango: NangoSync) {
            await nango.log(createHash('md5').update('x').digest('hex'));
        }
        """,
        "Write `from 'crypto'`.",
    ),
    Code(
        "constructor-call",
        "error",
        "Nango's server rejects scripts that call `x.constructor(…)`.",
        "",
        """
        %%nango_sync_ts contacts
        import type { NangoSync } from '../../models';

        export default async function fetchData(nango: NangoSync) {
            const none = [];
            await nango.log(String(none.constructor(3)));
        }
        """,
        "Call the class by its name: `new Array(3)`.",
        also=("warning",),
    ),
    Code(
        "console-log",
        "warning",
        "`console.log` has no effect in Nango.",
        "",
        """
        %%nango_sync_ts contacts
        import type { NangoSync } from '../../models';

        export default async function fetchData(nango: NangoSync) {
            console.log('start');
        }
        """,
        "Write `await nango.log('start')`.",
    ),
    Code(
        "bad-export",
        "error",
        "The default export of a script that declares itself is not a direct call of `createSync`, "
        "`createAction` or `createOnEvent` with an object literal.",
        "A constant of the file that holds the call is valid, too. The zero-yaml CLI reads nothing else.",
        """
        %%nango_action_ts find-all --integration-id crm
        import { createAction } from 'nango';
        import * as z from 'zod';

        const options = { description: 'Find', input: z.object({}), output: z.object({}), exec: async () => ({}) };
        export default createAction(options);
        """,
        "Write `export default createAction({ … })`.",
        also=("warning",),
    ),
    Code(
        "named-export",
        "error",
        "A script that declares itself has an export besides its default export.",
        "",
        """
        %%nango_action_ts find-all --integration-id crm
        import { createAction } from 'nango';
        import * as z from 'zod';

        export const limit = 3;
        export default createAction({
            description: 'Find',
            input: z.object({}),
            output: z.object({}),
            exec: async () => ({}),
        });
        """,
        "Remove `export`, or move the declaration to a module.",
        also=("warning",),
    ),
    Code(
        "typescript-declaration",
        "error",
        "The arguments of `createSync`, `createAction` or `createOnEvent` cannot be read.",
        "The script has a mistake, a model is not a zod schema, or code outside of functions does not end.",
        """
        %%nango_action_ts find-all --integration-id crm
        import { createAction } from 'nango';

        export default createAction({
            description: 'Find',
            input: missing,
            output: missing,
            exec: async () => ({}),
        });
        """,
        "Fix the argument that the message names.",
    ),
    Code(
        "needs-trust",
        "error",
        "What a script of a folder or notebook declares is known only by running its code, and this system "
        "cannot isolate the process.",
        "The place is the code that is not literal. See "
        "[typescript.md](typescript.md#folders-from-someone-else).",
        """
        import { createAction } from 'nango';
        import * as z from 'zod';

        const fields: Record<string, any> = {};
        for (const name of ['id', 'name']) fields[name] = z.string();
        export default createAction({
            description: 'Find',
            input: z.object({}),
            output: z.object(fields),
            exec: async () => ({}),
        });
        """,
        "Declare it with literals. Or review the code and add `--trust`.",
        untested="depends on whether the system isolates processes",
    ),
    Code(
        "python-in-typescript",
        "error",
        "The magic ends with `_ts`, and the cell is Python.",
        "",
        """
        %%nango_sync_ts contacts
        def fetch_data(nango):
            nango.log("start")
        """,
        "Remove `_ts`: `%%nango_sync contacts`.",
    ),
    Code(
        "needs-node",
        "warning",
        "Node.js, zod or the TypeScript compiler is missing, so that TypeScript is not checked.",
        "What `createSync` and the like declare is not known either.",
        """
        %%nango_sync_ts contacts
        import type { NangoSync } from '../../models';

        export default async function fetchData(nango: NangoSync) {}
        """,
        "Run `pip install 'nangonb[typescript]'`.",
        also=("note",),
        untested="only without Node.js",
    ),
    Code(
        "not-compiled",
        "warning",
        "The exported TypeScript was not compiled, because there is no Node.js or no compiler.",
        "Nango's CLI may reject it.",
        """
        %nango_export nango-integrations
        """,
        "Run `pip install 'nangonb[typescript]'`, and export again.",
        untested="only without Node.js",
    ),
    Code(
        "typescript-unchecked",
        "note",
        "The TypeScript compiler failed or timed out, so that TypeScript is not checked.",
        "",
        """
        %nango_check
        """,
        "Run the check again.",
        untested="only when the compiler fails",
    ),
)
