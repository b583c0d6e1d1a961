import { AppError } from '@visapi/backend-kernel';

export function keyNotFound(): AppError {
  return new AppError('not-found', 'There is no such API key.');
}

/** @param wish what cannot be done to it any more, such as "be rotated" */
export function keyEnded(state: string, wish: string): AppError {
  return new AppError('conflict', `This API key is ${state} and cannot ${wish}; create another one.`);
}

/** One row holds two secrets: a third would end one that somebody may still be sending. */
export function overlapRunning(until: Date): AppError {
  return new AppError(
    'conflict',
    'This API key was rotated a while ago, and its secret of before is still accepted.',
    {
      details: [
        {
          path: 'overlapSeconds',
          message: `rotate it after ${until.toISOString()}, or with 0, which ends every earlier secret at once`,
        },
      ],
    },
  );
}

export function expiryPassed(path: string): AppError {
  return new AppError('invalid', 'The request is not valid.', {
    details: [{ path, message: 'must be in the future; DELETE revokes a key at once' }],
  });
}

/** @param mostDays that others may let a key live */
export function expiryTooLate(path: string, mostDays: number): AppError {
  return new AppError('forbidden', 'Only who holds admin may let a key live for ever, or that long.', {
    details: [{ path, message: `must be at most ${mostDays} days from now` }],
  });
}

/** @param networks those that the caller's own key may not be used from */
export function networksBeyond(networks: readonly string[], own: readonly string[]): AppError {
  const named = networks.length === 0 ? ['everywhere'] : networks;
  return new AppError(
    'forbidden',
    'Your own key is bound to networks, and cannot give out one that reaches further.',
    {
      details: named.map((network) => ({
        path: 'allowedNetworks',
        message: `${network} is not within ${own.join(', ')}`,
      })),
    },
  );
}
