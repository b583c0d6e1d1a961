import { newId } from '@visapi/backend-kernel';
import { SessionsRepository } from '../access/index.js';
import { type CataloguedQuery, hot, operator, sweep } from './query.js';
import type { Samples } from './samples.js';

export function sessionsQueries({ now }: Samples): CataloguedQuery[] {
  const sessions = new SessionsRepository();
  const [id, userId, tokenHash] = [newId(), newId(), Buffer.alloc(32)];
  const all = { reads: ['sessions_user_id_idx'], asks: 'all' };
  return [
    operator('SessionsRepository.see', (db) => sessions.see(db, { id, userId, method: 'password' })),
    hot('SessionsRepository.find', (db) => sessions.find(db, id)),
    operator('SessionsRepository.end', (db) => sessions.end(db, { userId }, 'signed-out-everywhere'), all),
    operator('SessionsRepository.end', (db) => sessions.end(db, { userId, only: id }, 'signed-out'), {
      asks: 'one',
    }),
    operator('SessionsRepository.end', (db) => sessions.end(db, { userId, except: id }, 'password-changed'), {
      asks: 'all but one',
    }),
    operator('SessionsRepository.nextVersion', (db) => sessions.nextVersion(db, id)),
    sweep('SessionsRepository.endedSince', (db) => sessions.endedSince(db, now), {
      reads: ['sessions_ended_at_idx'],
    }),
    operator('SessionsRepository.forgetOld', (db) => sessions.forgetOld(db, userId)),
    operator('SessionsRepository.addToken', async (db) => {
      await sessions.see(db, { id, userId, method: 'password' });
      await sessions.addToken(db, tokenHash, id);
    }),
    operator('SessionsRepository.findToken', (db) => sessions.findToken(db, tokenHash)),
    operator('SessionsRepository.useToken', (db) => sessions.useToken(db, tokenHash)),
    operator('SessionsRepository.releaseToken', (db) => sessions.releaseToken(db, tokenHash)),
  ];
}
