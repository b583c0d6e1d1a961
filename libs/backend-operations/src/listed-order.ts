import { orderIdSchema } from '@visapi/backend-kernel';

/** The order that a row of somebody's list names, or why nobody can tell. */
export type ListedOrder = { readonly orderId: string } | { readonly problem: string };

type Json = Readonly<Record<string, unknown>>;

/** Names of columns that hold order ids, without regard to case, blanks and underscores; the first one there is taken. */
const columns = ['orderid', 'viziorderid', 'id'];

/**
 * Reads the id out of a row: the id alone, a body as the shop posts it (`{ form, order }`), such a body as `payload`, or
 * an object with a field for it.
 * @param column the field that was said to hold it; undefined = one of the usual names
 */
export function listedOrder(row: unknown, column: string | undefined): ListedOrder {
  if (typeof row === 'string') return usable(row, 'the row');
  if (!isObject(row)) return { problem: 'the row must be an order id or an object that holds one' };
  if (column !== undefined) {
    return Object.hasOwn(row, column)
      ? usable(row[column], column)
      : { problem: `there is no "${column}"; there are ${namesOf(row)}` };
  }
  const order = [row['order'], isObject(row['payload']) ? row['payload']['order'] : undefined].find(isObject);
  if (order) return usable(order['id'], 'order.id');
  const names = Object.keys(row);
  const name = columns.map((one) => names.find((given) => plain(given) === one)).find(Boolean);
  if (name !== undefined) return usable(row[name], name);
  return { problem: `no field is known to hold the order id; there are ${namesOf(row)}` };
}

function usable(value: unknown, name: string): ListedOrder {
  const id = orderIdSchema.safeParse(value);
  return id.success
    ? { orderId: id.data }
    : { problem: `${name} ${id.error.issues[0]?.message ?? 'is odd'}` };
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[\s_-]/g, '');
}

function namesOf(row: Json): string {
  return Object.keys(row)
    .slice(0, 20)
    .map((name) => `"${name}"`)
    .join(', ');
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
