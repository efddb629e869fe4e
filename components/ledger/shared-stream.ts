/** What `/api/events` says: a height, and the ids that changed as far as the session may read them (`agreement:12`). */
export interface LiveMessage {
  height: number;
  changed: string[];
  /** The first message of a stream: which version of the portal speaks. */
  version?: string;
}

/** `isFirst`: what happened between the page's rendering, or its falling asleep, and now is in no message. */
export type Deliver = (message: LiveMessage, isFirst: boolean) => void;

/** What a browser gives; without the last two, which a page over plain http has not, each tab in sight opens a stream of its own. */
export interface StreamBrowser {
  open: () => Pick<EventSource, 'readyState' | 'close' | 'onopen' | 'onmessage' | 'onerror'>;
  isVisible: () => boolean;
  /** Calls back when a tab comes into sight or leaves it; answers how to stop. */
  watch: (changed: () => void) => () => void;
  locks: Pick<LockManager, 'request'> | undefined;
  channel: (() => Pick<BroadcastChannel, 'postMessage' | 'close' | 'onmessage'>) | undefined;
}

const CLOSED = 2;
const REOPEN_MS = 10_000;

/** A line that is no message says nothing; the next one will. */
function parseMessage(data: string): LiveMessage | undefined {
  try {
    const message = JSON.parse(data) as LiveMessage;
    return Array.isArray(message.changed) ? message : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps a stream open until it is told to stop: a lost connection comes back by itself, a refused one is asked again later. */
function keepOpen(browser: StreamBrowser, deliver: Deliver): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let close = (): void => undefined;
  const open = (): void => {
    let isFirst = true;
    const source = browser.open();
    close = () => source.close();
    source.onopen = () => {
      isFirst = true;
    };
    source.onmessage = (event: MessageEvent<string>) => {
      const message = parseMessage(event.data);
      if (message) deliver(message, isFirst);
      isFirst &&= message === undefined;
    };
    source.onerror = () => {
      if (source.readyState === CLOSED) timer = setTimeout(open, REOPEN_MS);
    };
  };
  open();
  return () => {
    clearTimeout(timer);
    close();
  };
}

type Told = { ask: true } | { message: LiveMessage; isFirst: boolean };

/** While the tab is in sight: holds the one lock and the stream, or hears the tab that does. Answers how to fall asleep. */
function awake(browser: StreamBrowser, name: string, deliver: Deliver): () => void {
  let isBehind = true;
  const hear: Deliver = (message, isFirst) => {
    deliver(message, isFirst || isBehind);
    isBehind = false;
  };
  const { locks, channel: openChannel } = browser;
  if (!locks || !openChannel) return keepOpen(browser, hear);

  const channel = openChannel();
  const ended = new AbortController();
  let last: LiveMessage | undefined;
  let isLeader = false;
  const tell = (told: Told): void => channel.postMessage(told);
  channel.onmessage = ({ data }: MessageEvent<Told>) => {
    if (!('ask' in data)) hear(data.message, data.isFirst);
    else if (isLeader && last) tell({ message: { ...last, changed: [] }, isFirst: true });
  };
  const lead = (): Promise<void> =>
    new Promise((release) => {
      if (ended.signal.aborted) return release();
      isLeader = true;
      const stop = keepOpen(browser, (message, isFirst) => {
        last = { ...last, ...message };
        tell({ message, isFirst });
        hear(message, isFirst);
      });
      ended.signal.addEventListener('abort', () => (stop(), release()), { once: true });
    });
  locks.request(name, { signal: ended.signal }, lead).catch(() => undefined);
  tell({ ask: true });
  return () => {
    ended.abort();
    channel.close();
  };
}

/**
 * One event stream for all tabs of a browser that show the same person's pages, since a browser opens six connections to a portal and
 * no more: the tab that holds the lock reads it and tells the others. A tab out of sight holds nothing and hears nothing; when it comes
 * back, the first message says that it may be behind.
 */
export function shareStream(browser: StreamBrowser, name: string, deliver: Deliver): () => void {
  let sleep: (() => void) | undefined;
  const follow = (): void => {
    if (browser.isVisible()) sleep ??= awake(browser, name, deliver);
    else {
      sleep?.();
      sleep = undefined;
    }
  };
  const ignore = browser.watch(follow);
  follow();
  return () => {
    ignore();
    sleep?.();
  };
}

/** The browser that this runs in. */
export function thisBrowser(path: string, name: string): StreamBrowser {
  return {
    open: () => new EventSource(path),
    isVisible: () => document.visibilityState === 'visible',
    watch: (changed) => {
      document.addEventListener('visibilitychange', changed);
      return () => document.removeEventListener('visibilitychange', changed);
    },
    locks: (navigator as Partial<Navigator>).locks,
    channel: 'BroadcastChannel' in window ? () => new BroadcastChannel(name) : undefined,
  };
}
