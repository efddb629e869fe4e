import path from 'node:path';
import { parseArgs } from 'node:util';
import { CONTROL_KINDS } from '#ledger/core/committed.ts';
import { LedgerClient, LedgerUnavailable } from '#ledger/client/ledger-client.ts';

const USAGE =
  'usage: npm run control -- (--home H | --socket PATH) (status | stop-validator I | start-validator I | rebuild-validator I)';
const VALIDATOR_INDEX = /^\d{1,3}$/;

/** Asks the ledger process on this machine for its state, or to stop, start or rebuild one of its validators. Own user only: the socket is 0600. */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { home: { type: 'string' }, socket: { type: 'string' } },
    allowPositionals: true,
  });
  const [command, index] = positionals;
  const kind = CONTROL_KINDS.find((known) => known === command);
  if (
    (!values.home && !values.socket) ||
    (kind === undefined && command !== 'status') ||
    (kind !== undefined && !VALIDATOR_INDEX.test(index ?? ''))
  ) {
    console.error(USAGE);
    return 2;
  }
  const client = await LedgerClient.connect(
    values.socket ? path.resolve(values.socket) : path.resolve(values.home ?? '', 'ledger.sock'),
  );
  try {
    if (kind !== undefined) {
      const answer = await client.control({ kind, index: Number(index) });
      console.log(answer.sentence);
      return answer.ok ? 0 : 1;
    }
    const { height, validators } = await client.status();
    const plain = (_key: string, value: unknown): unknown => {
      if (typeof value === 'bigint') return value.toString();
      return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value;
    };
    console.log(JSON.stringify({ height, validators }, plain));
    return 0;
  } finally {
    await client.close();
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  const isExpected = error instanceof LedgerUnavailable || (error instanceof TypeError && 'code' in error);
  console.error(isExpected ? error.message : error);
  process.exitCode = 1;
}
