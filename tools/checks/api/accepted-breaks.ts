/**
 * Changes that break callers of the last release and are made all the same, each with its reason. Emptied at the next
 * release, when `docs/openapi.json` is copied to `docs/openapi.released.json`.
 */
export const acceptedBreaks: readonly { readonly change: string; readonly because: string }[] = [];
