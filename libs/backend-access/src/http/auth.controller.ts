import { Body, Controller, Get, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import { Access, type HttpRequest, noQuery, Responds } from '@visapi/backend-http';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { askedFor } from './asked-for.js';
import {
  confirmQuery,
  linkRequest,
  refreshRequest,
  signedInResponse,
  signInRequest,
  signUpRequest,
  takenResponse,
} from './auth.schemas.js';
import { SessionDoor } from './session-door.js';

const taken = { status: 'taken' } as const;

/** Ways into a session, for everybody. */
@Controller('auth')
export class AuthController {
  constructor(private readonly door: SessionDoor) {}

  @Post('signup')
  @HttpCode(202)
  @Access('public', {
    rate: 'sign-in',
    docs: {
      operation: 'signUp',
      summary: 'Sign up',
      description:
        'The answer is the same for an address that is known or may not sign up. A mail with a link follows where the address has to be confirmed.',
      tags: ['auth'],
      errors: ['UNAVAILABLE'],
      example: { body: { email: 'dana@visanet.app', password: 'Correct-horse-7' } },
    },
  })
  @Responds(takenResponse)
  async signUp(
    @Query({ schema: noQuery }) _query: z.infer<typeof noQuery>,
    @Body({ schema: signUpRequest }) body: z.infer<typeof signUpRequest>,
    @Req() request: HttpRequest,
  ) {
    await this.door.signUp(body, askedFor(request));
    return taken;
  }

  @Post('signin')
  @HttpCode(200)
  @Access('public', {
    rate: 'sign-in',
    secret: true,
    docs: {
      operation: 'signIn',
      summary: 'Sign in with a password',
      description:
        'With `cookies` the tokens come as cookies that no script reads; requests that change something then need the `csrfToken` of the answer (and of the cookie `visapi_csrf`) in `X-CSRF-Token`.',
      tags: ['auth'],
      errors: ['UNAUTHENTICATED', 'FORBIDDEN', 'UNAVAILABLE'],
      example: { body: { email: 'dana@visanet.app', password: 'Correct-horse-7' } },
    },
  })
  @Responds(signedInResponse)
  async signIn(
    @Query({ schema: noQuery }) _query: z.infer<typeof noQuery>,
    @Body({ schema: signInRequest }) body: z.infer<typeof signInRequest>,
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return await this.door.signIn(body, request, reply);
  }

  @Post('refresh')
  @HttpCode(200)
  @Access('public', {
    rate: 'sign-in',
    secret: true,
    docs: {
      operation: 'refreshSession',
      summary: 'Exchange a refresh token for new tokens',
      description:
        'Each refresh token is good once. One that comes a second time ends its session. Without a token in the body that of the cookie is taken, and `X-CSRF-Token` is needed.',
      tags: ['auth'],
      errors: ['UNAUTHENTICATED', 'FORBIDDEN', 'UNAVAILABLE'],
      example: { body: { refreshToken: 'as-it-was-answered' } },
    },
  })
  @Responds(signedInResponse)
  async refresh(
    @Query({ schema: noQuery }) _query: z.infer<typeof noQuery>,
    @Body({ schema: refreshRequest }) body: z.infer<typeof refreshRequest>,
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return await this.door.refresh(body?.refreshToken, request, reply);
  }

  @Post('magic-link')
  @HttpCode(202)
  @Access('public', {
    rate: 'sign-in',
    docs: {
      operation: 'sendMagicLink',
      summary: 'Have a link mailed that signs in',
      description: 'The answer is the same whether the address is known or not.',
      tags: ['auth'],
      errors: ['UNAVAILABLE'],
      example: { body: { email: 'dana@visanet.app' } },
    },
  })
  @Responds(takenResponse)
  async magicLink(
    @Query({ schema: noQuery }) _query: z.infer<typeof noQuery>,
    @Body({ schema: linkRequest }) body: z.infer<typeof linkRequest>,
    @Req() request: HttpRequest,
  ) {
    await this.door.sendLink('magic-link', body, askedFor(request));
    return taken;
  }

  @Post('reset-password')
  @HttpCode(202)
  @Access('public', {
    rate: 'sign-in',
    docs: {
      operation: 'resetPassword',
      summary: 'Have a link mailed to set a new password',
      description: 'The answer is the same whether the address is known or not.',
      tags: ['auth'],
      errors: ['UNAVAILABLE'],
      example: { body: { email: 'dana@visanet.app' } },
    },
  })
  @Responds(takenResponse)
  async resetPassword(
    @Query({ schema: noQuery }) _query: z.infer<typeof noQuery>,
    @Body({ schema: linkRequest }) body: z.infer<typeof linkRequest>,
    @Req() request: HttpRequest,
  ) {
    await this.door.sendLink('recovery', body, askedFor(request));
    return taken;
  }

  @Get('confirm')
  @Access('public', {
    rate: 'sign-in',
    secret: true,
    docs: {
      operation: 'confirmLink',
      summary: 'Open a mailed link',
      description:
        'Signs in with cookies and leads on to `redirect_to`, which must be below one of AUTH_REDIRECT_URLS; without any it answers 200. No token is ever part of an address.',
      tags: ['auth'],
      errors: ['UNAUTHENTICATED', 'FORBIDDEN', 'UNAVAILABLE'],
      example: { query: { token_hash: 'as-it-was-mailed', type: 'magiclink' } },
    },
  })
  @Responds(signedInResponse)
  async confirm(
    @Query({ schema: confirmQuery }) query: z.infer<typeof confirmQuery>,
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return await this.door.confirm(query, askedFor(request), reply);
  }
}
