import { afterAll, describe, expect, it } from '@jest/globals';
import { loadConfig, slices } from '@visapi/backend-config';
import { RateGate } from '../rate-gate.js';
import { HttpAirtableClient } from './client.js';
import { AirtableTransport } from './transport.js';

const opened: AirtableTransport[] = [];
afterAll(async () => await Promise.all(opened.map((transport) => transport.close())));

function clientOf(environment: Readonly<Record<string, string>>): HttpAirtableClient {
  const { airtable } = loadConfig(environment, { airtable: slices.airtable });
  const transport = new AirtableTransport(airtable, new RateGate(0, 'airtable', undefined), 1);
  opened.push(transport);
  return new HttpAirtableClient(transport, airtable);
}

const orders = { AIRTABLE_BASE_ID: 'app1', AIRTABLE_TABLE_ID: 'tbl1' };
const poll = { ...orders, AIRTABLE_VIEW_ID: 'viw1', AIRTABLE_APPLICATIONS_TABLE_ID: 'tbl2' };
const key = { AIRTABLE_API_KEY: 'key' };

describe('the settings of Airtable', () => {
  it.each([
    ['everything', { ...key, ...poll }, undefined, undefined],
    ['a server of its own without a key', { AIRTABLE_API_URL: 'http://x', ...poll }, undefined, undefined],
    ['neither key nor server', poll, 'not-configured', 'not-configured'],
    ['a key alone', key, 'not-configured', 'not-configured'],
    ['orders alone: they can be looked up', { ...key, ...orders }, undefined, 'not-configured'],
    ['polling off', { ...key, ...poll, AIRTABLE_POLL_SECONDS: '0' }, undefined, 'polling-off'],
    ['nothing and polling off', { AIRTABLE_POLL_SECONDS: '0' }, 'not-configured', 'not-configured'],
  ])('with %s', (_name, environment, withheld, pollWithheld) => {
    expect(clientOf(environment as Record<string, string>)).toMatchObject({ withheld, pollWithheld });
  });

  it('that are missing are named to whoever asks all the same', async () => {
    const options = { correlationId: 'c' };
    const lookup = clientOf({ ...key, ...orders });
    await expect(lookup.completedPage(undefined, options)).rejects.toThrow('AIRTABLE_VIEW_ID is not set');
    await expect(lookup.applications(['rec1'], options)).rejects.toThrow(
      'AIRTABLE_APPLICATIONS_TABLE_ID is not set',
    );
    await expect(clientOf(key).findOrders('email', 'a@b.test', options)).rejects.toThrow(
      'AIRTABLE_TABLE_ID is not set',
    );
  });
});
