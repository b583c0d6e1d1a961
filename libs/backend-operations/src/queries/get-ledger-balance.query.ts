import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Database } from '@visapi/backend-repositories';
import { LedgerRepository, type LedgerViolation } from '@visapi/backend-repositories/operations';

export interface LedgerBalance {
  /** Requests that brought an order: distinct deliveries and their repeats. Equals the sum of `byState`. */
  readonly received: number;
  readonly byState: Readonly<
    Record<
      'fulfilled' | 'duplicate' | 'changed' | 'skipped' | 'rejected' | 'failed' | 'uncertain' | 'open',
      number
    >
  >;
  readonly oldestOpenSeconds: number | null;
  readonly uncertain: readonly string[];
  readonly violations: readonly LedgerViolation[];
}

/** What became of everything that was delivered, counted from the rows. */
export class GetLedgerBalance extends Query<LedgerBalance> {
  constructor(
    readonly from: Date | null,
    readonly to: Date | null,
  ) {
    super();
  }
}

const mostViolations = 1_000;

@QueryHandler(GetLedgerBalance)
export class GetLedgerBalanceHandler implements IQueryHandler<GetLedgerBalance> {
  constructor(
    private readonly database: Database,
    private readonly ledger: LedgerRepository,
  ) {}

  async execute({ from, to }: GetLedgerBalance): Promise<LedgerBalance> {
    // Both of one moment: an order that is settled between two looks would be in neither or in both.
    const [sums, violations] = await this.database.report(async (executor) => [
      await this.ledger.sums(executor, { from, to }),
      await this.ledger.violations(executor, { from, to }, mostViolations),
    ]);
    const { fulfilled, changed, skipped, rejected, failed, uncertain, open } = sums;
    return {
      received: sums.rows + sums.repeats,
      byState: { fulfilled, duplicate: sums.repeats, changed, skipped, rejected, failed, uncertain, open },
      oldestOpenSeconds: sums.oldestOpenSeconds === null ? null : Math.round(sums.oldestOpenSeconds),
      uncertain: sums.uncertainOrders ?? [],
      violations,
    };
  }
}
