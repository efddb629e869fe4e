// The real gateway with one order of a relay, in the folder that its argument names, for whoever measures or kills it from outside. Says on its
// first line how it is reached, and runs until it is killed. Started again on the same folder and port, it goes on from there.
import { tokenOf } from './kind-rig.ts';
import { freePort, RelayRig } from './relay-rig.ts';

const AGREEMENT = 1;
const RATE = 10_000_000_000;

const [folder = '', wanted = '0'] = process.argv.slice(2);
const port = Number(wanted) === 0 ? await freePort() : Number(wanted);
const rig = new RelayRig({
  folder,
  port,
  windowMs: 3_600_000,
  amounts: { connections: 64, downBytesPerS: RATE, upBytesPerS: RATE, bytes: 2 ** 43, bytesIn: 2 ** 43 },
  allow: [{ range: '127.0.0.1/32', ports: '1-65535' }],
  log: (sentence) => void process.stderr.write(`${sentence}\n`),
});
await rig.start();
await rig.deliver(AGREEMENT);
process.stdout.write(
  `${JSON.stringify({ port, user: String(AGREEMENT), password: tokenOf(AGREEMENT), state: `${rig.endpoint}/v1/agreements/1` })}\n`,
);
