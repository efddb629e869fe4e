'use client';

import { useEffect } from 'react';

/**
 * Marks the document once its scripts have taken it over: until then what is pressed or typed may go unheard, and the pointer says so
 * (globals.css).
 */
export function ReadyMark() {
  useEffect(() => {
    document.documentElement.dataset.ready = '';
  }, []);
  return null;
}
