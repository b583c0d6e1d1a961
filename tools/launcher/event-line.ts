interface LogLine {
  readonly level?: number | string;
  readonly time?: number | string;
  readonly msg?: string;
  readonly event?: string;
  readonly orderId?: string;
  readonly outcome?: string;
  readonly reason?: string;
  readonly error?: string;
  readonly errorCode?: string;
}

const WARN = 40;
const LEVEL_NAMES: Readonly<Record<string, number>> = {
  trace: 10,
  debug: 20,
  info: 30,
  warn: 40,
  error: 50,
  fatal: 60,
};

/**
 * What the terminal shows of one line of a process's log: an order event or a warning as readable text,
 * nothing (undefined) for the rest.
 */
export function readableLine(processName: string, text: string): string | undefined {
  const line = parse(text);
  if (!line) return undefined;
  const level = levelOf(line);
  if (line.event && line.orderId) return eventText(line, level);
  return level < WARN ? undefined : warningText(processName, line, level);
}

function warningText(processName: string, line: LogLine, level: number): string {
  const named = [line.error, line.errorCode].filter((part) => part && part !== line.msg);
  const cause = named.length > 0 ? `: ${named.join(' ')}` : '';
  return `${clock(line.time)}  ${level > WARN ? 'ERROR' : 'warn'}  ${processName}: ${line.msg ?? ''}${cause}`;
}

function levelOf({ level }: LogLine): number {
  return typeof level === 'string' ? (LEVEL_NAMES[level] ?? 0) : (level ?? 0);
}

function eventText(line: LogLine, level: number): string {
  const more = [line.outcome, line.reason].filter(Boolean).join(', ');
  const mark = level >= WARN ? '  (!)' : '';
  const text = `${clock(line.time)}  ${(line.orderId ?? '').padEnd(16)} ${(line.event ?? '').padEnd(20)} ${more}`;
  return text.trimEnd() + mark;
}

function parse(text: string): LogLine | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text) as LogLine;
  } catch {
    // Not ours: a library's own output that happens to begin with a brace stays in the log file.
    return undefined;
  }
}

function clock(time: number | string | undefined): string {
  const date = new Date(time ?? Date.now());
  const two = (value: number) => String(value).padStart(2, '0');
  const millis = String(date.getMilliseconds()).padStart(3, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${millis}`;
}
