import '../../../libs/backend-cache/src/key.spec.ts';
import '../../../libs/backend-cache/src/value-codec.spec.ts';
