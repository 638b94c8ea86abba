import { createAction } from 'nango';
import * as z from 'zod';

const CreatedIssue = z.object({
    number: z.number(),
    url: z.string(),
    labels: z.array(z.string())
});
type CreatedIssue = z.infer<typeof CreatedIssue>;

const NewIssue = z.object({
    repository: z.string(),
    title: z.string().optional(),
    body: z.string().nullable().optional(),
    labels: z.array(z.string()).optional()
});
type NewIssue = z.infer<typeof NewIssue>;

const action = createAction({
    description: '',
    endpoint: { method: 'POST', path: '/dev/issue' },
    input: NewIssue,
    output: CreatedIssue,
    exec: async (nango, input): Promise<CreatedIssue> => {
        const payload = {
            title: getOr(input, 'title', 'Untitled'),
            body: input.body ?? null,
            labels: getOr(input, 'labels', []).map((label: any) => stripText(label))
        };
        const response = await nango.post({
            endpoint: `/repos/nangonb-demo/${input.repository}/issues`,
            data: payload,
            headers: { Accept: 'application/vnd.github+json' },
            retries: 0
        });
        const issue = response.data;
        if (response.status !== 201) {
            throw new nango.ActionError({ message: 'The issue was not created', status: response.status });
        }
        return {
            number: issue.number,
            url: issue.html_url,
            labels: issue.labels.map((label: any) => label.name)
        };
    }
});
export default action;

// pythonError: an error with the name of Python's error, for handlers
function pythonError(name: string, message: any): Error {
    const error = new Error(String(message));
    error.name = name;
    return error;
}

// hasOwn: whether an object has a key of its own
function hasOwn(value: any, key: any): boolean {
    return Object.prototype.hasOwnProperty.call(value, key);
}

// getOr: a key of a dict, or the default where it is absent
function getOr(dict: any, key: any, fallback: any = null): any {
    if (key !== null && typeof key === 'object') throw pythonError('TypeError', 'unhashable type');
    return typeof key === 'string' && hasOwn(dict, key) ? dict[key] : fallback;
}

// stripText: text without white space (or these characters) at both ends
function stripText(text: string, chars?: string): string {
    return stripRight(stripLeft(text, chars), chars);
}

// stripLeft: text without white space (or these characters) at its start
function stripLeft(text: string, chars?: string): string {
    const points = [...text];
    let start = 0;
    while (start < points.length && isStripped(points[start]!, chars)) start++;
    return points.slice(start).join('');
}

// stripRight: text without white space (or these characters) at its end
function stripRight(text: string, chars?: string): string {
    const points = [...text];
    let end = points.length;
    while (end > 0 && isStripped(points[end - 1]!, chars)) end--;
    return points.slice(0, end).join('');
}

// isStripped: whether stripText() removes a character; Python's white space is not JavaScript's
function isStripped(point: string, chars?: string): boolean {
    return chars === undefined ? isSpace(point) : [...chars].includes(point);
}

// isSpace: Python's white space
function isSpace(text: string): boolean {
    return /^[\t-\r\x1c- \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+$/.test(text);
}
