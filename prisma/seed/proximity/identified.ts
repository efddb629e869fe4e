import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { seal } from '#agent/hpke.ts';
import type { Payload } from '#agent/proved-events.ts';
import { methodOf } from '#ledger/contracts/definitions.ts';
import { claimBytes, sealingInfo, type IdentityClaim } from '#ledger/contracts/identity/claim.ts';
import { fromHex, toHex, utf8 } from '#ledger/core/bytes.ts';
import { nobleCrypto } from '#ledger/core/crypto-noble.ts';
import { taggedHash } from '#ledger/core/hash.ts';
import type { Actor } from '#prisma/seed/actor.ts';

const OFFER_MS_MAX = 120_000;
const VERDICT_MS_MAX = 120_000;
const PAUSE_MS = 1_000;

const offerSchema = z.object({ sealingKey: z.string().nullable() });

/** Of the operator's program (X25519, 32 bytes), once it has offered to identify. */
export async function sealingKeyOf(operator: Actor): Promise<Uint8Array> {
  const untilMs = Date.now() + OFFER_MS_MAX;
  for (;;) {
    const reply = await operator.client.get('/api/v1/identity/claims');
    const offer = reply.kind === 'done' ? offerSchema.safeParse(reply.body).data : undefined;
    const key = fromHex(offer?.sealingKey ?? '');
    if (key?.some((byte) => byte !== 0)) return key;
    if (Date.now() > untilMs) throw new Error(`${operator.person.name} does not offer to identify anybody.`);
    await sleep(PAUSE_MS);
  }
}

/**
 * Asks an operator to say that it knows somebody, and waits for what its program answers by its own records. The salt of what is stated follows
 * from the person's own, so that a run that was broken off states the same again.
 */
export async function identify(
  actor: Actor,
  of: { readonly operator: Actor; readonly claim: IdentityClaim; readonly network: Uint8Array },
): Promise<void> {
  const { claim, network } = of;
  const [account, operator] = [BigInt(await actor.account()), BigInt(await of.operator.account())];
  const salt = taggedHash(nobleCrypto, 'interpool/sample/claim-salt/v1', utf8(actor.person.salt));
  const bytes = claimBytes(claim, salt);
  const commitment = nobleCrypto.sha256(bytes);
  const step = `asking the operator to identify ${actor.person.id}`;
  if (!actor.hasDone(step)) {
    const publicKey = await sealingKeyOf(of.operator);
    const sealed = await seal(bytes, { publicKey, info: sealingInfo({ network, account, operator }) });
    const stated = { operator: Number(operator), commitment: toHex(commitment), sealed: toHex(sealed) };
    const reply = await actor.client.post('/api/v1/identity/claims/own', stated);
    if (reply.kind !== 'done') throw new Error(`What ${actor.person.name} states was not taken: ${reply.sentence}`);
  }
  await actor.do(step, { method: methodOf('ApplyIdentity'), args: { operator, commitment } });
  const isVerdict = ({ type, account: whose }: Payload): boolean =>
    (type === 'IdentityAttested' || type === 'IdentityRefused') && whose === account;
  const verdict = await actor.events.await(
    `the operator’s answer to ${actor.person.name}`,
    (payload): payload is Payload => isVerdict(payload),
    VERDICT_MS_MAX,
  );
  if (verdict['type'] === 'IdentityRefused') throw new Error(`The operator did not identify ${actor.person.name}.`);
}
