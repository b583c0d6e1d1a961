import { AppError } from '@visapi/backend-kernel';

/** One answer for an unknown address, a wrong password and an unconfirmed address. */
export function signInRefused(): AppError {
  return new AppError('unauthenticated', 'E-mail address and password do not fit.');
}

export function sessionOver(): AppError {
  return new AppError('unauthenticated', 'This session has ended; sign in again.');
}

export function refreshRefused(): AppError {
  return new AppError('unauthenticated', 'This refresh token is not valid; sign in again.');
}

export function linkRefused(): AppError {
  return new AppError('unauthenticated', 'This link is wrong, used already or too old; ask for a new one.');
}

export function userDisabled(): AppError {
  return new AppError('forbidden', 'This user is shut out; an administrator can let them in again.');
}

export function addressNotAllowed(): AppError {
  return new AppError('forbidden', 'People with addresses of this domain do not sign in here.');
}

export function tooManyTries(seconds: number): AppError {
  return new AppError('rate-limited', `There were too many wrong passwords; try again in ${seconds} s.`, {
    retryAfterSeconds: seconds,
  });
}

export function hookRefused(): AppError {
  return new AppError('unauthenticated', 'This is not signed with the secret of the send-e-mail hook.');
}

/** @param path which of the two passwords of a change */
export function wrongPassword(path: 'currentPassword' | 'newPassword', message: string): AppError {
  return new AppError('invalid', 'The request is not valid.', { details: [{ path, message }] });
}
