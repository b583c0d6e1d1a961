export { EffectsRepository, leaseSeconds } from './effects.repository.js';
export type { Claim, EffectRow, NewEffect } from './effects.repository.js';
