import { expect, test, vi } from 'vitest';
import { shareStream, type LiveMessage, type StreamBrowser } from './shared-stream.ts';

class Source {
  readyState = 1;
  onopen: (() => void) | null = null;
  onmessage: ((event: MessageEvent<string>) => void) | null = null;
  onerror: (() => void) | null = null;
  close(): void {
    this.readyState = 2;
  }
  say(message: LiveMessage): void {
    this.onmessage?.({ data: JSON.stringify(message) } as MessageEvent<string>);
  }
}

/** One browser with its tabs: one lock for them all, one channel, and every stream that they open. */
function browserWith(options: { isShared: boolean }) {
  const sources: Source[] = [];
  const channels = new Set<{ onmessage: ((event: MessageEvent) => void) | null }>();
  let held: Promise<unknown> = Promise.resolve();
  const request = (_name: string, { signal }: LockOptions, work: () => Promise<unknown>): Promise<unknown> => {
    const turn = held.then(() => (signal?.aborted === true ? undefined : work()));
    held = turn.catch(() => undefined);
    return turn;
  };
  const openChannel = () => {
    const channel = {
      onmessage: null as ((event: MessageEvent) => void) | null,
      postMessage: (data: unknown) => {
        for (const other of channels) if (other !== channel) other.onmessage?.({ data } as MessageEvent);
      },
      close: () => channels.delete(channel),
    };
    channels.add(channel);
    return channel;
  };
  const tab = () => {
    let isVisible = true;
    let changed = (): void => undefined;
    const heard: Array<[height: number, isFirst: boolean]> = [];
    const browser = {
      open: () => {
        const source = new Source();
        sources.push(source);
        return source;
      },
      isVisible: () => isVisible,
      watch: (callback: () => void) => {
        changed = callback;
        return () => undefined;
      },
      locks: options.isShared ? { request } : undefined,
      channel: options.isShared ? openChannel : undefined,
    } as unknown as StreamBrowser;
    const close = shareStream(browser, 'live', ({ height }, isFirst) => heard.push([height, isFirst]));
    const show = async (shown: boolean) => {
      isVisible = shown;
      changed();
      await vi.waitFor(() => undefined);
    };
    return { heard, close, show };
  };
  const open = () => sources.filter(({ readyState }) => readyState !== 2);
  return { tab, open };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('any number of tabs in sight hold one stream, and each hears what it says', async () => {
  const { tab, open } = browserWith({ isShared: true });
  const tabs = Array.from({ length: 8 }, tab);
  await settled();
  expect(open()).toHaveLength(1);
  open()[0]?.say({ height: 5, changed: [] });
  open()[0]?.say({ height: 6, changed: ['agreement:1'] });
  for (const { heard } of tabs) {
    expect(heard).toEqual([
      [5, true],
      [6, false],
    ]);
  }
});

test('when the tab that reads the stream is closed or leaves sight, another goes on; when none is in sight, none is open', async () => {
  const { tab, open } = browserWith({ isShared: true });
  const [first, second, third] = [tab(), tab(), tab()];
  await settled();
  open()[0]?.say({ height: 5, changed: [] });
  first.close();
  await settled();
  expect(open()).toHaveLength(1);
  open()[0]?.say({ height: 7, changed: [] });
  expect(third.heard.at(-1)).toEqual([7, true]);
  await second.show(false);
  await settled();
  expect(open()).toHaveLength(1);
  await third.show(false);
  await settled();
  expect(open()).toHaveLength(0);
});

test('a tab that comes into sight again is told at once where the ledger is, and that it may be behind', async () => {
  const { tab, open } = browserWith({ isShared: true });
  const [first, second] = [tab(), tab()];
  await settled();
  open()[0]?.say({ height: 5, changed: [] });
  await second.show(false);
  open()[0]?.say({ height: 6, changed: ['account:1'] });
  expect(second.heard).toEqual([[5, true]]);
  await second.show(true);
  await settled();
  expect(second.heard.at(-1)).toEqual([6, true]);
  expect(open()).toHaveLength(1);
  first.close();
  second.close();
});

test('a browser without locks opens a stream for each tab in sight and none for the others', async () => {
  const { tab, open } = browserWith({ isShared: false });
  const [first] = [tab(), tab()];
  await settled();
  expect(open()).toHaveLength(2);
  await first.show(false);
  expect(open()).toHaveLength(1);
});

test('a stream that is refused is asked for again later, and not after its tab has closed', () => {
  vi.useFakeTimers();
  const { tab, open } = browserWith({ isShared: false });
  const only = tab();
  const refuse = () => {
    const [source] = open();
    source?.close();
    source?.onerror?.();
  };
  refuse();
  expect(open()).toHaveLength(0);
  vi.advanceTimersByTime(60_000);
  expect(open()).toHaveLength(1);
  refuse();
  only.close();
  vi.advanceTimersByTime(60_000);
  expect(open()).toHaveLength(0);
  vi.useRealTimers();
});
