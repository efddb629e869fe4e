import 'server-only';
import { database } from '#lib/db.ts';

export interface StoredProfile {
  /** Account's address, 40 lower-case hex digits. */
  address: string;
  name: string;
  salt: string;
  commitment: string;
  isPublic: boolean;
}

/** Replaces the profile of an address. The caller has checked the commitment against the ledger. */
export async function storeProfile(profile: StoredProfile): Promise<void> {
  const { address, ...data } = profile;
  const values = { ...data, updatedAt: new Date() };
  await database().profile.upsert({ where: { address }, create: { address, ...values }, update: values });
}
