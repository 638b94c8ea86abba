import { createSync } from 'nango';
import * as z from 'zod';

const Issue = z.object({ id: z.string(), title: z.string(), labels: z.array(z.string()), author: z.string().nullable() });

const sync = createSync({
    description: 'Issues of a repository, by the links of the provider',
    frequency: 'every hour',
    models: { Issue },
    metadata: z.object({ owner: z.string(), repo: z.string() }),
    exec: async (nango) => {
        const { owner, repo } = await nango.getMetadata();
        const issues: z.infer<typeof Issue>[] = [];
        for await (const page of nango.paginate<any>({
            endpoint: `/repos/${owner}/${repo}/issues`,
            params: { state: 'all' },
            paginate: { limit: 2 },
            retries: 3
        })) {
            issues.push(
                ...page
                    .filter((issue) => !('pull_request' in issue))
                    .map(({ id, title, labels, user }) => ({
                        id: String(id),
                        title,
                        labels: labels.map((label: { name: string }) => label.name).sort(),
                        author: user?.login ?? null
                    }))
            );
        }
        await nango.batchSave(issues, 'Issue');
    }
});

export type NangoSyncLocal = Parameters<(typeof sync)['exec']>[0];
export default sync;
