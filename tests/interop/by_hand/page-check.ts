import crypto from 'crypto';
import type { NangoAction, PageCheck } from '../../models';

export default async function runAction(nango: NangoAction): Promise<PageCheck> {
    const text = await nango.get({ endpoint: '/html', responseType: 'text' });
    const raw = Buffer.from((await nango.get({ endpoint: '/html', responseType: 'arraybuffer' })).data as any);
    return {
        status: text.status,
        length: raw.length,
        sha256: crypto.createHash('sha256').update(raw).digest('hex'),
        first_bytes: raw.toString('base64').slice(0, 16),
        is_html: String(text.headers['content-type']).includes('html') && String(text.data).trim().endsWith('</html>')
    };
}
