import { afterAll, describe, expect, it } from '@jest/globals';
import { loadConfig, slices } from '@visapi/backend-config';
import { RateGate } from '../rate-gate.js';
import { HttpCbbClient } from './client.js';
import { CbbTransport } from './transport.js';

const opened: CbbTransport[] = [];
afterAll(async () => await Promise.all(opened.map((transport) => transport.close())));

function clientOf(environment: Record<string, string>): HttpCbbClient {
  const { cbb } = loadConfig(environment, { cbb: slices.cbb });
  const transport = new CbbTransport(cbb, new RateGate(0, 'cbb', undefined), 1);
  opened.push(transport);
  return new HttpCbbClient(transport, cbb);
}

describe('the settings of CBB', () => {
  it.each([
    ['an account', { CBB_API_KEY: 'token' }, undefined],
    ['a server of its own without a token', { CBB_API_URL: 'http://127.0.0.1:1' }, undefined],
    ['no account', {}, 'sync-disabled'],
    ['sync switched off', { CBB_API_KEY: 'token', CBB_SYNC_ENABLED: 'false' }, 'sync-disabled'],
    ['dry run', { CBB_API_KEY: 'token', CBB_SYNC_DRY_RUN: 'true' }, 'dry-run'],
    ['dry run and switched off', { CBB_SYNC_ENABLED: 'false', CBB_SYNC_DRY_RUN: 'true' }, 'dry-run'],
  ])('with %s', (_name, environment, withheld) => {
    expect(clientOf(environment as Record<string, string>).withheld).toBe(withheld);
  });
});
