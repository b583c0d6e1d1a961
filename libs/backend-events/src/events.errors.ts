import { AppError } from '@visapi/backend-kernel';

export function deadLetterNotFound(): AppError {
  return new AppError('not-found', 'There is no such dead letter.');
}

export function deadLetterResolved(state: string): AppError {
  return new AppError('conflict', `This dead letter has been ${state}; only an open one can be.`);
}

/** @param handlers the names that are known */
export function handlerGone(name: string, handlers: readonly string[]): AppError {
  return new AppError('unprocessable', `There is no handler ${name.slice(0, 100)}.`, {
    details: [{ path: 'handler', message: `known are ${[...handlers].sort().join(', ') || 'none'}` }],
  });
}

/** A job that could not be read names no row; whatever it was meant for is found by the sweep. */
export function nothingToReplay(name: string): AppError {
  return new AppError(
    'unprocessable',
    `The job ${name.slice(0, 100)} named nothing that could be done again.`,
    {
      details: [{ path: 'id', message: 'it can only be discarded; the work itself is found by the sweep' }],
    },
  );
}

export function replayNotFound(): AppError {
  return new AppError('not-found', 'There is no such replay.');
}

export function replayIs(state: string, wanted: string): AppError {
  return new AppError('conflict', `This replay is ${state}; only one that is ${wanted} can be.`);
}

/** @param path the field of the request that is refused */
export function replayRefused(path: string, message: string): AppError {
  return new AppError('unprocessable', 'The history cannot be told again like this.', {
    details: [{ path, message }],
  });
}
