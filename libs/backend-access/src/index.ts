export { hashSecret, splitKey } from './api-key.js';
