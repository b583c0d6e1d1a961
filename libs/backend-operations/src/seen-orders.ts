import { hash } from 'node:crypto';

const wordsEach = 4;
const atFirst = 1 << 10;

/**
 * Which order ids were seen. Kept are 127 bits of each one's SHA-256 in a table that is at most half full: 16 to 32 bytes
 * an id, however long it is, and no two lists of orders are ever long enough for two ids to share them.
 */
export class SeenOrders {
  private table = new Uint32Array(atFirst * wordsEach);
  private count = 0;

  /** @returns whether it was not seen before */
  add(orderId: string): boolean {
    const digest = digestOf(orderId);
    const place = this.placeOf(digest);
    if (this.table[place] !== 0) return false;
    this.table.set(digest, place);
    this.count += 1;
    if (this.count * 2 * wordsEach > this.table.length) this.grow();
    return true;
  }

  has(orderId: string): boolean {
    return this.table[this.placeOf(digestOf(orderId))] !== 0;
  }

  /** Where a digest stands, or would. */
  private placeOf(digest: Uint32Array): number {
    const last = this.table.length / wordsEach - 1;
    let slot = (digest[1] ?? 0) & last;
    while (this.table[slot * wordsEach] !== 0 && !this.holds(slot * wordsEach, digest))
      slot = (slot + 1) & last;
    return slot * wordsEach;
  }

  private holds(place: number, digest: Uint32Array): boolean {
    return digest.every((word, index) => this.table[place + index] === word);
  }

  private grow(): void {
    const before = this.table;
    this.table = new Uint32Array(before.length * 2);
    for (let place = 0; place < before.length; place += wordsEach) {
      const digest = before.subarray(place, place + wordsEach);
      if (digest[0] !== 0) this.table.set(digest, this.placeOf(digest));
    }
  }
}

function digestOf(orderId: string): Uint32Array {
  const bytes = hash('sha256', orderId, 'buffer');
  const words = Uint32Array.from({ length: wordsEach }, (_none, index) => bytes.readUInt32LE(index * 4));
  // A place whose first word is 0 is free.
  words[0] = (words[0] ?? 0) | 1;
  return words;
}
