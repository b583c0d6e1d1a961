import '../../../libs/backend-kernel/src/money.spec.ts';
import '../../../libs/backend-kernel/src/phone.spec.ts';
