// The real gateway with one order of storage, in the folder that its argument names, for whoever measures or kills it from outside. Says on
// its first line how it is reached, and runs until it is killed. Started again on the same folder, it goes on from there.
import { bucketNameOf, STORE_REGION } from '#ledger/contracts/kinds/storage.ts';
import { credentialsOf, StoreRig } from './store-rig.ts';

const AGREEMENT = 1;
const QUOTA = 10_000_000_000;

const [folder = '', port = '0'] = process.argv.slice(2);
const log = (sentence: string): void => void process.stderr.write(`${sentence}\n`);
const rig = new StoreRig({
  folder,
  roomBytes: QUOTA,
  windowMs: 3_600_000,
  amounts: { storedBytes: QUOTA },
  promise: [],
  log,
});
await rig.start(Number(port));
await rig.deliver(AGREEMENT);
const bucket = `${rig.endpoint}/${bucketNameOf(AGREEMENT)}`;
const { accessKeyId, secretAccessKey } = credentialsOf(AGREEMENT);
process.stdout.write(
  `${JSON.stringify({ bucket, region: STORE_REGION, user: `${accessKeyId}:${secretAccessKey}` })}\n`,
);
