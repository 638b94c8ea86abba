import { createSync } from 'nango';
import * as z from 'zod';

const Owner = z.object({ id: z.string(), email: z.string(), site: z.string() });

const sync = createSync({
    description: 'The owners of a site, which the connection names',
    frequency: 'every day',
    models: { Owner },
    exec: async (nango) => {
        const connection = await nango.getConnection();
        const site = connection.connection_config?.['site'] as string | undefined;
        if (!site) {
            throw new Error('The connection has no site');
        }
        const { data } = await nango.proxy<{ owners: Record<string, string>[] }>({
            method: 'GET',
            baseUrlOverride: `https://${site}.example.com`,
            endpoint: '/owners',
            params: { active: 'true', page: 1 }
        });
        const seen = new Set<string>();
        const owners = data.owners.flatMap((owner) => {
            const id = owner['id'];
            if (!id || seen.has(id)) {
                return [];
            }
            seen.add(id);
            return [{ id, email: (owner['email'] ?? '').toLowerCase(), site }];
        });
        await nango.batchSave(owners, 'Owner');
    }
});

export type NangoSyncLocal = Parameters<(typeof sync)['exec']>[0];
export default sync;
