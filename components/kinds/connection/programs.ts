import { CURL_WRITES } from '#lib/shared/measured-line.ts';
import { relayUserOf } from '#ledger/contracts/kinds/connection.ts';

/** How an order’s relay is reached. */
export interface RelayAccess {
  /** `host:port`. */
  readonly address: string;
  readonly user: string;
  readonly password: string;
}

export interface Program {
  readonly title: string;
  /** What to know before the lines are used. */
  readonly note: string;
  lines(access: RelayAccess): string;
}

/** A page that everybody may fetch, as the examples call it. */
const EXAMPLE = 'https://example.org/';

export function accessOf({
  address,
  agreement,
  token,
}: {
  address: string;
  agreement: number;
  token: string;
}): RelayAccess {
  return { address, user: relayUserOf(agreement), password: token };
}

/** Programs that people have; double quotes mean the same in every shell, and none of these texts has a character that they leave alive. */
export const PROGRAMS: readonly Program[] = [
  {
    title: 'curl by SOCKS5',
    note: 'The name of the target goes to the relay, which looks it up.',
    lines: ({ address, user, password }) =>
      `curl --socks5-hostname "${address}" --proxy-user "${user}:${password}" ${EXAMPLE}`,
  },
  {
    title: 'curl by HTTP CONNECT',
    note: '--proxytunnel asks for a tunnel for http addresses too; for https curl does so by itself.',
    lines: ({ address, user, password }) =>
      `curl --proxytunnel --proxy "http://${address}" --proxy-user "${user}:${password}" ${EXAMPLE}`,
  },
  {
    title: 'Programs that read https_proxy',
    note: 'For one shell on Linux and macOS. The password stands in its environment until it is closed.',
    lines: ({ address, user, password }) =>
      `export https_proxy="http://${user}:${password}@${address}"\ncurl ${EXAMPLE}`,
  },
  {
    title: 'curl, to measure the line',
    note: 'Twenty tries; write the address of a large file that may be fetched so often in place of the example. Keep what it prints: the evaluation of the session reads it. A page cannot measure this by itself, because a browser goes through a relay by its own settings alone.',
    lines: ({ address, user, password }) =>
      `curl --silent --show-error --output /dev/null --http1.1 --header "Connection: close" --max-time 20 --proxytunnel --proxy "http://${address}" --proxy-user "${user}:${password}" --write-out "${CURL_WRITES}" "${EXAMPLE}?[1-20]"`,
  },
  {
    title: 'A browser’s settings',
    note: 'The browser asks for the name and the password at the first page. Pages of http are refused: browsers do not ask for a tunnel for them, and send SOCKS5 no password.',
    lines: ({ address, user, password }) => {
      const colon = address.lastIndexOf(':');
      return [
        `HTTPS proxy (HTTP CONNECT): ${address.slice(0, colon)}`,
        `Port: ${address.slice(colon + 1)}`,
        `Name: ${user}`,
        `Password: ${password}`,
      ].join('\n');
    },
  },
];
