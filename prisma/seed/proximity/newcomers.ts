import { join } from 'node:path';
import { readPeople, withKey, type SamplePerson } from '#prisma/seed/sample-people.ts';

/** Two people who share the line of a device, and two who use one; nobody of them lives. They come to the network by themselves, so genesis knows none. */
const NEWCOMERS = [
  { id: 'service-node-1', name: 'Wren at the lake', role: 'service node', roles: ['NRP'] },
  { id: 'service-node-2', name: 'Alder on the hill', role: 'service node', roles: ['NRP'] },
  { id: 'user-node-1', name: 'Juno on the road', role: 'user node', roles: [] },
  { id: 'user-node-2', name: 'Marek at the station', role: 'user node', roles: [] },
] as const;

export function newcomersFile(home: string): string {
  return join(home, 'proximity-people.json');
}

/** With fresh random keys. `roles`: what they ask for; their tokens are what every new account is given. */
export function makeNewcomers(): SamplePerson[] {
  return NEWCOMERS.map(({ roles, ...person }) => withKey({ ...person, roles: [...roles], balanceMicro: '0' }));
}

/** Throws a sentence when the file is missing or damaged. */
export function loadNewcomers(home: string): SamplePerson[] {
  return readPeople(newcomersFile(home));
}
