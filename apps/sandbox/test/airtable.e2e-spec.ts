import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SandboxClient } from './sandbox-client.js';

let sandbox: SandboxClient;
beforeAll(async () => {
  sandbox = await SandboxClient.start();
});
beforeEach(() => sandbox.post('/_control/reset', { airtable: true }));
afterAll(() => sandbox.stop());

interface Record {
  readonly id: string;
  readonly fields: { readonly [cell: string]: unknown };
}

const orders = '/airtable/v0/appSandbox0000001/tblOrders00000001';
const applications = '/airtable/v0/appSandbox0000001/tblApplications01';
const view = 'view=viwCompleted00001';
const list = async (path: string) => (await sandbox.get(path)).json()['records'] as readonly Record[];
const complete = async (order: object) =>
  (await sandbox.post('/_control/airtable/orders', order)).json() as {
    recordId: string;
    applicationRecordIds: string[];
  };
const errorOf = async (path: string) => {
  const { status, json } = await sandbox.get(path);
  return [status, (json()['error'] as { type: string }).type];
};

describe('Airtable', () => {
  it('finds by formula, by the name of a table or its id, and pages', async () => {
    const formula = encodeURIComponent("LOWER({Email}) = 'dana.example@example.test'");
    for (const table of [orders, '/airtable/v0/appTest/Orders'])
      await expect(list(`${table}?filterByFormula=${formula}&maxRecords=3`)).resolves.toHaveLength(1);
    await sandbox.post(orders, { records: [{ fields: { ID: 'IL2', Email: '' } }] });
    const first = (await sandbox.get(`${orders}?pageSize=1`)).json();
    const second = (await sandbox.get(`${orders}?pageSize=1&offset=${String(first['offset'])}`)).json();
    expect([first['records'], second['records'], second['offset']]).toEqual([
      [expect.anything()],
      [expect.objectContaining({ fields: { ID: 'IL2' } })],
      undefined,
    ]);
  });

  it('shuts a base that is asked too fast until the sandbox is reset', async () => {
    const ask = () => sandbox.get('/airtable/v0/appFast/Orders');
    const statuses: number[] = [];
    for (let call = 0; call < 7; call += 1) statuses.push((await ask()).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429, 429]);
    await sandbox.post('/_control/reset');
    expect((await ask()).status).toBe(200);
  });

  it('has an order from the start that is not finished, so that nothing is sent for it', async () => {
    const [preset] = await list(orders);
    expect(preset?.fields).toMatchObject({ ID: 'IL260105IN10', Status: 'Active 🔵' });
    expect(preset?.fields).not.toHaveProperty('Completed Timestamp');
    await expect(list(`${orders}?${view}`)).resolves.toEqual([]);
  });

  it('shows a finished order in the view, with its applications, empty cells left out', async () => {
    const before = new Date().toISOString();
    const { recordId, applicationRecordIds } = await complete({
      orderId: 'IL260106LK1',
      country: 'sri_lanka',
      applications: [
        { applicationId: 'apl_1', firstName: 'DANA', surname: 'LEDUGMA', visaUrl: 'https://x.test/1.pdf' },
        { firstName: 'NOAM', surname: 'LEDUGMA', visaId: 'V-2', status: 'Issue' },
      ],
    });
    const [order] = await list(`${orders}?${view}`);
    expect(order).toMatchObject({
      id: recordId,
      fields: {
        ID: 'IL260106LK1',
        Status: 'Completed ✅',
        'Domain Branch': 'IL 🇮🇱',
        Country: 'Sri Lanka 🇱🇰',
        'Applications ↗': applicationRecordIds,
      },
    });
    expect(String(order?.fields['Completed Timestamp']) >= before).toBe(true);
    const linked = await list(applications);
    expect(linked.filter(({ id }) => applicationRecordIds.includes(id)).map(({ fields }) => fields)).toEqual([
      {
        ID: 'apl_1',
        'Visa URL': 'https://x.test/1.pdf',
        'First name': ['DANA'],
        Surname: ['LEDUGMA'],
        'Order Name': ['IL260106LK1'],
        Status: 'Approved',
      },
      {
        'Visa ID': 'V-2',
        'First name': ['NOAM'],
        Surname: ['LEDUGMA'],
        'Order Name': ['IL260106LK1'],
        Status: 'Issue',
      },
    ]);
  });

  it.each([
    [{ country: 'uk', branch: 'co' }, 'UK 🇬🇧', 'CO 🌍'],
    [{ country: 'schengen', branch: 'ru' }, 'Schengen 🇪🇺', 'RU 🇷🇺'],
    [{ country: 'Atlantis' }, 'Atlantis', 'IL 🇮🇱'],
  ])('writes %j as the staff do', async (given, country, branch) => {
    await complete({ orderId: 'IL1', completedAt: '2026-01-08T08:00:00Z', ...given });
    const [order] = await list(`${orders}?${view}`);
    expect(order?.fields).toMatchObject({
      Country: country,
      'Domain Branch': branch,
      'Completed Timestamp': '2026-01-08T08:00:00Z',
    });
    expect(order?.fields).not.toHaveProperty('Applications ↗');
  });

  it('lets the staff finish an order later, and take a cell back', async () => {
    const { recordId } = await complete({ orderId: 'IL2', status: 'Active 🔵' });
    await expect(list(`${orders}?${view}`)).resolves.toEqual([]);
    const done = { Status: 'Completed ✅', 'Completed Timestamp': '2026-01-08T08:00:00Z', Country: null };
    await sandbox.call('PATCH', `${orders}/${recordId}`, { fields: done });
    const [order] = await list(`${orders}?${view}`);
    expect(order?.fields).toMatchObject({ ID: 'IL2', Status: 'Completed ✅' });
    expect(order?.fields).not.toHaveProperty('Country');
    const records = [{ id: recordId, fields: { Status: 'Canceled' } }];
    expect((await sandbox.call('PATCH', orders, { records })).json()).toMatchObject({ records });
    await expect(list(`${orders}?${view}`)).resolves.toEqual([]);
  });

  it('changes all records of a request or none', async () => {
    const { recordId } = await complete({ orderId: 'IL3' });
    const fields = { Status: 'Canceled' };
    const records = [recordId, 'rec99999999999999'].map((id) => ({ id, fields }));
    expect((await sandbox.call('PATCH', orders, { records })).status).toBe(404);
    await expect(list(`${orders}?${view}`)).resolves.toHaveLength(1);
  });

  it('refuses a view, a list and a formula it does not have', async () => {
    expect(await errorOf(`${orders}?view=Other`)).toEqual([422, 'VIEW_NAME_NOT_FOUND']);
    expect(await errorOf(`${orders}?offset=gone`)).toEqual([422, 'LIST_RECORDS_ITERATOR_NOT_AVAILABLE']);
    expect(await errorOf(`${orders}?filterByFormula=1%3D1`)).toEqual([422, 'INVALID_FILTER_BY_FORMULA']);
  });

  it('forgets the work of the staff only when asked to', async () => {
    await complete({ orderId: 'IL4' });
    await sandbox.post('/_control/reset');
    await expect(list(orders)).resolves.toHaveLength(2);
    await sandbox.post('/_control/reset', { airtable: true });
    await expect(list(orders)).resolves.toHaveLength(1);
  });

  it('says what is wrong with an order it is asked to make', async () => {
    const answer = await sandbox.post('/_control/airtable/orders', { orderId: '', branch: 'uk' });
    expect([answer.status, answer.text]).toEqual([
      400,
      expect.stringMatching(/orderId[^]*branch|branch[^]*orderId/),
    ]);
  });
});
