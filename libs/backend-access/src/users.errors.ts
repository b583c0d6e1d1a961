import { AppError } from '@visapi/backend-kernel';

export function userNotFound(): AppError {
  return new AppError('not-found', 'There is no such user.');
}

export function roleNotFound(): AppError {
  return new AppError('not-found', 'There is no such role.');
}

/** The role that a user should get. */
export function noSuchRole(name: string): AppError {
  return new AppError('unprocessable', `There is no role ${name}.`, {
    details: [{ path: 'role', message: 'must be the name of a role; GET /roles lists them' }],
  });
}

export function ownRole(): AppError {
  return new AppError('forbidden', 'Nobody changes their own role.');
}

export function ownMaker(): AppError {
  return new AppError('forbidden', 'Nobody changes themselves by a key that they gave out.');
}

/** Somebody must always be able to mend what others may do. */
export function lastAdministrator(): AppError {
  return new AppError(
    'conflict',
    'Nobody would be left who may do everything: make somebody else an administrator first.',
  );
}

export function roleBuiltIn(): AppError {
  return new AppError('conflict', 'This role came with the system and cannot be deleted.');
}

export function roleHeld(users: number): AppError {
  const holders = users === 1 ? 'A user holds' : `${users} users hold`;
  return new AppError('conflict', `${holders} this role: give them another one first.`);
}

export function adminKeepsAll(): AppError {
  return new AppError('conflict', 'The role admin cannot lose the permission admin.');
}

/** Two sign-ins under one address met. */
export function addressContested(): AppError {
  return new AppError('conflict', 'Somebody else got this address at the same moment; sign in again.');
}
