import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { businessId, confirmation, phoneNumberId, SandboxClient, templateMessage } from './sandbox-client.js';

let sandbox: SandboxClient;
beforeAll(async () => {
  sandbox = await SandboxClient.start();
});
beforeEach(() => sandbox.post('/_control/reset', { contacts: true }));
afterAll(() => sandbox.stop());

const phone = '972500000001';
const fields = (contact: Record<string, unknown>) =>
  contact['custom_fields'] as { name: string; value: string }[];

describe('CBB', () => {
  it('answers 401 without a token and 200 with empty fields for a contact it does not know', async () => {
    expect((await sandbox.get(`/cbb/contacts/${phone}`, { 'x-access-token': '' })).status).toBe(401);
    const unknown = await sandbox.get(`/cbb/contacts/${phone}`);
    expect([unknown.status, unknown.json()]).toEqual([
      200,
      { id: 0, first_name: '', phone: '', custom_fields: [] },
    ]);
  });

  it('makes a contact once; a second POST gives the same id, runs its actions and changes no basic field', async () => {
    const create = (first_name: string, value: string) =>
      sandbox.post('/cbb/contacts', {
        phone: `+${phone}`,
        first_name,
        gender: 'female',
        actions: [
          { action: 'set_field_value', field_name: 'visa_country', value },
          { action: 'set_field_value', field_id: 459752, value: 'by id' },
          { action: 'add_tag', tag_name: 'vip' },
        ],
      });
    expect((await create('Dana', 'india')).json()).toEqual({ success: true, data: { id: 972500000001 } });
    expect((await create('Other', 'uk')).json()).toEqual({ success: true, data: { id: 972500000001 } });
    const contact = (await sandbox.get(`/cbb/contacts/${phone}`)).json();
    expect(contact).toMatchObject({
      id: 972500000001,
      phone,
      first_name: 'Dana',
      gender: 0,
      tags: [{ id: 1, name: 'vip' }],
    });
    expect(fields(contact)).toEqual([{ id: 877737, name: 'visa_country', type: 0, value: 'uk' }]);
  });

  it('sets a field by id from a form and by nothing else', async () => {
    await sandbox.post('/cbb/contacts', { phone });
    const path = `/cbb/contacts/${phone}/custom_fields`;
    const value = new URLSearchParams({ value: 'תיירות & עוד' });
    expect((await sandbox.post(`${path}/527249`, value)).json()).toEqual({ success: true });
    expect((await sandbox.post(`${path}/527249`, { value: 'x' })).json()).toMatchObject({ success: false });
    expect((await sandbox.post(`${path}/visa_type`, value)).json()).toMatchObject({ success: false });
    expect((await sandbox.post(`${path}/1`, value)).json()).toMatchObject({ success: false });
    expect(
      (await sandbox.post('/cbb/contacts/972500000099/custom_fields/527249', value)).json(),
    ).toMatchObject({
      success: false,
    });
    const state = (await sandbox.get('/_control/state?vendor=cbb')).json() as unknown as Record<
      string,
      unknown
    >[];
    expect(state.map(fields)).toEqual([[{ id: 527249, name: 'visa_type', type: 0, value: 'תיירות & עוד' }]]);
  });

  it('finds contacts as a list, and lists the account and its fields', async () => {
    await sandbox.post('/cbb/contacts', { phone, email: 'dana@example.test' });
    const find = (query: string) => sandbox.get(`/cbb/contacts/find_by_custom_field?${query}`);
    expect((await find(`field_id=phone&value=${phone}`)).json()).toMatchObject({ data: [{ phone }] });
    expect((await find('field_id=email&value=dana@example.test')).json()).toMatchObject({
      data: [{ phone }],
    });
    expect((await find('field_id=phone&value=1')).json()).toEqual({ data: [] });
    expect((await sandbox.get('/cbb/accounts/me')).json()).toMatchObject({ waba_id: businessId });
    const registry = (await sandbox.get('/cbb/accounts/custom_fields')).json();
    expect(registry).toContainEqual({ id: 459752, name: 'OrderNumber', type: 0 });
  });

  it('sends a template without giving an id, and refuses wrong parameters in a 200', async () => {
    expect((await sandbox.confirm(phone)).json()).toEqual({ success: true });
    for (const wrong of [
      confirmation('IL1').slice(1),
      [...confirmation('IL1').slice(1), 'two\nlines'],
      [''],
    ]) {
      const answer = await sandbox.confirm(phone, wrong);
      expect([answer.status, answer.json()['success']]).toEqual([200, false]);
    }
    expect((await sandbox.get('/_control/sends')).json()).toMatchObject({
      total: 1,
      byPhone: { [phone]: 1 },
      confirmationsByOrder: { IL260105IN10: 1 },
      repeated: [],
    });
  });
});

