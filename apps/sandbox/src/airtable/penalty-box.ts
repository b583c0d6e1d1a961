const mostPerSecond = 5;
const penaltyMs = 30_000;

/** Airtable's limit: more than 5 requests within a second and the base is shut for 30 s. */
export class PenaltyBox {
  readonly #recent = new Map<string, number[]>();
  readonly #shutUntil = new Map<string, number>();

  isTooFast(base: string, now: number): boolean {
    if (now < (this.#shutUntil.get(base) ?? 0)) return true;
    const recent = (this.#recent.get(base) ?? []).filter((at) => at > now - 1_000);
    this.#recent.set(base, [...recent, now]);
    if (recent.length < mostPerSecond) return false;
    this.#shutUntil.set(base, now + penaltyMs);
    return true;
  }

  clear(): void {
    this.#recent.clear();
    this.#shutUntil.clear();
  }
}
