import type { CbbAccountField } from '@visapi/backend-providers';

/** A configured id that belongs to another field of the account: writing it would overwrite a stranger's value. */
export interface WrongField {
  readonly name: string;
  readonly id: number;
  /** What the account calls the field of this id. */
  readonly holds: string;
}

export interface FieldFinding {
  readonly wrong: readonly WrongField[];
  /** Configured names whose id the account does not list. */
  readonly missing: readonly string[];
}

/** Compares the configured fields with those of the account. Negative ids are the vendor's own and the same for all. */
export function compareFields(
  configured: Readonly<Record<string, number>>,
  listed: readonly CbbAccountField[],
): FieldFinding {
  const names = new Map(listed.map(({ id, name }) => [id, name]));
  const own = Object.entries(configured).filter(([, id]) => id >= 0);
  const wrong = own.flatMap(([name, id]) => {
    const holds = names.get(id);
    return holds === undefined || isSame(holds, name) ? [] : [{ name, id, holds }];
  });
  return { wrong, missing: own.flatMap(([name, id]) => (names.has(id) ? [] : [name])) };
}

function isSame(left: string, right: string): boolean {
  return left.trim().toLowerCase() === right.toLowerCase();
}

/** What is wrong, in words that say which setting to mend. */
export function describeWrong(wrong: readonly WrongField[]): string {
  const parts = wrong.map(({ name, id, holds }) => `${name} is ${id}, which the account calls ${holds}`);
  return `CBB_FIELD_IDS: ${parts.join('; ')}`;
}
