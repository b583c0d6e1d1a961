import fc from 'fast-check';

// The same bodies in every run: whether a mutant is found must not depend on luck.
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: 2_026 });
