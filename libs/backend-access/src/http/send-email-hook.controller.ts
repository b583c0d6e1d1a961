import { Controller, HttpCode, Inject, Post, Query, Req } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import type { AuthConfig } from '@visapi/backend-config';
import { Access, type HttpRequest, noQuery, Raw, Responds } from '@visapi/backend-http';
import { AppError, Clock, parseJson } from '@visapi/backend-kernel';
import { z } from 'zod';
import { DeliverAuthMail } from '../queries/deliver-auth-mail.query.js';
import { mailOrder, mailsOf } from '../sessions/auth-mail.js';
import { redirectIfAllowed } from '../sessions/redirects.js';
import { isSignedHook } from '../sessions/signed-hook.js';
import { hookRefused } from '../sessions.errors.js';

export const hookConfig = Symbol('send-email-hook');

const sentResponse = z.object({ sent: z.number() });

/** Supabase asks for its mails to be sent; without a secret, for nobody. */
@Controller('auth/hooks')
export class SendEmailHookController {
  constructor(
    private readonly queries: QueryBus,
    private readonly clock: Clock,
    @Inject(hookConfig)
    private readonly config: Pick<AuthConfig, 'hookSecret' | 'publicUrl' | 'redirects'>,
  ) {}

  @Post('send-email')
  @HttpCode(200)
  @Raw()
  @Access('public', {
    rate: 'webhook',
    secret: true,
    docs: {
      operation: 'sendAuthEmail',
      summary: 'Take an order of Supabase Auth to send a mail',
      description:
        'Signed as in Standard Webhooks (`webhook-id`, `webhook-timestamp`, `webhook-signature`) with SEND_EMAIL_HOOK_SECRET; closed where none is set.',
      tags: ['auth'],
      errors: ['UNAUTHENTICATED', 'UNPROCESSABLE', 'UNAVAILABLE'],
      body: mailOrder,
      example: {
        body: {
          user: { email: 'dana@visanet.app' },
          email_data: { email_action_type: 'recovery', token_hash: 'd9ef7a4e1b0c' },
        },
      },
    },
  })
  @Responds(sentResponse)
  async send(@Query({ schema: noQuery }) _query: z.infer<typeof noQuery>, @Req() request: HttpRequest) {
    const { publicUrl, redirects } = this.config;
    const { id, body } = this.signedPart(request);
    const order = mailOrder.safeParse(parseJson(body)?.value);
    if (!order.success || publicUrl === undefined) throw unreadable();
    const mails = mailsOf(order.data, publicUrl, (given) => redirectIfAllowed(given, redirects));
    return await this.queries.execute(new DeliverAuthMail(mails, id, request.visapi.correlationId));
  }

  private signedPart({ headers, body }: HttpRequest): { readonly id: string; readonly body: Buffer } {
    const [id, timestamp, signature] = ['id', 'timestamp', 'signature'].map((name) => {
      const value = headers[`webhook-${name}`];
      return typeof value === 'string' ? value : undefined;
    });
    const { hookSecret, publicUrl } = this.config;
    const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
    const secrets = publicUrl === undefined ? undefined : hookSecret;
    const isSigned = isSignedHook(secrets, { id, timestamp, signature, body: bytes }, this.clock.now());
    if (!isSigned || id === undefined) throw hookRefused();
    return { id, body: bytes };
  }
}

function unreadable(): AppError {
  return new AppError('unprocessable', 'This is not an order to send a mail as Supabase Auth has them.');
}
