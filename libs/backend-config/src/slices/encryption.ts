import { keyring } from '../keyring.js';

/** Used when no keys are set, outside production only: what is sealed with it is an open secret. */
const developmentKeys = `development:${Buffer.from('development-only-encryption-key!').toString('base64')}`;

export const encryption = {
  keys: keyring('ENCRYPTION_KEYS', {
    default: developmentKeys,
    needed: 'production',
    meaning:
      'keys that personal data at rest is sealed with, as name:base64 of 32 random bytes, with commas between; the first one writes, the others read',
  }),
} as const;
