/** Bounds of one shared statement and of what may wait for one. */
export interface GroupLimits {
  /** Most items in a statement. */
  readonly items: number;
  /** Most bytes in a statement; one larger item still goes alone. */
  readonly bytes: number;
  /** Statements under way at once. */
  readonly inFlight: number;
  /** Most items and bytes that wait or are under way; beyond them new ones are refused at once. */
  readonly waitingItems: number;
  readonly waitingBytes: number;
}

interface Waiter<I, R> {
  readonly item: I;
  readonly bytes: number;
  readonly resolve: (result: R) => void;
  readonly reject: (error: unknown) => void;
}

/** Too much is waiting already. */
export class GroupFull extends Error {
  override readonly name = 'GroupFull';

  constructor() {
    super('Too much waits for its turn already.');
  }
}

/**
 * Lets concurrent callers share one run: while a run is under way the next group gathers. Nobody waits for a timer, so
 * a lone caller runs at once; under load the groups grow by themselves. Each caller hears of its own item only.
 */
export class GroupCommit<I, R> {
  private waiting: Waiter<I, R>[] = [];
  private running = 0;
  private heldItems = 0;
  private heldBytes = 0;

  /** @param run settles every item it is given, in its own way */
  constructor(
    private readonly limits: GroupLimits,
    private readonly run: (items: readonly I[]) => Promise<readonly PromiseSettledResult<R>[]>,
  ) {}

  /** @throws GroupFull when too much waits, or what the run says of this item */
  submit(item: I, bytes: number): Promise<R> {
    if (this.heldItems >= this.limits.waitingItems || this.heldBytes + bytes > this.limits.waitingBytes)
      return Promise.reject(new GroupFull());
    this.heldItems += 1;
    this.heldBytes += bytes;
    const { promise, resolve, reject } = Promise.withResolvers<R>();
    this.waiting.push({ item, bytes, resolve, reject });
    // Requests that arrive in the same turn of the event loop join the same group.
    if (this.running < this.limits.inFlight && this.waiting.length === 1)
      setImmediate(() => this.startNext());
    return promise;
  }

  private startNext(): void {
    while (this.running < this.limits.inFlight && this.waiting.length > 0)
      void this.runGroup(this.takeGroup());
  }

  private takeGroup(): Waiter<I, R>[] {
    let bytes = 0;
    let size = 0;
    for (const waiter of this.waiting) {
      bytes += waiter.bytes;
      if (size > 0 && (size >= this.limits.items || bytes > this.limits.bytes)) break;
      size += 1;
    }
    return this.waiting.splice(0, size);
  }

  private async runGroup(group: readonly Waiter<I, R>[]): Promise<void> {
    this.running += 1;
    try {
      const results = await this.run(group.map((waiter) => waiter.item));
      group.forEach((waiter, index) => this.settle(waiter, results[index]));
    } catch (error) {
      for (const waiter of group) waiter.reject(error);
    } finally {
      this.running -= 1;
      this.heldItems -= group.length;
      this.heldBytes -= group.reduce((sum, waiter) => sum + waiter.bytes, 0);
      this.startNext();
    }
  }

  private settle(waiter: Waiter<I, R>, result: PromiseSettledResult<R> | undefined): void {
    if (result?.status === 'fulfilled') waiter.resolve(result.value);
    else waiter.reject(result?.reason ?? new Error('The group run returned no result for an item'));
  }
}
