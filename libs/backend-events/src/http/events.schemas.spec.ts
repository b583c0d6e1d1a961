import { describe, expect, it } from '@jest/globals';
import { auditQuery, eventsQuery } from './events.schemas.js';

describe('a question about the history', () => {
  it.each(['order.created', 'operator.*', 'visa.*', 'nobody.knows'])('may be of %s', (type) => {
    expect(eventsQuery.safeParse({ type }).success).toBe(true);
    expect(auditQuery.safeParse({ action: type }).success).toBe(true);
  });

  it.each(['*', 'operator.dead-letter-*', '*.created', 'operator*', 'operator.*.*'])(
    'is refused with what would be right, instead of finding nothing: %s',
    (type) => {
      const message = 'must be a type such as order.created, or a family such as operator.*';
      expect(eventsQuery.safeParse({ type }).error?.issues).toMatchObject([{ path: ['type'], message }]);
      expect(auditQuery.safeParse({ action: type }).error?.issues).toMatchObject([
        { path: ['action'], message },
      ]);
    },
  );
});
