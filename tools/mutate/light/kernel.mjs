export { AppError } from '../../../libs/backend-kernel/src/app-error.ts';
export { backoffMs } from '../../../libs/backend-kernel/src/backoff.ts';
export { parseJson } from '../../../libs/backend-kernel/src/json.ts';
export { plainDecimal } from '../../../libs/backend-kernel/src/money.ts';
export { parsePhone } from '../../../libs/backend-kernel/src/phone.ts';
