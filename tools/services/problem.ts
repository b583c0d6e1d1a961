/** A step that cannot be done: what is missing, and what the reader can do about it. Printed without a stack. */
export class Problem extends Error {
  readonly fix: string;

  constructor(message: string, fix: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'Problem';
    this.fix = fix;
  }
}

/** One readable paragraph for any error, with the fix when the error brings one. */
export function explain(error: unknown): string {
  if (error instanceof Problem) return `${error.message}\n  → ${error.fix}`;
  if (error instanceof Error) return error.stack ?? error.message;
  return String(error);
}
