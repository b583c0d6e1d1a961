import { z } from 'zod';

export const sentMail = z.object({ id: z.string().min(1) });

export const refusal = z.object({ name: z.string() });
