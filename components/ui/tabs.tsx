'use client';

import { Tabs as HeroTabs } from '@heroui/react';
import { useEffect, useState, type ReactNode } from 'react';

export interface TabItem {
  id: string;
  title: string;
  content: ReactNode;
}

/** Parts of one thing. The open part stands in the address's fragment, so that a link to it can be shared. */
export function Tabs({ label, items }: { label: string; items: readonly TabItem[] }) {
  const [selected, setSelected] = useState(items[0]?.id ?? '');
  useEffect(() => {
    const fragment = window.location.hash.slice(1);
    if (items.some((item) => item.id === fragment)) setSelected(fragment);
  }, [items]);
  function select(id: string) {
    setSelected(id);
    window.history.replaceState(window.history.state, '', `#${id}`);
  }
  return (
    <HeroTabs variant="secondary" selectedKey={selected} onSelectionChange={(key) => select(String(key))}>
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
        <HeroTabs.Panel key={item.id} id={item.id} className="pt-4">
          {item.content}
        </HeroTabs.Panel>
      ))}
    </HeroTabs>
  );
}
