import { createHmac } from 'node:crypto';

/** What is kept of refresh tokens: they are short enough to be guessed from a plain digest. */
export class TokenHashes {
  private readonly key: Buffer;

  constructor(pepper: string) {
    this.key = createHmac('sha256', pepper).update('refresh-token').digest();
  }

  of(refreshToken: string): Buffer {
    return createHmac('sha256', this.key).update(refreshToken).digest();
  }
}
