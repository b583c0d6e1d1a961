/** The look at Airtable's view of completed orders, as its row in `polls` is named. */
export const completedVisasPoll = 'completed-visas';
