import { z } from 'zod';

/** A business failure comes as HTTP 200 with `success: false`. */
export const failure = z.object({
  success: z.literal(false),
  error: z.string().optional(),
  message: z.string().optional(),
});

/** An unknown contact is answered like a known one, with empty fields. */
export const contact = z.object({
  id: z.union([z.number(), z.string()]).nullish(),
  phone: z.string().nullish(),
  first_name: z.string().nullish(),
  email: z.string().nullish(),
});

export const created = z.object({
  success: z.literal(true),
  data: z.object({ id: z.union([z.number(), z.string()]) }),
});

const accountField = z.object({
  id: z.union([
    z.number().int(),
    z
      .string()
      .regex(/^-?\d+$/)
      .transform(Number),
  ]),
  name: z.string(),
});

/** Fields of the account, bare or under `data`; what has no id and name tells nothing and is passed over. */
export const accountFields = z
  .union([z.array(z.unknown()), z.object({ data: z.array(z.unknown()) }).transform(({ data }) => data)])
  .transform((items) => items.flatMap((item) => accountField.safeParse(item).data ?? []));

export const done = z.object({ success: z.literal(true) });
