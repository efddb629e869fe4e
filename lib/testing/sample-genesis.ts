import type { Genesis } from '#ledger/core/genesis.ts';

export const bytes = (length: number, fill: number): Uint8Array => new Uint8Array(length).fill(fill);

export const GENESIS_TIME = 1_800_000_000_000n;
export const PROVIDER = 1n;
export const CUSTOMER = 2n;
export const NODE_PROVIDER = 3n;
export const STRANGER = 4n;
/** Who serves the second part of the sample's purchase, who takes its place, and who bought it. */
export const SECOND_PROVIDER = 5n;
export const BACKUP_PROVIDER = 6n;
export const BUYER = 7n;

/** Who and what the sample chain begins with. */
export const sampleGenesis: Genesis = {
  name: 'Test network',
  timeMs: GENESIS_TIME,
  accounts: [
    { roles: ['NRC', 'NRP'], balanceMicro: 1_000_000n },
    { roles: ['NRC'], balanceMicro: 50_000_000n },
    { roles: ['NRC', 'NRNSP'], balanceMicro: 0n },
    { roles: ['NRC'], balanceMicro: 5_000_000n },
    { roles: ['NRC', 'NRP'], balanceMicro: 0n },
    { roles: ['NRC', 'NRP'], balanceMicro: 0n },
    { roles: ['NRC'], balanceMicro: 20_000_000n },
  ].map((founder, index) => ({
    ...founder,
    address: bytes(20, index + 1),
    profileCommitment: bytes(32, 0x10 + index),
    encryptionKey: bytes(32, 0x20 + index),
  })),
  treasuryMicro: 900_000_000n,
  parameters: { contestMs: 10_000n, feePerMille: 10n },
  validators: [1, 2, 3, 4].map((n) => ({ name: `validator-${n}`, publicKey: bytes(33, n) })),
};
