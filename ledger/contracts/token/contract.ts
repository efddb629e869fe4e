/** Amounts are micro-units in [0, 2^63). Account 0 stands for the treasury. */
export type TokenEvent =
  /** Genesis only. */
  | { contract: 'token'; version: 1n; type: 'TokensMinted'; to: bigint; amountMicro: bigint }
  /** `reason`: transfer, grant (treasury to an account, by vote or on creation), fee. */
  | {
      contract: 'token';
      version: 1n;
      type: 'TokensTransferred';
      from: bigint;
      to: bigint;
      amountMicro: bigint;
      reason: 'transfer' | 'grant';
    }
  | {
      contract: 'token';
      version: 1n;
      type: 'TokensHeld';
      hold: bigint;
      account: bigint;
      amountMicro: bigint;
      agreement: bigint;
    }
  /** Closes the hold: charge − fee to the payee, fee to the treasury, the rest back. charge + refund = held. */
  | {
      contract: 'token';
      version: 1n;
      type: 'HoldSettled';
      hold: bigint;
      account: bigint;
      payee: bigint;
      chargeMicro: bigint;
      feeMicro: bigint;
      refundMicro: bigint;
      agreement: bigint;
    };

export const tokenCodes = {
  AMOUNT_INVALID: 201,
  RECIPIENT_UNKNOWN: 202,
  RECIPIENT_IS_SENDER: 203,
  BALANCE_TOO_LOW: 204,
  SPENDING_CAP_EXCEEDED: 205,
  TREASURY_TOO_LOW: 206,
} as const;
