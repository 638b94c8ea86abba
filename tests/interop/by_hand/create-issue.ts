import type { NangoAction, NewIssue, CreatedIssue } from '../../models';

export default async function runAction(nango: NangoAction, input: NewIssue): Promise<CreatedIssue> {
    const response = await nango.post({
        endpoint: `/repos/nangonb-demo/${input.repository}/issues`,
        data: {
            labels: (input.labels ?? []).map((label) => label.trim()),
            title: input.title ?? 'Untitled',
            body: input.body ?? null
        },
        headers: { Accept: 'application/vnd.github+json' }
    });
    const issue = response.data;
    if (response.status !== 201) {
        throw new nango.ActionError({ message: 'The issue was not created', status: response.status });
    }
    return { number: issue.number, url: issue.html_url, labels: issue.labels.map((label: any) => label.name) };
}
