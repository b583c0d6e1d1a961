import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Database } from '@visapi/backend-repositories';
import { type BrokenSeal, SealsRepository } from '@visapi/backend-repositories/events';

export interface VerifiedHistory {
  readonly seals: number;
  readonly events: number;
  readonly broken: readonly BrokenSeal[];
}

/** Whether every sealed event is what it was when it was sealed. */
export class VerifyHistory extends Query<VerifiedHistory> {
  constructor(readonly progress: (seals: number) => void = () => undefined) {
    super();
  }
}

const sealsAtOnce = 50;

@QueryHandler(VerifyHistory)
export class VerifyHistoryHandler implements IQueryHandler<VerifyHistory> {
  constructor(
    private readonly database: Database,
    private readonly seals: SealsRepository,
  ) {}

  async execute({ progress }: VerifyHistory): Promise<VerifiedHistory> {
    const broken: BrokenSeal[] = [];
    let [last, events] = [0, 0];
    for (;;) {
      const looked = await this.seals.verify(this.database.db, last + 1, sealsAtOnce);
      if (!looked) return { seals: last, events, broken };
      broken.push(...looked.broken);
      last = looked.last;
      events += looked.events;
      progress(last);
    }
  }
}
