import type { NangoSync } from '../../models';

export default async function fetchData(nango: NangoSync): Promise<void> {
    const closedIds: any[] = [];
    for (const state of ['open', 'closed']) {
        for await (const page of nango.paginate({
            endpoint: '/repos/nangonb-demo/connectors/issues',
            params: { state, direction: 'asc' }
        })) {
            if (state === 'closed') {
                closedIds.push(...page.map((issue: any) => issue.id));
            } else {
                await nango.batchSave(
                    page.map((issue: any) => toIssue(issue)),
                    'OpenIssue'
                );
            }
        }
    }
    await nango.batchDelete(
        closedIds.map((issueId: any) => ({ id: textOf(issueId) })),
        'OpenIssue'
    );
}

function toIssue(issue: any): any {
    return {
        id: textOf(issue.id),
        number: issue.number,
        title: issue.title,
        state: issue.state,
        author: issue.user.login,
        labels: issue.labels.map((label: any) => label.name),
        created_at: issue.created_at,
        updated_at: issue.updated_at,
        closed_at: issue.closed_at
    };
}

// pythonError: an error with the name of Python's error, for handlers
function pythonError(name: string, message: any): Error {
    const error = new Error(String(message));
    error.name = name;
    return error;
}

// limitError: an error where JavaScript cannot do what Python does; handlers of the script do not catch it
function limitError(message: string): Error {
    return pythonError('LimitError', message);
}

// safe: throws for a whole number past 2^53, which would lose digits silently
function safe(value: number): number {
    if (Math.abs(value) > Number.MAX_SAFE_INTEGER && Number.isInteger(value)) {
        throw limitError('This number passes 2^53, where digits are lost.');
    }
    return value;
}

// textOf: Python's str()
function textOf(value: any): string {
    if (value === null || value === undefined) return 'None';
    if (value === true) return 'True';
    if (value === false) return 'False';
    if (typeof value === 'number') return numberText(value);
    if (typeof value !== 'string') {
        throw limitError('str() of lists, dicts and dates differs on Nango. Use json.dumps.');
    }
    return value;
}

// numberText: a number from outside as Python prints it
function numberText(value: number): string {
    if (Number.isInteger(value)) return Math.abs(value) < 1e21 ? String(safe(value)) : String(value);
    if (Math.abs(value) >= 1e-4) return String(value);
    return value.toExponential().replace(/-(\d)$/, '-0$1');
}
