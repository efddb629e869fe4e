/** How long a peer may take to hand over a block before another one is asked and its claim is forgotten. */
export const BLOCK_REQUEST_MS = 1_000;
/** One height behind is normal for a moment: only after this long a block is asked for. */
export const BEHIND_PATIENCE_MS = 150;

export interface BlockSync {
  /** A peer has shown or said that it decided this height. A claim, not a proof. */
  noteDecided(peer: number, height: bigint): void;
  /** The own height moved: what was asked for has come, or is no longer needed. */
  advanced(): void;
  /** What this peer sent does not verify: it is not asked again before it says something new. */
  disappointed(peer: number): void;
  forget(peer: number): void;
  /** Whether blocks are being fetched: the validator does not take part meanwhile. */
  isCatchingUp(): boolean;
  /** The peer that was asked, while an answer is awaited. */
  asked(): number | undefined;
  stop(): void;
}

export interface BlockSyncParts {
  readonly ownHeight: () => bigint;
  readonly after: (delayMs: number, action: () => void) => () => void;
  readonly request: (peer: number, height: bigint) => void;
  /** Called when catching up has begun or ended. */
  readonly changed: () => void;
}

/** Fetches decided blocks from peers that are ahead, one at a time, in order. */
export function createBlockSync(parts: BlockSyncParts): BlockSync {
  const claims = new Map<number, bigint>();
  let asked: number | undefined;
  let cancelRequest = (): void => undefined;
  let cancelPatience: (() => void) | undefined;
  let isFetching = false;

  const setFetching = (value: boolean): void => {
    if (isFetching === value) return;
    isFetching = value;
    parts.changed();
  };
  const best = (): number | undefined => {
    let found: number | undefined;
    for (const [peer, height] of claims) {
      if (height > parts.ownHeight() && height > (found === undefined ? 0n : (claims.get(found) ?? 0n))) found = peer;
    }
    return found;
  };
  const ask = (): void => {
    cancelRequest();
    asked = best();
    if (asked === undefined) return setFetching(false);
    const peer = asked;
    setFetching(true);
    parts.request(peer, parts.ownHeight() + 1n);
    cancelRequest = parts.after(BLOCK_REQUEST_MS, () => {
      claims.delete(peer);
      ask();
    });
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
    advanced: () => {
      if (asked !== undefined) ask();
      else if (best() === undefined) clearPatience();
    },
    disappointed: (peer) => {
      claims.delete(peer);
      if (asked === peer) ask();
    },
    forget: (peer) => {
      claims.delete(peer);
      if (asked === peer) ask();
    },
    isCatchingUp: () => isFetching,
    asked: () => asked,
    stop: () => {
      cancelRequest();
      clearPatience();
    },
  };
}
