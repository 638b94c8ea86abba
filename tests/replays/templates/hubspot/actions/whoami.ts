import { createAction } from 'nango';
import * as z from 'zod';

const action = createAction({
    description: 'Whose key it is',
    input: z.void(),
    output: z.object({ login: z.string(), webhook: z.string(), avatar: z.string() }),
    exec: async (nango) => {
        const [me, avatar] = await Promise.all([
            nango.get({ endpoint: 'v1/me' }),
            nango.get({ endpoint: '/v1/me/avatar', responseType: 'arraybuffer' })
        ]);
        const webhook = await nango.getWebhookURL();
        return { login: me.data.login, webhook: `${webhook}`, avatar: Buffer.from(avatar.data).toString('base64') };
    }
});

export default action;
