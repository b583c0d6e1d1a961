import { z } from 'zod';

export { time, timestamp } from '@visapi/backend-http';

export const word = z.string().min(1).max(300);
