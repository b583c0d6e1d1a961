/** How long a caller may keep a connection, in milliseconds. */
export interface Patience {
  /** From when a connection is made, or from a request's first byte, to the end of its headers. */
  readonly headersMs: number;
  /** To the end of its body, which may be 10 MB on a poor line. */
  readonly requestMs: number;
  /** Between two requests: longer than the proxies before us keep theirs (60 s), so that none sends into a closing one. */
  readonly idleMs: number;
  /** How often it is looked who is late: those times may be exceeded by so much. */
  readonly lookEveryMs: number;
}

const usual: Patience = { headersMs: 15_000, requestMs: 60_000, idleMs: 65_000, lookEveryMs: 5_000 };

/** Options of Fastify. Whoever sends a byte now and then is answered 408 when the time is over, and cut off. */
export function connectionLimits(patience: Partial<Patience> = {}) {
  const { headersMs, requestMs, idleMs, lookEveryMs } = { ...usual, ...patience };
  return {
    keepAliveTimeout: idleMs,
    requestTimeout: requestMs,
    http: {
      headersTimeout: headersMs,
      requestTimeout: requestMs,
      connectionsCheckingInterval: lookEveryMs,
    },
  };
}
