import { scriptFault } from '#components/ui/script-fault.ts';

const NO_CRYPTOGRAPHY =
  'This page came over plain http from another computer, and browsers give such pages no cryptography: no key can be kept or used here. Open the portal by https, or on its own computer at http://localhost.';
const NO_STORAGE =
  'This browser keeps nothing for this site, so no key can be kept or read here: the window is private, site data is blocked, or the disk is full. Allow site data for this address or use an ordinary window. A wallet extension signs in without it.';

/** What IndexedDB fails with (W3C Indexed Database, 2.8, and what browsers add where site data is blocked). */
const STORAGE_FAULTS = new Set([
  'InvalidStateError',
  'SecurityError',
  'UnknownError',
  'QuotaExceededError',
  'AbortError',
  'VersionError',
  'NotAllowedError',
]);

export interface KeyBrowser {
  hasCryptography: boolean;
  hasStorage: boolean;
}

const thisBrowser = (): KeyBrowser => ({
  hasCryptography: (globalThis.crypto as Partial<Crypto>).subtle !== undefined,
  hasStorage: 'indexedDB' in globalThis,
});

/** What every key would lack here; undefined where keys can be kept. */
export function lackOf(browser: KeyBrowser = thisBrowser()): string | undefined {
  if (!browser.hasCryptography) return NO_CRYPTOGRAPHY;
  return browser.hasStorage ? undefined : NO_STORAGE;
}

/** Why a key cannot be kept or used in this browser, and a way out; `otherwise` where none of the known reasons fits. */
export function keyFault(error: unknown, otherwise: string, browser: KeyBrowser = thisBrowser()): string {
  const missing = scriptFault(error);
  if (missing) return missing;
  const lack = lackOf(browser);
  if (lack) return lack;
  return error instanceof DOMException && STORAGE_FAULTS.has(error.name) ? NO_STORAGE : otherwise;
}
