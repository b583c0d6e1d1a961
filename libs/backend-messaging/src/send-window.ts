/** How long after an order's first delivery its confirmation is sent by itself; later an operator decides. */
export class SendWindow {
  readonly seconds: number;

  constructor(hours = 72) {
    this.seconds = hours * 3600;
  }
}
