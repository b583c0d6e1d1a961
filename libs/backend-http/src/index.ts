export { Access, Raw, Responds } from './route.js';
export type { AccessRule, AccessResolver, AddressDocs, RateClass, RouteDocs } from './route.js';
export { Authenticator } from './authenticator.js';
export type { KeyPrincipal, Principal, UserPrincipal } from './authenticator.js';
export { addressGroup, plainAddress } from './caller-address.js';
export { createHttpApp } from './create-http-app.js';
export { Listed, onceFor } from './envelope.js';
export { shownTo } from './masking.js';
export { askedBy, askingKeyId, describeRequest } from './request-context.js';
export type { HttpRequest } from './request-context.js';
export { questionLimit, reportLimit, webhookLimit } from './time-limit.js';
export {
  dryRunQuery,
  noQuery,
  noReason,
  optionalReason,
  orderNames,
  phoneOrNone,
  phoneText,
  reasonText,
  toOrderTarget,
} from './operator-input.js';
export { needsOneOf, onlyKnown, pageInBody, pageQuery, toPage } from './page-query.js';
export { inOrder, time, timestamp } from './time-input.js';
export type { Check } from './platform.module.js';
export { HealthCheck, PlatformModule } from './platform.module.js';
export { createProbeServer } from './probe-server.js';
export { limitsRedis, RateLimitModule } from './rate-limit.module.js';
