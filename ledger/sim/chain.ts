import { valueId, type SignedVote, type ValueId } from '#ledger/consensus/types.ts';
import { digest } from './signatures.ts';

/** What the simulated validators decide on. */
export interface Block {
  readonly id: ValueId;
  readonly height: bigint;
  readonly parent: ValueId;
  readonly timeMs: number;
  readonly proposer: number;
  readonly items: readonly number[];
  /** A block no correct application accepts: what a faulty proposer may send. */
  readonly isForged: boolean;
}

export interface DecidedBlock {
  readonly block: Block;
  readonly round: number;
  readonly certificate: readonly SignedVote[];
}

export const GENESIS_ID = valueId('genesis');

/** Items in a block at most. */
export const ITEMS_MAX = 8;

export function makeBlock(content: Omit<Block, 'id'>): Block {
  const { height, parent, timeMs, proposer, items, isForged } = content;
  return { ...content, id: blockId([height, parent, timeMs, proposer, items.join('.'), isForged]) };
}

export function hasTrueId(block: Block): boolean {
  return makeBlock(block).id === block.id;
}

function blockId(fields: readonly unknown[]): ValueId {
  return valueId(digest(fields.join('|')));
}

/** The application of one simulated node: an ordered list of items, each at most once. */
export class Chain {
  readonly blocks: DecidedBlock[] = [];
  readonly #included = new Set<number>();

  get height(): bigint {
    return BigInt(this.blocks.length);
  }

  get tip(): ValueId {
    return this.blocks.at(-1)?.block.id ?? GENESIS_ID;
  }

  get tipTimeMs(): number {
    return this.blocks.at(-1)?.block.timeMs ?? -1;
  }

  includes(item: number): boolean {
    return this.#included.has(item);
  }

  /** valid(v): a pure function of the block and of what was decided before. */
  accepts(block: Block): boolean {
    return (
      !block.isForged &&
      hasTrueId(block) &&
      block.height === this.height + 1n &&
      block.parent === this.tip &&
      block.timeMs > this.tipTimeMs &&
      block.items.length <= ITEMS_MAX &&
      new Set(block.items).size === block.items.length &&
      block.items.every((item) => !this.#included.has(item))
    );
  }

  apply(decided: DecidedBlock): void {
    this.blocks.push(decided);
    for (const item of decided.block.items) this.#included.add(item);
  }
}
