import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@visapi/backend-kernel';
import { MessagesRepository } from '@visapi/backend-repositories/messaging';
import { createTestDatabase, plantOrder, type TestDatabase } from '@visapi/backend-testing';
import { SendWindow } from '../send-window.js';
import { SkipStaleMessages, SkipStaleMessagesHandler } from './skip-stale-messages.command.js';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(async () => await test.drop());

const tenDays = 10 * 24 * 3_600;

/** A notice of an order that has just come in, planned some time ago. */
async function noticeAgo(purpose: string, interval: string) {
  const { orderId, messageId } = await plantOrder(test);
  await test.query(`update effects set purpose = $2, planned_at = now() - $3::interval where id = $1`, [
    messageId,
    purpose,
    interval,
  ]);
  const claim = async () =>
    await new MessagesRepository().claim(test.database.db, messageId, newId(), tenDays);
  return { orderId, claim };
}

async function plantedAgo(interval: string): Promise<string> {
  const { orderId } = await plantOrder(test);
  await test.query(`update orders set first_received_at = now() - $2::interval where order_id = $1`, [
    orderId,
    interval,
  ]);
  return orderId;
}

const skip = async (window?: SendWindow) =>
  await new SkipStaleMessagesHandler(test.database, new MessagesRepository(), window).execute();

describe(SkipStaleMessages.name, () => {
  it('withholds what is older than 72 hours, and says so once', async () => {
    await plantedAgo('71 hours 59 minutes');
    const stale = await plantedAgo('72 hours 1 second');
    await expect(skip()).resolves.toEqual([stale]);
    await expect(skip()).resolves.toEqual([]);
    const [row] = await test.query(
      `select state, reason from effects where order_id = $1 and kind = 'message'`,
      [stale],
    );
    expect(row).toEqual({ state: 'skipped', reason: 'stale' });
  });

  it('keeps to the window that the settings give', async () => {
    const orderId = await plantedAgo('2 hours');
    await expect(skip(new SendWindow(3))).resolves.not.toContain(orderId);
    await expect(skip(new SendWindow(1))).resolves.toContain(orderId);
  });

  it('withholds issues that have waited for a day, by when they may be mended or reported again', async () => {
    const old = await noticeAgo('issues', '24 hours 1 second');
    await expect(old.claim()).resolves.toBeUndefined();
    const young = await noticeAgo('issues', '23 hours 59 minutes');
    const visa = await noticeAgo('visa', '3 days');
    await expect(skip()).resolves.toEqual([old.orderId]);
    for (const { claim } of [young, visa]) await expect(claim()).resolves.toBeDefined();
  });
});
