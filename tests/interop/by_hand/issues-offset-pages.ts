import type { NangoSync } from '../../models';

export default async function fetchData(nango: NangoSync): Promise<void> {
    for await (const issues of nango.paginate<any>({
        endpoint: '/repos/nangonb-demo/quickstart/issues',
        params: { state: 'all', direction: 'asc' },
        paginate: {
            type: 'offset',
            offset_name_in_request: 'page',
            offset_start_value: 1,
            offset_calculation_method: 'per-page',
            limit_name_in_request: 'per_page',
            limit: 60
        }
    })) {
        const pulls = issues.filter((issue) => issue.pull_request);
        await nango.batchSave(
            pulls.map((pull) => ({ id: String(pull.id), number: pull.number, title: pull.title, url: pull.pull_request.url })),
            'PullRequest'
        );
    }
}
