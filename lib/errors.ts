import type { admissionCodes } from '#ledger/abci/codes.ts';
import type { accountCodes } from '#ledger/contracts/account/contract.ts';
import type { agreementCodes } from '#ledger/contracts/agreement/contract.ts';
import type { governanceCodes } from '#ledger/contracts/governance/contract.ts';
import type { resourceCodes } from '#ledger/contracts/resource/contract.ts';
import type { settlementCodes } from '#ledger/contracts/settlement/contract.ts';
import type { strategyCodes } from '#ledger/contracts/strategy/contract.ts';
import type { tokenCodes } from '#ledger/contracts/token/contract.ts';

type ValueOf<Codes> = Codes[keyof Codes] & number;
/** Every code that a transaction can end with. */
export type LedgerCode =
  | ValueOf<typeof admissionCodes>
  | ValueOf<typeof accountCodes>
  | ValueOf<typeof tokenCodes>
  | ValueOf<typeof resourceCodes>
  | ValueOf<typeof strategyCodes>
  | ValueOf<typeof agreementCodes>
  | ValueOf<typeof settlementCodes>
  | ValueOf<typeof governanceCodes>;

/** The portal's own codes, above every contract's. */
export const portalCodes = {
  SIGN_IN_REQUIRED: 9001,
  NOT_ALLOWED: 9002,
  NOT_FOUND: 9003,
  INPUT_INVALID: 9004,
  BODY_TOO_LARGE: 9005,
  CONTENT_TYPE_UNSUPPORTED: 9006,
  RATE_LIMITED: 9007,
  METHOD_MISMATCH: 9008,
  SIGNER_NOT_SESSION: 9009,
  IDEMPOTENCY_CONFLICT: 9010,
  OUTCOME_PENDING: 9011,
  LEDGER_UNAVAILABLE: 9012,
  AGENT_SIGNATURE_INVALID: 9013,
  INTERNAL: 9014,
  TOO_MANY_CONNECTIONS: 9015,
} as const;
export type PortalCode = ValueOf<typeof portalCodes>;

interface Words {
  readonly status: number;
  /** Who, what, what it means for money, and what to do next. */
  readonly sentence: string;
}

