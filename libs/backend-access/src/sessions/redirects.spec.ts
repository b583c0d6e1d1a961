import { describe, expect, it } from '@jest/globals';
import { checkedRedirect } from './redirects.js';

const allowed = ['https://staff.visanet.app/welcome', 'http://localhost:5173'];

describe('a link may lead to', () => {
  it.each([
    ['https://staff.visanet.app/welcome'],
    ['https://staff.visanet.app/welcome/'],
    ['https://staff.visanet.app/welcome/back?tab=orders#top'],
    ['https://staff.visanet.app:443/welcome'],
    ['https://STAFF.visanet.app/welcome'],
    ['http://localhost:5173/'],
    ['http://localhost:5173/anything/at/all'],
  ])('%s', (given) => {
    expect(checkedRedirect(given, allowed)).toBe(new URL(given).href);
  });
});

describe('a link may not lead to', () => {
  it.each([
    ['another host', 'https://evil.example/welcome'],
    ['another host that ends alike', 'https://staff.visanet.app.evil.example/welcome'],
    ['another host that begins alike', 'https://evilstaff.visanet.app/welcome'],
    ['a subdomain', 'https://x.staff.visanet.app/welcome'],
    ['no scheme', '//evil.example/welcome'],
    ['three slashes', '///evil.example/welcome'],
    ['one slash', '/welcome'],
    ['a relative path', 'welcome'],
    ['a backslash', '\\evil.example'],
    ['backslashes for slashes', 'https:\\\\evil.example\\welcome'],
    ['a slash and a backslash', '/\\evil.example'],
    ['a backslash before the host ends', 'https://evil.example\\@staff.visanet.app/welcome'],
    ['a script', 'javascript:alert(1)//https://staff.visanet.app/welcome'],
    ['a script in capitals', 'JaVaScRiPt:alert(1)'],
    ['data', 'data:text/html,<script>alert(1)</script>'],
    ['a user', 'https://staff.visanet.app@evil.example/welcome'],
    ['a user before the right host', 'https://evil@staff.visanet.app/welcome'],
    ['a user and a password', 'https://a:b@staff.visanet.app/welcome'],
    ['an empty user', 'https://@staff.visanet.app/welcome'],
    ['an encoded at', 'https://staff.visanet.app%40evil.example/welcome'],
    ['an ideographic full stop', 'https://staff.visanet.app。evil.example/welcome'],
    ['a full-width full stop', 'https://staff．visanet．app/welcome'],
    ['a letter that looks alike', 'https://ѕtaff.visanet.app/welcome'],
    ['a full-width slash', 'https://staff.visanet.app／welcome'],
    ['a trailing dot of the host', 'https://staff.visanet.app./welcome'],
    ['another scheme', 'http://staff.visanet.app/welcome'],
    ['another port', 'https://staff.visanet.app:8443/welcome'],
    ['another port of this machine', 'http://localhost:5174/'],
    ['ftp', 'ftp://staff.visanet.app/welcome'],
    ['another path', 'https://staff.visanet.app/admin'],
    ['a path that begins alike', 'https://staff.visanet.app/welcome-evil'],
    ['a path that climbs out', 'https://staff.visanet.app/welcome/../admin'],
    ['one that climbs out encoded', 'https://staff.visanet.app/welcome/%2e%2e/admin'],
    ['one that climbs out twice encoded', 'https://staff.visanet.app/welcome/%252e%252e/admin'],
    ['an encoded slash', 'https://staff.visanet.app/welcome%2f..%2fadmin'],
    ['an encoded backslash', 'https://staff.visanet.app/welcome/%5cevil.example'],
    ['a blank first', ' https://staff.visanet.app/welcome'],
    ['a tab', 'https://staff.visanet.app/\twelcome'],
    ['a line break', 'https://staff.visanet.app/welcome\r\nset-cookie: a=b'],
    ['a NUL', 'https://staff.visanet.app/welcome\u0000'],
    ['too long an address', `https://staff.visanet.app/welcome/${'a'.repeat(2_000)}`],
    ['nothing', ''],
    ['all of it encoded', encodeURIComponent('https://staff.visanet.app/welcome')],
  ])('%s', (_name, given) => {
    expect(() => checkedRedirect(given, allowed)).toThrow(
      expect.objectContaining({ category: 'invalid', code: 'VALIDATION_ERROR' }),
    );
  });

  it('anywhere when nothing is allowed', () => {
    expect(() => checkedRedirect('https://staff.visanet.app/welcome', [])).toThrow();
  });
});
