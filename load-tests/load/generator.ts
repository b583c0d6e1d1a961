/** The load generator: a process of its own, driven over IPC by `drive.ts`. One plan, one result, then it ends. */
import { performance } from 'node:perf_hooks';
import { fillNumber, readTemplate, requestTemplate, type RequestTemplate } from './order-template.ts';
import type { LoadPlan } from './plan.ts';
import { outcomeOfDelivery, outcomeOfRead, Tally } from './tally.ts';
import { WireConnection } from './wire.ts';

/** A connection with its own copy of the request, overwritten in place for each order. */
interface Lane {
  readonly connection: WireConnection;
  readonly request: Buffer;
}

// Whoever wants the result is gone, or has it.
process.once('disconnect', () => process.exit());

process.once('message', (plan: LoadPlan) => {
  const before = process.cpuUsage();
  const begun = performance.now();
  const tally = new Tally(plan.reads ? outcomeOfRead : outcomeOfDelivery);
  const loop =
    plan.ratePerSecond === undefined ? closedLoop(plan, tally) : openLoop(plan, plan.ratePerSecond, tally);
  void loop.then(() => {
    const { user, system } = process.cpuUsage(before);
    process.send?.(tally.result((performance.now() - begun) / 1000, (user + system) / 1000));
    process.disconnect();
  });
});

/** Each lane sends its next request as soon as the last one is answered. */
async function closedLoop(plan: LoadPlan, tally: Tally): Promise<void> {
  const { lanes, template } = openLanes(plan);
  const ends = performance.now() + plan.seconds * 1000;
  let taken = 0;
  const more = (): boolean => performance.now() < ends && taken < (plan.requests ?? Infinity);
  const run = (lane: Lane): Promise<void> =>
    new Promise((resolve) => {
      const next = (): void => {
        if (!more()) {
          lane.connection.close();
          resolve();
          return;
        }
        const index = orderIndex(plan, taken++);
        send(lane, template, index, performance.now(), tally, next);
      };
      next();
    });
  await Promise.all(lanes.map(run));
}

/** Requests are due at fixed times whatever the answers do; a late one counts its waiting. */
function openLoop(plan: LoadPlan, rate: number, tally: Tally): Promise<void> {
  const { lanes, template } = openLanes(plan);
  const idle = [...lanes];
  const total = Math.min(Math.floor(rate * plan.seconds), plan.requests ?? Infinity);
  const begun = performance.now();
  let started = 0;
  let answered = 0;
  return new Promise((resolve) => {
    const finish = (): void => {
      clearInterval(ticker);
      for (const lane of lanes) lane.connection.close();
      resolve();
    };
    const sendDue = (): void => {
      const due = Math.min(total, Math.floor(((performance.now() - begun) / 1000) * rate) + 1);
      while (started < due) {
        const lane = idle.pop();
        if (!lane) return;
        const index = orderIndex(plan, started);
        const dueAt = begun + (started++ / rate) * 1000;
        send(lane, template, index, dueAt, tally, () => {
          idle.push(lane);
          if (++answered === total) finish();
          else sendDue();
        });
      }
    };
    const ticker = setInterval(sendDue, 1);
    sendDue();
  });
}

function send(
  lane: Lane,
  template: RequestTemplate,
  index: number,
  dueAt: number,
  tally: Tally,
  next: () => void,
): void {
  fillNumber(lane.request, template.offsets, index);
  lane.connection.send(lane.request, (status, body) => {
    tally.note(index, status, body, performance.now() - dueAt);
    next();
  });
}

function openLanes(plan: LoadPlan): { lanes: Lane[]; template: RequestTemplate } {
  const urls = [plan.url, ...(plan.alsoAt ?? [])].map((url) => new URL(url));
  const [first] = urls as [URL];
  const template = (plan.reads ? readTemplate : requestTemplate)(first, plan.headers);
  const lanes = Array.from({ length: plan.connections }, (_, nth) => ({
    connection: new WireConnection(urls[nth % urls.length] ?? first),
    request: Buffer.from(template.bytes),
  }));
  return { lanes, template };
}

function orderIndex(plan: LoadPlan, nth: number): number {
  return plan.firstOrder + (plan.distinct === undefined ? nth : nth % plan.distinct);
}
