/** An element of a document that a store answers: its own text, and the elements in it. */
export interface XmlElement {
  readonly name: string;
  readonly text: string;
  readonly children: readonly XmlElement[];
}

/** The root of a document; undefined for a text that is none. */
export type ReadXml = (text: string) => XmlElement | undefined;

/** The browser's own reader. */
export const readXmlHere: ReadXml = (text) => {
  const root = new DOMParser().parseFromString(text, 'application/xml').documentElement;
  // A text that is no document comes back as one that says so.
  return root.getElementsByTagName('parsererror').length > 0 || root.localName === 'parsererror'
    ? undefined
    : elementOf(root);
};

function elementOf(element: Element): XmlElement {
  const children = Array.from(element.children, elementOf);
  return { name: element.localName, text: children.length > 0 ? '' : (element.textContent ?? ''), children };
}

export function childrenOf({ children }: XmlElement, name: string): XmlElement[] {
  return children.filter((child) => child.name === name);
}

/** Text of the first element of this name; undefined where there is none. */
export function textOf({ children }: XmlElement, name: string): string | undefined {
  return children.find((child) => child.name === name)?.text;
}
