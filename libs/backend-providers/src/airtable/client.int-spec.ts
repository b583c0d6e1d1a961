import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { loadConfig, slices } from '@visapi/backend-config';
import { createSandbox } from '@visapi/sandbox/server';
import { RateGate } from '../rate-gate.js';
import { type AirtableClient, HttpAirtableClient } from './client.js';
import { FakeAirtableClient } from './fake.js';
import { type CompletedOrder, applicationFields, orderFields } from './schemas.js';
import { AirtableTransport } from './transport.js';

type Cells = Readonly<Record<string, unknown>>;

/** The staff's base, and what the staff do in it. */
interface Base {
  readonly client: AirtableClient;
  /** Puts records in, cells by their names in the base; returns their record ids. */
  addOrder(
    cells: Cells,
    applications?: readonly Cells[],
  ): Promise<{ recordId: string; applications: string[] }>;
  close(): Promise<void>;
}

/** Keys of a value by the names VisAPI has for cells. */
function namedCells(names: Readonly<Record<string, string>>, cells: Cells): Cells {
  const keyOf = new Map(Object.entries(names).map(([key, name]) => [name, key]));
  return Object.fromEntries(Object.entries(cells).map(([name, cell]) => [keyOf.get(name) ?? name, cell]));
}

async function fake(): Promise<Base> {
  const client = new FakeAirtableClient();
  return await Promise.resolve({
    client,
    addOrder: async (cells, applications = []) => {
      const named = applications.map((one) => namedCells(applicationFields, one));
      const put = client.putOrder(namedCells(orderFields, cells), named);
      return await Promise.resolve({ recordId: put.recordId, applications: [...put.applicationRecordIds] });
    },
    close: async () => await Promise.resolve(),
  });
}

const settings = {
  AIRTABLE_API_KEY: 'key',
  AIRTABLE_BASE_ID: 'appSandbox0000001',
  AIRTABLE_TABLE_ID: 'tblOrders00000001',
  AIRTABLE_VIEW_ID: 'viwCompleted00001',
  AIRTABLE_APPLICATIONS_TABLE_ID: 'tblApplications01',
};

async function sandbox(): Promise<Base> {
  const { app, close } = createSandbox({
    host: '127.0.0.1',
    port: 0,
    logLevel: 'silent',
    backendUrl: 'http://127.0.0.1:1',
    viziApiKey: undefined,
    appSecret: undefined,
    phoneNumberId: '1000000000000002',
    businessId: '1000000000000001',
    receiptDelaysMs: undefined,
  });
  const url = `${await app.listen({ port: 0, host: '127.0.0.1' })}/airtable`;
  const { airtable } = loadConfig({ ...settings, AIRTABLE_API_URL: url }, { airtable: slices.airtable });
  const transport = new AirtableTransport(airtable, new RateGate(0, 'airtable', undefined), 4);
  const add = async (table: string, records: readonly Cells[]): Promise<string[]> => {
    const answer = await app.inject({
      method: 'POST',
      url: `/airtable/v0/app/${table}`,
      headers: { authorization: 'Bearer staff', 'content-type': 'application/json' },
      payload: JSON.stringify({ records: records.map((fields) => ({ fields })) }),
    });
    // The staff's work must not use up the rate of those who read.
    await app.inject({ method: 'POST', url: '/_control/reset' });
    return answer.json<{ records: { id: string }[] }>().records.map(({ id }) => id);
  };
  return {
    client: new HttpAirtableClient(transport, airtable),
    addOrder: async (cells, given = []) => {
      const applications = await add('Applications', given);
      const links = applications.length > 0 && { [orderFields.applications]: applications };
      const [recordId = ''] = await add('Orders', [{ ...cells, ...links }]);
      return { recordId, applications };
    },
    close: async () => {
      await transport.close();
      await close();
    },
  };
}

