import { AppError } from '@visapi/backend-kernel';

export function nobodyToForget(): AppError {
  return new AppError('not-found', 'Nothing is known here of whoever is meant: no order and no delivery.');
}

/** @param force whether what is merely owed was to be given up */
export function stillUnderWay(
  standing: {
    readonly claimed: number;
    readonly uncertain: number;
    readonly open: number;
    readonly planned: number;
  },
  orderIds: readonly string[],
): AppError {
  const { claimed, uncertain, open, planned } = standing;
  const reasons = [
    claimed > 0 && `${claimed} steps are being taken at this moment: try again in a minute`,
    open > 0 && `${open} deliveries wait to be interpreted: try again in a minute`,
    uncertain > 0 && `${uncertain} messages may have been sent or not: settle them first`,
    planned > 0 && `${planned} steps are still owed: name force to withhold them for good`,
  ].filter((reason) => reason !== false);
  return new AppError('conflict', `Orders of this person are still on their way: ${reasons.join('; ')}.`, {
    details: orderIds.map((orderId) => ({ path: 'orderId', message: orderId })),
  });
}
