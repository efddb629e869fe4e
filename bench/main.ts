import { benchAllocation } from './allocation.ts';
import { benchAppend } from './append.ts';
import { benchComputing } from './computing.ts';
import { benchEngines } from './engines.ts';
import { benchLatency } from './latency.ts';
import { benchLeader } from './leader.ts';
import { benchMatching } from './matching.ts';
import { benchMemory } from './memory.ts';
import { benchMonitor } from './monitor.ts';
import { benchOverload } from './overload.ts';
import { benchPlans } from './plans.ts';
import { benchPortals } from './portals.ts';
import { benchRelay } from './relay.ts';
import { benchReplay } from './replay.ts';
import { benchRestart } from './restart.ts';
import { benchScale } from './scale.ts';
import { benchSnapshots } from './snapshots.ts';
import { benchSteadiness } from './steadiness.ts';
import { benchStorage } from './storage.ts';
import { benchThroughput } from './throughput.ts';

const BENCHES: Readonly<Record<string, (argument?: string) => Promise<void>>> = {
  latency: benchLatency,
  throughput: benchThroughput,
  append: benchAppend,
  leader: benchLeader,
  replay: benchReplay,
  engines: benchEngines,
  scale: benchScale,
  portals: benchPortals,
  snapshots: benchSnapshots,
  restart: benchRestart,
  steadiness: benchSteadiness,
  memory: benchMemory,
  overload: benchOverload,
  storage: benchStorage,
  relay: benchRelay,
  computing: benchComputing,
  plans: benchPlans,
  matching: benchMatching,
  monitor: benchMonitor,
  allocation: benchAllocation,
};

const name = process.argv[2] ?? '';
const bench = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
if (bench === undefined) {
  console.error(`usage: npm run bench -- ${Object.keys(BENCHES).join(' | ')}`);
  process.exitCode = 1;
} else {
  await bench(process.argv[3]);
}
