import type { OrderContent, OrderRow } from '@visapi/backend-repositories/orders';

/** Names of the fields in which a later delivery differs from what is known of the order. Names only, never values. */
export function changedFields(before: OrderRow, after: OrderContent): string[] {
  const names = Object.keys(after) as (keyof OrderContent)[];
  return names.filter((name) => name !== 'warnings' && !isSame(before[name], after[name])).sort();
}

function isSame(before: unknown, after: unknown): boolean {
  if (Buffer.isBuffer(before) && Buffer.isBuffer(after)) return before.equals(after);
  if ((before ?? null) === (after ?? null)) return true;
  // Decimals come back from the database with all their places.
  const [left, right] = [before, after].map((value) =>
    typeof value === 'string' ? decimal(value) : undefined,
  );
  return left !== undefined && left === right;
}

function decimal(text: string): string | undefined {
  if (!/^\d+(\.\d+)?$/.test(text)) return undefined;
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
