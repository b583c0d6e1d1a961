export { shopBranches, shopOrder } from '../../../libs/backend-testing/src/shop-order.ts';
export { viziOrder } from '../../../libs/backend-testing/src/vizi-order.ts';
