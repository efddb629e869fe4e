import type { Network } from '../fixtures/network.ts';

const APPLICATIONS = ['application-0', 'application-1', 'application-2', 'application-3'] as const;
/** Heights that are compared, newest first. */
const HEIGHTS_MAX = 200;
const ANSWER_MS_MAX = 5_000;

interface BlockMeta {
  readonly block_id: { readonly hash: string };
  readonly header: { readonly height: string; readonly app_hash: string };
}

async function ask<Result>(rpc: string, question: string): Promise<Result> {
  const answer = await fetch(`${rpc}/${question}`, { signal: AbortSignal.timeout(ANSWER_MS_MAX) });
  if (!answer.ok) throw new Error(`${question} was answered with ${answer.status}.`);
  return ((await answer.json()) as { result: Result }).result;
}

/** Sentences about nodes of which CometBFT says different things, by its own RPC: height, blocks, application hashes. */
export async function differencesBetween(network: Network): Promise<string[]> {
  const rpcs = APPLICATIONS.map((name) => network.environment(name).COMETBFT_RPC ?? '');
  const statuses = await Promise.all(
    rpcs.map((rpc) => ask<{ sync_info: { latest_block_height: string } }>(rpc, 'status')),
  );
  const heights = statuses.map(({ sync_info }) => Number(sync_info.latest_block_height));
  const highest = Math.max(...heights);
  const broken = heights.flatMap((height, index) =>
    height < highest - 1 ? [`node ${index} stands at ${height} of ${highest}`] : [],
  );
  const last = Math.min(...heights);
  // CometBFT hands out twenty at a time.
  for (let to = last; to > Math.max(0, last - HEIGHTS_MAX); to -= 20) {
    const question = `blockchain?minHeight=${Math.max(1, to - 19)}&maxHeight=${to}`;
    const answers = await Promise.all(rpcs.map((rpc) => ask<{ block_metas: BlockMeta[] }>(rpc, question)));
    const texts = answers.map(({ block_metas }) =>
      JSON.stringify(block_metas.map(({ block_id, header }) => [header.height, block_id.hash, header.app_hash])),
    );
    for (const [index, text] of texts.entries())
      if (text !== texts[0]) broken.push(`node ${index} and node 0 differ between heights ${to - 19} and ${to}`);
  }
  return broken;
}
