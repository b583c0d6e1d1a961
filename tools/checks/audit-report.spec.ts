import { describe, expect, it } from '@jest/globals';
import { problemsOf, readAudit } from './audit-report.ts';

const today = '2026-11-21';
const weak = { github_advisory_id: 'GHSA-1', module_name: 'left', severity: 'high', title: 'Falls over' };
const advisory = { id: 'GHSA-1', package: 'left', severity: 'high', title: 'Falls over' };

describe('the audit of packages', () => {
  it('reads what was found', () => {
    expect(readAudit(JSON.stringify({ advisories: { 1: weak } }))).toEqual({
      kind: 'answered',
      advisories: [advisory],
    });
    expect(readAudit('{"advisories":{}}')).toEqual({ kind: 'answered', advisories: [] });
  });

  it.each([
    ['Error: ERR_PNPM_AUDIT_BAD_RESPONSE\n × The audit endpoint responded with 405:', 'it answers 405'],
    ['request failed, reason: getaddrinfo ENOTFOUND registry', 'ENOTFOUND'],
  ])('knows when nobody could be asked, which is no pass', (output, why) => {
    expect(readAudit(output)).toEqual({ kind: 'unreachable', why });
  });

  it.each(['', '{}', '{"vulnerabilities":{}}', 'null'])(
    'never takes an answer that it cannot read for a clean one: %s',
    (output) => {
      expect(() => readAudit(output)).toThrow('another form');
    },
  );

  it('fails for each weakness that nobody has explained, or whose explanation has run out', () => {
    const why = 'we do not call it';
    expect(problemsOf([advisory], [], today)[0]).toContain('left: Falls over (high, GHSA-1)');
    expect(problemsOf([advisory], [{ id: 'GHSA-1', why, until: '2026-11-20' }], today)).toHaveLength(1);
    expect(problemsOf([advisory], [{ id: 'GHSA-1', why, until: '2026-11-21' }], today)).toEqual([]);
  });

  it('fails for an explanation that nothing needs', () => {
    expect(problemsOf([], [{ id: 'GHSA-1', why: 'x', until: '2027-01-01' }], today)[0]).toContain(
      'take it out',
    );
  });
});
