import { describe, expect, it } from '@jest/globals';
import { type BrowserRequest, checkCsrf, CsrfTokens } from './csrf.js';

const tokens = new CsrfTokens('pepper-of-a-test');
const [mine, theirs] = ['0198c2f4-7d1e-7c3a-9b52-6f4d8e2a1b03', '0198c2f4-7d1e-7c3a-9b52-6f4d8e2a1b04'];
const token = tokens.make(mine);
const own: BrowserRequest = {
  origin: 'https://api.visanet.app',
  fetchSite: 'same-origin',
  host: 'api.visanet.app',
  csrfHeader: token,
  csrfCookie: token,
};
const origins = ['https://staff.visanet.app'];
const check = (changes: Partial<BrowserRequest>) => checkCsrf(tokens, mine, { ...own, ...changes }, origins);

describe('a change that is asked for with a cookie', () => {
  it.each<[string, Partial<BrowserRequest>]>([
    ['comes from a page of this host', {}],
    ['comes from a page of ours on another host', { origin: origins[0], fetchSite: 'same-site' }],
    ['says nothing of where it comes from, as old browsers do', { origin: undefined, fetchSite: undefined }],
    ['was typed by the user', { origin: undefined, fetchSite: 'none' }],
  ])('is done when it %s and has the token', (_name, changes) => {
    expect(() => check(changes)).not.toThrow();
  });

  it.each<[string, Partial<BrowserRequest>]>([
    ['has no token', { csrfHeader: undefined }],
    ['has the cookie alone', { csrfHeader: undefined, csrfCookie: token }],
    ['has the header alone', { csrfCookie: undefined }],
    ['has two different ones', { csrfHeader: tokens.make(mine) }],
    ['has that of another session', both(tokens.make(theirs))],
    ['has one that was made elsewhere', both(new CsrfTokens('another pepper').make(mine))],
    ['has a token that somebody wrote into both places', both('a.b')],
    ['has an empty one', both('')],
    ['has a signature that is cut', both(token.slice(0, -1))],
    ['has one with more behind it', both(`${token}.x`)],
    ['comes from a page of somebody else', { origin: 'https://evil.example', fetchSite: 'cross-site' }],
    ['comes from a host that begins alike', { origin: 'https://api.visanet.app.evil.example' }],
    ['comes from no page (null)', { origin: 'null' }],
    ['comes across sites without an origin', { origin: undefined, fetchSite: 'cross-site' }],
    ['comes from a sibling host without an origin', { origin: undefined, fetchSite: 'same-site' }],
    ['says that it comes across sites', { fetchSite: 'cross-site' }],
    ['comes from another port', { origin: 'https://api.visanet.app:8443' }],
  ])('is refused when it %s', (_name, changes) => {
    expect(() => check(changes)).toThrow(expect.objectContaining({ category: 'forbidden' }));
  });
});

function both(given: string): Partial<BrowserRequest> {
  return { csrfHeader: given, csrfCookie: given };
}
