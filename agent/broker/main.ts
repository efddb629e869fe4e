import { done } from '#agent/outcome.ts';
import { runProgram } from '#agent/program.ts';
import { Broker } from './broker.ts';
import { loadBrokerConfig } from './config.ts';

await runProgram({
  name: 'broker',
  usage: 'Usage: npm run broker -- --config <file>. The file is described in agent/broker/README.md.',
  load: loadBrokerConfig,
  start: async (begun) => {
    const started = await Broker.start(begun);
    if (!started.ok) return started;
    const { broker, port } = started.value;
    return done({ told: { port }, figures: broker.figures, stop: () => broker.stop() });
  },
});
