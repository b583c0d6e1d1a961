import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database } from '@visapi/backend-repositories';
import { sealedTables, type SealedTableName, SealingRepository } from '@visapi/backend-repositories/privacy';

const rowsPerBatch = 100;

const tables = Object.keys(sealedTables) as SealedTableName[];

/**
 * Seals what was stored before columns were sealed. Each batch is a short transaction of its own: stopped and begun again,
 * it goes on with what is still plain.
 */
export class SealRows extends Command<number> {
  constructor(
    readonly signal: AbortSignal,
    /** Hears how many rows of a table there are so far. */
    readonly told: (table: SealedTableName, sealed: number) => void = () => undefined,
  ) {
    super();
  }
}

@CommandHandler(SealRows)
export class SealRowsHandler implements ICommandHandler<SealRows> {
  constructor(
    private readonly database: Database,
    private readonly sealing: SealingRepository,
  ) {}

  async execute({ signal, told }: SealRows): Promise<number> {
    let total = 0;
    for (const table of tables) total += await this.sealTable(table, signal, told);
    return total;
  }

  private async sealTable(
    table: SealedTableName,
    signal: AbortSignal,
    told: SealRows['told'],
  ): Promise<number> {
    let [total, since, goesOn]: [number, string | null, boolean] = [0, null, true];
    while (goesOn && !signal.aborted) {
      const { sealed, reached } = await this.batch(table, since);
      total += sealed;
      since = reached;
      goesOn = reached !== null;
      if (goesOn) told(table, total);
    }
    return total;
  }

  private async batch(
    table: SealedTableName,
    since: string | null,
  ): ReturnType<SealingRepository['sealSome']> {
    return await this.database.db
      .transaction()
      .execute(async (transaction) => await this.sealing.sealSome(transaction, table, since, rowsPerBatch));
  }
}
