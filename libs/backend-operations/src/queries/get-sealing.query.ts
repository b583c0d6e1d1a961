import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Database } from '@visapi/backend-repositories';
import {
  DataKeysRepository,
  sealedTables,
  type SealedTableName,
  SealingRepository,
  type WrappingUse,
} from '@visapi/backend-repositories/privacy';

export interface Sealing {
  /** Rows that are still as they were stored before columns were sealed. */
  readonly plainRows: Readonly<Record<SealedTableName, number>>;
  /** Which keys of the keyring are in use: what is not here may be taken out of it. */
  readonly wrappedBy: readonly WrappingUse[];
}

/** How far sealing and the change of keys are. */
export class GetSealing extends Query<Sealing> {}

@QueryHandler(GetSealing)
export class GetSealingHandler implements IQueryHandler<GetSealing> {
  constructor(
    private readonly database: Database,
    private readonly sealing: SealingRepository,
    private readonly keys: DataKeysRepository,
  ) {}

  async execute(_query: GetSealing): Promise<Sealing> {
    return await this.database.report(async (executor) => {
      const plainRows = {} as Record<SealedTableName, number>;
      for (const table of Object.keys(sealedTables) as SealedTableName[])
        plainRows[table] = await this.sealing.countPlain(executor, table);
      return { plainRows, wrappedBy: await this.keys.uses(executor) };
    });
  }
}
