import { integer, secret } from '../variable.js';

/** Used when no pepper is set, outside production only: keys hashed with it are worthless there. */
const developmentPepper = 'development-only-pepper';

export const access = {
  pepper: secret('API_KEY_PEPPER', {
    default: developmentPepper,
    atLeast: 32,
    needed: 'production',
    meaning: 'secret that API keys are hashed with (HMAC-SHA-256); changing it invalidates every key',
  }),
  keyExpiryDays: integer('API_KEY_EXPIRY_DAYS', {
    default: 90,
    min: 1,
    max: 366,
    meaning: 'days that a new API key lives when its maker says nothing else',
  }),
} as const;
