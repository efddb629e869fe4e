import 'server-only';
import { database } from '#lib/db.ts';

export interface StoredProfile {
  /** Account's address, 40 lower-case hex digits. */
  address: string;
  /** Commitment that the ledger holds once the owner has signed it. */
  commitment: string;
  name: string;
  salt: string;
  isPublic: boolean;
}

const KEPT_PER_ADDRESS = 5;

/** Keeps a profile beside earlier ones of the address; it shows while its commitment is the one on the ledger. */
export async function storeProfile(profile: StoredProfile): Promise<void> {
  const { address, commitment, ...data } = profile;
  const values = { ...data, updatedAt: new Date() };
  const profiles = database().profile;
  await profiles.upsert({
    where: { address_commitment: { address, commitment } },
    create: { address, commitment, ...values },
    update: values,
  });
  const old = await profiles.findMany({
    where: { address },
    orderBy: { updatedAt: 'desc' },
    skip: KEPT_PER_ADDRESS,
    select: { commitment: true },
  });
  await profiles.deleteMany({ where: { address, commitment: { in: old.map((row) => row.commitment) } } });
}
