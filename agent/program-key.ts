import type { Anchor } from '#ledger/core/genesis.ts';
import { lookUpKey } from './key-lookup.ts';
import { offerText, type AgentKey } from './key.ts';
import type { PortalClient } from './portal-client.ts';
import type { Rounds } from './rounds.ts';
import { submitTransaction, type Command, type Submission } from './submission.ts';

const LOOK_MS = 2_000;

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

  /** Asks for nothing else until its owner has allowed it, or until `rounds` are stopped. */
  async allowed(rounds: Rounds): Promise<void> {
    let isAllowed = false;
    const ask = async (): Promise<void> => void (isAllowed = (await this.identity()) !== null);
    await rounds.repeat('key', LOOK_MS, ask, () => isAllowed);
  }

  /** Signs and submits as the account; nothing is sent before its owner has allowed it. */
  async submit(command: Command): Promise<Submission> {
    const { client, key, anchor } = this.#parts;
    const identity = await this.identity();
    if (identity === null) return { kind: 'unknown', sentence: 'The key is not allowed yet.' };
    const signer = { ...identity, secretKey: key.secretKey, network: anchor.genesisHash };
    return submitTransaction(client, signer, command);
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
