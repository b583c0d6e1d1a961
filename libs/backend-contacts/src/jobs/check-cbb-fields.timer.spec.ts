import { beforeEach, describe, expect, it } from '@jest/globals';
import { VendorError } from '@visapi/backend-providers';
import { FakeCbbClient } from '@visapi/backend-providers/fake';
import { quietLog } from '@visapi/backend-testing';
import { CheckCbbFields } from './check-cbb-fields.timer.js';

let cbb: FakeCbbClient;
let fields: CheckCbbFields;

beforeEach(() => {
  cbb = new FakeCbbClient();
  fields = new CheckCbbFields(cbb, quietLog);
});

/** The account calls this field something else. */
function rename(name: string, to: string): void {
  cbb.accountFields = cbb.accountFields.map((field) =>
    field.name === name ? { ...field, name: to } : field,
  );
}

describe('the check of the CRM’s field ids', () => {
  it('finds an account right whose fields are those of the settings', async () => {
    await fields.look();
    expect(fields.check()).toEqual({ state: 'up', needed: false });
    expect(fields.wrong.size).toBe(0);
  });

  it('calls a field wrong whose id is another one’s, and says which setting to mend', async () => {
    rename('visa_country', 'shoe_size');
    await fields.look();
    expect(fields.check()).toEqual({
      state: 'down',
      needed: false,
      detail: 'CBB_FIELD_IDS: visa_country is 877737, which the account calls shoe_size',
    });
    expect([...fields.wrong]).toEqual(['visa_country']);
  });

  it('takes a field back when the account is mended', async () => {
    rename('visa_country', 'shoe_size');
    await fields.look();
    rename('shoe_size', 'visa_country');
    await fields.look();
    expect(fields.wrong.size).toBe(0);
  });

  it('warns of an id that the account does not list, and has it written all the same', async () => {
    cbb.accountFields = cbb.accountFields.filter(({ name }) => name !== 'visa_country');
    await fields.look();
    expect(fields.check()).toEqual({
      state: 'up',
      needed: false,
      detail: 'not listed by the account: visa_country',
    });
    expect(fields.wrong.size).toBe(0);
  });

  it('knows nothing where the account cannot be asked, and blocks nothing', async () => {
    expect(fields.check()).toMatchObject({ state: 'off', detail: 'unchecked: not asked yet' });
    cbb.failNext('listFields', new VendorError('cbb', 'rejected', 'http-404', { status: 404 }));
    await fields.look();
    expect(fields.check()).toMatchObject({ state: 'off', needed: false, detail: 'unchecked: http-404' });
    cbb.accountFields = [];
    await fields.look();
    expect(fields.check()).toMatchObject({ state: 'off', detail: 'unchecked: the account lists no fields' });
  });

  it('stands by what it has found while the account cannot be asked', async () => {
    rename('visa_country', 'shoe_size');
    await fields.look();
    cbb.failNext('listFields', new TypeError('invented'));
    await fields.look();
    expect([...fields.wrong]).toEqual(['visa_country']);
  });

  it('asks nobody when settings withhold the CRM', async () => {
    cbb.withheld = 'sync-disabled';
    await fields.look();
    expect(cbb.calls).toEqual([]);
    expect(fields.check()).toEqual({ state: 'off', needed: false, detail: 'sync-disabled' });
  });

  it('begins at once, holds nobody up and ends when it is told to', async () => {
    const held = cbb.holdNext('listFields');
    fields.start();
    await held.reached;
    expect(fields.check().state).toBe('off');
    held.release();
    await fields.stop();
    await fields.look();
    expect(cbb.calls).toEqual(['listFields account']);
  });
});
