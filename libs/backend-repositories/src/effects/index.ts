export { EffectsRepository, leaseSeconds } from './effects.repository.js';
export { endStranded, untried } from './end-step.js';
export { recoverExpired, requeueDue } from './lost-effects.js';
export { reopenEffect } from './reopen-effect.js';
export { planContact, resyncKey } from './plan-contact.js';
export { planMessages, tellOfOrder } from './plan-messages.js';
export type { NewMessage, OrderFact } from './plan-messages.js';
export type { Claim, EffectRow, Evidence, NewEffect } from './effects.repository.js';
