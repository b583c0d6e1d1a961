import { decideRetry } from '@visapi/backend-kernel';
import { sendRetries } from '@visapi/backend-messaging';
import { contactsModel, effectsModel, journalRows, messagesModel } from '@visapi/backend-testing';
import { bindReceipts } from './receipts.js';
import type { Shop } from './shop.js';
import { Death, type Job, type Process, type World } from './world.js';
import type { Vendor } from './vendor.js';

const staleAfterSeconds = 72 * 3_600;

export interface Outside {
  readonly shop: Shop;
  readonly vendor: Vendor;
}

/** A worker takes jobs as long as there are any. One that dies is started anew; what it held is left lying. */
export async function work(process: Process, outside: Outside, rounds: number): Promise<void> {
  const { world } = process;
  for (let round = 0; round < rounds; round += 1) {
    try {
      await process.step('looks for a job');
      world.relay();
      const job = world.jobs.shift();
      if (job) await run(process, outside, job);
    } catch (error) {
      if (!(error instanceof Death)) throw error;
    }
  }
}

async function run(process: Process, outside: Outside, { kind, id }: Job): Promise<void> {
  if (kind === 'interpret') await outside.shop.interpret(process, id);
  if (kind === 'sync') await syncContact(process, outside, id);
  if (kind === 'send') await sendMessage(process, outside, id);
  if (kind === 'bind') await bindReceipts(process, id);
}

async function syncContact(process: Process, { shop, vendor }: Outside, effectId: string): Promise<void> {
  const { world } = process;
  await process.step(`claims ${effectId}`);
  const claim = world.write(contactsModel.claimContact(world.journal, world.now, effectId));
  if (claim === 'busy') world.jobs.push({ kind: 'sync', id: effectId });
  if (claim === undefined || claim === 'busy') return;
  if (!claim.newest) {
    world.writeAs(claim, (named) => effectsModel.supersede(world.journal, world.now, named));
    return;
  }
  const { lane: phone, version } = claim;
  await process.step(`writes the contact of ${effectId}`);
  const fate = vendor.writeContact(phone, shop.valuesOf(claim.newest));
  const isHeld = effectsModel.renew(world.journal, world.now, [claim])[1].length > 0;
  if (!isHeld && fate !== 'fails before') process.spare();
  await process.step(`hears "${fate}" about ${effectId}`);
  const isWritten = world.writeAs(claim, (named) => {
    const { journal, now } = world;
    if (fate === 'refuses') return effectsModel.fail(journal, now, named, 'field-refused');
    if (fate !== 'ok')
      return effectsModel.release(journal, now, named, { delayMs: 5_000, reason: 'http-503', counts: true });
    const synced = { phone, version, cbbContactId: `cbb${phone}`, confirmedFields: ['email'] };
    return contactsModel.markSynced(journal, now, named, synced);
  });
  world.say(`${effectId}: ${isWritten ? fate : 'claim lost'}`);
  if (!isWritten) world.write(effectsModel.oweContactAgain(world.journal, world.now, phone));
}

async function sendMessage(process: Process, outside: Outside, effectId: string): Promise<void> {
  const { world } = process;
  const askedAt = world.now;
  const claim = await claimMessage(process, outside.shop, effectId);
  if (!claim) return;
  await process.step(`asks the vendor to send ${effectId}`);
  if (world.guard.nothingSentLate && world.now - askedAt > effectsModel.leaseMs / 2) {
    giveUnsentBack(world, claim);
    return;
  }
  const { send, error } = outside.vendor.send(claim, outside.shop);
  await process.step(`hears "${error?.reason ?? 'success'}" about ${effectId}`);
  const made = { attempt: claim.attempt, tries: claim.tries };
  const decision = error && decideRetry(sendRetries, error.failure, made, 0, 0.5);
  const verdict = decision?.verdict ?? 'accepted';
  send.heard = heardOf(verdict);
  const outcome = world.writeAs<unknown>(claim, (named) => {
    const { journal, now } = world;
    const reason = String(error?.reason);
    if (verdict === 'accepted') return messagesModel.markAccepted(journal, now, named);
    if (verdict === 'uncertain') return messagesModel.markUncertain(journal, now, named, reason);
    const again = decision?.verdict === 'retry' ? decision : undefined;
    const otherwise = again ? 'planned' : 'failed';
    const given = {
      otherwise,
      reason,
      delayMs: again?.delayMs ?? 0,
      counts: again?.counts ?? false,
    } as const;
    return messagesModel.giveBack(journal, now, messagesModel.heldBy(named), given);
  });
  world.say(`${effectId}: ${verdict}, ${JSON.stringify(outcome ?? 'claim lost')}`);
  if (verdict === 'accepted') world.jobs.push({ kind: 'bind', id: effectId });
}