describe('Meta', () => {
  const messages = `/meta/v23.0/${phoneNumberId}/messages`;

  it('takes a template and gives its id', async () => {
    const answer = await sandbox.post(messages, templateMessage(phone, confirmation('IL1')));
    expect(answer.json()['messages']).toEqual([
      { id: expect.stringMatching(/^wamid\./), message_status: 'accepted' },
    ]);
  });

  it('refuses with its own error codes', async () => {
    const code = async (answer: ReturnType<SandboxClient['post']>) => {
      const { status, json } = await answer;
      return [status, (json()['error'] as { code: number }).code];
    };
    expect(await code(sandbox.post(messages, templateMessage(phone, ['one'])))).toEqual([400, 132000]);
    expect(await code(sandbox.post(messages, templateMessage(phone, [], 'nope')))).toEqual([400, 132001]);
    expect(await code(sandbox.post(messages, {}, { authorization: '' }))).toEqual([401, 190]);
    expect(await code(sandbox.post('/meta/v23.0/1/messages', {}))).toEqual([400, 100]);
  });

  it('lists templates page by page', async () => {
    const names: string[] = [];
    let after = '';
    for (let page = 0; page < 2; page += 1) {
      const path = `/meta/v23.0/${businessId}/message_templates?limit=2&after=${after}`;
      const { data, paging } = (await sandbox.get(path)).json() as {
        data: { name: string }[];
        paging: { cursors: { after: string }; next?: string };
      };
      names.push(...data.map(({ name }) => name));
      after = paging.cursors.after;
      expect(paging.next === undefined).toBe(page === 1);
    }
    expect(new Set(names).size).toBe(4);
  });
});

describe('a template with a document', () => {
  const visa = { link: 'https://files.example.test/visa1.pdf', filename: 'visa.pdf' };
  const good: readonly (readonly [string, readonly string[], typeof visa | undefined])[] = [
    ['order_confirmation_global', confirmation('IL1'), undefined],
    ['visa_approval_file_phone', ['דנה', 'הודו'], visa],
    ['visa_approval_file_multi_he', ['דנה לדוגמה'], { ...visa, link: 'http://files.example.test/v' }],
    ['fix_mistake_global_hebrew', ['דנה', 'הודו', 'תמונה', 'צל'], undefined],
  ];
  const routes = {
    CBB: (message: object) =>
      sandbox.post(`/cbb/contacts/${phone}/send_content`, { messages: [message], channel: 'whatsapp' }),
    Meta: (message: object) => sandbox.post(`/meta/v23.0/${phoneNumberId}/messages`, message),
  };
  const problem = ({ text }: { text: string }) => /\(#(\d+)\)/.exec(text)?.[1];

  describe.each(['CBB', 'Meta'] as const)('through %s', (vendor) => {
    it.each(good)('%s is taken as its definition has it', async (name, parameters, document) => {
      const answer = await routes[vendor](templateMessage(phone, parameters, name, document));
      expect([answer.status, problem(answer)]).toEqual([200, undefined]);
      const wrong = document === undefined ? visa : undefined;
      const refused = await routes[vendor](templateMessage(phone, parameters, name, wrong));
      expect(problem(refused)).toBe(document === undefined ? '132000' : '132012');
      expect((await sandbox.get('/_control/sends')).json()['byTemplate']).toEqual({ [name]: 1 });
    });

    it.each([
      ['no link', { filename: 'visa.pdf' }],
      ['no name', { link: visa.link }],
      ['an empty name', { ...visa, filename: ' ' }],
      ['a link that cannot be fetched', { ...visa, link: 'ftp://files.example.test/visa1.pdf' }],
      ['a link that is none', { ...visa, link: 'visa1.pdf' }],
    ])('is refused with %s', async (_name, document) => {
      const message = templateMessage(phone, ['דנה'], 'visa_approval_file_multi_he', document);
      expect(problem(await routes[vendor](message))).toBe('132012');
    });
  });

  it('counts as another message when it brings another document', async () => {
    const send = (link: string) =>
      routes.CBB(templateMessage(phone, ['דנה'], 'visa_approval_file_multi_he', { ...visa, link }));
    for (const link of [visa.link, 'https://files.example.test/visa2.pdf', visa.link]) await send(link);
    const message = [phone, 'visa_approval_file_multi_he', 'דנה', visa.link];
    expect((await sandbox.get('/_control/sends')).json()['repeated']).toEqual([{ message, count: 2 }]);
  });
});

describe('the other vendors', () => {
  it('Slack, Resend and Zapier answer as they do', async () => {
    expect((await sandbox.post('/slack/services/T1/B1/x', { text: 'hello' })).text).toBe('ok');
    expect((await sandbox.post('/slack/services/T1/B1/x', {})).text).toBe('no_text');
    const email = { from: 'a@example.test', to: 'b@example.test', subject: 's' };
    expect((await sandbox.post('/resend/emails', email)).json()['id']).toEqual(expect.any(String));
    expect((await sandbox.post('/resend/emails', {})).status).toBe(422);
    expect((await sandbox.post('/zapier/hooks/catch/1/abc', { any: 1 })).json()['status']).toBe('success');
  });

  it('answers 404 for a path a vendor does not have, and records it', async () => {
    expect((await sandbox.get('/cbb/contact/1')).status).toBe(404);
    expect(await sandbox.calls()).toMatchObject([{ vendor: 'cbb', path: '/contact/1', outcome: 'rejected' }]);
  });
});
