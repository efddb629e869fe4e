import { isPrepared, type ProvedEvents } from '#agent/proved-events.ts';
import { encryptionKeyOf, encryptionSecretOf } from '#agent/encryption-key.ts';
import { openLink } from '#agent/sealing.ts';
import type { AccessDescriptor } from '#ledger/core/descriptor.ts';

const DELIVERY_MS_MAX = 120_000;

export interface DeliveredLink {
  readonly link: AccessDescriptor;
  readonly issue: bigint;
}

/** The link of an agreement, opened once the provider's agent has delivered it; throws a sentence when it does not, or for another key. */
export async function deliveredLink(
  agreement: bigint,
  by: { readonly events: ProvedEvents; readonly secretKey: Uint8Array; readonly network: Uint8Array },
): Promise<DeliveredLink> {
  const { events, secretKey, network } = by;
  const { descriptor, issue } = await events.await('the delivery', isPrepared(agreement), DELIVERY_MS_MAX);
  const link = await openLink(descriptor, {
    binding: { network, agreement, encryptionKey: encryptionKeyOf(secretKey), issue },
    secretKey: encryptionSecretOf(secretKey),
  });
  if (link === undefined) throw new Error(`The link of O-${agreement} was sealed to another key than this one.`);
  return { link, issue };
}
