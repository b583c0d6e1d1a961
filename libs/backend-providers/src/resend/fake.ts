import { type Mail, MailClient } from './client.js';

/** Keeps what it is given to send. Faults are queued and strike once each, in order. */
export class FakeMailClient extends MailClient {
  readonly mails: Mail[] = [];
  withheld: MailClient['withheld'];
  private readonly faults: Error[] = [];

  failNext(error: Error): void {
    this.faults.push(error);
  }

  async send(mail: Mail): Promise<{ readonly id: string }> {
    await Promise.resolve();
    const fault = this.faults.shift();
    if (fault) throw fault;
    const at = this.mails.findIndex(({ key }) => key === mail.key);
    const number = at < 0 ? this.mails.push(mail) - 1 : at;
    return { id: `mail-${number}` };
  }
}
