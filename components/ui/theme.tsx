'use client';

import { Moon, Sun } from 'lucide-react';
import { useEffect, useState } from 'react';

const STORED = 'interpool-theme';

type Theme = 'light' | 'dark';

function chosen(): Theme | undefined {
  try {
    const stored = localStorage.getItem(STORED);
    return stored === 'light' || stored === 'dark' ? stored : undefined;
  } catch {
    return undefined;
  }
}

function apply(theme: Theme): void {
  document.documentElement.setAttribute('data-theme', theme);
}

/** Light or dark: the device's preference until someone chooses, then their choice. */
export function ThemeToggle() {
  const [theme, setTheme] = useState<Theme>();
  useEffect(() => {
    const prefersDark = window.matchMedia('(prefers-color-scheme: dark)');
    const update = () => {
      const next = chosen() ?? (prefersDark.matches ? 'dark' : 'light');
      apply(next);
      setTheme(next);
    };
    update();
    prefersDark.addEventListener('change', update);
    return () => prefersDark.removeEventListener('change', update);
  }, []);

  function toggle() {
    const next = theme === 'dark' ? 'light' : 'dark';
    try {
      localStorage.setItem(STORED, next);
    } catch {
      // Without storage the choice lasts for this page.
    }
    apply(next);
    setTheme(next);
  }

  const Icon = theme === 'dark' ? Sun : Moon;
  return (
    <button
      type="button"
      onClick={toggle}
      aria-label={theme === 'dark' ? 'Use the light theme' : 'Use the dark theme'}
      className="flex size-8 cursor-pointer items-center justify-center rounded-md text-muted hover:bg-default hover:text-foreground"
    >
      <Icon className="size-4" aria-hidden />
    </button>
  );
}
