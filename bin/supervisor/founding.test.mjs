import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { tuneAgents } from './founding.mjs';

const PORTAL = 'http://localhost:3210';
let home;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'ip-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function placeAgent(name, port) {
  const folder = join(home, name);
  mkdirSync(folder);
  const gateway = { host: '127.0.0.1', port, publicOrigin: `http://localhost:${port}` };
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ portal: 'http://localhost:1', label: name, gateway }));
}

function gatewayOf({ config }) {
  return JSON.parse(readFileSync(config, 'utf8')).gateway;
}

test('each provider’s agent gets the portal of this start and a port that nobody has, not even another agent', async () => {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  for (const name of ['agent', 'agent-2', 'agent-3']) placeAgent(name, port);
  const agents = await tuneAgents({ home, portal: PORTAL });
  await new Promise((resolve) => server.close(resolve));
  expect(agents.map(({ name, label }) => [name, label])).toEqual([
    ['agent', 'The provider’s agent'],
    ['agent-2', 'Provider 2’s agent'],
    ['agent-3', 'Provider 3’s agent'],
  ]);
  const gateways = agents.map(gatewayOf);
  expect(new Set([port, ...gateways.map((gateway) => gateway.port)]).size).toBe(4);
  for (const gateway of gateways) expect(gateway.publicOrigin).toBe(`http://localhost:${gateway.port}`);
  for (const { config } of agents) expect(JSON.parse(readFileSync(config, 'utf8')).portal).toBe(PORTAL);
  // The next start finds their ports free, and leaves them as they are published.
  expect((await tuneAgents({ home, portal: PORTAL })).map(gatewayOf)).toEqual(gateways);
});

test('two agents that were given one port at different times are parted', async () => {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  for (const name of ['agent', 'agent-2']) placeAgent(name, port);
  const [first, second] = (await tuneAgents({ home, portal: PORTAL })).map(gatewayOf);
  expect(first.port).toBe(port);
  expect(second.port).not.toBe(port);
});

test('AGENT_PORTS gives the agents ports one after the other, and is refused where it names none', async () => {
  for (const name of ['agent', 'agent-3']) placeAgent(name, 4100);
  vi.stubEnv('AGENT_PORTS', '9310');
  expect((await tuneAgents({ home, portal: PORTAL })).map((agent) => gatewayOf(agent).port)).toEqual([9310, 9312]);
  vi.stubEnv('AGENT_PORTS', '70000');
  await expect(tuneAgents({ home, portal: PORTAL })).rejects.toThrow(/AGENT_PORTS is “70000”/);
  vi.unstubAllEnvs();
});

test('a relay gets a port of its own, and its probe follows the portal unless its target is elsewhere', async () => {
  placeAgent('agent', 4100);
  const path = join(home, 'agent', 'config.json');
  const config = JSON.parse(readFileSync(path, 'utf8'));
  const listen = { host: '127.0.0.1', port: 4100 };
  const probes = [`${config.portal}/social.png`, 'https://probe.example/file'];
  const relays = probes.map((url) => ({ probe: { url } }));
  writeFileSync(path, JSON.stringify({ ...config, connection: { listen, publicAddress: '127.0.0.1:4100', relays } }));
  vi.stubEnv('AGENT_PORTS', '9310');
  await tuneAgents({ home, portal: PORTAL });
  vi.unstubAllEnvs();
  const { connection, gateway } = JSON.parse(readFileSync(path, 'utf8'));
  expect(gateway.port).toBe(9310);
  expect(connection.listen.port).not.toBe(gateway.port);
  expect(connection.publicAddress).toBe(`127.0.0.1:${connection.listen.port}`);
  expect(connection.relays.map(({ probe }) => probe.url)).toEqual([`${PORTAL}/social.png`, probes[1]]);
});

test('an agent’s config that is missing or damaged is named', async () => {
  await expect(tuneAgents({ home, portal: PORTAL })).rejects.toThrow(/agent\/config\.json is missing or damaged/);
  placeAgent('agent', 4100);
  mkdirSync(join(home, 'agent-3'));
  await expect(tuneAgents({ home, portal: PORTAL })).rejects.toThrow(/agent-3\/config\.json is missing or damaged/);
});
