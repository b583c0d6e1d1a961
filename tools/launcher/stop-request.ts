export interface StopRequest {
  readonly signal: AbortSignal;
  readonly asked: Promise<void>;
}

/** Ctrl-C, a signal, a closed terminal, or the death of the command that started us. */
export function listenForStop(): StopRequest {
  const controller = new AbortController();
  const stop = () => controller.abort();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  process.on('disconnect', stop);
  process.channel?.unref();
  // Nobody reads any more (`npm start | head`): end, instead of running unseen.
  process.stdout.on('error', stop);
  process.stderr.on('error', stop);
  const asked = new Promise<void>((resolve) => controller.signal.addEventListener('abort', () => resolve()));
  return { signal: controller.signal, asked };
}
