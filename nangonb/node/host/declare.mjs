// What createSync, createAction and createOnEvent declare, as data. Models become JSON Schema as in Nango's CLI.

const KINDS = { sync: 'sync', action: 'action', onEvent: 'on-event' };

/** The package `nango`, as far as scripts need it at run time. */
export const stubs = {
    createSync: (script) => ({ type: 'sync', ...script }),
    createAction: (script) => ({ type: 'action', ...script }),
    createOnEvent: (script) => ({ type: 'onEvent', ...script })
};

export function declared(exported, modules) {
    const script = exported.default;
    if (typeof script === 'function') {
        return { style: 'yaml', webhook: typeof exported.onWebhookPayloadReceived === 'function' };
    }
    if (script === null || typeof script !== 'object' || !(script.type in KINDS)) {
        return { style: 'none' };
    }
    const { exec, onWebhook, models, input, output, metadata, checkpoint, type, ...plain } = script;
    return {
        style: 'zero',
        kind: KINDS[type],
        runs: typeof exec === 'function',
        webhook: typeof onWebhook === 'function',
        ...Object.fromEntries(Object.entries(plain).filter(([, value]) => typeof value !== 'function')),
        models: Object.fromEntries(Object.entries(models ?? {}).map(([name, model]) => [name, schema(model, modules)])),
        input: input === undefined ? null : schema(input, modules),
        output: output === undefined ? null : schema(output, modules),
        metadata: metadata === undefined ? null : schema(metadata, modules),
        checkpoint: checkpoint === undefined ? null : schema(checkpoint, modules)
    };
}

function schema(model, modules) {
    const zod = modules.external('zod');
    if (model instanceof zod.ZodVoid) {
        return { type: 'null' };
    }
    const { $schema, ...found } = zod.toJSONSchema(model, {
        target: 'draft-7',
        unrepresentable: 'any',
        override: ({ zodSchema, jsonSchema }) => {
            if (zodSchema instanceof zod.ZodDate) {
                jsonSchema.type = 'string';
                jsonSchema.format = 'date-time';
            }
        }
    });
    return found;
}
