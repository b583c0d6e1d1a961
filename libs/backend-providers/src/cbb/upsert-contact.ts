import { VendorError } from '../vendor-error.js';
import type { CbbClient, CbbContact, CbbField, NewCbbContact } from './client.js';
import type { CallOptions } from './transport.js';

/** What became of one field of a contact. */
export type FieldOutcome = 'written' | 'kept' | 'refused' | 'cleared' | 'not-cleared';

export interface ContactChange {
  readonly wanted: NewCbbContact;
  /** Fields that CBB has confirmed already: they are kept, not written again. */
  readonly confirmed: readonly string[];
  /** Fields that hold a value of an older order and have none now. */
  readonly outdated: readonly string[];
}

export interface ContactProgress {
  /** Filled field by field, so that a change that is interrupted tells how far it came. */
  readonly outcomes: Map<string, FieldOutcome>;
  /** Told after each field what CBB has confirmed so far. */
  onConfirmed(contactId: string, fields: readonly string[]): Promise<void>;
}

export interface UpsertedContact {
  readonly contactId: string;
  readonly created: boolean;
  /** Name or e-mail differ at CBB; its API cannot change them. */
  readonly basicDataDiffers: boolean;
}

/** Clearing is a courtesy: all of it together takes no longer from what a customer waits for. */
const clearWithinMs = 2_000;

/**
 * Makes CBB hold a contact with these values: an unknown one is created with all fields in one call, a known one is
 * written field by field, since CBB has no other way. May be repeated. A field that CBB refuses for good does not keep
 * the others from being written; it is found in the outcomes.
 */
export async function upsertContact(
  client: CbbClient,
  change: ContactChange,
  progress: ContactProgress,
  options: CallOptions,
): Promise<UpsertedContact> {
  const { wanted, confirmed } = change;
  const { outcomes } = progress;
  const existing = await findContact(client, wanted.phone, options);
  if (!existing) {
    const contactId = await client.createContact(wanted, options);
    for (const { name } of wanted.fields) outcomes.set(name, 'written');
    return { contactId, created: true, basicDataDiffers: false };
  }
  for (const name of confirmed) outcomes.set(name, 'kept');
  await clearOutdated(client, existing.id, change.outdated, outcomes, options);
  const done = [...confirmed];
  for (const field of wanted.fields.filter(({ name }) => !confirmed.includes(name))) {
    options.signal?.throwIfAborted();
    const outcome = await writeField(client, existing.id, field, options);
    outcomes.set(field.name, outcome);
    if (outcome === 'refused') continue;
    done.push(field.name);
    await progress.onConfirmed(existing.id, done);
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

async function writeField(
  client: CbbClient,
  contactId: string,
  field: CbbField,
  options: CallOptions,
): Promise<'written' | 'refused'> {
  try {
    await client.setField(contactId, field, options);
    return 'written';
  } catch (error) {
    if (error instanceof VendorError && error.kind === 'rejected') return 'refused';
    throw error;
  }
}

/** One try each, within one short time for all; whatever goes wrong is an outcome and holds nobody up. */
async function clearOutdated(
  client: CbbClient,
  contactId: string,
  names: readonly string[],
  outcomes: Map<string, FieldOutcome>,
  options: CallOptions,
): Promise<void> {
  if (names.length === 0) return;
  const late = AbortSignal.timeout(clearWithinMs);
  const signal = options.signal ? AbortSignal.any([late, options.signal]) : late;
  for (const name of names) {
    const cleared =
      !signal.aborted &&
      (await client.clearField(contactId, name, { ...options, signal }).then(
        () => true,
        () => false,
      ));
    outcomes.set(name, cleared ? 'cleared' : 'not-cleared');
  }
}
