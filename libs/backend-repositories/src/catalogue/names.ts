/** What the grown database holds for order number n, named here once for its rows and for the samples that ask for them. */

const kinds = {
  contact: 1,
  message: 2,
  delivery: 3,
  change: 4,
  receipts: 5,
  notice: 6,
  event: 7,
  issue: 8,
  line: 9,
} as const;

export type Named = keyof typeof kinds;

/** A uuid that grows with n, as those of the product grow with time. */
export function idOf(kind: Named, n: number): string {
  const hex = n.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-00000000000${kinds[kind]}`;
}

/** The same in SQL, of an expression for n. */
export function idSql(kind: Named, n: string): string {
  return `(lpad(to_hex(${n}), 12, '0') || '70008000' || lpad('${kinds[kind]}', 12, '0'))::uuid`;
}

/** Every fifth order is of a branch that keeps no customers in the CRM. */
export function orderIdOf(n: number): string {
  return `${n % 5 === 0 ? 'CO' : 'IL'}${n}`;
}

/** Of three orders two are of one customer. */
function customerOf(n: number): number {
  return n % 3 === 2 ? n - 1 : n;
}

export function phoneOf(n: number): string {
  return `+972${500_000_000 + customerOf(n)}`;
}

/** Orders that come at the very end, and stand where orders of the last minutes stand: how many there are of each. */
export const unfinished = { open: 20, planned: 40, claimed: 8 } as const;
