/** What the generator process is told to do; sent over IPC, so plain data. */
export interface LoadPlan {
  readonly url: string;
  /** Further servers that share the load with the one at `url`, connection by connection. */
  readonly alsoAt?: readonly string[];
  /** Reads each order at `<url>/<orderId>` instead of posting it to `url`. */
  readonly reads?: boolean;
  readonly headers: Readonly<Record<string, string>>;
  /** Closed loop: this many requests in flight. Open loop: this many connections at most. */
  readonly connections: number;
  /** Requests per second at fixed intended times; none = closed loop, as fast as answers come. */
  readonly ratePerSecond?: number;
  /** Ends after so many seconds or so many requests, whichever is first. */
  readonly seconds: number;
  readonly requests?: number;
  /** Index of the first order; indices count up from here. */
  readonly firstOrder: number;
  /** Start again at `firstOrder` after so many orders (a duplicate storm). */
  readonly distinct?: number;
}

/** What it answers. Latencies are in ms; in an open loop they count from the time the request was due. */
export interface LoadResult {
  readonly sent: number;
  readonly seconds: number;
  /** Requests answered 200 per second; others are no work done. */
  readonly perSecond: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly latency: Latency;
  /** Indices that were not answered 200. */
  readonly refused: readonly number[];
  readonly cpuMs: number;
}

export interface Latency {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}
