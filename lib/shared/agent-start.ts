/** Folder, below the project's, that the commands and the configuration below speak of. */
const FOLDER = 'my-agent';

/** What a provider types to start an agent of its own, in the project's folder on the machine that has what it shares. */
export const AGENT_COMMANDS = [`mkdir -p ${FOLDER}/data`, `npm run agent -- --config ${FOLDER}/config.json`] as const;

/** A configuration that starts an agent with one CSV file, one computer, one store and one relay, as JSON: its owner puts others and addresses in, or takes a part out. */
export function agentConfigText({ portal, label }: { portal: string; label: string }): string {
  const config = {
    portal,
    label,
    gateway: { host: '127.0.0.1', port: 4100, publicOrigin: 'http://localhost:4100' },
    home: 'state',
    anchor: 'anchor.json',
    data: {
      folders: ['data'],
      sources: [{ id: 'my-data', title: 'My data', format: 'csv', path: 'data/my-data.csv' }],
    },
    computing: {
      computers: [
        {
          id: 'my-computer',
          title: 'My computer',
          slots: 2,
          memoryMiB: 1024,
          region: 'My region',
          zone: 'My zone',
          place: '52.5,13.4',
        },
      ],
    },
    storage: {
      stores: [{ id: 'my-store', title: 'My store', folder: 'store', bytes: 10_000_000_000 }],
    },
    connection: {
      listen: { host: '127.0.0.1', port: 1080 },
      publicAddress: '127.0.0.1:1080',
      relays: [
        {
          id: 'my-line',
          title: 'My line',
          connections: 256,
          downBytesPerS: 10_000_000,
          upBytesPerS: 10_000_000,
          ports: '80,443',
          region: 'My region',
          probe: { url: 'https://example.org/' },
        },
      ],
    },
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}
