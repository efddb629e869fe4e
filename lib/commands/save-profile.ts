import 'server-only';

/** `salt` is 32 bytes as hex; the ledger holds SHA-256 of tag, salt and name (lib/shared/profile.ts). */
export interface ProfileInput {
  name: string;
  salt: string;
  isPublic: boolean;
}

export async function saveProfile(profile: ProfileInput): Promise<{ ok: true } | { ok: false; sentence: string }> {
  void profile;
  throw new Error('saveProfile is not written yet');
}
