/** No channel: the order is billed by its provider's claims. */
export const NO_VOUCHER_KEY: Uint8Array = new Uint8Array(20);

/** What a voucher says: the most that was agreed so far, and of what use. Its numbers only grow from one voucher of a channel to the next. */
export const VOUCHER_FIELDS = {
  agreement: 'Id',
  amountMicro: 'Micro',
  /** Intervals from the window's start that it covers; the one at the order's end may be shorter. */
  interval: 'uint32',
  used: 'Quantity[]',
} as const;
