import { z } from 'zod';

export const word = z.string().min(1).max(300);

export const time = z.iso
  .datetime({ offset: true, error: 'must be a time such as 2026-01-05T00:00:00Z' })
  .transform((text) => new Date(text));

export const timestamp = z.date().transform((date) => date.toISOString());
