import { done, fieldsOf, listOf, refused, textOf, type VendorAnswer, type VendorCall } from '../vendor.js';
import { type Contact, type ContactStore, showContact, showFields, showTags } from './contact-store.js';
import { fieldById, fieldByName, phoneFieldId } from './field-registry.js';

/** What CBB answers for an id it does not know: a 200 with empty fields (domain.md A.6). */
export const nobody = { id: 0, first_name: '', phone: '', custom_fields: [] };

/** CBB says no in a 200. */
export function businessFailure(error: string): VendorAnswer {
  return refused(200, { success: false, error });
}

export function getContact(contacts: ContactStore, { params }: VendorCall): VendorAnswer {
  const contact = contacts.get(params['id'] ?? '');
  return done(contact === undefined ? nobody : showContact(contact));
}

export function findContacts(contacts: ContactStore, { query }: VendorCall): VendorAnswer {
  const { field_id: field, value } = query;
  if (field === undefined || value === undefined) return businessFailure('field_id and value are required');
  return done({ data: contacts.find(field, value).map(showContact) });
}

export function createContact(contacts: ContactStore, call: VendorCall): VendorAnswer {
  const body = fieldsOf(call.json());
  const id = (textOf(body['phone']) ?? '').replace(/^\+/, '');
  if (!/^\d{7,15}$/.test(id)) return businessFailure('Invalid phone number');
  const contact = contacts.create(id, {
    firstName: textOf(body['first_name']) ?? '',
    lastName: textOf(body['last_name']) ?? '',
    email: textOf(body['email']) ?? '',
    gender: textOf(body['gender']),
    language: textOf(body['language']),
  });
  for (const action of listOf(body['actions'])) act(contacts, contact, fieldsOf(action));
  return done({ success: true, data: { id: Number(contact.id) } });
}

/** An action that names its field by id, or a field that does not exist, is passed over in silence. */
function act(contacts: ContactStore, contact: Contact, action: Readonly<Record<string, unknown>>): void {
  if (action['action'] === 'set_field_value') {
    const field = fieldByName(textOf(action['field_name']) ?? '');
    const value = textOf(action['value']);
    if (field !== undefined && value !== undefined) contacts.setField(contact, field.id, value);
  }
  const tag = textOf(action['tag_name']);
  if (action['action'] === 'add_tag' && tag !== undefined) addTag(contacts, contact, tag);
}

export function getFields(contacts: ContactStore, { params }: VendorCall): VendorAnswer {
  const contact = contacts.get(params['id'] ?? '');
  return done(contact === undefined ? [] : showFields(contact));
}

export function getField(contacts: ContactStore, { params }: VendorCall): VendorAnswer {
  const contact = contacts.get(params['id'] ?? '');
  const field = contact && showFields(contact).find(({ id }) => String(id) === params['fieldId']);
  return field === undefined ? businessFailure('Custom field not found') : done(field);
}

export function setField(contacts: ContactStore, call: VendorCall): VendorAnswer {
  const contact = contacts.get(call.params['id'] ?? '');
  if (contact === undefined) return businessFailure('Contact not found');
  const field = fieldById(Number(call.params['fieldId']));
  if (field === undefined || field.id === phoneFieldId) return businessFailure('Custom field not found');
  const value = call.form().get('value');
  if (value === null) return businessFailure('The value field is required');
  contacts.setField(contact, field.id, value);
  return done({ success: true });
}

export function deleteField(contacts: ContactStore, { params }: VendorCall): VendorAnswer {
  const contact = contacts.get(params['id'] ?? '');
  if (contact === undefined) return businessFailure('Contact not found');
  contact.fields.delete(Number(params['fieldId']));
  return done({ success: true });
}

export function getTags(contacts: ContactStore, { params }: VendorCall): VendorAnswer {
  const contact = contacts.get(params['id'] ?? '');
  return done(contact === undefined ? [] : showTags(contact.tags));
}

export function changeTag(
  contacts: ContactStore,
  { params }: VendorCall,
  change: 'add' | 'remove',
): VendorAnswer {
  const contact = contacts.get(params['id'] ?? '');
  const tagId = Number(params['tagId']);
  const name = contacts.tags().get(tagId);
  if (contact === undefined || name === undefined) return businessFailure('Contact or tag not found');
  if (change === 'add') contact.tags.set(tagId, name);
  else contact.tags.delete(tagId);
  return done({ success: true });
}

function addTag(contacts: ContactStore, contact: Contact, given: string): void {
  const { id, name } = contacts.tag(given);
  contact.tags.set(id, name);
}
