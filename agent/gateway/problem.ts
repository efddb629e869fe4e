import type { ChannelState } from '#agent/channel/channel-state.ts';

/** Why a request was refused, as the `reason` member of the problem and the last part of its type. */
export type Reason =
  | 'request-invalid'
  | 'not-found'
  | 'method-not-allowed'
  | 'request-too-large'
  | 'request-too-slow'
  | 'origin-not-allowed'
  | 'link-not-valid'
  | 'link-replaced'
  | 'not-yet-open'
  | 'ended'
  | 'window-over'
  | 'clock-not-trusted'
  | 'ledger-not-heard'
  | 'agent-not-authorised'
  | 'source-unavailable'
  | `${string}-used-up`
  | 'voucher-due'
  | 'voucher-not-taken'
  | 'answer-too-large'
  | 'too-many-at-once'
  | 'query-invalid'
  | 'query-too-slow'
  | 'failed';

/** RFC 9457 problem; `agreement` is named whenever the caller has shown that it may know. */
export interface Problem {
  readonly status: number;
  readonly reason: Reason;
  readonly sentence: string;
  readonly agreement?: number;
  readonly retryAfterS?: number;
  /** The order's payment channel, where that is why. */
  readonly channel?: ChannelState;
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Not authenticated',
  402: 'Payment required',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  408: 'Too slow',
  409: 'Not as it stands',
  410: 'Gone',
  413: 'Too large',
  414: 'Address too long',
  429: 'Too many requests',
  431: 'Headers too large',
  500: 'The gateway failed',
  503: 'Not available',
};

export function problemBody(problem: Problem): string {
  return JSON.stringify({
    type: `urn:interpool:gateway:${problem.reason}`,
    title: TITLES[problem.status] ?? 'Refused',
    status: problem.status,
    detail: problem.sentence,
    reason: problem.reason,
    ...(problem.agreement === undefined ? {} : { agreement: problem.agreement }),
    ...(problem.channel === undefined ? {} : { channel: problem.channel }),
  });
}
