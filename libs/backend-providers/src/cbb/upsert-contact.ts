import { VendorError } from '../vendor-error.js';
import type { CbbClient, CbbContact, NewCbbContact } from './client.js';
import type { CallOptions } from './transport.js';

export interface UpsertedContact {
  readonly contactId: string;
  readonly created: boolean;
  /** Name or e-mail differ at CBB; its API cannot change them. */
  readonly basicDataDiffers: boolean;
}

/**
 * Makes CBB hold a contact with these values: an unknown one is created with all fields in one call, a known one is
 * written field by field, since CBB has no other way. May be repeated; fields in `confirmed` are not written again.
 * @param onConfirmed told after each step what CBB has confirmed so far
 */
export async function upsertContact(
  client: CbbClient,
  wanted: NewCbbContact,
  confirmed: readonly string[],
  onConfirmed: (contactId: string, fields: readonly string[]) => Promise<void>,
  options: CallOptions,
): Promise<UpsertedContact> {
  const existing = await findContact(client, wanted.phone, options);
  if (!existing) {
    const contactId = await client.createContact(wanted, options);
    return { contactId, created: true, basicDataDiffers: false };
  }
  const done = [...confirmed];
  for (const field of wanted.fields.filter(({ name }) => !confirmed.includes(name))) {
    options.signal?.throwIfAborted();
    await client.setField(existing.id, field, options);
    done.push(field.name);
    await onConfirmed(existing.id, done);
  }
  const basicDataDiffers = existing.firstName !== wanted.firstName || existing.email !== (wanted.email ?? '');
  return { contactId: existing.id, created: false, basicDataDiffers };
}

/** An unknown contact is answered with empty fields, or with 400 or 404. */
async function findContact(
  client: CbbClient,
  phone: string,
  options: CallOptions,
): Promise<CbbContact | undefined> {
  try {
    return await client.getContact(phone, options);
  } catch (error) {
    if (error instanceof VendorError && [400, 404].includes(error.facts.status ?? 0)) return undefined;
    throw error;
  }
}
