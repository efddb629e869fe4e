import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { encryptionKeyOf } from '#agent/encryption-key.ts';
import { lookUpKey } from '#agent/key-lookup.ts';
import type { AgentKey } from '#agent/key.ts';
import { isSafeOrigin } from '#agent/origin.ts';
import { done, failed, type Outcome } from '#agent/outcome.ts';
import type { PortalClient } from '#agent/portal-client.ts';
import type { Payload, ProvedEvents } from '#agent/proved-events.ts';
import { sendCommand, signCommand, type Command, type SignedCommand, type Submission } from '#agent/submission.ts';
import { NO_VOUCHER_KEY } from '#ledger/contracts/shared/voucher-fields.ts';
import { askedMeters } from '#ledger/contracts/kinds/kind.ts';
import { findKind } from '#ledger/contracts/kinds/kinds.ts';
import { FIELDS_OF_BUSINESS, PURPOSES } from '#ledger/contracts/strategy/definition.ts';
import { toHex } from '#ledger/core/bytes.ts';
import { codeDefinitions, methodOf, type MethodArgs } from '#ledger/contracts/definitions.ts';
import { admissionCodes } from '#ledger/contracts/machine/definition.ts';
import { holdMicroOf } from '#ledger/contracts/shared/price.ts';
import { tokensInWords } from '#ledger/contracts/shared/sentence-words.ts';
import type { Use } from './asked.ts';

const REFUSAL_MS_MAX = 20_000;
/** How often one signed transaction is sent while nothing is known of it. */
const TRIES_MAX = 3;
const PAUSE_MS = 500;
const UNKNOWN = 'It is not known whether the ledger took it: look at the account’s orders before you start again.';

const count = z.number().int().min(0);
const offerSchema = z.object({
  kind: z.string(),
  // The link's token goes there: over HTTPS, or to this machine.
  gateway: z.string().refine(isSafeOrigin).nullable(),
  provider: z.object({ id: count }),
  strategy: z.object({
    version: count,
    prices: z.array(
      z.object({ meter: z.string(), per: count, perMs: count, amountMicro: z.string().regex(/^\d{1,20}$/) }),
    ),
  }),
});

/** What a program needs to know of a resource before it buys. */
export type Offer = z.infer<typeof offerSchema>;

/** Who buys: a key that its owner has allowed. */
export interface Buyer {
  readonly client: PortalClient;
  readonly events: ProvedEvents;
  readonly key: AgentKey;
  /** Genesis hash, 32 bytes. */
  readonly network: Uint8Array;
}

/** Asks the portal; nothing of it is proved, but what is signed names its version and price, which the ledger checks. */
export async function readOffer(client: PortalClient, resource: bigint): Promise<Outcome<Offer>> {
  const reply = await client.get(`/api/v1/resources/${resource}`);
  if (reply.kind !== 'done') return failed(reply.sentence);
  const offer = offerSchema.safeParse(reply.body);
  return offer.success ? done(offer.data) : failed(`The portal’s description of R-${resource} was not understood.`);
}

/** The portal and the anchor have to be of one network: a key that is offered on another counts for nothing. */
export async function checkNetwork(client: PortalClient, network: Uint8Array): Promise<Outcome<null>> {
  const reply = await client.get('/api/v1/network');
  if (reply.kind !== 'done') return failed(reply.sentence);
  const served = (reply.body as { network?: unknown } | null)?.network;
  if (served === toHex(network)) return done(null);
  return failed(
    'The portal serves another network than anchor.json names: get the anchor of that network from its operator.',
  );
}

/** Says what of a use its resource’s kind does not know, before anybody is asked for anything. The strategy’s conditions are the contract’s to judge. */
export async function checkUse(use: Use, client: PortalClient): Promise<Outcome<null>> {
  const offer = await readOffer(client, use.resource);
  if (!offer.ok) return offer;
  const kind = findKind(offer.value.kind);
  const meters = kind === undefined ? [] : askedMeters(kind);
  const named = use.amounts.map(({ meter }) => meter);
  if (!isSame(named, meters))
    return failed(
      `R-${use.resource} needs --amount for ${meters.join(', ')}; given were ${named.join(', ') || 'none'}.`,
    );
  if (!PURPOSES.some((purpose) => purpose === use.purpose))
    return failed(`--purpose has to be one of ${PURPOSES.join(', ')}.`);
  if (!FIELDS_OF_BUSINESS.some((field) => field === use.fieldOfBusiness))
    return failed(`--field has to be one of ${FIELDS_OF_BUSINESS.join(', ')}.`);
  return done(null);
}

function isSame(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((name) => right.includes(name));
}

