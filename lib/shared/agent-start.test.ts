import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { AGENT_COMMANDS, agentConfigText } from './agent-start.ts';

const root = path.resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(path.join(tmpdir(), 'ip-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the agent takes the configuration and the command that the page gives to copy, and asks for the anchor next', () => {
  const home = path.join(folder, 'my-agent');
  mkdirSync(path.join(home, 'data'), { recursive: true });
  writeFileSync(path.join(home, 'data/my-data.csv'), 'day,rain\n2026-01-01,3\n');
  writeFileSync(
    path.join(home, 'config.json'),
    agentConfigText({ portal: 'http://localhost:3000', label: 'A “site”' }),
  );
  const command = AGENT_COMMANDS[1].replace('my-agent', home);
  const { status, stderr } = spawnSync('sh', ['-c', command], { cwd: root, encoding: 'utf8' });
  expect(status).toBe(1);
  expect(stderr).toMatch(/agent: The anchor file \S+my-agent\/anchor\.json cannot be read/);
});
