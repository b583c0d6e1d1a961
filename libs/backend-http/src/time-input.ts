import { z } from 'zod';

/** A time as callers give it. Without a zone it would be another one for each of them. What is none is compared with none. */
export const time = z.iso
  .datetime({ offset: true, error: 'must be a time such as 2026-01-05T00:00:00Z', abort: true })
  .transform((text) => new Date(text));

/** The same in an answer. */
export const timestamp = z
  .date()
  .transform((date) => date.toISOString())
  .meta({ type: 'string', format: 'date-time' });

type Ends<From extends string, To extends string> = Readonly<Partial<Record<From | To, Date | undefined>>>;

/** For `refine`: nothing lies within a period that ends before it begins, so an empty answer would mislead. */
export function inOrder<From extends string, To extends string>(
  from: From,
  to: To,
): [(given: Ends<From, To>) => boolean, { path: PropertyKey[]; error: string }] {
  const isInOrder = ({ [from]: begin, [to]: end }: Ends<From, To>) => !begin || !end || begin < end;
  return [isInOrder, { path: [from], error: `must be before ${to}` }];
}
