/** Puts the focus on a field of the form that an element stands in: for a button that is gone once it was pressed. */
export function focusField(within: Element, name: string): void {
  const field = within.closest('form')?.elements.namedItem(name);
  if (field && 'focus' in field) (field as HTMLElement).focus();
}
