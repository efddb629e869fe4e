import { methodOf, type MethodArgs } from '#ledger/contracts/definitions.ts';
import type { Actor } from './actor.ts';
import type { Cast } from './history.ts';

const DAY_MS = 86_400_000n;
const HOUR_MS = 3_600_000n;
const GIGABYTE = 1_000_000_000n;
/** The stores of the sample have 3 GB together. */
const ASKED_BYTES = 20n * GIGABYTE;

const demand: MethodArgs['PublishDemand'] = {
  purpose: 'research',
  fieldOfBusiness: 'logistics',
  needs: [
    {
      kind: 'storage',
      terms: [],
      choices: [],
      amounts: [
        { meter: 'bytes', amount: ASKED_BYTES },
        { meter: 'bytesIn', amount: ASKED_BYTES },
        { meter: 'calls', amount: 1_000n },
        { meter: 'storedBytes', amount: ASKED_BYTES },
      ],
      promise: [],
    },
  ],
  work: [],
  durationMs: 2n * HOUR_MS,
  budgetMicro: 20_000_000n,
  backup: false,
  batch: false,
  openMs: 31n * DAY_MS,
  encryptionKey: new Uint8Array(32),
};

/**
 * A demand that no plan meets, as every market has some: its page says what each offer lacks, and the broker asks a provider, through a node
 * provider, to share more. Both stay open, so that each of them finds something to do.
 */
export async function openDemand(
  cast: Cast,
  { broker, asked }: { readonly broker: Actor; readonly asked: Actor },
): Promise<void> {
  const { customer, nodeProvider, say } = cast;
  const published = await customer.do('a demand that no plan meets', {
    method: methodOf('PublishDemand'),
    args: demand,
  });
  const args: MethodArgs['SendNotice'] = {
    demand: BigInt(String(published['demand'])),
    provider: BigInt(await asked.account()),
    nodeProvider: BigInt(await nodeProvider.account()),
    kind: 'storage',
  };
  await broker.do('a request to share storage', { method: methodOf('SendNotice'), args });
  say(
    `${customer.person.name} asked for more storage than is on offer; ${broker.person.name} asked ${asked.person.name} to share some.`,
  );
}
