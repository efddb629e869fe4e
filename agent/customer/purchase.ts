import { z } from 'zod';
import { encryptionKeyOf } from '#agent/encryption-key.ts';
import { lookUpKey } from '#agent/key-lookup.ts';
import type { AgentKey } from '#agent/key.ts';
import { failed, done, type Outcome } from '#agent/outcome.ts';
import type { PortalClient } from '#agent/portal-client.ts';
import type { Payload, ProvedEvents } from '#agent/proved-events.ts';
import { submitTransaction, type Command, type Submission } from '#agent/submission.ts';
import { codeDefinitions, methodOf, type MethodArgs } from '#ledger/contracts/definitions.ts';
import { holdMicroOf } from '#ledger/contracts/shared/price.ts';
import type { Use } from './asked.ts';

const REFUSAL_MS_MAX = 20_000;
/** Tries of one signature; each has a nonce of its own, and the ledger says of each whether it counted. */
const TRIES_MAX = 3;

const count = z.number().int().min(0);
const offerSchema = z.object({
  kind: z.string(),
  gateway: z.string().nullable(),
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

export async function readOffer(client: PortalClient, resource: bigint): Promise<Outcome<Offer>> {
  const reply = await client.get(`/api/v1/resources/${resource}`);
  if (reply.kind !== 'done') return failed(reply.sentence);
  const offer = offerSchema.safeParse(reply.body);
  return offer.success ? done(offer.data) : failed(`The portal’s description of R-${resource} was not understood.`);
}

/** What is signed: the use that was asked for, at the price in force. Nothing is signed above the limit that was given. */
export function applicationFor(use: Use, offer: Offer, encryptionKey: Uint8Array): Outcome<MethodArgs['Apply']> {
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
      `It can cost ${holdMicro} millionths of a token, more than the ${atMostMicro} that --at-most allows; nothing was bought.`,
    );
  }
  return done({
    ...asked,
    amounts: [...asked.amounts],
    choices: [...asked.choices],
    provider: BigInt(offer.provider.id),
    strategyVersion: BigInt(offer.strategy.version),
    holdMicro,
    encryptionKey,
  });
}

/** Applies; the agreement's id, or why there is none with every condition that failed. */
export async function buy(use: Use, offer: Offer, buyer: Buyer): Promise<Outcome<bigint>> {
  const args = applicationFor(use, offer, encryptionKeyOf(buyer.key.secretKey));
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

/** Signs until the ledger has decided; the outcome's data. */
async function sign(command: Command, buyer: Buyer): Promise<Outcome<Readonly<Record<string, unknown>>>> {
  const { client, key, network } = buyer;
  const known = await lookUpKey(client, key.addressText);
  if (known === null) return failed('This key may not act for an account any more.');
  let last: Submission | undefined;
  for (let tries = 1; tries <= TRIES_MAX; tries += 1) {
    last = await submitTransaction(client, { ...known, secretKey: key.secretKey, network }, command);
    // An outcome that nobody knows must not be repeated: it may have counted.
    if (last.kind !== 'refused' || last.code !== null) break;
  }
  if (last?.kind === 'decided' && last.code === 0) return done((last.data ?? {}) as Record<string, unknown>);
  if (last?.kind === 'decided') return failed(sentenceOf(last.code));
  return failed(last?.sentence ?? 'The portal did not answer.');
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
