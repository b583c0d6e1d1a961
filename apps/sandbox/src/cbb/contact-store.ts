import { type CustomField, fieldById } from './field-registry.js';

const whatsAppChannel = 5;
const gendersByName: Readonly<Record<string, number>> = { female: 0, male: 1 };
const genderUnknown = 2;
const mostFound = 100;

/** Fields that are set once, when the contact is made; the API has no call that changes them later. */
export interface BasicFields {
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly gender: string | undefined;
  readonly language: string | undefined;
}

export interface Contact {
  readonly id: string;
  readonly basic: BasicFields;
  readonly since: Date;
  readonly fields: Map<number, string>;
  /** By the tag's id in the account. */
  readonly tags: Map<number, string>;
}

/** The account's contacts; the id of a WhatsApp contact is its phone's digits. */
export class ContactStore {
  readonly #contacts = new Map<string, Contact>();
  readonly #tags: string[] = [];

  get(id: string): Contact | undefined {
    return this.#contacts.get(id);
  }

  /** The contact of this phone; an existing one keeps its basic fields, whatever is given. */
  create(id: string, basic: BasicFields): Contact {
    const known = this.#contacts.get(id);
    if (known !== undefined) return known;
    const contact: Contact = { id, basic, since: new Date(), fields: new Map(), tags: new Map() };
    this.#contacts.set(id, contact);
    return contact;
  }

  setField(contact: Contact, fieldId: number, value: string): void {
    contact.fields.set(fieldId, value);
    this.#touch(contact);
  }

  /** Latest updated first, at most 100. */
  find(field: string, value: string): Contact[] {
    const matches = (contact: Contact): boolean => {
      if (field === 'phone') return contact.id === value.replace(/^\+/, '');
      if (field === 'email') return contact.basic.email === value;
      return contact.fields.get(Number(field)) === value;
    };
    return this.all().filter(matches).reverse().slice(0, mostFound);
  }

  /** Oldest update first. */
  all(): Contact[] {
    return [...this.#contacts.values()];
  }

  /** The account's tag of this name, made when it is new. */
  tag(name: string): { id: number; name: string } {
    if (!this.#tags.includes(name)) this.#tags.push(name);
    return { id: this.#tags.indexOf(name) + 1, name };
  }

  tags(): Map<number, string> {
    return new Map(this.#tags.map((name, index) => [index + 1, name]));
  }

  clear(): void {
    this.#contacts.clear();
  }

  /** A map keeps insertion order: the contact touched last comes last. */
  #touch(contact: Contact): void {
    this.#contacts.delete(contact.id);
    this.#contacts.set(contact.id, contact);
  }
}

export function showContact(contact: Contact): Record<string, unknown> {
  const { id, basic, since } = contact;
  return {
    id: Number(id),
    page_id: '100000000000001',
    first_name: basic.firstName,
    last_name: basic.lastName,
    channel: whatsAppChannel,
    profile_pic: '',
    locale: basic.language ?? '',
    gender: gendersByName[basic.gender ?? ''] ?? genderUnknown,
    timezone: 2,
    last_sent: null,
    last_delivered: null,
    last_seen: null,
    last_interaction: null,
    subscribed_date: since.toISOString().replace('T', ' ').slice(0, 19),
    subscribed: 1,
    phone: id,
    email: basic.email,
    tags: showTags(contact.tags),
    custom_fields: showFields(contact),
  };
}

export function showTags(tags: ReadonlyMap<number, string>): { id: number; name: string }[] {
  return [...tags].map(([id, name]) => ({ id, name }));
}

export function showFields(contact: Contact): (CustomField & { value: string })[] {
  return [...contact.fields].flatMap(([id, value]) => {
    const field = fieldById(id);
    return field === undefined ? [] : [{ ...field, value }];
  });
}
