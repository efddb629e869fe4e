import { spawnSync } from 'node:child_process';

const PARTITIONS_NEED = ['ip', 'nft'];

/** Why no partitions can be made on this machine; undefined when they can. */
function missingForPartitions() {
  if (process.getuid?.() !== 0) return 'network namespaces need root';
  const missing = PARTITIONS_NEED.filter((program) => spawnSync(program, ['-V'], { stdio: 'ignore' }).error);
  return missing.length === 0 ? undefined : `${missing.join(' and ')} cannot be run here`;
}

/**
 * The layers of npm run faults that the long part strikes, each with the reason why it has to be left out here. That of the whole product,
 * which takes a quarter of the time that the suite may take, has a command of its own: npm run faults -- product.
 */
export function faultLayers() {
  if (!process.env.COMETBFT) return [{ layer: 'all', missing: 'there is no CometBFT' }];
  return [{ layer: 'ledger' }, { layer: 'partitions', missing: missingForPartitions() }];
}
