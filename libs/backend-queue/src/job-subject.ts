/** The row that a job is about. */
export interface JobSubject {
  readonly kind: 'delivery' | 'effect';
  readonly id: string;
}

/** How a dead letter names the row. */
export function referenceOf({ kind, id }: JobSubject): string {
  return `${kind}/${id}`;
}

/** The row that a dead letter is about; undefined when it is about none. */
export function subjectOf(reference: string): JobSubject | undefined {
  const [, kind, id] = /^(delivery|effect)\/([0-9a-f-]{36})$/.exec(reference) ?? [];
  return id === undefined ? undefined : { kind: kind as JobSubject['kind'], id };
}
