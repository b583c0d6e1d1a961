export { checkParameters, orderConfirmation } from '../../../libs/backend-messaging/src/templates.ts';
export { asParameter, plainNumber } from '../../../libs/backend-messaging/src/parameter-text.ts';
