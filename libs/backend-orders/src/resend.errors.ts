import { AppError } from '@visapi/backend-kernel';
import { messageTemplates, type ResendObstacle } from './resend.js';

const words: Readonly<Record<Exclude<ResendObstacle, 'untranslatable'>, string>> = {
  'test-order': 'Test orders are never written to.',
  'under-way': 'A confirmation of this order is still under way; wait until it has ended.',
  uncertain:
    'It is not known whether the last confirmation went out, so another one may be a double. Send force if it is to go all the same.',
  'contact-failed':
    'The CRM does not hold this customer, and the confirmation waits for that: sync the contact first, or name a phone.',
  branch: 'Only customers of branch il are written to, unless a phone is named.',
  'no-consent': 'The customer has not agreed to be written to; name a phone to send it all the same.',
  'invalid-phone': 'The order has no valid phone; name one.',
  canceled: 'The order is canceled; name a phone to send its confirmation all the same.',
};

/** @param unknown names of the facts that are missing, for `untranslatable` */
export function notSentAgain(reason: ResendObstacle, unknown: readonly string[]): AppError {
  if (reason !== 'untranslatable') {
    const details = [{ path: 'reason', message: reason }];
    return new AppError('conflict', words[reason], { details });
  }
  const details = unknown.map((path) => ({ path, message: 'is not known' }));
  const because =
    unknown.length > 0 ? `not known: ${unknown.join(', ')}` : 'its words do not fit the template';
  return new AppError('unprocessable', `The confirmation cannot be worded, ${because}.`, { details });
}

export function noSuchTemplate(): AppError {
  return new AppError('invalid', `The templates are ${messageTemplates.all.join(', ')}.`);
}

export function noOrderOfPhone(): AppError {
  return new AppError('not-found', 'No order has this phone.');
}
