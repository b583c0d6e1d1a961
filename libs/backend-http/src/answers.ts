import type { FastifyReply } from 'fastify';

interface Answer {
  readonly reply: FastifyReply;
  readonly send: () => void;
}

/**
 * Sends the answers that one turn of the event loop made at its end, one after the other. Sent one by one in between, each
 * wakes its reader on this machine (a proxy, usually) from sleep, and that is paid here: it can cost as much as all the rest.
 */
export class Answers {
  private waiting: Answer[] = [];

  add(reply: FastifyReply, send: () => void): void {
    if (this.waiting.push({ reply, send }) === 1) setImmediate(() => this.sendAll());
  }

  private sendAll(): void {
    const answers = this.waiting;
    this.waiting = [];
    for (const { reply, send } of answers) {
      // Its time limit has answered meanwhile.
      if (reply.sent) continue;
      try {
        send();
      } catch (error) {
        // What cannot be sent ends its own connection, and holds up none of the others.
        reply.raw.destroy(error as Error);
      }
    }
  }
}
