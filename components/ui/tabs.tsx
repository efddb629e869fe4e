'use client';

import { tabsVariants } from '@heroui/styles';
import {
  useId,
  useRef,
  useState,
  useSyncExternalStore,
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
} from 'react';
import { createFragment } from './fragment.ts';

export interface TabItem {
  id: string;
  title: string;
  content: ReactNode;
}

/** With a key held, a click or a key asks the browser for something else, such as a new window or the page before. */
const isModified = (event: MouseEvent | KeyboardEvent): boolean =>
  event.metaKey || event.ctrlKey || event.altKey || event.shiftKey;

/** Where a key leads from the tab at `from` of `count`; undefined for a key that means nothing to tabs. */
function destination(key: string, from: number, count: number): number | undefined {
  if (key === ' ') return from;
  if (key === 'ArrowRight') return (from + 1) % count;
  if (key === 'ArrowLeft') return (from - 1 + count) % count;
  if (key === 'Home') return 0;
  if (key === 'End') return count - 1;
  return undefined;
}

const slots = tabsVariants({ variant: 'secondary' });

/**
 * Parts of one thing, after the tabs pattern of the ARIA Authoring Practices. The open part stands in the address's fragment, so that
 * a link to it can be shared, and the tabs are links to their fragments: one that is followed before the page's scripts run opens its
 * part when they do. HeroUI's tabs give the styles alone: React Aria puts other elements in place of the server's when it takes over,
 * and a click that is under way is lost with them.
 */
export function Tabs({ label, items }: { label: string; items: readonly TabItem[] }) {
  const base = useId();
  const links = useRef(new Map<string, HTMLAnchorElement>());
  const [fragment] = useState(createFragment);
  const wanted = useSyncExternalStore(fragment.subscribe, fragment.current, () => '');
  const open = items.find(({ id }) => id === wanted) ?? items[0];

  function onClick(event: MouseEvent, id: string) {
    if (isModified(event)) return;
    event.preventDefault();
    fragment.select(id);
  }
  function onKeyDown(event: KeyboardEvent, from: number) {
    const next = isModified(event) ? undefined : items[destination(event.key, from, items.length) ?? -1];
    if (!next) return;
    event.preventDefault();
    fragment.select(next.id);
    links.current.get(next.id)?.focus();
  }

  return (
    <div data-orientation="horizontal" className={slots.base()}>
      <div className={slots.tabListContainer()}>
        <div className="overflow-x-auto">
          <div
            role="tablist"
            aria-label={label}
            data-orientation="horizontal"
            // On a narrow screen they stand in rows: one that has to be scrolled to is not known to be there.
            className={slots.tabList({ className: 'max-sm:w-full max-sm:flex-wrap' })}
          >
            {items.map(({ id, title }, at) => (
              <a
                key={id}
                ref={(link) => void (link ? links.current.set(id, link) : links.current.delete(id))}
                id={`${base}-${id}`}
                role="tab"
                href={`#${id}`}
                aria-selected={id === open?.id}
                aria-controls={id === open?.id ? `${base}-panel` : undefined}
                data-selected={id === open?.id}
                tabIndex={id === open?.id ? 0 : -1}
                className={slots.tab({ className: 'whitespace-nowrap [--focus-offset:-2px] max-sm:w-auto' })}
                onClick={(event) => onClick(event, id)}
                onKeyDown={(event) => onKeyDown(event, at)}
              >
                <span>{title}</span>
                {id === open?.id && <span className={slots.tabIndicator()} />}
              </a>
            ))}
          </div>
        </div>
      </div>
      {open && (
        // One that cannot be focused leaves a reader with a keyboard no way into a part without links.
        <div
          key={open.id}
          id={`${base}-panel`}
          role="tabpanel"
          aria-labelledby={`${base}-${open.id}`}
          tabIndex={0}
          className={slots.tabPanel({ className: 'px-0 pt-4' })}
        >
          {open.content}
        </div>
      )}
    </div>
  );
}
