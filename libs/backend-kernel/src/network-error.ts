const codes = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH'];

/** Whether a server could not be reached, or its connection was lost, by the code of Node's error. */
export function isNetworkCode(code: string): boolean {
  return codes.includes(code);
}
