export { opsOf, Specification } from '../../../libs/backend-repositories/src/db/specification.ts';
export { orderFields } from '../../../libs/backend-repositories/src/orders/order-fields.ts';