const table: Record<LedgerCode | PortalCode, Words> = {
  1: {
    status: 400,
    sentence: 'The transaction cannot be read; nothing was recorded and no money moved. Build and sign it again.',
  },
  2: {
    status: 413,
    sentence:
      'The transaction is larger than 16 KiB; nothing was recorded and no money moved. Shorten its texts and sign again.',
  },
  3: {
    status: 409,
    sentence:
      'The transaction was signed for another network; nothing was recorded and no money moved. Reload the page and sign again.',
  },
  4: {
    status: 400,
    sentence:
      'The ledger knows no such action; nothing was recorded and no money moved. Reload the page and sign again.',
  },
  5: { status: 400, sentence: 'The signature is not valid; nothing was recorded and no money moved. Sign again.' },
  6: {
    status: 409,
    sentence: 'The transaction expired before the ledger took it; nothing was recorded and no money moved. Sign again.',
  },
  7: {
    status: 400,
    sentence:
      'The transaction asks to be valid for too long; nothing was recorded and no money moved. Reload the page and sign again.',
  },
  8: {
    status: 409,
    sentence: 'The ledger knows no such account; nothing was recorded and no money moved. Create your account first.',
  },
  9: {
    status: 409,
    sentence:
      'The account has no such key; nothing was recorded and no money moved. Ask the account’s owner to authorise it.',
  },
  10: {
    status: 403,
    sentence:
      'The signature is by another key than the transaction names; nothing was recorded and no money moved. Choose the right wallet and sign again.',
  },
  11: {
    status: 403,
    sentence:
      'The owner revoked this key; nothing was recorded and no money moved. Ask the owner to authorise a new one.',
  },
  12: {
    status: 403,
    sentence: 'This key has expired; nothing was recorded and no money moved. Ask the owner to authorise it anew.',
  },
  13: {
    status: 403,
    sentence:
      'The owner did not allow this key to do that; nothing was recorded and no money moved. Sign with the owner’s key.',
  },
  14: {
    status: 409,
    sentence:
      'This transaction, or another with its number, was already recorded; nothing happened twice. Look at your last transactions before you sign again.',
  },
  15: {
    status: 409,
    sentence:
      'The transaction’s number is too far ahead; nothing was recorded and no money moved. Reload the page and sign again.',
  },
  16: {
    status: 429,
    sentence:
      'Your account has used up its transactions for now; nothing was recorded and no money moved. Try again in a few minutes.',
  },
  17: {
    status: 429,
    sentence:
      'Too many of your transactions wait already; this one was not taken and no money moved. Try again in a few seconds.',
  },
  18: {
    status: 503,
    sentence:
      'The ledger cannot take transactions right now; nothing was recorded and no money moved. Try again in a moment.',
  },
  101: {
    status: 409,
    sentence:
      'This address already belongs to an account; nothing changed and no money moved. Sign in with it, or use another key.',
  },
  102: {
    status: 409,
    sentence:
      'Your account has as many keys as it can have; nothing changed and no money moved. Revoke one that you no longer need.',
  },
  103: {
    status: 403,
    sentence: 'Only the owner’s own key may do this; nothing changed and no money moved. Sign with the owner’s key.',
  },
  104: {
    status: 404,
    sentence: 'Your account has no such key; nothing changed and no money moved. Choose one from the list.',
  },
  105: {
    status: 400,
    sentence: 'A key cannot be allowed one of these actions; nothing changed and no money moved. Choose other actions.',
  },
  106: {
    status: 400,
    sentence: 'The key would already have expired; nothing changed and no money moved. Choose a later time.',
  },
  107: {
    status: 400,
    sentence:
      'The key’s label is empty, too long or holds signs that cannot be shown; nothing changed and no money moved. Choose another.',
  },
  108: {
    status: 403,
    sentence: 'One of these resources is not yours; nothing changed and no money moved. Choose from your own.',
  },
  109: {
    status: 409,
    sentence: 'You revoked this key before; nothing changed and no money moved. There is nothing more to do.',
  },
  110: {
    status: 400,
    sentence: 'The encryption key is not valid; nothing changed and no money moved. Make a new one and sign again.',
  },
  201: { status: 400, sentence: 'The amount must be more than zero; no money moved. Enter another amount.' },
  202: { status: 404, sentence: 'The ledger knows no such recipient; no money moved. Check the account’s number.' },
  203: { status: 400, sentence: 'You cannot send tokens to yourself; no money moved. Choose another recipient.' },
  204: {
    status: 409,
    sentence: 'Your free balance is too low; no money moved. Send less, or wait until what is held comes back.',
  },
  205: { status: 403, sentence: 'This key has reached its spending cap; no money moved. Sign with the owner’s key.' },
  206: { status: 409, sentence: 'The treasury holds too little; no money moved. Propose a smaller sum.' },
  301: {
    status: 403,
    sentence:
      'Only providers publish resources; nothing was published and no money moved. Request the provider role first.',
  },
  302: {
    status: 400,
    sentence:
      'This kind of resource is not offered here yet; nothing was published and no money moved. Publish a data resource.',
  },
  303: {
    status: 400,
    sentence:
      'A title, tag, link or other text is missing, too long or holds signs that cannot be shown; nothing was published and no money moved. Correct it and sign again.',
  },
  304: {
    status: 413,
    sentence:
      'Description and metadata together exceed 8 KiB; nothing was published and no money moved. Shorten them and sign again.',
  },
  305: {
    status: 400,
    sentence: 'The test’s metadata cannot be read; nothing was published and no money moved. Run the test again.',
  },
  306: {
    status: 409,
    sentence:
      'The agent’s key is not, or no longer, authorised for your account; nothing was published and no money moved. Pair the agent again.',
  },
  307: {
    status: 400,
    sentence:
      'The test result is not signed by your agent; nothing was published and no money moved. Run the test again.',
  },
  308: {
    status: 409,
    sentence: 'The test is too old; nothing was published and no money moved. Run it again, then sign.',
  },
  309: {
    status: 404,
    sentence: 'There is no such resource; nothing changed and no money moved. Choose one from the list.',
  },
  310: {
    status: 403,
    sentence: 'The resource belongs to somebody else; nothing changed and no money moved. Sign in as its owner.',
  },
  311: {
    status: 409,
    sentence:
      'The resource’s status does not allow this any more; nothing changed and no money moved. Reload the page to see where it stands.',
  },
  312: { status: 400, sentence: 'The reason is not one of the list; nothing changed and no money moved. Choose one.' },
  313: { status: 409, sentence: 'All places of this resource are taken; no money moved. Try again when one is free.' },
  314: {
    status: 409,
    sentence:
      'This source is already on offer; nothing was published and no money moved. Revise that offer, or retire it first.',
  },
  315: {
    status: 409,
    sentence:
      'This agent’s key serves as many sources as it can; nothing was published and no money moved. Retire one, or pair a second agent.',
  },
  401: {
    status: 400,
    sentence:
      'The sharing strategy is not complete or goes beyond its bounds; nothing was recorded and no money moved. Check every field and sign again.',
  },
  402: {
    status: 400,
    sentence:
      'A condition cannot be understood; nothing was recorded and no money moved. Correct the rule and sign again.',
  },
  403: {
    status: 400,
    sentence:
      'A condition takes too much work to evaluate; nothing was recorded and no money moved. Make the rule simpler.',
  },
  404: {
    status: 400,
    sentence: 'The price is not valid; nothing was recorded and no money moved. Enter another price.',
  },
  405: {
    status: 404,
    sentence: 'There is no such resource; nothing was recorded and no money moved. Choose one of yours.',
  },
  406: {
    status: 403,
    sentence: 'The resource belongs to somebody else; nothing was recorded and no money moved. Sign in as its owner.',
  },
  407: {
    status: 409,
    sentence: 'The resource was retired; its strategy stays as it was and no money moved. Publish it anew.',
  },
  408: {
    status: 409,
    sentence:
      'The strategy was revised as often as it can be; it stays as it was and no money moved. Publish the resource anew.',
  },
  501: {
    status: 404,
    sentence: 'There is no such resource; nothing was reserved and no money was held. Choose one from the catalogue.',
  },
  502: {
    status: 409,
    sentence:
      'The provider has taken the resource off the list; nothing was reserved and no money was held. Choose another.',
  },
  503: {
    status: 409,
    sentence: 'The resource is your own; nothing was reserved and no money was held. You need no access to it.',
  },
  504: {
    status: 409,
    sentence:
      'The provider changed the conditions meanwhile; nothing was reserved and no money was held. Read them again, then apply.',
  },
  505: {
    status: 409,
    sentence:
      'The resource belongs to another provider than you signed for; nothing was reserved and no money was held. Reload the page and apply again.',
  },
  506: {
    status: 400,
    sentence: 'The purpose is not one of the list; nothing was reserved and no money was held. Choose one.',
  },
  507: {
    status: 400,
    sentence: 'The field of business is not one of the list; nothing was reserved and no money was held. Choose one.',
  },
  508: {
    status: 400,
    sentence: 'The format is not one that exists; nothing was reserved and no money was held. Choose another.',
  },
  509: {
    status: 400,
    sentence: 'The duration is too short or too long; nothing was reserved and no money was held. Choose another.',
  },
  510: {
    status: 400,
    sentence:
      'The calls or bytes you asked for are out of bounds; nothing was reserved and no money was held. Choose other figures.',
  },
  511: {
    status: 409,
    sentence:
      'The sum to be held is not what the price makes of your request; nothing was reserved and no money was held. Reload the page and apply again.',
  },
  512: {
    status: 400,
    sentence:
      'The encryption key is not valid; nothing was reserved and no money was held. Make a new one, then apply again.',
  },
  513: {
    status: 409,
    sentence:
      'All places of this resource are taken; nothing was reserved and no money was held. Try again when one is free.',
  },
  514: {
    status: 409,
    sentence:
      'Your free balance is lower than the sum to be held; nothing was reserved and no money was held. Ask for less, or top up first.',
  },
  515: {
    status: 409,
    sentence:
      'You have as many open orders as an account may have; nothing was reserved and no money was held. Wait until one is settled.',
  },
  516: {
    status: 403,
    sentence: 'Only customers apply; nothing was reserved and no money was held. Request the customer role first.',
  },
  517: {
    status: 404,
    sentence: 'There is no such order; nothing changed and no money moved. Choose one from the list.',
  },
  518: {
    status: 403,
    sentence: 'The order is between other parties; nothing changed and no money moved. Sign in as one of them.',
  },
  519: {
    status: 409,
    sentence:
      'The order’s status does not allow this any more; nothing changed and no money moved. Reload the page to see where it stands.',
  },
  520: {
    status: 400,
    sentence:
      'The access window would begin too far from now; nothing changed and no money moved. The agent’s clock has to be set right.',
  },
  521: {
    status: 400,
    sentence:
      'The sealed access link is empty or too long; nothing changed and no money moved. The agent has to seal it again.',
  },
  522: {
    status: 409,
    sentence:
      'Another access link was asked for meanwhile; nothing changed and no money moved. The agent has to answer the newest request.',
  },
  523: {
    status: 400,
    sentence: 'You cannot end the order for this reason; it goes on and no money moved. Choose a reason from the list.',
  },
  524: {
    status: 403,
    sentence:
      'This key has reached its spending cap; nothing was reserved and no money was held. Sign with the owner’s key.',
  },
  601: {
    status: 404,
    sentence: 'There is no such order; nothing changed and no money moved. Choose one from the list.',
  },
  602: {
    status: 403,
    sentence:
      'Only the provider of this order claims its usage; nothing changed and no money moved. Sign with the provider’s agent.',
  },
  603: {
    status: 403,
    sentence:
      'Only the customer of this order contests its usage; nothing changed and no money moved. Sign in as the customer.',
  },
  604: {
    status: 409,
    sentence:
      'The order’s status does not allow this any more; nothing changed and no money moved. Reload the page to see where it stands.',
  },
  605: {
    status: 409,
    sentence:
      'The claim is lower than an earlier one; the earlier stands and no money moved. The agent’s meter has to be checked.',
  },
  606: {
    status: 400,
    sentence:
      'The claim exceeds what the order allows; nothing changed and no money moved. The agent’s meter has to be checked.',
  },
  607: {
    status: 400,
    sentence:
      'The claim’s intervals do not fit the access window; nothing changed and no money moved. The agent’s meter has to be checked.',
  },
  608: {
    status: 409,
    sentence:
      'The time for claims is over; what was claimed before stands and will be settled. There is nothing more to do.',
  },
  609: {
    status: 409,
    sentence: 'You contested this claim before; it stays contested and no money moved. There is nothing more to do.',
  },
  610: { status: 400, sentence: 'The reason is not one of the list; nothing changed and no money moved. Choose one.' },
  701: {
    status: 400,
    sentence: 'There is no such role; nothing was proposed and no money moved. Choose one from the list.',
  },
  702: {
    status: 409,
    sentence: 'You hold this role already; nothing was proposed and no money moved. There is nothing more to do.',
  },
  703: {
    status: 409,
    sentence:
      'Your request for this role is still open; nothing was proposed and no money moved. Wait for the node providers’ votes.',
  },
  704: {
    status: 400,
    sentence: 'There is no such parameter; nothing was proposed and no money moved. Choose one from the list.',
  },
  705: {
    status: 400,
    sentence: 'The value is outside the parameter’s bounds; nothing was proposed and no money moved. Choose another.',
  },
  706: {
    status: 403,
    sentence:
      'Only node providers do this; nothing changed and no money moved. Ask a node provider to propose it or to vote.',
  },
  707: {
    status: 404,
    sentence: 'There is no such proposal; nothing changed and no money moved. Choose one from the list.',
  },
  708: {
    status: 409,
    sentence: 'The vote is closed; nothing changed and no money moved. Its result stands on the proposal’s page.',
  },
  709: {
    status: 409,
    sentence: 'You voted on this before; your first vote stands and no money moved. There is nothing more to do.',
  },
  710: {
    status: 404,
    sentence:
      'The ledger knows no such recipient; nothing was proposed and no money moved. Check the account’s number.',
  },
  711: {
    status: 400,
    sentence: 'The amount must be more than zero; nothing was proposed and no money moved. Enter another amount.',
  },
  712: {
    status: 409,
    sentence: 'The treasury holds less than this sum; nothing was proposed and no money moved. Propose a smaller one.',
  },
  9001: { status: 401, sentence: 'Nobody is signed in here; nothing was done and no money moved. Sign in first.' },
  9002: {
    status: 403,
    sentence:
      'Your account has no role that may do this; nothing was done and no money moved. Request the role, or ask somebody who holds it.',
  },
  9003: { status: 404, sentence: 'There is no such thing, or it is not yours to see. Check the address.' },
  9004: {
    status: 400,
    sentence: 'The request is not as it must be; nothing was done and no money moved. Correct it and send it again.',
  },
  9005: {
    status: 413,
    sentence: 'The request is too large; nothing was done and no money moved. Send at most 64 KiB.',
  },
  9006: {
    status: 415,
    sentence:
      'The request must be JSON (content-type application/json); nothing was done and no money moved. Send it as JSON.',
  },
  9007: {
    status: 429,
    sentence:
      'There were too many requests from here; this one was not taken and no money moved. Wait, then try again.',
  },
  9008: {
    status: 400,
    sentence:
      'Another action was signed than this form sends; nothing was recorded and no money moved. Reload the page and sign again.',
  },
  9009: {
    status: 403,
    sentence:
      'Another account signed than is signed in; nothing was recorded and no money moved. Switch to the right account and sign again.',
  },
  9010: {
    status: 409,
    sentence:
      'This request was sent before with another transaction; nothing was recorded twice. Reload the page and look at the result of the first.',
  },
  9011: {
    status: 504,
    sentence:
      'The ledger has the transaction but has not decided it yet; it may still be recorded, once. Look at your transactions in a moment before you sign again.',
  },
  9012: {
    status: 503,
    sentence:
      'The ledger does not answer right now; whether the transaction was recorded shows on your account. Try again in a moment: it cannot happen twice.',
  },
  9013: {
    status: 401,
    sentence:
      'The agent’s request is not signed as it must be, is too old, or was sent before; nothing was done. Check the agent’s clock and key.',
  },
  9014: { status: 500, sentence: 'Something failed on our side; nothing half-done was kept. Try again in a moment.' },
  9015: {
    status: 503,
    sentence: 'Too many pages listen for live updates at once; nothing is lost. Reload the page in a while.',
  },
};

/** HTTP status and words of a code. One that is not in the table is a defect and reads as one. */
export function wordsOf(code: number): Words {
  return Object.hasOwn(table, code) ? table[code as LedgerCode] : table[portalCodes.INTERNAL];
}

/** Codes that have words, for the test that holds the table against the contracts. */
export function knownCodes(): number[] {
  return Object.keys(table).map(Number);
}

/** RFC 9457 problem, the one form of every error of the HTTP API. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: number;
}

const titles: Record<number, string> = {
  400: 'Bad request',
  401: 'Not signed in',
  403: 'Not allowed',
  404: 'Not found',
  409: 'Conflict',
  413: 'Too large',
  415: 'Unsupported media type',
  429: 'Too many requests',
  500: 'Internal error',
  503: 'Unavailable',
  504: 'Not decided yet',
};

/** `detail` replaces the table's sentence where the request itself can say more exactly what is wrong with it. */
export function problemOf(code: number, detail?: string): Problem {
  const { status, sentence } = wordsOf(code);
  return { type: `/problems/${code}`, title: titles[status] ?? 'Error', status, detail: detail ?? sentence, code };
}
