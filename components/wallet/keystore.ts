import type { Hex } from 'viem';

/** scrypt at 2¹⁷ is what wallets write today: about a second here, years per guess of a good passphrase elsewhere. */
const SCRYPT = { N: 131_072, r: 8, p: 1 };

/** A passphrase shorter than this is refused for an export. */
export const PASSPHRASE_LENGTH_MIN = 12;
/** A key file is under 2 kB; anything larger is something else. */
export const KEY_FILE_BYTES_MAX = 16_384;

export type ImportResult = { ok: true; secretKey: Hex; address: string } | { ok: false; sentence: string };

/** The key as a Web3 Secret Storage v3 file, which every Ethereum wallet reads. `progress` runs from 0 to 1. */
export async function exportKeyFile(
  secretKey: Hex,
  passphrase: string,
  progress?: (done: number) => void,
): Promise<string> {
  const { encryptKeystoreJson, computeAddress } = await import('ethers');
  return encryptKeystoreJson({ address: computeAddress(secretKey), privateKey: secretKey }, passphrase, {
    scrypt: SCRYPT,
    ...(progress ? { progressCallback: progress } : {}),
  });
}

/** Opens a Web3 Secret Storage v3 file. Bad files and wrong passphrases come back as sentences. */
export async function importKeyFile(
  json: string,
  passphrase: string,
  progress?: (done: number) => void,
): Promise<ImportResult> {
  if (json.length > KEY_FILE_BYTES_MAX) return { ok: false, sentence: 'This file is too large to be a key file.' };
  const { decryptKeystoreJson, isKeystoreJson } = await import('ethers');
  try {
    if (!isKeystoreJson(json)) return { ok: false, sentence: 'This is not a Web3 Secret Storage v3 key file.' };
    const opened = await decryptKeystoreJson(json, passphrase, progress);
    return { ok: true, secretKey: opened.privateKey as Hex, address: opened.address };
  } catch (error) {
    const isPassphrase = error instanceof Error && error.message.includes('password');
    return {
      ok: false,
      sentence: isPassphrase
        ? 'The passphrase does not open this key file.'
        : 'The key file is damaged, or uses settings that are not supported.',
    };
  }
}
