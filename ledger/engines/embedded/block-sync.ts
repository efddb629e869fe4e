/** How long a peer may take to hand over a block before another one is asked and its claim is forgotten. */
export const BLOCK_REQUEST_MS = 1_000;
/** One height behind is normal for a moment, for who takes part: only after this long a block is asked for. */
export const BEHIND_PATIENCE_MS = 150;
/** Blocks of one peer that are asked for and not applied yet: what comes meanwhile is checked ahead. Each has some 1.3 MiB at the most. */
export const BLOCKS_AHEAD_MAX = 16n;

export interface BlockSync<Block> {
  /** A peer has shown or said that it decided this height. A claim, not a proof. */
  noteDecided(peer: number, height: bigint): void;
  /** Whether this block was asked of this peer and has not come. */
  isAwaited(peer: number, height: bigint): boolean;
  /** Keeps an awaited block for its turn. */
  arrived(height: bigint, block: Block): void;
  /** The block after the own height, if it has come; whose it is. */
  next(): { readonly peer: number; readonly block: Block } | undefined;
  /** The own height moved: what was asked for has come, or is no longer needed. */
  advanced(): void;
  /** What this peer sent does not verify: nothing of it is kept, and it is not asked again before it says something new. */
  disappointed(peer: number): void;
  forget(peer: number): void;
  /** Whether more blocks are missing than are fetched at a time. */
  isFarBehind(): boolean;
  /** Whether blocks are being fetched: the validator does not take part meanwhile. */
  isCatchingUp(): boolean;
  stop(): void;
}

export interface BlockSyncParts {
  readonly ownHeight: () => bigint;
  readonly after: (delayMs: number, action: () => void) => () => void;
  readonly request: (peer: number, height: bigint) => void;
  /** Called when catching up has begun or ended. */
  readonly changed: () => void;
}

/** What peers claim to have decided. */
class Claims {
  readonly #heights = new Map<number, bigint>();

  note(peer: number, height: bigint): void {
    if (height > this.of(peer)) this.#heights.set(peer, height);
  }

  of(peer: number | undefined): bigint {
    return (peer === undefined ? undefined : this.#heights.get(peer)) ?? 0n;
  }

  forget(peer: number): void {
    this.#heights.delete(peer);
  }

  /** Whoever is furthest ahead of a height. */
  best(height: bigint): number | undefined {
    let found: number | undefined;
    for (const [peer, of] of this.#heights)
      if (of > height && (found === undefined || of > this.of(found))) found = peer;
    return found;
  }
}

/** What was asked of one peer, and what has come of it. */
class Window<Block> {
  peer: number | undefined;
  readonly kept = new Map<bigint, Block>();
  #upTo = 0n;

  /** To another peer, or to nobody: what the last one sent, and what it was asked for, does not count. */
  turnTo(peer: number | undefined): void {
    if (peer === this.peer) return;
    this.peer = peer;
    this.#upTo = 0n;
    this.kept.clear();
  }

  /** Heights to ask for next, above the own one; what is kept below it is no longer needed. */
  *extend(own: bigint, claim: bigint): Generator<bigint> {
    for (const height of this.kept.keys()) if (height <= own) this.kept.delete(height);
    if (this.#upTo < own) this.#upTo = own;
    const end = claim < own + BLOCKS_AHEAD_MAX ? claim : own + BLOCKS_AHEAD_MAX;
    while (this.#upTo < end) yield ++this.#upTo;
  }

  isAwaited(peer: number, height: bigint): boolean {
    return peer === this.peer && height <= this.#upTo && !this.kept.has(height);
  }
}

/** A wait that is begun once and may be given up. */
class Patience {
  #cancel: (() => void) | undefined;

  begin(after: BlockSyncParts['after'], action: () => void): void {
    this.#cancel ??= after(BEHIND_PATIENCE_MS, () => {
      this.#cancel = undefined;
      action();
    });
  }

  end(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}

/** Fetches decided blocks, in order, from one peer at a time that is ahead; several are on their way. */
export function createBlockSync<Block>(parts: BlockSyncParts): BlockSync<Block> {
  const claims = new Claims();
  const window = new Window<Block>();
  let cancelRequest = (): void => undefined;
  const patience = new Patience();
  let isFetching = false;
  /** Since it fetched blocks it decided none with the others: what they said of the next height it did not hear. */
  let isFresh = false;

  const setFetching = (value: boolean): void => {
    if (isFetching === value) return;
    isFetching = value;
    isFresh = !value;
    parts.changed();
  };
  const watch = (peer: number): void => {
    cancelRequest();
    // A validator that is busy with what has come waits for nobody.
    const look = (): void => (window.kept.has(parts.ownHeight() + 1n) ? watch(peer) : drop(peer));
    cancelRequest = parts.after(BLOCK_REQUEST_MS, look);
  };
  const ask = (): void => {
    cancelRequest();
    const own = parts.ownHeight();
    window.turnTo(claims.of(window.peer) > own ? window.peer : claims.best(own));
    const { peer } = window;
    if (peer === undefined) return setFetching(false);
    setFetching(true);
    for (const height of window.extend(own, claims.of(peer))) parts.request(peer, height);
    watch(peer);
  };
  const drop = (peer: number): void => {
    claims.forget(peer);
    if (window.peer !== peer) return;
    window.turnTo(undefined);
    ask();
  };

  return {
    noteDecided: (peer, height) => {
      claims.note(peer, height);
      const behind = height - parts.ownHeight();
      if (behind <= 0n || window.peer !== undefined) return;
      if (behind > 1n || isFresh) {
        patience.end();
        return ask();
      }
      patience.begin(parts.after, () => (window.peer === undefined ? ask() : undefined));
    },
    isAwaited: (peer, height) => height > parts.ownHeight() && window.isAwaited(peer, height),
    arrived: (height, block) => {
      window.kept.set(height, block);
      if (window.peer !== undefined) watch(window.peer);
    },
    next: () => {
      const block = window.kept.get(parts.ownHeight() + 1n);
      return window.peer === undefined || block === undefined ? undefined : { peer: window.peer, block };
    },
    advanced: () => {
      isFresh = false;
      if (window.peer !== undefined) ask();
      else if (claims.best(parts.ownHeight()) === undefined) patience.end();
    },
    disappointed: drop,
    forget: drop,
    isFarBehind: () => claims.of(window.peer) > parts.ownHeight() + BLOCKS_AHEAD_MAX,
    isCatchingUp: () => isFetching,
    stop: () => {
      cancelRequest();
      patience.end();
      window.turnTo(undefined);
    },
  };
}
