import 'server-only';
import { Figures, only, together } from '#metrics/figures.ts';

/** What the projector tells Prometheus. */
export interface ProjectorFigures {
  readonly figures: Figures;
  /** Asks the ledger how high it stands, while there is one to ask. */
  follow(height: (() => Promise<bigint>) | undefined): void;
  /** A batch is in the database; the first time, where it begins. */
  stands(height: bigint): void;
}

export function projectorFigures(): ProjectorFigures {
  const figures = new Figures();
  let ask: (() => Promise<bigint>) | undefined;
  let standing: bigint | undefined;
  let committedAtMs: number | undefined;
  const ledgerHeight = together(async () => ask?.());
  const blocks = figures.counter({ name: 'interpool_projector_blocks_total', help: 'Blocks whose rows were written.' });
  figures.gauge(
    { name: 'interpool_projector_is_writing', help: '1: this process writes; 0: it stands by, or waits.' },
    () => only(ask === undefined ? 0 : 1),
  );
  figures.gauge({ name: 'interpool_projector_height', help: 'Height of the read model.' }, () =>
    only(standing === undefined ? null : Number(standing)),
  );
  figures.gauge(
    { name: 'interpool_projector_lag_blocks', help: 'Blocks that the read model is behind the ledger.' },
    async () => {
      const height = await ledgerHeight();
      return only(height === undefined || standing === undefined ? null : Math.max(0, Number(height - standing)));
    },
  );
  figures.gauge(
    { name: 'interpool_projector_last_commit_timestamp_seconds', help: 'When rows were written last.' },
    () => only(committedAtMs === undefined ? null : committedAtMs / 1_000),
  );
  return {
    figures,
    follow: (height) => {
      ask = height;
      // Who writes meanwhile moves the read model on.
      if (height === undefined) standing = undefined;
    },
    stands: (height) => {
      if (standing !== undefined && height > standing) blocks.inc(Number(height - standing));
      if (standing !== undefined) committedAtMs = Date.now();
      standing = height;
    },
  };
}
