import {
  done,
  fieldsOf,
  refused,
  textOf,
  type VendorAnswer,
  type VendorCall,
  type VendorRoute,
  type VendorSimulator,
} from '../vendor.js';
import { readTemplateMessage } from './template-check.js';
import { showTemplate, templates } from './templates.js';
import type { WhatsAppNumber } from './whatsapp-number.js';

const pageSize = 25;
/** Free text outside the 24 h window is taken and then fails. */
const outsideWindow = 131047;

interface MetaAccount {
  readonly number: WhatsAppNumber;
  readonly phoneNumberId: string;
  readonly businessId: string;
}

/** The parts of Meta's Graph API that a WhatsApp business uses (domain.md 5). */
export function metaSimulator(account: MetaAccount): VendorSimulator {
  const routes: VendorRoute[] = [
    { method: 'POST', path: '/:version/:id/messages', answer: (call) => sendMessage(account, call) },
    {
      method: 'GET',
      path: '/:version/:id/message_templates',
      answer: (call) => listTemplates(account, call),
    },
    { method: 'GET', path: '/:version/:id', answer: (call) => showNumber(account, call) },
  ];
  return { vendor: 'meta', routes: routes.map(behindToken), errorBody };
}

function sendMessage({ number, phoneNumberId }: MetaAccount, call: VendorCall): VendorAnswer {
  if (call.params['id'] !== phoneNumberId) return unknownObject(call);
  const message = fieldsOf(call.json());
  const phone = (textOf(message['to']) ?? '').replace(/^\+/, '');
  if (!/^\d{7,15}$/.test(phone)) return graphRefusal(100, '(#100) The parameter to is required');
  // Asked only for a message that is taken: asking uses up a fault.
  const how = () => ({
    callbackData: textOf(message['biz_opaque_callback_data']),
    receipts: call.receipts(),
  });
  const answer = (wamid: string): VendorAnswer =>
    done({
      messaging_product: 'whatsapp',
      contacts: [{ input: message['to'], wa_id: phone }],
      messages: [{ id: wamid, message_status: 'accepted' }],
    });
  if (message['type'] === 'text') {
    const taken = { phone, template: 'text', parameters: [] };
    return answer(number.take(taken, { ...how(), failsWith: outsideWindow }));
  }
  const read = readTemplateMessage(message);
  if ('problem' in read)
    return graphRefusal(read.problem.code, `(#${read.problem.code}) ${read.problem.message}`);
  return answer(number.take({ phone, ...read }, how()));
}

/** A page of templates; `paging.cursors.after` is where the next one starts, `next` is absent on the last. */
function listTemplates({ businessId }: MetaAccount, call: VendorCall): VendorAnswer {
  if (call.params['id'] !== businessId) return unknownObject(call);
  const limit = Math.max(1, Number(call.query['limit'] ?? pageSize) || pageSize);
  const start = positionOf(call.query['after']);
  const page = templates.slice(start, start + limit);
  const after = cursor(start + page.length);
  const more = start + limit < templates.length;
  return done({
    data: page.map(showTemplate),
    paging: {
      cursors: { before: cursor(start), after },
      ...(more && { next: `https://graph.facebook.com/next?limit=${limit}&after=${after}` }),
    },
  });
}

function showNumber({ phoneNumberId }: MetaAccount, call: VendorCall): VendorAnswer {
  if (call.params['id'] !== phoneNumberId) return unknownObject(call);
  return done({
    id: phoneNumberId,
    verified_name: 'Sandbox agency',
    display_phone_number: '+972 70-000-0000',
    quality_rating: 'GREEN',
    messaging_limit_tier: 'TIER_10K',
  });
}

function behindToken(route: VendorRoute): VendorRoute {
  return {
    ...route,
    answer: (call) =>
      /^Bearer .+/.test(String(call.headers['authorization'] ?? ''))
        ? route.answer(call)
        : refused(401, graphError(190, 'Invalid OAuth access token')),
  };
}

function unknownObject(call: VendorCall): VendorAnswer {
  return graphRefusal(100, `Unsupported request. Object with ID '${call.params['id']}' does not exist`);
}

function graphRefusal(code: number, message: string): VendorAnswer {
  return refused(400, graphError(code, message));
}

function errorBody(status: number, message: string): unknown {
  const codes: Readonly<Record<number, number>> = { 400: 100, 404: 100, 429: 130429, 500: 131000 };
  return graphError(codes[status] ?? 1, message);
}

function graphError(code: number, message: string): unknown {
  return {
    error: { message, type: 'OAuthException', code, error_data: { details: message }, fbtrace_id: 'sandbox' },
  };
}

function cursor(position: number): string {
  return Buffer.from(String(position)).toString('base64url');
}

function positionOf(after: string | undefined): number {
  const position = Number(Buffer.from(after ?? '', 'base64url').toString('utf8'));
  return Number.isInteger(position) && position >= 0 ? position : 0;
}
