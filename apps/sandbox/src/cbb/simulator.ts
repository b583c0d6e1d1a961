import type { WhatsAppNumber } from '../meta/whatsapp-number.js';
import { done, fieldsOf, refused, textOf, type VendorRoute, type VendorSimulator } from '../vendor.js';
import * as contact from './contact-routes.js';
import { type ContactStore, showTags } from './contact-store.js';
import { customFields } from './field-registry.js';
import { sendContent } from './send-content.js';

const account = {
  id: 1000001,
  name: 'Sandbox agency',
  fb_page_id: '',
  instagram_id: '',
  viber_id: '',
  active: 1,
  plan: 'sandbox',
  created: '2025-01-01 00:00:00',
};

interface CbbAccount {
  readonly contacts: ContactStore;
  readonly number: WhatsAppNumber;
  readonly phoneNumberId: string;
  readonly businessId: string;
}

/** CBB (ChatGPT Builder) with its quirks: domain.md 4 and E.1. */
export function cbbSimulator(cbb: CbbAccount): VendorSimulator {
  return {
    vendor: 'cbb',
    routes: [...contactRoutes(cbb.contacts), sendRoute(cbb.number), ...accountRoutes(cbb)].map(behindToken),
    errorBody: (_status, message) => ({ success: false, error: message }),
  };
}

function contactRoutes(contacts: ContactStore): VendorRoute[] {
  const field = '/contacts/:id/custom_fields/:fieldId';
  const tag = '/contacts/:id/tags/:tagId';
  return [
    { method: 'POST', path: '/contacts', answer: (call) => contact.createContact(contacts, call) },
    {
      method: 'GET',
      path: '/contacts/find_by_custom_field',
      answer: (call) => contact.findContacts(contacts, call),
    },
    { method: 'GET', path: '/contacts/:id', answer: (call) => contact.getContact(contacts, call) },
    {
      method: 'GET',
      path: '/contacts/:id/custom_fields',
      answer: (call) => contact.getFields(contacts, call),
    },
    { method: 'GET', path: field, answer: (call) => contact.getField(contacts, call) },
    { method: 'POST', path: field, answer: (call) => contact.setField(contacts, call) },
    { method: 'DELETE', path: field, answer: (call) => contact.deleteField(contacts, call) },
    { method: 'GET', path: '/contacts/:id/tags', answer: (call) => contact.getTags(contacts, call) },
    { method: 'POST', path: tag, answer: (call) => contact.changeTag(contacts, call, 'add') },
    { method: 'DELETE', path: tag, answer: (call) => contact.changeTag(contacts, call, 'remove') },
    // Text, files and flows outside Meta's 24 h window are taken and reach nobody.
    { method: 'POST', path: '/contacts/:id/send/:kind', answer: () => done({ success: true }) },
  ];
}

function sendRoute(number: WhatsAppNumber): VendorRoute {
  return { method: 'POST', path: '/contacts/:id/send_content', answer: (call) => sendContent(number, call) };
}

function accountRoutes({ contacts, phoneNumberId, businessId }: CbbAccount): VendorRoute[] {
  return [
    {
      method: 'GET',
      path: '/accounts/me',
      answer: () => done({ ...account, waba_id: businessId, wa_phone_id: phoneNumberId }),
    },
    { method: 'GET', path: '/accounts/admins', answer: () => done([]) },
    { method: 'GET', path: '/accounts/flows', answer: () => done([]) },
    { method: 'GET', path: '/accounts/custom_fields', answer: () => done(customFields) },
    { method: 'GET', path: '/accounts/tags', answer: () => done(showTags(contacts.tags())) },
    {
      method: 'POST',
      path: '/accounts/tags',
      answer: (call) => {
        const name = textOf(fieldsOf(call.json())['name']);
        if (name === undefined || name === '') return contact.businessFailure('The name field is required');
        return done({ success: true, data: contacts.tag(name) });
      },
    },
  ];
}

function behindToken(route: VendorRoute): VendorRoute {
  return {
    ...route,
    answer: (call) =>
      call.headers['x-access-token']
        ? route.answer(call)
        : refused(401, { success: false, error: 'Unauthorized' }),
  };
}
