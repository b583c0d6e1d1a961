import type { ContactChange, FieldOutcome, NewCbbContact } from '@visapi/backend-providers';
import type { ContactClaim } from '@visapi/backend-repositories/contacts';

/** What one attempt has to do about the fields of a contact. */
export interface SyncPlan {
  readonly change: ContactChange;
  /** CBB has confirmed everything of this version already. */
  readonly isHeld: boolean;
  /** Fields that the order has no value for. */
  readonly leftOut: readonly string[];
  /** Fields that are not written because their configured id belongs to another field. */
  readonly wrongId: readonly string[];
}

/**
 * @param names all fields that can be written
 * @param wrong those whose configured id is somebody else's
 */
export function planSync(
  claim: Pick<ContactClaim, 'cbbContactId' | 'confirmedFields' | 'olderFields'>,
  contact: NewCbbContact,
  names: readonly string[],
  wrong: ReadonlySet<string>,
): SyncPlan {
  const valued = new Set(contact.fields.map(({ name }) => name));
  const fields = contact.fields.filter(({ name }) => !wrong.has(name));
  const confirmed = fields.map(({ name }) => name).filter((name) => claim.confirmedFields.includes(name));
  const leftOut = names.filter((name) => !valued.has(name));
  const outdated = leftOut.filter((name) => claim.olderFields.includes(name) && !wrong.has(name));
  return {
    change: { wanted: { ...contact, fields }, confirmed, outdated },
    isHeld: claim.cbbContactId !== null && confirmed.length === fields.length && outdated.length === 0,
    leftOut: leftOut.filter((name) => !outdated.includes(name)),
    wrongId: [...valued].filter((name) => wrong.has(name)),
  };
}

/** Names of fields by what became of them, for the effect's evidence; what did not happen is not mentioned. */
export function outcomesOf(
  plan: SyncPlan,
  outcomes: ReadonlyMap<string, FieldOutcome>,
): Readonly<Record<string, readonly string[]>> {
  const lists = {
    written: namesOf(outcomes, 'written'),
    kept: namesOf(outcomes, 'kept'),
    leftOut: plan.leftOut,
    refused: namesOf(outcomes, 'refused'),
    cleared: namesOf(outcomes, 'cleared'),
    notCleared: namesOf(outcomes, 'not-cleared'),
    wrongId: plan.wrongId,
  };
  return Object.fromEntries(Object.entries(lists).filter(([, names]) => names.length > 0));
}

/** What CBB holds of this contact by now, old values that it would not give up included. */
export function heldFields(plan: SyncPlan, outcomes: ReadonlyMap<string, FieldOutcome>): readonly string[] {
  return [...plan.change.wanted.fields.map(({ name }) => name), ...namesOf(outcomes, 'not-cleared')];
}

export function namesOf(outcomes: ReadonlyMap<string, FieldOutcome>, wanted: FieldOutcome): string[] {
  return [...outcomes].filter(([, outcome]) => outcome === wanted).map(([name]) => name);
}
