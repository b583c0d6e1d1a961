import type { Application } from '@visapi/backend-providers';
import type { VisaApplication } from './visa-messages.js';

/** An application as Airtable shows it; one that cannot be read has no document yet. */
export function toVisaApplication(found: Application): VisaApplication {
  if (found.unreadable)
    return {
      recordId: found.recordId,
      applicationId: null,
      visaId: null,
      visaUrl: null,
      name: null,
      status: 'unreadable',
    };
  const { recordId, applicationId, visaId, visaUrl, firstName, surname, status } = found;
  const name = [firstName, surname].filter((part) => part !== null).join(' ') || null;
  return { recordId, applicationId, visaId, visaUrl, name, status };
}
