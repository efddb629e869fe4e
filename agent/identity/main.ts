import { done } from '#agent/outcome.ts';
import { runProgram } from '#agent/program.ts';
import { loadIdentityConfig } from './config.ts';
import { Identifier } from './identifier.ts';

await runProgram({
  name: 'identity',
  usage: 'Usage: npm run identity -- --config <file>. The file is described in agent/identity/README.md.',
  load: loadIdentityConfig,
  start: (begun) => {
    const started = Identifier.start(begun);
    if (!started.ok) return Promise.resolve(started);
    const { figures } = started.value;
    return Promise.resolve(done({ told: {}, figures, stop: () => started.value.stop() }));
  },
});
