/** The application's genesis; genesisHash = SHA-256(tag ‖ deterministic CBOR of it). Integers are bigint, bytes are raw. */
export interface Genesis {
  /** Shown to people; no meaning to the rules. */
  readonly name: string;
  readonly timeMs: bigint;
  /** Founding accounts get dense ids 1, 2, … in this order. */
  readonly accounts: readonly GenesisAccount[];
  /** Held by account 0. */
  readonly treasuryMicro: bigint;
  /** Every parameter of governance by name. */
  readonly parameters: Readonly<Record<string, bigint>>;
  /** At least four, equal power, 33-byte compressed secp256k1 keys. */
  readonly validators: readonly GenesisValidator[];
}

export interface GenesisAccount {
  /** 20 bytes. */
  readonly address: Uint8Array;
  readonly roles: readonly string[];
  readonly profileCommitment: Uint8Array;
  readonly encryptionKey: Uint8Array;
  readonly balanceMicro: bigint;
}

export interface GenesisValidator {
  readonly name: string;
  readonly publicKey: Uint8Array;
}

/** What a verifier trusts from outside a receipt: `anchor.json`, written at genesis, pinned by a browser at its first visit. */
export interface Anchor {
  /** 32 bytes, hex in the file. */
  readonly genesisHash: Uint8Array;
  /** Validators' 33-byte public keys, equal power. */
  readonly validators: readonly Uint8Array[];
}
