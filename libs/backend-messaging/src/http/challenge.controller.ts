import { createHash, timingSafeEqual } from 'node:crypto';
import { Controller, Get, Header, Inject, Query } from '@nestjs/common';
import type { WabaConfig } from '@visapi/backend-config';
import { Access } from '@visapi/backend-http';
import { AppError } from '@visapi/backend-kernel';
import { z } from 'zod';

const text = z.unknown().optional().meta({ type: 'string' });
/** Whatever else Meta sends is left alone. */
const challengeQuery = z.looseObject({ 'hub.mode': text, 'hub.verify_token': text, 'hub.challenge': text });

/** Token of the account's settings for dependency injection. */
export const wabaConfig = Symbol('waba-config');

/**
 * Meta's subscription challenge: the bare text comes back when the verify token fits.
 * https://developers.facebook.com/docs/graph-api/webhooks/getting-started#verification-requests
 */
@Controller('webhooks')
export class ChallengeController {
  constructor(@Inject(wabaConfig) private readonly config: WabaConfig) {}

  @Get(['whatsapp', 'meta'])
  @Access('public', {
    docs: [docsOf('whatsapp', 'answerWhatsappChallenge'), docsOf('meta', 'answerMetaChallenge')],
  })
  @Header('content-type', 'text/plain; charset=utf-8')
  @Header('x-content-type-options', 'nosniff')
  challenge(@Query({ schema: challengeQuery }) query: z.infer<typeof challengeQuery>): string {
    const token = query['hub.verify_token'];
    const challenge = query['hub.challenge'];
    const fits = typeof token === 'string' && isSame(this.config.verifyToken, token);
    if (fits && query['hub.mode'] === 'subscribe' && typeof challenge === 'string') return challenge;
    throw new AppError('forbidden', 'The verify token does not fit.');
  }
}

function docsOf(path: string, operation: string) {
  return {
    address: `webhooks/${path}`,
    operation,
    summary: 'The challenge by which Meta makes sure of a webhook',
    errors: ['FORBIDDEN'],
    answers: 'text/plain',
    tags: ['webhooks'],
  } as const;
}

/** Digests have one length, so the comparison tells nothing about the token's. */
function isSame(expected: string | undefined, given: string): boolean {
  if (expected === undefined) return false;
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(expected), digest(given));
}
