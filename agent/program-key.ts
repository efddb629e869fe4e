import type { Anchor } from '#ledger/core/genesis.ts';
import { lookUpKey } from './key-lookup.ts';
import { offerText, type AgentKey } from './key.ts';
import type { PortalClient } from './portal-client.ts';

export interface ProgramKeyParts {
  readonly client: PortalClient;
  readonly key: AgentKey;
  readonly anchor: Anchor;
  readonly portal: string;
  /** The account that the program works for, and what its key is called there. */
  readonly account: number;
  readonly label: string;
  /** As the page Programs calls the work, and as a sentence calls the account's owner. */
  readonly work: string;
  readonly owner: string;
  log(sentence: string): void;
}

/** Whose key it is, and its number there. */
export interface Identity {
  readonly account: number;
  readonly key: number;
}

/** A program's own key: its owner allows it on the page Programs; then its number is known for good. */
export class ProgramKey {
  readonly #parts: ProgramKeyParts;
  #identity: Identity | null = null;
  #isOffered = false;

  constructor(parts: ProgramKeyParts) {
    this.#parts = parts;
  }

  /** Null until the owner has allowed it; throws a sentence when the portal cannot say, or when it acts for somebody else. */
  async identity(): Promise<Identity | null> {
    if (this.#identity !== null) return this.#identity;
    const { client, key, account, log } = this.#parts;
    const known = await lookUpKey(client, key.addressText);
    if (known?.account === account) {
      log(`The key acts for A-${account} now.`);
      this.#identity = known;
      return known;
    }
    if (known !== null)
      throw new Error(`This key acts for A-${known.account}: start with another home for A-${account}.`);
    this.#offer();
    return null;
  }

  #offer(): void {
    if (this.#isOffered) return;
    const { key, anchor, portal, account, label, work, owner, log } = this.#parts;
    const offer = offerText(key, { network: anchor.genesisHash, account }, label);
    log(`The owner of A-${account}, ${owner}, allows this key on the page Programs of the portal:`);
    log(`${portal}/customer/programs?offer=${encodeURIComponent(offer)}&as=${work}`);
    this.#isOffered = true;
  }
}
