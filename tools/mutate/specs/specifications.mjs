import '../../../libs/backend-orders/src/specifications/order.specification.spec.ts';
import '../../../libs/backend-repositories/src/db/specification-sql.spec.ts';
