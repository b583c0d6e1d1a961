import { describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { curlFor, sampleOrder } from './sample-order.ts';

describe('the order that npm start offers', () => {
  it('carries the id of its second', () => {
    const { id, body } = sampleOrder(new Date(2026, 0, 5, 9, 0, 1));
    expect(id).toBe('IL260105IN32401');
    expect(JSON.parse(body)).toMatchObject({ order: { id, branch: 'IL' }, form: { country: 'india' } });
  });

  it('survives being pasted into a shell', () => {
    const body = `{"name":"ז'אן $HOME \\"x\\" \`id\`"}`;
    const command = curlFor('http://127.0.0.1:3000', 'a.b', body).replace(/^curl/, "printf '%s\\n'");
    expect(execFileSync('sh', ['-c', command], { encoding: 'utf8' }).trimEnd().split('\n').at(-1)).toBe(body);
  });
});