/** What is signed: the use that was asked for, at the price in force. Nothing is signed above the limit that was given. */
export function applicationFor(
  use: Use,
  offer: Offer,
  keys: { readonly encryptionKey: Uint8Array; readonly voucherKey: Uint8Array },
): Outcome<MethodArgs['Apply']> {
  const prices = offer.strategy.prices.map(({ meter, per, perMs, amountMicro }) => ({
    meter,
    per: BigInt(per),
    perMs: BigInt(perMs),
    amountMicro: BigInt(amountMicro),
  }));
  const { atMostMicro, ...asked } = use;
  const holdMicro = holdMicroOf(prices, use);
  if (atMostMicro !== null && holdMicro > atMostMicro) {
    return failed(
      `It can cost ${tokensInWords(holdMicro)}, more than the ${tokensInWords(atMostMicro)} that --at-most allows; nothing was bought.`,
    );
  }
  return done({
    ...asked,
    amounts: [...asked.amounts],
    choices: [...asked.choices],
    provider: BigInt(offer.provider.id),
    strategyVersion: BigInt(offer.strategy.version),
    holdMicro,
    ...keys,
  });
}

/** Applies, with a payment channel that the program's own key signs for where it `isPaying`; the agreement's id, or why there is none with every condition that failed. */
export async function buy(
  { use, isPaying }: { readonly use: Use; readonly isPaying: boolean },
  offer: Offer,
  buyer: Buyer,
): Promise<Outcome<bigint>> {
  const { secretKey, address } = buyer.key;
  const voucherKey = isPaying ? address : NO_VOUCHER_KEY;
  const args = applicationFor(use, offer, { encryptionKey: encryptionKeyOf(secretKey), voucherKey });
  if (!args.ok) return args;
  const data = await sign({ method: methodOf('Apply'), args: args.value }, buyer);
  if (!data.ok) return data;
  const { agreement, refused } = data.value;
  if (refused !== undefined) return failed(await whyRefused(BigInt(String(refused)), buyer));
  return done(BigInt(String(agreement)));
}

/** Ends an agreement whose work is done: what was not used is not charged. */
export async function endPurchase(agreement: bigint, buyer: Buyer): Promise<Outcome<null>> {
  const ended = await sign({ method: methodOf('EndAgreement'), args: { agreement, reason: 'done' } }, buyer);
  return ended.ok ? done(null) : ended;
}

/** Signs once and waits for the ledger's decision; the outcome's data. */
export async function sign(command: Command, buyer: Buyer): Promise<Outcome<Readonly<Record<string, unknown>>>> {
  const { client, key, network } = buyer;
  const known = await lookUpKey(client, key.addressText);
  if (known === null) return failed('This key may not act for an account any more.');
  const signed = await signCommand(client, { ...known, secretKey: key.secretKey, network }, command);
  if (signed.kind !== 'signed') return failed(signed.sentence);
  const last = await decisionOf(client, signed.command);
  if (last.kind === 'decided' && last.code === 0) return done((last.data ?? {}) as Record<string, unknown>);
  if (last.kind === 'decided') return failed(sentenceOf(last.code));
  return failed(isOpen(last) ? `${last.sentence} ${UNKNOWN}` : last.sentence);
}

/** Sends the same bytes until something is known of them: however often they come, they count once, and bytes signed anew could buy again. */
async function decisionOf(client: PortalClient, command: SignedCommand): Promise<Submission> {
  let last = await sendCommand(client, command);
  for (let tries = 1; tries < TRIES_MAX && isOpen(last); tries += 1) {
    await sleep(PAUSE_MS);
    last = await sendCommand(client, command);
  }
  return last;
}

/** Whether these bytes may have counted, or count yet. A refusal is final by a code of the ledger alone, and not where they used their nonce themselves. */
function isOpen(last: Submission): boolean {
  if (last.kind !== 'refused') return last.kind === 'unknown';
  return last.code === admissionCodes.NONCE_USED || !codeDefinitions.some(({ code }) => code === last.code);
}

function sentenceOf(code: number): string {
  const known = codeDefinitions.find((definition) => definition.code === code);
  return known?.sentence ?? `The ledger answered with code ${code}.`;
}

type Refused = Payload & { readonly failed: readonly { readonly sentence: string }[] };

async function whyRefused(application: bigint, { events }: Buyer): Promise<string> {
  const isRefusal = (payload: Payload): payload is Refused =>
    payload['type'] === 'ApplicationRefused' && payload['application'] === application;
  const { failed: conditions } = await events.await('the refusal', isRefusal, REFUSAL_MS_MAX);
  const sentences = conditions.map(({ sentence }) => sentence).join('; ');
  return `The strategy’s conditions refused the application, and nothing was held: ${sentences}.`;
}
