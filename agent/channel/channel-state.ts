/** What a voucher says, with the agent's signature; `amountMicro` decimal, `runs` and `signature` hex. */
export interface OfferedVoucher {
  readonly interval: number;
  readonly amountMicro: string;
  readonly used: Readonly<Record<string, number>>;
  readonly runs: string;
  readonly signature: string;
}

/** What the gateway tells a customer of a channel: what both agreed on, and what is to be signed next. Numbers of tokens are decimal texts. */
export interface ChannelState {
  readonly agreement: number;
  readonly agreed: { readonly interval: number; readonly amountMicro: string } | null;
  /** Null while nothing new is to be agreed on. */
  readonly due: OfferedVoucher | null;
  /** Nothing is served until what is due comes back signed. */
  readonly isPaused: boolean;
}
