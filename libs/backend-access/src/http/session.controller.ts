import { Body, Controller, Get, HttpCode, Post, Put, Query, Req, Res } from '@nestjs/common';
import { Access, type HttpRequest, noQuery, Responds } from '@visapi/backend-http';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { sessionOver } from '../sessions.errors.js';
import {
  changedResponse,
  endedResponse,
  meResponse,
  passwordRequest,
  signOutQuery,
  toUserOfSession,
} from './auth.schemas.js';
import { SessionDoor } from './session-door.js';

const changing = {
  summary: 'Set a new password',
  description:
    'Needs the password until now, unless the session began less than 15 minutes ago with a link to set a new one. Other sessions of the user end.',
  tags: ['auth'],
  errors: ['RATE_LIMITED', 'UNAVAILABLE'] as const,
  example: { body: { currentPassword: 'Correct-horse-7', newPassword: 'Better-horse-8' } },
};

/** What whoever has signed in may do with their session. */
@Controller('auth')
export class SessionController {
  constructor(private readonly door: SessionDoor) {}

  @Get('me')
  @Access('session', { docs: { operation: 'readMe', summary: 'Read who is signed in', tags: ['auth'] } })
  @Responds(meResponse)
  me(@Query({ schema: noQuery }) _query: z.infer<typeof noQuery>, @Req() { visapi }: HttpRequest) {
    const { principal } = visapi;
    if (principal?.kind !== 'user') throw sessionOver();
    return { ...toUserOfSession(principal), sessionId: principal.sessionId };
  }

  @Post('signout')
  @HttpCode(200)
  @Access('session', {
    creates: false,
    docs: { operation: 'signOut', summary: 'End this session, or all of the user', tags: ['auth'] },
  })
  @Responds(endedResponse)
  async signOut(
    @Query({ schema: signOutQuery }) { everywhere }: z.infer<typeof signOutQuery>,
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    await this.door.signOut(everywhere, request, reply);
    return { status: 'signed-out' };
  }

  @Put('password')
  @Access('session', { docs: { ...changing, errors: [...changing.errors], operation: 'changePassword' } })
  @Responds(changedResponse)
  async changePassword(
    @Query({ schema: noQuery }) _query: z.infer<typeof noQuery>,
    @Body({ schema: passwordRequest }) body: z.infer<typeof passwordRequest>,
    @Req() request: HttpRequest,
  ) {
    await this.door.changePassword(body, request);
    return { status: 'changed' };
  }

  /** The same for clients that only post. */
  @Post('password')
  @HttpCode(200)
  @Access('session', {
    creates: false,
    docs: { ...changing, errors: [...changing.errors], operation: 'postPassword' },
  })
  @Responds(changedResponse)
  async postPassword(
    @Query({ schema: noQuery }) query: z.infer<typeof noQuery>,
    @Body({ schema: passwordRequest }) body: z.infer<typeof passwordRequest>,
    @Req() request: HttpRequest,
  ) {
    return await this.changePassword(query, body, request);
  }
}