function giveUnsentBack(world: World, claim: journalRows.ClaimRecord): void {
  const { journal, now } = world;
  const given = { otherwise: 'planned', reason: 'held-up', delayMs: 0, counts: false } as const;
  const state = world.write(messagesModel.giveBack(journal, now, messagesModel.heldBy(claim), given));
  world.say(`${claim.effectId}: held up, ${state ?? 'claim lost'}`);
}

function heardOf(verdict: string) {
  if (verdict === 'accepted') return 'accepted' as const;
  return verdict === 'uncertain' ? ('unknown' as const) : ('denied' as const);
}

async function claimMessage(process: Process, shop: Shop, effectId: string) {
  const { world } = process;
  const token = world.newId('token');
  // A statement sees other rows as they were when it began, even if it had to wait for its own.
  const seen = world.journal;
  await process.step(`claims ${effectId}`);
  const { journal, now } = world;
  const isClaimed = world.write(
    messagesModel.claimMessage(journal, now, effectId, token, staleAfterSeconds, seen),
  );
  if (world.losesClaim()) {
    await process.step(`undoes the claim of ${effectId} that it never heard of`);
    world.write(messagesModel.unclaim(world.journal, world.now, effectId, token));
    return undefined;
  }
  const effect = journalRows.effectOf(world.journal, effectId);
  if (!isClaimed || !effect) return undefined;
  const position = shop.newestPosition(effect.orderId);
  await process.step(`reads what to send for ${effectId}`);
  const read = world.guard.wordsReadAfterClaim
    ? messagesModel.readClaim(world.journal, effectId, token)
    : wordsOf(seen, effect);
  if (read) return { ...read, position, tries: effect.tries };
  await process.step(`gives ${effectId} back unread`);
  world.write(messagesModel.unclaim(world.journal, world.now, effectId, token));
  return undefined;
}

/** What the claiming statement itself would return: words from when it began. */
function wordsOf(seen: journalRows.Journal, { id: effectId, attempt, orderId }: journalRows.EffectRecord) {
  const message = journalRows.messageOf(seen, effectId);
  return message && { effectId, attempt, orderId, phone: message.phone, parameters: message.parameters };
}

/** `RecoverLostWork` and what else the sweep runs: one transaction, one step. */
export async function sweep(process: Process): Promise<void> {
  const { world } = process;
  try {
    await process.step('sweeps');
    if (world.guard.leasesExpire) recover(world);
    world.write(effectsModel.endStranded(world.journal, world.now));
    for (const { id, kind } of world.write(effectsModel.requeueDue(world.journal, world.now, 10)))
      world.jobs.push({ kind: kind === 'contact' ? 'sync' : 'send', id });
    for (const id of new Set(world.journal.openDeliveries)) world.jobs.push({ kind: 'interpret', id });
    world.write(messagesModel.skipStale(world.journal, world.now, staleAfterSeconds));
    await bindReceipts(process, null);
  } catch (error) {
    if (!(error instanceof Death)) throw error;
  }
}

function recover(world: World): void {
  const expired = world.write(effectsModel.recoverExpired(world.journal, world.now));
  for (const { id, kind, state } of expired) {
    world.say(`lease of ${id} has run out: ${state}`);
    if (kind === 'contact') world.jobs.push({ kind: 'sync', id });
    if (kind === 'message' && !world.guard.uncertainNeverResent)
      world.journal = journalRows.changeEffects(
        world.journal,
        (effect) => effect.id === id,
        () => ({ state: 'planned', uncertainAt: null }),
      );
  }
}
