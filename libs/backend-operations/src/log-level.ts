/** Levels of lines that are kept, the gravest last. */
export const logLevels = ['info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

/** This level and those that are graver. */
export function levelsFrom(level: LogLevel): LogLevel[] {
  return logLevels.slice(logLevels.indexOf(level));
}
