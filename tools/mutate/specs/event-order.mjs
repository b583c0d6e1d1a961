import '../../../libs/backend-events/src/fact-order.spec.ts';
