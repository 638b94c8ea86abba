import { createSync } from 'nango';
import * as z from 'zod';

const Issue = z.object({ id: z.string(), number: z.number() }).loose();

export default createSync({
    description: '',
    frequency: 'every hour',
    models: { Issue },
    exec: async (nango) => {
        for await (const issues of nango.paginate<any>({
            endpoint: '/repos/nangonb-demo/quickstart/issues',
            params: { state: 'all' },
            paginate: { limit: 50 },
            retries: 10
        })) {
            const mapped = issues
                .filter((issue) => !Object.hasOwn(issue, 'pull_request'))
                .map((issue) => ({
                    id: String(issue.id),
                    number: issue.number,
                    title: issue.title,
                    state: issue.state,
                    author: issue.user.login,
                    labels: issue.labels.map((label: any) => label.name),
                    created_at: issue.created_at,
                    updated_at: issue.updated_at,
                    closed_at: issue.closed_at
                }));
            await nango.batchSave(mapped, 'Issue');
            await nango.log(`${mapped.length} of ${issues.length} are issues`);
        }
    }
});
