import { expect, test } from 'vitest';
import { Figures } from '#metrics/figures.ts';
import { tellFigures } from '#metrics/listener.ts';
import { cpuPermilleOf, readingOf, readPortal } from './portal-figures.ts';

const TEXT = `# HELP interpool_portal_info Always 1
# TYPE interpool_portal_info gauge
interpool_portal_info{version="1.4.0"} 1
interpool_portal_height 812
interpool_portal_blocks_behind 2
process_cpu_seconds_total 12.5
process_resident_memory_bytes 314572800
process_start_time_seconds 1700000000
nodejs_eventloop_lag_p99_seconds 0.0125
`;

test('what a portal tells Prometheus is read as its own figures, in the units of a heartbeat [7.2.3-b]', () => {
  expect(readingOf(TEXT, 1_000)).toEqual({
    version: '1.4.0',
    height: 812,
    lag: 2,
    cpuSeconds: 12.5,
    memoryMib: 300,
    loopDelayMs: 2.5,
    startedAtSeconds: 1_700_000_000,
    atMs: 1_000,
  });
});

test('what it does not tell, or tells as no figure, is absent and never 0', () => {
  const text = 'interpool_portal_height NaN\nprocess_cpu_seconds_total -3\ninterpool_portal_info{version="a b"} 1\n';
  expect(readingOf(text, 0)).toMatchObject({
    version: undefined,
    height: undefined,
    lag: undefined,
    cpuSeconds: undefined,
    memoryMib: undefined,
    loopDelayMs: undefined,
  });
});

test('processor time is of one process between two looks: after a restart it is nobody’s', () => {
  const before = readingOf(TEXT, 0);
  const later = { ...before, cpuSeconds: 13.5, atMs: 10_000 };
  expect(cpuPermilleOf(before, later)).toBe(100);
  expect(cpuPermilleOf(undefined, later)).toBeUndefined();
  expect(cpuPermilleOf(before, { ...later, cpuSeconds: 0.5, startedAtSeconds: 1_700_000_900 })).toBeUndefined();
  expect(cpuPermilleOf(before, { ...later, cpuSeconds: undefined })).toBeUndefined();
});

test('a process that is no portal, and one that is gone, are not spoken for', async () => {
  const figures = new Figures();
  const listener = await tellFigures(figures, { host: '127.0.0.1', port: 0 });
  await expect(readPortal(listener.url, 0)).rejects.toThrow('what answers there is no portal');
  figures.gauge({ name: 'interpool_portal_height', help: 'Height.' }, () => [{ value: 7 }]);
  const reading = await readPortal(listener.url, 5);
  expect(reading.height).toBe(7);
  expect(reading.memoryMib).toBeGreaterThan(1);
  await listener.close();
  await expect(readPortal(listener.url, 0)).rejects.toThrow('so no heartbeat is sent');
});
