import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestProject } from 'vitest/node';
import { makeTemplate, startCluster, type TestCluster } from './postgres.ts';

/** All test files together hold more connections than a server takes by default. */
const CONNECTIONS_MAX = '400';

let shared: Promise<TestCluster> | undefined;

async function startShared(): Promise<TestCluster> {
  const cluster = await startCluster({ max_connections: CONNECTIONS_MAX });
  await makeTemplate(cluster);
  return cluster;
}

/** Answers who asks with the port of the server, which starts with the first question: a run without a test of the database needs none. */
const door = createServer((_, response) => {
  shared ??= startShared();
  shared.then(
    ({ port }) => response.end(String(port)),
    (error: unknown) => response.writeHead(500).end(String(error)),
  );
});

/** Before the first test file of a run. One PostgreSQL for all of them: a server and its migrations a file took longer than what was tested. */
export async function setup({ provide }: TestProject): Promise<void> {
  door.listen(0, '127.0.0.1');
  await once(door, 'listening');
  provide('sharedPostgres', `http://127.0.0.1:${(door.address() as AddressInfo).port}`);
}

/** After the last one. */
export async function teardown(): Promise<void> {
  door.close();
  await (await shared)?.stop();
}
