import { done } from '#agent/outcome.ts';
import { runProgram } from '#agent/program.ts';
import { loadPortalKeeperConfig } from './config.ts';
import { PortalKeeper } from './portal-keeper.ts';

await runProgram({
  name: 'portal-keeper',
  usage: 'Usage: npm run portal-keeper -- --config <file>. The file is described in agent/portal-keeper/README.md.',
  load: loadPortalKeeperConfig,
  start: (begun) => {
    const started = PortalKeeper.start(begun);
    if (!started.ok) return Promise.resolve(started);
    const { figures } = started.value;
    return Promise.resolve(done({ told: {}, figures, stop: () => started.value.stop() }));
  },
});
