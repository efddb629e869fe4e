/** Markdown as the generated pages use it. */

/** A cell stands on one line, and a bar would end it. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

function row(cells: readonly string[]): string {
  return `| ${cells.map(cell).join(' | ')} |`;
}

/** A table; nothing for no rows. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  return [row(head), row(head.map(() => '---')), ...rows.map(row), ''];
}

export function code(text: string): string {
  return `\`${text}\``;
}

/** 'a', 'a and b', 'a, b and c'. */
export function listed(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

const GROUP = /\B(?=(\d{3})+$)/g;

/** Whole numbers with a comma between thousands. */
export function figure(value: bigint): string {
  return value.toString().replaceAll(GROUP, ',');
}

/** Said at the top of every page that is made. */
export const MADE_FROM =
  '*Made from the contracts’ definitions (`ledger/contracts/*/definition.ts`) by `npm run generate:docs`; not to be edited here.*';
