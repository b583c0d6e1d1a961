import { createHash } from 'node:crypto';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Clock, type ErrorDetail, newCorrelationId, newId } from '@visapi/backend-kernel';
import { Database } from '@visapi/backend-repositories';
import { importOrder, isOrderIdKnown, storeImportedDelivery } from '@visapi/backend-repositories/orders';
import { type ImportedRow, readImportedRow } from '../import/imported-row.js';
import { type ImportPlan, planImport } from '../import/plan-import.js';

/** What became, or would become, of one row. */
export interface ImportedResult {
  /** Where the row stands in its file. */
  readonly line: number;
  readonly orderId: string | null;
  readonly outcome: 'imported' | 'already-here' | 'test-order' | 'refused';
  /** What is done or owed of an imported order, such as "confirmation planned" or "contact skipped (branch)". */
  readonly effects: readonly string[];
  readonly problems: readonly ErrorDetail[];
}

/**
 * Takes over orders from the system used before, each in a transaction of its own, so it may stop anywhere and be run
 * again: an order that is here, however it came, is left alone. Given oldest first, for the order of imports decides
 * which order of a phone is newest.
 */
export class ImportOrders extends Command<readonly ImportedResult[]> {
  constructor(
    readonly rows: readonly { readonly line: number; readonly value: unknown }[],
    readonly options: {
      /** Age up to which an order's customer is told by itself. */
      readonly tellWithinHours: number;
      readonly dryRun: boolean;
    },
  ) {
    super();
  }
}

type Result = Omit<ImportedResult, 'line'>;

@CommandHandler(ImportOrders)
export class ImportOrdersHandler implements ICommandHandler<ImportOrders> {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async execute({ rows, options }: ImportOrders): Promise<readonly ImportedResult[]> {
    const results: ImportedResult[] = [];
    for (const { line, value } of rows) results.push({ line, ...(await this.importRow(value, options)) });
    return results;
  }

  private async importRow(
    value: unknown,
    { tellWithinHours, dryRun }: ImportOrders['options'],
  ): Promise<Result> {
    const now = this.clock.now();
    const read = readImportedRow(value, now);
    if (read.kind === 'refused') return { outcome: 'refused', effects: [], ...pick(read) };
    if (read.kind === 'test-order') return nothing('test-order', read.orderId);
    const { row } = read;
    const isYoung = now.getTime() - row.receivedAt.getTime() < tellWithinHours * 3_600_000;
    const cause = { deliveryId: newId(), correlationId: newCorrelationId() };
    const plan = planImport(row, cause, isYoung);
    if (plan.problems.length > 0)
      return { outcome: 'refused', effects: [], orderId: row.orderId, problems: plan.problems };
    const isHere = dryRun
      ? await isOrderIdKnown(this.database.db, row.orderId)
      : !(await this.write(row, cause, plan));
    if (isHere) return nothing('already-here', row.orderId);
    return { outcome: 'imported', orderId: row.orderId, effects: effectsOf(plan), problems: [] };
  }

  /** @returns false when the order is here already */
  private async write(
    { orderId, receivedAt, body }: ImportedRow,
    { deliveryId: id, correlationId }: { deliveryId: string; correlationId: string },
    plan: ImportPlan,
  ): Promise<boolean> {
    const bytes = Buffer.from(JSON.stringify(body));
    const bodyHash = createHash('sha256').update(bytes).digest();
    const delivery = { id, orderId, body: bytes, bodyHash, correlationId, receivedAt };
    return await this.database.db.transaction().execute(async (transaction) => {
      if (await isOrderIdKnown(transaction, orderId)) return false;
      const position = await storeImportedDelivery(transaction, delivery);
      if (position === undefined) return false;
      await importOrder(transaction, plan.order, position);
      return true;
    });
  }
}

function nothing(outcome: 'already-here' | 'test-order', orderId: string): Result {
  return { outcome, orderId, effects: [], problems: [] };
}

function pick({ orderId, problems }: Pick<Result, 'orderId' | 'problems'>) {
  return { orderId, problems };
}

function effectsOf({ order: { contact, messages } }: ImportPlan): string[] {
  return [contact, ...messages.map(({ effect }) => effect)].map(
    ({ purpose, state, reason }) => `${purpose} ${state}${reason ? ` (${reason})` : ''}`,
  );
}
