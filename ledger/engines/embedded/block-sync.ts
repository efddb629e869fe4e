/** How long a peer may take to hand over a block before another one is asked and its claim is forgotten. */
export const BLOCK_REQUEST_MS = 1_000;
/** One height behind is normal for a moment: only after this long a block is asked for. */
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

/** Fetches decided blocks, in order, from one peer at a time that is ahead; several are on their way. */
export function createBlockSync<Block>(parts: BlockSyncParts): BlockSync<Block> {
  const claims = new Map<number, bigint>();
  /** Blocks of the peer that is asked, above the own height. */
  const kept = new Map<bigint, Block>();
  let asked: number | undefined;
  let askedUpTo = 0n;
  let cancelRequest = (): void => undefined;
  let cancelPatience: (() => void) | undefined;
  let isFetching = false;

  const setFetching = (value: boolean): void => {
    if (isFetching === value) return;
    isFetching = value;
    parts.changed();
  };
  const isAhead = (peer: number | undefined): peer is number =>
    peer !== undefined && (claims.get(peer) ?? 0n) > parts.ownHeight();
  const best = (): number | undefined => {
    let found: number | undefined;
    for (const [peer, height] of claims) {
      if (height > parts.ownHeight() && height > (found === undefined ? 0n : (claims.get(found) ?? 0n))) found = peer;
    }
    return found;
  };
  /** From another peer, or from nobody: what the last one sent, and what it was asked for, does not count. */
  const turnTo = (peer: number | undefined): void => {
    if (peer === asked) return;
    asked = peer;
    askedUpTo = parts.ownHeight();
    kept.clear();
  };
  const watch = (peer: number): void => {
    cancelRequest();
    cancelRequest = parts.after(BLOCK_REQUEST_MS, () => {
      // A validator that is busy with what has come waits for nobody.
      if (kept.has(parts.ownHeight() + 1n)) return watch(peer);
      drop(peer);
    });
  };
  const ask = (): void => {
    cancelRequest();
    const own = parts.ownHeight();
    turnTo(isAhead(asked) ? asked : best());
    if (asked === undefined) return setFetching(false);
    for (const height of kept.keys()) if (height <= own) kept.delete(height);
    const claim = claims.get(asked) ?? own;
    const upTo = claim < own + BLOCKS_AHEAD_MAX ? claim : own + BLOCKS_AHEAD_MAX;
    if (askedUpTo < own) askedUpTo = own;
    setFetching(true);
    const peer = asked;
    while (askedUpTo < upTo) parts.request(peer, ++askedUpTo);
    watch(peer);
  };
  const drop = (peer: number): void => {
    claims.delete(peer);
    if (asked !== peer) return;
    turnTo(undefined);
    ask();
  };
  const clearPatience = (): void => {
    cancelPatience?.();
    cancelPatience = undefined;
  };

  return {
    noteDecided: (peer, height) => {
      if (height > (claims.get(peer) ?? 0n)) claims.set(peer, height);
      const behind = height - parts.ownHeight();
      if (behind <= 0n || asked !== undefined) return;
      if (behind > 1n) {
        clearPatience();
        return ask();
      }
      cancelPatience ??= parts.after(BEHIND_PATIENCE_MS, () => {
        cancelPatience = undefined;
        if (asked === undefined) ask();
      });
    },
    isAwaited: (peer, height) =>
      peer === asked && height > parts.ownHeight() && height <= askedUpTo && !kept.has(height),
    arrived: (height, block) => {
      kept.set(height, block);
      if (asked !== undefined) watch(asked);
    },
    next: () => {
      const block = kept.get(parts.ownHeight() + 1n);
      return asked === undefined || block === undefined ? undefined : { peer: asked, block };
    },
    advanced: () => {
      if (asked !== undefined) ask();
      else if (best() === undefined) clearPatience();
    },
    disappointed: drop,
    forget: drop,
    isCatchingUp: () => isFetching,
    stop: () => {
      cancelRequest();
      clearPatience();
      kept.clear();
    },
  };
}
