import { loadConfig, slices } from '@visapi/backend-config';
import { VendorError } from '../vendor-error.js';
import {
  type CbbAccountField,
  CbbClient,
  type CbbContact,
  type CbbField,
  type NewCbbContact,
  type TemplateMessage,
} from './client.js';
import type { CallOptions } from './transport.js';

type Operation = 'getContact' | 'createContact' | 'setField' | 'clearField' | 'listFields' | 'sendTemplate';

const { fieldIds } = loadConfig({}, { cbb: slices.cbb }).cbb;

interface Fault {
  readonly error: Error;
  /** True when CBB does what it was asked for and only its answer is lost. */
  readonly afterwards: boolean;
}

interface FakeContact {
  readonly firstName: string;
  readonly email: string;
  readonly fields: Map<string, string>;
}

/**
 * CBB in memory, with the quirks that matter to callers: a second creation keeps the basic data, a refusal comes as
 * `success: false`. Faults are queued per operation and strike once each, in order.
 */
export class FakeCbbClient extends CbbClient {
  readonly contacts = new Map<string, FakeContact>();
  /** Messages that went out, including those whose answer was lost. */
  readonly sent: TemplateMessage[] = [];
  /** Every call in order, as "operation phone", "setField phone name" or "clearField phone name". */
  readonly calls: string[] = [];
  withheld: CbbClient['withheld'];
  readonly fieldIds = fieldIds;
  /** What the account says of itself: at first, what is configured. */
  accountFields: readonly CbbAccountField[] = Object.entries(fieldIds).map(([name, id]) => ({ id, name }));
  private readonly faults = new Map<Operation, Fault[]>();
  private gate:
    { readonly operation: Operation; readonly reach: () => void; readonly open: Promise<void> } | undefined;

  /** The next call of this operation fails; `afterwards`: it is done and the answer gets lost. */
  failNext(operation: Operation, error: Error, afterwards = false): void {
    this.faults.set(operation, [...(this.faults.get(operation) ?? []), { error, afterwards }]);
  }

  /** The next call of this operation stands still from `reached` until `release`. */
  holdNext(operation: Operation): { reached: Promise<void>; release: () => void } {
    const reached = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    this.gate = { operation, reach: reached.resolve, open: released.promise };
    return { reached: reached.promise, release: released.resolve };
  }

  async turn(): Promise<void> {
    // In memory there is no rate to wait for.
  }

  async getContact(phone: string, options?: CallOptions): Promise<CbbContact | undefined> {
    return await this.call('getContact', phone, options, () => {
      const known = this.contacts.get(phone);
      return known && { id: phone, firstName: known.firstName, email: known.email };
    });
  }

  async createContact(wanted: NewCbbContact, options?: CallOptions): Promise<string> {
    const { phone, firstName, email, fields } = wanted;
    return await this.call('createContact', phone, options, () => {
      if (!/^\d{7,15}$/.test(phone)) throw refusal();
      const contact = this.contacts.get(phone) ?? {
        firstName,
        email: email ?? '',
        fields: new Map<string, string>(),
      };
      for (const field of fields) contact.fields.set(field.name, field.value);
      this.contacts.set(phone, contact);
      return phone;
    });
  }

  async setField(contactId: string, field: CbbField, options?: CallOptions): Promise<void> {
    await this.call('setField', `${contactId} ${field.name}`, options, () => {
      const contact = this.contacts.get(contactId);
      if (!contact) throw refusal();
      contact.fields.set(field.name, field.value);
    });
  }

  async clearField(contactId: string, name: string, options?: CallOptions): Promise<void> {
    await this.call('clearField', `${contactId} ${name}`, options, () => {
      const contact = this.contacts.get(contactId);
      if (!contact) throw refusal();
      contact.fields.delete(name);
    });
  }

  async listFields(options?: CallOptions): Promise<readonly CbbAccountField[]> {
    return await this.call('listFields', 'account', options, () => this.accountFields);
  }

  async sendTemplate(message: TemplateMessage, options?: CallOptions): Promise<void> {
    await this.call('sendTemplate', message.phone, options, () => {
      if (message.parameters.some((parameter) => parameter.trim() === '')) throw refusal();
      this.sent.push(message);
    });
  }

  private async call<T>(
    operation: Operation,
    target: string,
    options: CallOptions | undefined,
    act: () => T,
  ): Promise<T> {
    this.calls.push(`${operation} ${target}`);
    await this.passGate(operation);
    try {
      const answer = this.answer(operation, act);
      options?.heard?.(200, Buffer.from('{"success":true}'));
      return answer;
    } catch (error) {
      const status = error instanceof VendorError ? error.facts.status : undefined;
      if (status !== undefined) options?.heard?.(status, Buffer.from('{"success":false}'));
      throw error;
    }
  }

  private async passGate(operation: Operation): Promise<void> {
    const gate = this.gate?.operation === operation ? this.gate : undefined;
    if (!gate) return;
    this.gate = undefined;
    gate.reach();
    await gate.open;
  }

  private answer<T>(operation: Operation, act: () => T): T {
    const fault = this.faults.get(operation)?.shift();
    if (fault && !fault.afterwards) throw fault.error;
    const answer = act();
    if (fault) throw fault.error;
    return answer;
  }
}

function refusal(): VendorError {
  return new VendorError('cbb', 'unavailable', 'success-false', { status: 200 });
}
