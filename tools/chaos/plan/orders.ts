import { createHash } from 'node:crypto';
import { changeEmail, makeOrder, phoneDigits } from '@visapi/sandbox/orders';
import { randomOf } from '../random.ts';
import type { Load } from '../scenario.ts';

/** A body that the shop delivers, with what a reader of the contract expects to become of it. */
export interface PlannedBody {
  readonly orderId: string;
  readonly body: string;
  /** SHA-256 of the bytes, hex. */
  readonly hash: string;
  readonly dueMs: number;
  readonly copies: number;
  /** A change is delivered after its order has been answered 200. */
  readonly change: PlannedBody | undefined;
  /** Digits of its phone at the CRM; undefined when the customer does not belong there. */
  readonly contact: string | undefined;
  readonly confirmed: boolean;
  readonly test: boolean;
  readonly email: string;
}

type Branch = 'il' | 'co' | 'se' | 'ru' | 'kz';
const branches: readonly Branch[] = ['il', 'il', 'il', 'co', 'il', 'se', 'il', 'ru', 'il', 'kz'];
const secondOrderAfterMs = 50;
const changeAfterMs = 200;
/** Orders of one seed have numbers, and so ids and phones, of their own. */
const perSeed = 10_000;

interface Draft {
  readonly seed: number;
  readonly sequence: number;
  readonly branch: Branch;
  readonly consent: boolean | 'missing';
  readonly test: boolean;
  readonly dueMs: number;
  readonly copies: number;
  readonly isChanged: boolean;
  /** Of an earlier order of the same customer. */
  readonly phoneOf?: number;
}

/** Orders of all branches, countries and products, with and without consent, some of them the shop's own tests. */
export function planOrders(load: Load, seed: number): PlannedBody[] {
  const random = randomOf(seed, 'orders');
  const { copies = 1, changed = 0, sharedPhones = 0 } = load;
  const count = Math.round(load.ordersPerSecond * load.seconds);
  const drafts: Draft[] = [];
  for (let index = 0; drafts.length < count; index += 1) {
    const sequence = (seed % 1_000) * perSeed + drafts.length + 1;
    const dueMs = (drafts.length / load.ordersPerSecond) * 1_000;
    const branch = branches[index % branches.length] ?? 'il';
    const first: Draft = {
      seed,
      sequence,
      branch,
      consent: index % 7 === 3 ? false : index % 11 === 5 ? 'missing' : true,
      test: index % 25 === 7,
      dueMs,
      copies,
      isChanged: random() < changed,
    };
    drafts.push(first);
    if (random() >= sharedPhones || branch !== 'il' || first.test) continue;
    const second = { ...first, sequence: sequence + 1, dueMs: dueMs + secondOrderAfterMs };
    drafts.push({ ...second, phoneOf: sequence, isChanged: false });
  }
  return drafts.map(planned);
}

function planned(draft: Draft): PlannedBody {
  const { branch, sequence, phoneOf, consent, test } = draft;
  const phone = phoneDigits(branch, phoneOf ?? sequence);
  const payload = makeOrder({ ...draft, ...(phoneOf !== undefined && { phone: `+${phone}` }) });
  const changed = changeEmail(payload);
  const isOwed = branch === 'il' && !test;
  const base = {
    orderId: payload.order.id,
    copies: draft.copies,
    contact: isOwed ? phone : undefined,
    confirmed: isOwed && consent === true,
    test,
  };
  const change = { ...base, ...bodyOf(changed), dueMs: changeAfterMs, change: undefined };
  return {
    ...base,
    ...bodyOf(payload),
    dueMs: draft.dueMs,
    change: draft.isChanged ? change : undefined,
  };
}

function bodyOf(payload: ReturnType<typeof makeOrder>): Pick<PlannedBody, 'body' | 'hash' | 'email'> {
  const body = JSON.stringify(payload);
  const hash = createHash('sha256').update(body).digest('hex');
  return { body, hash, email: payload.form.client.email };
}
