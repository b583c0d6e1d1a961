import { describe, expect, it } from '@jest/globals';
import { parseMetrics, total } from './metrics.ts';

const text = `# HELP visapi_cache_hits_total Cached reads
# TYPE visapi_cache_hits_total counter
visapi_cache_hits_total{family="api-key",tier="memory"} 990
visapi_cache_hits_total{family="api-key",tier="redis"} 9
visapi_cache_hits_total{family="order",tier="redis"} 5
visapi_outbox_lag_seconds 0.25
process_start 1.7e+9
`;

describe('the metrics of a process', () => {
  const samples = parseMetrics(text);

  it('are summed over the labels that are not named, and over nothing else', () => {
    expect(total(samples, 'visapi_cache_hits_total', { family: 'api-key' })).toBe(999);
    expect(total(samples, 'visapi_cache_hits_total', { family: 'api-key', tier: 'redis' })).toBe(9);
    expect(total(samples, 'visapi_cache_hits_total', { family: 'nobody' })).toBe(0);
  });

  it('are read with and without labels, in every notation', () => {
    expect(total(samples, 'visapi_outbox_lag_seconds', {})).toBe(0.25);
    expect(total(samples, 'process_start', {})).toBe(1_700_000_000);
    expect(samples).toHaveLength(5);
  });
});
