import { XMLParser } from 'fast-xml-parser';

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';
const DEPTH_MAX = 8;

/** A name with its text or its children. */
export type XmlElement = readonly [name: string, content: string | number | readonly XmlElement[]];

/** A whole document; the root carries S3's namespace, except where the root is an error, as S3 has it. */
export function writeXml(root: XmlElement): string {
  const [name, content] = root;
  const namespace = name === 'Error' ? '' : ` xmlns="${NAMESPACE}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${name}${namespace}>${inner(content)}</${name}>`;
}

function inner(content: XmlElement[1]): string {
  if (typeof content === 'number') return String(content);
  if (typeof content === 'string') return escape(content);
  return content.map(([name, below]) => `<${name}>${inner(below)}</${name}>`).join('');
}

/**
 * Characters that XML 1.0 has no way to write go out as references, as from Amazon: most parsers read them, strict ones refuse the
 * document. A client with such keys asks for `encoding-type=url`.
 */
function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll(/[\p{Cc}\uFFFE\uFFFF]/gu, (character) => `&#x${(character.codePointAt(0) ?? 0).toString(16)};`);
}

/** An element that was read: its own text, references resolved, and the elements in it. */
export interface ReadElement {
  readonly name: string;
  readonly text: string;
  readonly children: readonly ReadElement[];
}

const parser = new XMLParser({
  preserveOrder: true,
  parseTagValue: false,
  trimValues: false,
  processEntities: false,
  ignoreAttributes: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  removeNSPrefix: true,
  maxNestedTags: DEPTH_MAX,
});

/**
 * The root of a small document, or undefined for anything that is not well-formed XML with one root. Document types, CDATA and comments are
 * refused: no client sends them, and a document type could define entities without end.
 */
export function readXml(text: string): ReadElement | undefined {
  if (text.includes('<!')) return undefined;
  try {
    const roots = elementsOf(parser.parse(text, true) as unknown);
    return roots.length === 1 ? roots[0] : undefined;
  } catch {
    return undefined;
  }
}

/** The children of that name, in order. */
export function childrenOf(element: ReadElement, name: string): readonly ReadElement[] {
  return element.children.filter((child) => child.name === name);
}

/** The text of the one child of that name; undefined when it is not there, or there more than once. */
export function textOf(element: ReadElement, name: string): string | undefined {
  const [child, ...others] = childrenOf(element, name);
  return others.length === 0 ? child?.text : undefined;
}

function elementsOf(nodes: unknown): ReadElement[] {
  if (!Array.isArray(nodes)) return [];
  return nodes.flatMap((node: unknown) => {
    const entry = Object.entries(node as object).find(([name]) => name !== ':@' && name !== '#text');
    if (entry === undefined) return [];
    const [name, below] = entry as [string, unknown];
    return [{ name, text: textIn(below), children: elementsOf(below) }];
  });
}

function textIn(nodes: unknown): string {
  if (!Array.isArray(nodes)) return '';
  return nodes
    .map((node: unknown) => {
      const text = (node as { readonly '#text'?: unknown })['#text'];
      return typeof text === 'string' ? resolveReferences(text) : '';
    })
    .join('');
}

const PREDEFINED: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

/** Throws for an entity that only a document type could define. */
function resolveReferences(text: string): string {
  return text.replaceAll(/&([^;&]*);?/g, (whole, name: string) => {
    const predefined = PREDEFINED.get(name);
    const digits = /^#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}))$/.exec(name);
    if (!whole.endsWith(';') || (predefined === undefined && digits === null)) throw new Error('an unknown entity');
    if (predefined !== undefined) return predefined;
    return String.fromCodePoint(digits?.[1] === undefined ? Number(digits?.[2]) : Number.parseInt(digits[1], 16));
  });
}
