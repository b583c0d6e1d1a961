import { newId } from '@visapi/backend-kernel';
import { ContactsRepository, lockResyncTarget, newestOrderOf } from '../contacts/index.js';
import { idOf, orderIdOf, phoneOf } from './names.js';
import { type CataloguedQuery, hot, operator } from './query.js';
import { claimOf, evidence, type Samples } from './samples.js';

export function contactsQueries({ planned, claimed, done }: Samples): CataloguedQuery[] {
  const contacts = new ContactsRepository();
  const claim = claimOf('contact', claimed);
  const held = {
    phone: phoneOf(claimed),
    version: `${orderIdOf(claimed)}@1`,
    cbbContactId: newId(),
    fields: ['name'],
  };
  return [
    hot('ContactsRepository.claim', (db) => contacts.claim(db, idOf('contact', planned)), {
      reads: ['effects_pkey', 'orders_client_phone_idx', 'contacts_pkey'],
    }),
    hot('ContactsRepository.recordProgress', (db) => contacts.recordProgress(db, claim, held)),
    hot('ContactsRepository.markSynced', (db) => contacts.markSynced(db, { claim, ...held, evidence }), {
      reads: ['effects_pkey', 'effects_order_id_idx', 'orders_pkey'],
    }),
    hot('ContactsRepository.claimTogether', (db) => contacts.claimTogether(db, [idOf('contact', planned)]), {
      reads: ['effects_pkey', 'effects_contact_lane_key', 'orders_client_phone_idx', 'contacts_pkey'],
    }),
    hot(
      'ContactsRepository.markSyncedTogether',
      (db) => contacts.markSyncedTogether(db, [{ claim, ...held, evidence }]),
      { reads: ['effects_pkey', 'effects_order_id_idx', 'orders_pkey'] },
    ),
    operator('lockResyncTarget', (db) => lockResyncTarget(db, orderIdOf(done))),
    operator('newestOrderOf', (db) => newestOrderOf(db, phoneOf(done)), {
      reads: ['orders_client_phone_idx'],
    }),
  ];
}
