import type { Evidence } from './evidence.ts';

/** What a run came to, for the reader of the table. */
export interface Figures {
  readonly orders: number;
  readonly answers: number;
  readonly refused: number;
  readonly told: number;
  readonly kills: number;
  /** The longest that work was held up after a cause was gone, in seconds. */
  readonly longestStall: number;
  readonly uncertain: number;
  /** Messages that were in doubt at some moment and are no longer. */
  readonly settled: number;
}

export function figuresOf(evidence: Evidence): Figures {
  const { posted, orders, sends, blows, effects, doubts } = evidence;
  const answers = posted.flatMap(({ answers: all }) => all);
  const uncertain = new Set(
    effects.filter(({ state }) => state === 'uncertain').map(({ orderId }) => orderId),
  );
  const doubted = new Set(doubts.map(({ orderId }) => orderId));
  return {
    orders: orders.length,
    answers: answers.filter(({ status }) => status === 200).length,
    refused: answers.filter(({ status }) => status !== 200).length,
    told: Object.values(sends).reduce((sum, count) => sum + count, 0),
    kills: blows.length,
    longestStall: Math.round(longestStallMs(evidence) / 100) / 10,
    uncertain: uncertain.size,
    settled: [...doubted].filter((orderId) => !uncertain.has(orderId)).length,
  };
}

/** From the last cause gone before an order was done, or from its arrival if that was later, until it was done. */
function longestStallMs({ deliveries, effects, causesGone }: Evidence): number {
  const doneAt = new Map<string, number>();
  for (const { orderId, endedAt } of effects)
    doneAt.set(orderId, Math.max(doneAt.get(orderId) ?? 0, endedAt ?? 0));
  const stalls = deliveries
    .filter(({ outcome }) => outcome === 'accepted')
    .flatMap(({ orderId, receivedAt }) => {
      const done = doneAt.get(orderId);
      const gone = causesGone.filter((at) => done !== undefined && at <= done && at >= receivedAt);
      return done === undefined || gone.length === 0 ? [] : [done - Math.max(...gone)];
    });
  return Math.max(0, ...stalls);
}
