export { ApiKeysRepository } from './api-keys.repository.js';
export type {
  ApiKeyChanges,
  ApiKeyFilter,
  ApiKeyRow,
  ApiKeyState,
  KeyUse,
  ToldApiKey,
  WrittenApiKey,
} from './api-keys.repository.js';
export { RolesRepository } from './roles.repository.js';
export type { ListedRole, RoleContent, RoleRow } from './roles.repository.js';
export { UsersRepository } from './users.repository.js';
export type { UserAccess, UserFilter, UserRow } from './users.repository.js';
export { SessionsRepository } from './sessions.repository.js';
export type { SessionChoice, SessionEnd, SessionMethod, SessionRow } from './sessions.repository.js';
