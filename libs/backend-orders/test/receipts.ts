import { bindAndApply } from '@visapi/backend-messaging';
import { journalRows, receiptsModel } from '@visapi/backend-testing';
import type { ReceiptFate } from './plan.js';
import { type Process, Violation, type World } from './world.js';

type Journal = journalRows.Journal;
type Bound = readonly { messageId: string; receiptPosition: number }[];

/** How far a message has come; receipts only ever move it on. */
function rank(journal: Journal, id: string): number {
  const message = journalRows.messageOf(journal, id);
  if (!message) return 0;
  if (message.readAt !== null) return 3;
  if (message.deliveredAt !== null) return 2;
  return message.sentAt === null ? 0 : 1;
}

/**
 * The rows of receipts as `bindAndApply` of the product sees them. After each read others may write before it is used;
 * the writes of one transaction are one step, because their locks hold until it ends.
 */
function repositoryOf(process: Process, written: Written) {
  const { world } = process;
  const read = async <T>(what: string, rows: T): Promise<T> => {
    await process.step(`has read ${what}`);
    return rows;
  };
  const dated = <T extends { occurredAt: number }>(receipt: T) => ({
    ...receipt,
    occurredAt: new Date(receipt.occurredAt),
  });
  return {
    unmatched: async (_: unknown, digits: readonly string[]) =>
      await read('unmatched receipts', receiptsModel.unmatched(world.journal, world.now, digits).map(dated)),
    boundMessages: async (_: unknown, ids: readonly string[]) => {
      const bound = receiptsModel.boundMessages(world.journal, ids);
      return await read('bindings', world.guard.oneBindingPerId ? bound : new Map<string, string>());
    },
    candidates: async (_: unknown, digits: string) => {
      const rows = receiptsModel.candidates(world.journal, digits);
      return await read(
        'candidates',
        rows.map((row) => ({ ...row, claimedAt: new Date(row.claimedAt) })),
      );
    },
    bind: async (_: unknown, messageId: string, id: string, binding: 'callback' | 'inferred') => {
      const isBound = bind(world, messageId, id, binding);
      if (isBound) written.bindings.set(messageId, id);
      return isBound;
    },
    apply: async (_: unknown, bound: Bound) => apply(world, bound),
  };
}

function bind(world: World, messageId: string, providerMessageId: string, binding: 'callback' | 'inferred') {
  world.say(`${binding} ${providerMessageId} -> ${messageId}`);
  const { guard, journal } = world;
  if (guard.oneBindingPerId && guard.heldWhileBound)
    return world.write(receiptsModel.bind(journal, messageId, providerMessageId, binding));
  const isTaken = journal.messages.some((message) => message.providerMessageId === providerMessageId);
  if (guard.oneBindingPerId && isTaken) return false;
  world.journal = journalRows.changeMessage(journal, messageId, { providerMessageId, binding });
  return true;
}

function apply(world: World, bound: Bound) {
  const before = world.journal;
  if (!world.guard.heldWhileBound)
    for (const { messageId, receiptPosition } of bound) {
      const receipt = before.receipts.find(({ position }) => position === receiptPosition);
      const providerMessageId = receipt?.providerMessageId ?? null;
      world.journal = journalRows.changeMessage(world.journal, messageId, { providerMessageId });
    }
  const moved = world.write(receiptsModel.applyReceipts(world.journal, world.now, bound));
  for (const { messageId } of moved) judgeMove(world, before, messageId);
  return moved.map((message) => ({ ...message, correlationId: 'simulated' }));
}

/** What a receipt may do to a message: move it on, once somebody has sent it. */
function judgeMove(world: World, before: Journal, id: string): void {
  const was = journalRows.effectOf(before, id)?.state ?? 'gone';
  const is = journalRows.effectOf(world.journal, id)?.state ?? 'gone';
  world.say(`${id}: ${was} -> ${is}`);
  if (was === 'planned' || was === 'skipped')
    throw new Violation('a receipt moved a message that nobody has sent');
  if (rank(world.journal, id) < rank(before, id)) throw new Violation('a receipt moved a message backwards');
  if (was === 'accepted' && is === 'failed' && rank(before, id) > 1)
    throw new Violation('a message that had arrived failed');
}

/** What a transaction has written so far. */
class Written {
  readonly positions = new Set<number>();
  /** Vendor's ids by message. */
  readonly bindings = new Map<string, string>();

  /** Its process has died before it ended: all of it is gone, what others wrote meanwhile stays. */
  undo(world: World): void {
    const receipts = world.journal.receipts.filter(({ position }) => !this.positions.has(position));
    world.journal = { ...world.journal, receipts };
    for (const [id, providerMessageId] of this.bindings)
      if (journalRows.messageOf(world.journal, id)?.providerMessageId === providerMessageId)
        world.journal = journalRows.changeMessage(world.journal, id, {
          providerMessageId: null,
          binding: null,
        });
  }
}

/** One transaction that binds receipts of these phones, which it locks. */
async function bindPhones(
  process: Process,
  digits: readonly string[],
  begin: (written: Written) => void = () => undefined,
): Promise<void> {
  await process.world.locked(digits, async () => {
    const written = new Written();
    try {
      begin(written);
      await bindAndApply(repositoryOf(process, written) as never, undefined as never, digits);
    } catch (error) {
      written.undo(process.world);
      throw error;
    }
  });
}

/** `ApplyReceipts`: one stored body of Meta. */
export async function applyBody(
  process: Process,
  receipts: readonly receiptsModel.NewReceiptRecord[],
): Promise<void> {
  const { world } = process;
  const digits = receipts.map(({ recipient }) => recipient);
  await process.step('takes a body of receipts');
  await bindPhones(process, digits, ({ positions }) => {
    const known = new Set(world.journal.receipts.map(({ position }) => position));
    world.write(receiptsModel.appendReceipts(world.journal, world.now, receipts));
    for (const { position } of world.journal.receipts) if (!known.has(position)) positions.add(position);
  });
}

/** `BindReceipts`: wherever receipts may find their message by now. */
export async function bindReceipts(process: Process, effectId: string | null): Promise<void> {
  const { world } = process;
  await process.step('looks for phones with unmatched receipts');
  const digits = receiptsModel.unmatchedPhones(world.journal, world.now, effectId);
  if (digits.length > 0) await bindPhones(process, digits);
}

/** The bodies that Meta posts about one message: one status each, in its own order. */
export function bodiesOf(
  world: World,
  fate: ReceiptFate,
  about: { readonly phone: string; readonly wamid: string; readonly ownId: string | null },
): receiptsModel.NewReceiptRecord[] {
  const order = ['sent', 'delivered', 'read', 'failed'];
  return fate.statuses.map((status) => ({
    providerMessageId: about.wamid,
    status,
    occurredAt: world.now + order.indexOf(status) * 1_000,
    recipient: about.phone.slice(1),
    callbackData: fate.namesUs ? about.ownId : null,
    errorCode: status === 'failed' ? '131026' : null,
  }));
}
