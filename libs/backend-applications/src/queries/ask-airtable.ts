import { type AirtableClient, VendorError } from '@visapi/backend-providers';
import { airtableAway, airtableOff } from '../applications.errors.js';

/** Asks Airtable for a caller who waits. @throws AppError `unavailable` when it is off or does not answer */
export async function askAirtable<T>(
  airtable: AirtableClient,
  ask: (airtable: AirtableClient) => Promise<T>,
): Promise<T> {
  if (airtable.withheld) throw airtableOff();
  try {
    return await ask(airtable);
  } catch (error) {
    if (error instanceof VendorError) throw airtableAway(error);
    throw error;
  }
}
