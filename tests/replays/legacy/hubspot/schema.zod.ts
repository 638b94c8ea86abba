import { z } from 'zod';

export const newTicket = z.object({
    subject: z.string().min(1),
    tags: z.array(z.string()).optional()
});
