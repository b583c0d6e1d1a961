/**
 * The simulated base, as `npm start` configures VisAPI for it (tools/launcher/environment.ts holds the same ids):
 *
 * | What                             | Id                  | Also known as  |
 * | -------------------------------- | ------------------- | -------------- |
 * | base (any other id is the same)  | `appSandbox0000001` |                |
 * | table of the orders              | `tblOrders00000001` | `Orders`       |
 * | table of the applications        | `tblApplications01` | `Applications` |
 * | view of the completed orders     | `viwCompleted00001` | `Completed`    |
 *
 * A view belongs to the table of the orders and shows those whose Status begins with "Completed".
 */
export const tables = { orders: 'tblOrders00000001', applications: 'tblApplications01' } as const;
const completedView = 'viwCompleted00001';

const aliases: Readonly<Record<string, string>> = {
  orders: tables.orders,
  applications: tables.applications,
};

/** The id of a table given by id or by name. */
export function tableId(given: string): string {
  return aliases[given.toLowerCase()] ?? given;
}

export function isCompletedView(given: string): boolean {
  return given === completedView || given.toLowerCase() === 'completed';
}
