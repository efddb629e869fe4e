import { done } from '#agent/outcome.ts';
import { runProgram } from '#agent/program.ts';
import { loadKeeperConfig } from './config.ts';
import { Keeper } from './keeper.ts';

await runProgram({
  name: 'keeper',
  usage: 'Usage: npm run keeper -- --config <file>. The file is described in agent/keeper/README.md.',
  load: loadKeeperConfig,
  start: (begun) => {
    const started = Keeper.start(begun);
    if (!started.ok) return Promise.resolve(started);
    const { figures } = started.value;
    return Promise.resolve(done({ told: {}, figures, stop: () => started.value.stop() }));
  },
});
