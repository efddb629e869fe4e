'use client';

import { Input, Modal } from '@heroui/react';
import { Search } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { Foreign } from './foreign.tsx';
import { checkVersion } from './portal-version.ts';

export interface Hit {
  kind: string;
  label: string;
  href: string;
}

const PAUSE_MS = 180;

/** Finds an order, resource, transaction, account or block from anywhere: ⌘K or Ctrl K. */
export function SearchDialog({ find }: { find: (text: string) => Promise<Hit[]> }) {
  const [isOpen, setIsOpen] = useState(false);
  useEffect(() => {
    const open = (event: globalThis.KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.metaKey || event.ctrlKey)) return;
      event.preventDefault();
      setIsOpen(true);
    };
    window.addEventListener('keydown', open);
    return () => window.removeEventListener('keydown', open);
  }, []);
  return (
    <>
      <button
        type="button"
        aria-label="Search"
        aria-keyshortcuts="Meta+K Control+K"
        onClick={() => setIsOpen(true)}
        className="flex h-8 cursor-pointer items-center gap-2 rounded-md px-2 text-sm text-muted hover:text-foreground sm:border sm:border-border sm:bg-surface"
      >
        <Search className="size-4" aria-hidden />
        <span className="hidden xl:inline">Order, transaction, address…</span>
        <kbd className="hidden font-mono text-xs sm:inline">⌘K</kbd>
      </button>
      <Modal.Backdrop isOpen={isOpen} onOpenChange={setIsOpen}>
        <Modal.Container placement="top" size="md">
          <Modal.Dialog aria-label="Search">
            <SearchPanel find={find} onDone={() => setIsOpen(false)} />
          </Modal.Dialog>
        </Modal.Container>
      </Modal.Backdrop>
    </>
  );
}

interface Answer {
  text: string;
  hits: Hit[];
  hasFailed: boolean;
}

interface Found {
  answer: Answer;
  /** The answer is to fewer letters than stand there now. */
  isWaiting: boolean;
}

/** What is found for a text, asked for after a short pause in the typing. */
function useFound(wanted: string, find: (text: string) => Promise<Hit[]>): Found {
  const [answer, setAnswer] = useState<Answer>({ text: '', hits: [], hasFailed: false });
  useEffect(() => {
    if (!wanted) return undefined;
    let isCurrent = true;
    const timer = setTimeout(() => {
      find(wanted)
        .then((hits) => (isCurrent ? setAnswer({ text: wanted, hits, hasFailed: false }) : undefined))
        .catch(() => {
          void checkVersion();
          if (isCurrent) setAnswer({ text: wanted, hits: [], hasFailed: true });
        });
    }, PAUSE_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [wanted, find]);
  return { answer, isWaiting: wanted !== '' && answer.text !== wanted };
}

function SearchPanel({ find, onDone }: { find: (text: string) => Promise<Hit[]>; onDone: () => void }) {
  const [text, setText] = useState('');
  const list = useRef<HTMLUListElement>(null);
  const router = useRouter();
  const wanted = text.trim();
  const { answer, isWaiting } = useFound(wanted, find);
  const hits = wanted ? answer.hits : [];

  function go(href: string) {
    onDone();
    router.push(href);
  }
  function move(event: KeyboardEvent<HTMLElement>) {
    const buttons = [...(list.current?.querySelectorAll('button') ?? [])];
    const index = buttons.indexOf(document.activeElement as HTMLButtonElement);
    if (event.key === 'ArrowDown') buttons[Math.min(index + 1, buttons.length - 1)]?.focus();
    else if (event.key === 'ArrowUp' && index > 0) buttons[index - 1]?.focus();
    else if (event.key === 'Enter' && index < 0) void openFirst();
    else return;
    event.preventDefault();
  }
  /** What is found for the text as it stands now: the list may still be that of fewer letters. */
  async function openFirst() {
    const found = isWaiting ? await find(wanted).catch(() => []) : hits;
    if (found[0]) go(found[0].href);
  }

  return (
    <div className="flex flex-col gap-3" onKeyDown={move}>
      <Input
        autoFocus
        aria-label="Search for an order, resource, transaction, account or block"
        placeholder="Words, a provider, R-1, A-1, an order, a block, a transaction or an address"
        value={text}
        maxLength={120}
        onChange={(event) => setText(event.target.value)}
        fullWidth
      />
      <p role="status" className="text-xs text-muted">
        {sentenceOf({ wanted, isWaiting, answer })}
      </p>
      <ul ref={list} className="flex max-h-80 flex-col overflow-y-auto [--focus-offset:-2px]">
        {hits.map((hit) => (
          <li key={hit.href}>
            <button
              type="button"
              onClick={() => go(hit.href)}
              className="flex w-full cursor-pointer items-baseline justify-between gap-3 rounded-md px-2 py-1.5 text-start hover:bg-default focus:bg-default"
            >
              <span className="min-w-0 break-words">
                <Foreign text={hit.label} />
              </span>
              <span className="shrink-0 text-xs text-muted">{hit.kind}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

function sentenceOf({ wanted, isWaiting, answer }: { wanted: string; isWaiting: boolean; answer: Answer }): string {
  if (!wanted) return 'Type a word, a name or an id; arrow keys choose, Enter opens.';
  if (isWaiting) return 'Searching…';
  if (answer.hasFailed) return 'The search did not answer: try again.';
  return answer.hits.length === 0 ? 'Nothing that you may see matches.' : `${answer.hits.length} found.`;
}
