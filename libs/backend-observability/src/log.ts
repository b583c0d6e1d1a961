import type { ProcessConfig } from '@visapi/backend-config';
import { AppError } from '@visapi/backend-kernel';
import { pino, type Logger } from 'pino';
import { type KeptLine, toKeptLine } from './kept-line.js';
import type { LogBuffer } from './log-buffer.js';
import { type Output, standardOutput } from './output.js';

/**
 * Everything a log line may carry. The list is closed on purpose: bodies, names, phone numbers and documents have no
 * field here, so they cannot be logged by accident.
 */
export interface LogFields {
  /** A fact about an order, in the words of its timeline ("message.accepted"). */
  readonly event?: string;
  readonly orderId?: string | null;
  readonly deliveryId?: string;
  readonly effectId?: string;
  readonly correlationId?: string;
  readonly outcome?: string;
  readonly reason?: string | null;
  readonly attempt?: number;
  readonly job?: string;
  readonly queue?: string;
  readonly method?: string;
  readonly route?: string;
  readonly status?: number;
  readonly durationMs?: number;
  readonly count?: number;
  /** The prefix of the API key that asked. */
  readonly apiKey?: string;
  /** The id of the user who asked. */
  readonly user?: string;
  readonly vendor?: string;
  readonly code?: string;
  readonly port?: number;
  readonly signal?: string;
  /** Number and hash of a seal on the history. */
  readonly seal?: string;
}

/**
 * Structured log of one process: JSON lines on standard output, in the shape of pino. Warnings, errors and what happened
 * to an order (lines with an `event`) can be kept besides, whatever the level of the output.
 */
export class Log {
  private buffer: LogBuffer | undefined;

  private constructor(
    private readonly pino: Logger,
    private readonly service: string,
    private readonly output: Output,
  ) {}

  static create(config: ProcessConfig, service: string): Log {
    const output = standardOutput();
    return new Log(pino({ level: config.logLevel, base: { service } }, output), service, output);
  }

  /** From now on lines worth keeping are also put there. */
  keepIn(buffer: LogBuffer): void {
    this.buffer = buffer;
  }

  /** A log whose lines are kept nowhere: for whoever keeps lines to tell that he cannot. */
  unkept(): Log {
    return new Log(this.pino, this.service, this.output);
  }

  /** The one line per request, job or sweep. */
  info(message: string, fields: LogFields = {}): void {
    this.pino.info(fields, message);
    if (fields.event !== undefined) this.keep('info', message, fields);
  }

  warn(message: string, fields: LogFields = {}, error?: unknown): void {
    const line = { ...fields, ...describe(error) };
    this.pino.warn(line, message);
    this.output.flush();
    this.keep('warn', message, line);
  }

  error(message: string, fields: LogFields = {}, error?: unknown): void {
    const line = { ...fields, ...describe(error) };
    this.pino.error(line, message);
    this.output.flush();
    this.keep('error', message, line);
  }

  /** Writes what waits; whoever ends the process does that before. */
  flush(): void {
    this.output.flush();
  }

  get infoEnabled(): boolean {
    return this.pino.isLevelEnabled('info');
  }

  private keep(level: KeptLine['level'], message: string, fields: LogFields): void {
    if (!this.buffer || this.buffer.refuses(level)) return;
    this.buffer.add(toKeptLine(level, message, this.service, fields));
  }
}

/**
 * An error for the log: kind, code and stack. The message of a driver error can quote values of a row, so for errors
 * that are not ours only the name, the code and the places of the stack are kept.
 */
function describe(error: unknown): Record<string, unknown> {
  if (error === undefined) return {};
  if (!(error instanceof Error)) return { error: typeof error };
  const own = error instanceof AppError;
  return {
    error: own || isOfNetwork(error) ? error.message : error.name,
    errorCode: own ? error.code : (error as { code?: unknown }).code,
    stack: error.stack
      ?.split('\n')
      .map((line) => line.trim())
      .filter((line) => line.startsWith('at '))
      .slice(0, 12),
    ...(error.cause instanceof Error ? { cause: describe(error.cause) } : {}),
  };
}

/** Messages of connections that broke or did not answer: they name a cause and can quote nothing of anybody. */
function isOfNetwork({ message }: Error): boolean {
  return /^(Command timed out|Connection (is closed|terminated|timeout)|Query read timeout|timeout exceeded when trying|Stream isn't writeable)/.test(
    message,
  );
}
