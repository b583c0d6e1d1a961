/** Nothing is sent by itself later than this after the order's first delivery; later an operator decides. */
export const staleAfterSeconds = 72 * 3600;
