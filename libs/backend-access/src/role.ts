/** What somebody gets who signs in for the first time. */
export const firstRole = 'support';

/** The role that always holds everything. */
export const adminRole = 'admin';

/** Whoever holds it can do, and so mend, everything. */
export const everything = 'admin';

interface Content {
  readonly description: string;
  readonly permissions: readonly string[];
}

/** What a change of a role comes to, as its fact tells it. */
export interface RoleDifference {
  readonly fields: readonly string[];
  readonly granted: readonly string[];
  readonly withdrawn: readonly string[];
}

export function differenceOf(before: Content, after: Content): RoleDifference {
  const granted = after.permissions.filter((grant) => !before.permissions.includes(grant));
  const withdrawn = before.permissions.filter((grant) => !after.permissions.includes(grant));
  const fields = [
    ...(before.description === after.description ? [] : ['description']),
    ...(granted.length + withdrawn.length === 0 ? [] : ['permissions']),
  ];
  return { fields, granted, withdrawn };
}
