/** Stands in for `k6/metrics`: samples with their tags, and the thresholds that judge them at the end. */
import { currentTags } from './execution.ts';

type Tags = Readonly<Record<string, string>>;
type Aggregate = (values: readonly number[]) => number;
type Aggregates = Readonly<Record<string, Aggregate>>;

const metrics = new Map<string, Metric>();

class Metric {
  readonly samples: { readonly value: number; readonly tags: Tags }[] = [];
  /** By the word a threshold uses; nothing sampled counts as zero, as in k6. */
  readonly aggregates: Aggregates;

  constructor(name: string, aggregates: Aggregates) {
    this.aggregates = aggregates;
    metrics.set(name, this);
  }

  add(value: number | boolean, tags: Tags = {}): void {
    this.samples.push({ value: Number(value), tags: { ...currentTags(), ...tags } });
  }
}

export class Counter extends Metric {
  constructor(name: string) {
    super(name, { count: sum });
  }
}

export class Rate extends Metric {
  constructor(name: string) {
    super(name, { rate: (values) => (values.length === 0 ? 0 : sum(values) / values.length) });
  }
}

export class Trend extends Metric {
  constructor(name: string) {
    super(name, { med: (values) => quantile(values, 0.5), max: (values) => quantile(values, 1) });
  }
}

export const builtIn = {
  checks: new Rate('checks'),
  dropped: new Counter('dropped_iterations'),
  duration: new Trend('http_req_duration'),
  failed: new Rate('http_req_failed'),
};

/** How a metric, narrowed to the samples with the tag in its braces, stands to an expression like `p(95)<200`. */
export function judge(metric: string, expression: string): { value: number; holds: boolean } {
  const [, name = '', tag, wanted] = /^(\w+)(?:\{(\w+):(.+)\})?$/.exec(metric) ?? [];
  const [, word = '', operator = '', limit] = /^([\w().]+)(<=|>=|==|<|>)([\d.]+)$/.exec(expression) ?? [];
  const judged = metrics.get(name);
  const aggregate = judged && aggregateOf(judged, word);
  if (aggregate === undefined) throw new Error(`The stand-in cannot judge ${metric}: ${expression}`);
  const taken = judged?.samples.filter(({ tags }) => tag === undefined || tags[tag] === wanted) ?? [];
  const value = aggregate(taken.map((sample) => sample.value));
  return { value, holds: compare(value, operator, Number(limit)) };
}

function aggregateOf(metric: Metric, word: string): Aggregate | undefined {
  const share = /^p\(([\d.]+)\)$/.exec(word)?.[1];
  if (metric instanceof Trend && share !== undefined)
    return (values) => quantile(values, Number(share) / 100);
  return metric.aggregates[word];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Between two samples it lies on the line between them. */
function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = Math.max(0, share * (sorted.length - 1));
  const [below, above] = [sorted[Math.floor(place)] ?? 0, sorted[Math.ceil(place)] ?? 0];
  return below + (above - below) * (place - Math.floor(place));
}

function compare(value: number, operator: string, limit: number): boolean {
  if (operator.endsWith('=') && value === limit) return true;
  return operator.startsWith('<') ? value < limit : operator.startsWith('>') && value > limit;
}
