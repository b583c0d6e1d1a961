import { describe, expect, it } from '@jest/globals';
import type { FastifyReply } from 'fastify';
import { SessionCookies } from './session-cookies.js';

const session = {
  accessToken: 'eyJ.access.token',
  refreshToken: 'refresh',
  expiresIn: 3_600,
  sessionId: 'id',
  userId: 'id',
  email: 'dana@visanet.app',
};

/** The Set-Cookie lines that an answer gets. */
function written(write: (reply: FastifyReply) => void): string[] {
  const lines: string[] = [];
  const reply = { header: (_name: string, line: string) => lines.push(line) };
  write(reply as unknown as FastifyReply);
  return lines;
}

describe('the cookies of a session', () => {
  it('in production demand TLS, and no other host of the domain can write the one that signs in', () => {
    const cookies = new SessionCookies('production');
    expect(written((reply) => cookies.set(reply, session, 'csrf'))).toEqual([
      '__Host-visapi_session=eyJ.access.token; Max-Age=3600; Path=/; HttpOnly; Secure; SameSite=Lax',
      '__Secure-visapi_refresh=refresh; Max-Age=2592000; Path=/api/v1/auth; HttpOnly; Secure; SameSite=Lax',
      'visapi_csrf=csrf; Max-Age=2592000; Path=/; Secure; SameSite=Lax',
    ]);
    expect(cookies.read('visapi_session=planted; visapi_refresh=planted')).toEqual({
      access: undefined,
      refresh: undefined,
      csrf: undefined,
    });
  });

  it('elsewhere work without TLS', () => {
    const cookies = new SessionCookies('development');
    const lines = written((reply) => cookies.set(reply, session, 'csrf'));
    expect(lines.join()).not.toMatch(/Secure|__/);
    expect(cookies.read(lines.map((line) => line.split(';')[0]).join('; '))).toEqual({
      access: 'eyJ.access.token',
      refresh: 'refresh',
      csrf: 'csrf',
    });
  });

  it('are not looked for among those of others', () => {
    expect(new SessionCookies('test').read('theme=dark; lang=he')).toEqual({});
    expect(new SessionCookies('test').read(undefined)).toEqual({});
  });
});
