import type { GatewayLink } from '#components/wallet/gateway.ts';
import { invokePath, taskBody, TES } from './computer.ts';

/** What stands in lines for what only the person or the gateway knows. */
const DIGEST = '<SHA-256 of the module>';
const TASK = '<id of the task>';

/** The calls of this page as lines for curl on Linux and macOS, in the order in which they are made. */
export function curlLines({ url, token }: GatewayLink, digest: string): string {
  const program = digest === '' ? DIGEST : digest;
  const curl = `curl --fail-with-body -sS -H 'Authorization: Bearer ${token}'`;
  const task = taskBody({ name: 'two runs', digest: program, args: ['first'], inputs: ['one', 'two'] });
  return [
    '# keep a module; the answer names its digest',
    `${curl} --data-binary @program.wasm '${url}/algorithms'`,
    '# run it once: bytes in, bytes out',
    `${curl} --data-binary @input.txt '${url}${invokePath(program, ['first', 'second'])}' -o output`,
    '# run it over many inputs: a task of GA4GH TES 1.1',
    `${curl} -H 'Content-Type: application/json' -d '${task}' '${url}${TES}/tasks'`,
    '# how far it is, and what a run wrote',
    `${curl} '${url}${TES}/tasks/${TASK}?view=FULL'`,
    `${curl} '${url}/tasks/${TASK}/outputs/0' -o output`,
  ].join('\n');
}
