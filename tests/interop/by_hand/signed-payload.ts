import crypto from 'crypto';
import type { NangoAction, IssueRef, SignedPayload } from '../../models';

export default async function runAction(nango: NangoAction, input: IssueRef): Promise<SignedPayload> {
    const variables = (await nango.getEnvironmentVariables()) ?? [];
    const secret = variables.find((variable) => variable.name === 'DEMO_REGION')!.value;
    const response = await nango.get({ endpoint: `/repos/nangonb-demo/${input.repository}/issues/${input.number}` });
    const issue = response.data;
    const payload = JSON.stringify({
        number: issue.number,
        title: issue.title,
        labels: issue.labels.map((label: any) => label.name)
    });
    const signature = crypto.createHmac('sha256', secret).update(payload).digest('hex');
    const digest = crypto.createHash('sha1').update(payload).digest('base64');
    return { algorithm: 'hmac-sha256', payload, signature: `sha256=${signature}`, digest };
}
