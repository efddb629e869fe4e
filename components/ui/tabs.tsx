'use client';

import { Tabs as HeroTabs } from '@heroui/react';
import { useState, useSyncExternalStore, type ReactNode } from 'react';

export interface TabItem {
  id: string;
  title: string;
  content: ReactNode;
}

function onFragment(changed: () => void): () => void {
  window.addEventListener('hashchange', changed);
  return () => window.removeEventListener('hashchange', changed);
}
const currentFragment = () => window.location.hash.slice(1);
const noFragment = () => '';

/** Parts of one thing. The open part stands in the address's fragment, so that a link to it can be shared. */
export function Tabs({ label, items }: { label: string; items: readonly TabItem[] }) {
  const fragment = useSyncExternalStore(onFragment, currentFragment, noFragment);
  const [chosen, setChosen] = useState<string>();
  const isNamed = items.some((item) => item.id === fragment);
  const selected = chosen ?? (isNamed ? fragment : items[0]?.id);
  function select(id: string) {
    setChosen(id);
    window.history.replaceState(window.history.state, '', `#${id}`);
  }
  return (
    <HeroTabs
      variant="secondary"
      {...(selected === undefined ? {} : { selectedKey: selected })}
      onSelectionChange={(key) => select(String(key))}
    >
      <HeroTabs.ListContainer>
        <HeroTabs.List aria-label={label}>
          {items.map((item) => (
            <HeroTabs.Tab key={item.id} id={item.id}>
              {item.title}
              <HeroTabs.Indicator />
            </HeroTabs.Tab>
          ))}
        </HeroTabs.List>
      </HeroTabs.ListContainer>
      {items.map((item) => (
        <HeroTabs.Panel key={item.id} id={item.id} className="px-0 pt-4">
          {item.content}
        </HeroTabs.Panel>
      ))}
    </HeroTabs>
  );
}