const options = { correlationId: 'contract' };
const completed = {
  ID: ' IL260106IN1 ',
  Email: 'Noam.Example@example.test',
  Phone: '972500000002',
  Status: 'Completed ✅',
  'Domain Branch': 'IL 🇮🇱',
  Country: 'India 🇮🇳',
  'Completed Timestamp': '2026-01-08T08:00:00.000Z',
};
const dana = {
  ID: 'apl_Zy9xWv6uTs3r',
  'Visa ID': 'V-0001',
  'Visa URL': 'https://files.example.test/visa1.pdf',
  'First name': ['DANA', 'RUTH'],
  Surname: 'LEDUGMA',
  Status: 'Approved',
};

describe.each([
  ['the fake', fake],
  ['the HTTP client against the sandbox', sandbox],
])('Airtable as %s', (_name, open) => {
  let base: Base;
  const completedPage = async (offset?: string) => await base.client.completedPage(offset, options);
  const only = ({ records }: { records: readonly CompletedOrder[] }, recordId: string) =>
    records.find((record) => record.recordId === recordId);

  beforeEach(async () => {
    base = await open();
  });
  afterEach(async () => await base.close());

  it('shows a completed order as the staff wrote it', async () => {
    const { recordId, applications } = await base.addOrder(completed, [dana, {}]);
    expect(only(await completedPage(), recordId)).toEqual({
      recordId,
      orderId: 'IL260106IN1',
      status: 'Completed ✅',
      domainBranch: 'IL 🇮🇱',
      country: 'India 🇮🇳',
      applicationRecordIds: applications,
      completedAt: new Date('2026-01-08T08:00:00.000Z'),
    });
  });

  it('shows no order that is not completed', async () => {
    await base.addOrder({ ...completed, Status: 'Active 🔵' });
    await base.addOrder({ ...completed, Status: 'Not Completed' });
    await base.addOrder({ ID: 'IL260106IN2' });
    await expect(completedPage()).resolves.toEqual({ records: [], offset: undefined });
  });

  it('says of an empty cell that it is not known', async () => {
    const { recordId } = await base.addOrder({ Status: 'Completed' });
    expect(only(await completedPage(), recordId)).toEqual({
      recordId,
      orderId: null,
      status: 'Completed',
      domainBranch: null,
      country: null,
      applicationRecordIds: [],
      completedAt: null,
    });
  });

  it.each([
    ['a formula that failed', { ID: { error: '#ERROR!' } }],
    ['links that are none', { 'Applications ↗': 'two' }],
    ['a time that is none', { 'Completed Timestamp': 'soon' }],
  ])('keeps a record it cannot read: %s', async (_case, cells) => {
    const { recordId } = await base.addOrder({ ...completed, ...cells });
    expect(only(await completedPage(), recordId)).toEqual({ recordId, unreadable: true });
  });

  it('shows every record of the view once, a hundred on a page', async () => {
    const added: string[] = [];
    for (let nth = 1; nth <= 205; nth += 1)
      added.push((await base.addOrder({ ...completed, ID: `IL260107IN${nth}` })).recordId);
    const seen: string[] = [];
    const sizes: number[] = [];
    let offset: string | undefined;
    do {
      const page = await completedPage(offset);
      sizes.push(page.records.length);
      seen.push(...page.records.map(({ recordId }) => recordId));
      offset = page.offset;
    } while (offset !== undefined);
    expect(sizes).toEqual([100, 100, 5]);
    expect(seen).toEqual(added);
  });

  it('gives applications one for one, in the order asked for, more than one call takes', async () => {
    const given = Array.from({ length: 60 }, (_, nth) => ({ ...dana, ID: `apl_${nth}` }));
    const { applications } = await base.addOrder(completed, given);
    const wanted = [...applications].reverse();
    const answers = await base.client.applications(wanted, options);
    expect(answers.map(({ recordId }) => recordId)).toEqual(wanted);
    expect(answers.map((one) => !one.unreadable && one.applicationId)).toEqual(
      given.map(({ ID }) => ID).reverse(),
    );
  });

  it('reads what an application says of its applicant and its document', async () => {
    const { applications } = await base.addOrder(completed, [dana]);
    await expect(base.client.applications(applications, options)).resolves.toEqual([
      {
        recordId: applications[0],
        applicationId: 'apl_Zy9xWv6uTs3r',
        visaId: 'V-0001',
        visaUrl: 'https://files.example.test/visa1.pdf',
        firstName: 'DANA RUTH',
        surname: 'LEDUGMA',
        status: 'Approved',
      },
    ]);
  });

  it.each(['ftp://files.example.test/1.pdf', 'javascript:alert(1)', 'soon', 'https://', '/visa.pdf'])(
    'takes no document from %s',
    async (address) => {
      const { applications } = await base.addOrder(completed, [{ ...dana, 'Visa URL': address }]);
      const [application] = await base.client.applications(applications, options);
      expect(application).toMatchObject({ applicationId: dana.ID, visaUrl: null });
    },
  );

  it('says so when a linked application is not there or cannot be read', async () => {
    const { applications } = await base.addOrder(completed, [{ ...dana, ID: { error: '#ERROR!' } }]);
    const [broken = ''] = applications;
    const gone = 'rec99999999999999';
    await expect(base.client.applications([gone, broken], options)).resolves.toEqual([
      { recordId: gone, unreadable: true },
      { recordId: broken, unreadable: true },
    ]);
    await expect(base.client.applications([], options)).resolves.toEqual([]);
  });

  it.each([
    ['email', 'noam.example@example.test'],
    ['email', ' NOAM.EXAMPLE@EXAMPLE.TEST '],
    ['orderid', 'il260106in1'],
    ['phone', '972500000002'],
    ['phone', '+972 50-000-0002'],
    ['phone', '9720500000002'],
  ] as const)('finds an order by %s %s', async (field, value) => {
    const cells = { ...completed, ID: 'IL260106IN1', Type: 'evisa', 'Processing Time': 3, Priority: 'High' };
    const { recordId, applications } = await base.addOrder(cells, [dana]);
    const found = await base.client.findOrders(field, value, options);
    expect(found).toEqual([
      {
        recordId,
        orderId: 'IL260106IN1',
        status: 'Completed ✅',
        domainBranch: 'IL 🇮🇱',
        country: 'India 🇮🇳',
        type: 'evisa',
        intent: null,
        entryCount: null,
        validity: null,
        processingTime: 3,
        applicationRecordIds: applications,
        completedAt: new Date('2026-01-08T08:00:00.000Z'),
        createdTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        fields: { ...cells, 'Applications ↗': applications },
      },
    ]);
  });

  it('finds a phone that the staff wrote with a trunk zero', async () => {
    await base.addOrder({ ...completed, Phone: '9720500000003' });
    await expect(base.client.findOrders('phone', '972500000003', options)).resolves.toHaveLength(1);
  });

  it('finds three of many, and none of none', async () => {
    for (let nth = 0; nth < 5; nth += 1) await base.addOrder(completed);
    await expect(base.client.findOrders('phone', completed.Phone, options)).resolves.toHaveLength(3);
    await expect(base.client.findOrders('orderid', 'IL000000IN0', options)).resolves.toEqual([]);
  });

  it('does not pass over an order it cannot read: somebody asks for it', async () => {
    await base.addOrder({ ...completed, Status: { error: '#ERROR!' } });
    await expect(base.client.findOrders('phone', completed.Phone, options)).rejects.toMatchObject({
      kind: 'unexpected',
      reason: 'unreadable-order',
    });
  });

  it('finds nobody by a value that tries to mean more, and asks nothing for one that is none', async () => {
    await base.addOrder(completed);
    const hostile = "x') , TRUE() , LOWER('x";
    await expect(base.client.findOrders('email', hostile, options)).resolves.toEqual([]);
    for (const [field, value] of [
      ['email', ' '],
      ['orderid', 'IL26\n0106IN1'],
      ['phone', 'none'],
    ] as const)
      await expect(base.client.findOrders(field, value, options)).rejects.toMatchObject({
        kind: 'rejected',
        reason: 'unusable-value',
      });
  });
});
