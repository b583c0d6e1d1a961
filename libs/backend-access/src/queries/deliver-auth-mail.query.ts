import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { AppError } from '@visapi/backend-kernel';
import { MailClient, VendorError } from '@visapi/backend-providers';
import type { AuthMail } from '../sessions/auth-mail.js';

/**
 * Has mails about signing in sent, while Supabase waits for it. No job does it, because their links sign in and may stand
 * nowhere; and nothing is written down, so it is no command.
 */
export class DeliverAuthMail extends Query<{ readonly sent: number }> {
  constructor(
    readonly mails: readonly AuthMail[],
    /** Of Supabase's request: what is sent again is not mailed again. */
    readonly requestId: string,
    readonly correlationId: string,
  ) {
    super();
  }
}

@QueryHandler(DeliverAuthMail)
export class DeliverAuthMailHandler implements IQueryHandler<DeliverAuthMail> {
  constructor(private readonly client: MailClient) {}

  /** @throws AppError `unavailable`, upon which Supabase asks again; `unprocessable` when Resend will not send it */
  async execute({ mails, requestId, correlationId }: DeliverAuthMail): Promise<{ readonly sent: number }> {
    if (this.client.withheld) throw new AppError('unavailable', 'Mails are off here: set RESEND_API_KEY.');
    for (const [index, mail] of mails.entries())
      await this.client.send({ ...mail, key: `${requestId}-${index}` }, { correlationId }).catch(notSent);
    return { sent: mails.length };
  }
}

function notSent(error: unknown): never {
  if (!(error instanceof VendorError)) throw error;
  const options = { cause: error };
  if (error.kind === 'rejected')
    throw new AppError('unprocessable', 'Resend does not send this mail.', options);
  throw new AppError('unavailable', 'The mail could not be sent now.', options);
}
