import { Agent } from './agent.ts';
import { loadConfig } from './config.ts';
import { done } from './outcome.ts';
import { runProgram } from './program.ts';

await runProgram({
  name: 'agent',
  usage: 'Usage: npm run agent -- --config <file>. The file is described in agent/README.md.',
  load: loadConfig,
  start: async (begun) => {
    const started = await Agent.start(begun);
    if (!started.ok) return started;
    const { publicOrigin: origin } = begun.config.gateway;
    const { figures } = started.value;
    return done({ told: { origin }, figures, stop: () => started.value.stop() });
  },
});
