import { z } from 'zod';

const text = z.string().nullable().optional();

/**
 * What a sender may count on; read by nobody here. The body is taken as it comes: what is unknown, missing or odd never keeps
 * an order out, as long as there is an id and a form.
 */
export const orderBody = z
  .looseObject({
    form: z.looseObject({
      id: text,
      country: text,
      client: z
        .looseObject({
          name: text,
          email: text,
          phone: z.unknown().meta({ description: '`{ "code", "number" }`, or text' }),
          whatsappAlertsEnabled: z.boolean().optional(),
        })
        .optional(),
      product: z.unknown(),
      quantity: z.number().optional(),
      urgency: text,
      applicants: z.array(z.looseObject({ id: text })).optional(),
    }),
    order: z.looseObject({
      id: z.string().meta({ description: 'The order’s id at the shop, such as `IL260105IN10`.' }),
      branch: text,
      amount: z.number().nullable().optional(),
      currency: text,
      status: text,
    }),
  })
  .meta({ id: 'ShopOrder', description: 'An order in the form of the shop.' });

/** An order of invented people. */
export const orderExample = {
  form: {
    id: 'frm_Ab3dEf6hIj9k',
    country: 'india',
    client: {
      name: 'Dana Example',
      email: 'dana.example@example.test',
      phone: { code: '972', number: '0500000001' },
      whatsappAlertsEnabled: true,
    },
    product: {
      name: 'india_tourist_year',
      country: 'india',
      docType: 'evisa',
      entries: 'multiple',
      intent: 'tourism',
      validity: 'year',
      wait: 3,
    },
    quantity: 1,
    urgency: 'none',
    entry: { date: '2026-03-05', port: null },
    applicants: [{ id: 'apl_Zy9xWv6uTs3r', passport: { firstName: 'DANA', lastName: 'EXAMPLE' } }],
  },
  order: {
    id: 'IL260105IN10',
    form_id: 'frm_Ab3dEf6hIj9k',
    branch: 'IL',
    amount: 249,
    currency: 'ILS',
    status: 'active',
  },
};
