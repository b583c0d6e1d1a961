import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database } from '@visapi/backend-repositories';
import { DataKeysRepository } from '@visapi/backend-repositories/privacy';

const keysPerBatch = 500;

/**
 * Wraps every data key by the first key of the keyring, so that those behind it can be taken out. Each batch is a short
 * transaction of its own; stopping between two of them loses nothing, and several may be at it.
 */
export class RewrapKeys extends Command<number> {
  constructor(
    readonly signal: AbortSignal,
    /** Hears how many there are so far. */
    readonly told: (rewrapped: number) => void = () => undefined,
  ) {
    super();
  }
}

@CommandHandler(RewrapKeys)
export class RewrapKeysHandler implements ICommandHandler<RewrapKeys> {
  constructor(
    private readonly database: Database,
    private readonly keys: DataKeysRepository,
  ) {}

  async execute({ signal, told }: RewrapKeys): Promise<number> {
    if (!(await this.keys.isBehind(this.database.db))) return 0;
    let [total, since]: [number, string | null | undefined] = [0, null];
    while (since !== undefined && !signal.aborted) {
      const { rewrapped, reached } = await this.batch(since);
      total += rewrapped;
      since = reached;
      if (since !== undefined) told(total);
    }
    return total;
  }

  private async batch(since: string | null): ReturnType<DataKeysRepository['rewrapSome']> {
    return await this.database.db
      .transaction()
      .execute(async (transaction) => await this.keys.rewrapSome(transaction, since, keysPerBatch));
  }
}
