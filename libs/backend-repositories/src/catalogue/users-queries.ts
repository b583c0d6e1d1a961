import { newId } from '@visapi/backend-kernel';
import { RolesRepository, UsersRepository } from '../access/index.js';
import { type CataloguedQuery, hot, list, operator, sweep } from './query.js';
import { afterCursor, firstPage } from './samples.js';

export function usersQueries(): CataloguedQuery[] {
  return [...users(), ...roles()];
}

function users(): CataloguedQuery[] {
  const repository = new UsersRepository();
  const id = newId();
  const email = 'dana@example.test';
  const narrow = { role: 'support', email, disabled: false };
  return [
    hot('UsersRepository.findAccess', (db) => repository.findAccess(db, id)),
    sweep('UsersRepository.fingerprint', (db) => repository.fingerprint(db)),
    list('UsersRepository.list', (db) => repository.list(db, {}, firstPage), { asks: 'all' }),
    list('UsersRepository.list', (db) => repository.list(db, narrow, afterCursor(null)), {
      asks: 'by role, address and state',
    }),
    operator('UsersRepository.lock', (db) => repository.lock(db, id)),
    operator('UsersRepository.lockAdministrators', (db) => repository.lockAdministrators(db)),
    operator('UsersRepository.hasAdministrator', (db) => repository.hasAdministrator(db)),
    operator('UsersRepository.setDisabled', (db) => repository.setDisabled(db, id, true)),
    operator('UsersRepository.register', (db) => repository.register(db, { id, email, role: 'support' })),
    operator('UsersRepository.noteSignIn', (db) => repository.noteSignIn(db, id, email)),
    operator('UsersRepository.takeAddress', (db) => repository.takeAddress(db, id, email)),
  ];
}

function roles(): CataloguedQuery[] {
  const repository = new RolesRepository();
  const content = { description: 'Sample', permissions: ['orders:read'] };
  return [
    list('RolesRepository.list', (db) => repository.list(db, firstPage)),
    operator('RolesRepository.find', (db) => repository.find(db, 'support')),
    operator('RolesRepository.hold', (db) => repository.hold(db, 'support')),
    operator('RolesRepository.lock', (db) => repository.lock(db, 'support')),
    operator('RolesRepository.change', (db) => repository.change(db, 'support', content)),
  ];
}
