import '../../../libs/backend-orders/src/catalogue/catalogue.spec.ts';
import '../../../libs/backend-orders/src/catalogue/destinations.spec.ts';
import '../../../libs/backend-orders/src/catalogue/products.spec.ts';
import '../../../libs/backend-orders/src/catalogue/shop-list.spec.ts';
