import { type CbbConfig, isCbbConfigured } from '@visapi/backend-config';
import { newCorrelationId } from '@visapi/backend-kernel';
import { VendorLane } from '../vendor-lane.js';
import { type CallOptions, CbbTransport } from './transport.js';
import { accountFields, contact, created, done } from './schemas.js';

export interface CbbContact {
  readonly id: string;
  readonly firstName: string;
  readonly email: string;
}

export interface CbbField {
  readonly name: string;
  readonly value: string;
}

/** A custom field as the account itself lists it. */
export interface CbbAccountField {
  readonly id: number;
  readonly name: string;
}

export interface NewCbbContact {
  /** Digits without plus. */
  readonly phone: string;
  readonly firstName: string;
  readonly email: string | undefined;
  readonly gender: 'male' | 'female' | undefined;
  readonly language: string;
  readonly fields: readonly CbbField[];
}

export interface TemplateMessage {
  /** Digits without plus; also the contact's id. */
  readonly phone: string;
  readonly template: string;
  readonly language: string;
  readonly parameters: readonly string[];
  /** What the header shows, for templates with a document; Meta fetches it from its public address. */
  readonly document: { readonly link: string; readonly filename: string } | null;
}

/** What VisAPI needs of CBB, the WhatsApp CRM. Errors are `VendorError`s; no call is repeated by the client. */
export abstract class CbbClient {
  /** Whether CBB serves at this moment: asked before a claim, told afterwards. Their looks list the account's fields. */
  readonly lanes = { contacts: this.lane('cbb-contacts'), messages: this.lane('cbb-messages') };
  /** Why nothing may be sent to CBB by this process's settings; undefined when it may. */
  abstract readonly withheld: 'dry-run' | 'sync-disabled' | undefined;
  /** The account's ids of the fields we write, as configured. */
  abstract readonly fieldIds: Readonly<Record<string, number>>;
  /** Waits until the vendor's rate lets one more call through: for callers that must not claim their work before. */
  abstract turn(): Promise<void>;
  /** Undefined when CBB does not know the contact. */
  abstract getContact(phone: string, options: CallOptions): Promise<CbbContact | undefined>;
  /** Creates a contact with its fields; returns its id. An existing one keeps its basic data. */
  abstract createContact(contact: NewCbbContact, options: CallOptions): Promise<string>;
  abstract setField(contactId: string, field: CbbField, options: CallOptions): Promise<void>;
  /** Takes a field's value away. A field that holds none is cleared as well. */
  abstract clearField(contactId: string, name: string, options: CallOptions): Promise<void>;
  abstract listFields(options: CallOptions): Promise<readonly CbbAccountField[]>;
  abstract sendTemplate(message: TemplateMessage, options: CallOptions): Promise<void>;

  private lane(name: string): VendorLane {
    return new VendorLane(name, () => this.listFields({ correlationId: newCorrelationId() }));
  }
}

/**
 * CBB over HTTP.
 * https://app.chatgptbuilder.io/api/swagger/
 */
export class HttpCbbClient extends CbbClient {
  readonly withheld: CbbClient['withheld'];
  readonly fieldIds: CbbClient['fieldIds'];

  constructor(
    private readonly transport: CbbTransport,
    config: Pick<CbbConfig, 'fieldIds' | 'url' | 'apiKey' | 'enabled' | 'dryRun'>,
  ) {
    super();
    const off = !config.enabled || !isCbbConfigured(config);
    this.fieldIds = config.fieldIds;
    this.withheld = config.dryRun ? 'dry-run' : off ? 'sync-disabled' : undefined;
  }

  async turn(): Promise<void> {
    await this.transport.turn();
  }

  async getContact(phone: string, options: CallOptions): Promise<CbbContact | undefined> {
    const answer = await this.transport.call(
      'GET',
      `/contacts/${phone}`,
      undefined,
      contact.nullable(),
      options,
    );
    if (!answer?.phone) return undefined;
    return { id: String(answer.id ?? phone), firstName: answer.first_name ?? '', email: answer.email ?? '' };
  }

  async createContact(wanted: NewCbbContact, options: CallOptions): Promise<string> {
    const body = {
      phone: wanted.phone,
      first_name: wanted.firstName,
      last_name: '',
      email: wanted.email,
      gender: wanted.gender,
      language: wanted.language,
      actions: wanted.fields.map((field) => ({
        action: 'set_field_value',
        field_name: field.name,
        value: field.value,
      })),
    };
    const answer = await this.transport.call('POST', '/contacts', { json: body }, created, options);
    return String(answer.data.id);
  }

  /** @throws Error when the account's id of the field is not configured: that is ours to mend, not the vendor's */
  async setField(contactId: string, field: CbbField, options: CallOptions): Promise<void> {
    const path = this.fieldPath(contactId, field.name);
    await this.transport.call('POST', path, { form: { value: field.value } }, done, options);
  }

  async clearField(contactId: string, name: string, options: CallOptions): Promise<void> {
    await this.transport.call('DELETE', this.fieldPath(contactId, name), undefined, done, options);
  }

  async listFields(options: CallOptions): Promise<readonly CbbAccountField[]> {
    return await this.transport.call('GET', '/accounts/custom_fields', undefined, accountFields, options);
  }

  async sendTemplate(message: TemplateMessage, options: CallOptions): Promise<void> {
    const content = {
      messaging_product: 'whatsapp',
      recipient_type: 'individual',
      to: message.phone,
      type: 'template',
      template: {
        name: message.template,
        language: { code: message.language },
        components: componentsOf(message),
      },
    };
    const body = { messages: [content], channel: 'whatsapp' };
    await this.transport.call(
      'POST',
      `/contacts/${message.phone}/send_content`,
      { json: body },
      done,
      options,
    );
  }

  private fieldPath(contactId: string, name: string): string {
    const id = this.fieldIds[name];
    if (id === undefined) throw new Error(`CBB_FIELD_IDS names no id for the field ${name}`);
    return `/contacts/${contactId}/custom_fields/${id}`;
  }
}

/** https://developers.facebook.com/docs/whatsapp/cloud-api/guides/send-message-templates */
function componentsOf({ document, parameters }: TemplateMessage): object[] {
  const header = { type: 'header', parameters: [{ type: 'document', document }] };
  const body = { type: 'body', parameters: parameters.map((text) => ({ type: 'text', text })) };
  return document ? [header, body] : [body];
}
