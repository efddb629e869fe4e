// A rule for ESLint. A page translator takes text nodes out of a page and puts its own elements in their place. React does not know: it
// throws when it takes away such a node or puts something before it, and what it writes into one is never seen.

const SENTENCE =
  'Text beside something else stands in an element of its own, as <Text>…</Text> of components/ui/text.tsx: a page translator replaces bare text, and the page breaks or keeps the old words.';

/** The one component that makes a single string of its children. */
const JOINS_TEXT = 'Text';

const isBlank = (child) =>
  (child.type === 'JSXText' && child.value.trim() === '') ||
  (child.type === 'JSXExpressionContainer' && child.expression.type === 'JSXEmptyExpression') ||
  (child.type === 'JSXExpressionContainer' && child.expression.value === ' ');

function isHostElement(child) {
  return child.type === 'JSXElement' && /^[a-z]/.test(child.openingElement.name.name ?? '');
}

/** What the compiler knows of an expression: whether text may come of it, and whether only text may. */
function readerOf(services) {
  const checker = services.program.getTypeChecker();
  const texts = [checker.getStringType(), checker.getNumberType(), checker.getBigIntType()];
  const isText = (type) => texts.some((text) => checker.isTypeAssignableTo(type, text));
  const partsOf = (type) => (type.isUnion() ? type.types : [type]);
  const holdsText = (type, depth = 0) =>
    partsOf(type).some((part) => {
      if (isText(part)) return true;
      const item = depth < 2 ? part.getNumberIndexType() : undefined;
      return item !== undefined && holdsText(item, depth + 1);
    });
  // Of a library's component, which promises any ReactNode, nothing is known.
  const answersOf = (node) =>
    services
      .getTypeAtLocation(node)
      .getCallSignatures()
      .map((signature) => signature.getReturnType())
      .filter((type) => type.aliasSymbol?.name !== 'ReactNode');
  return {
    mayBeText: (node) => holdsText(services.getTypeAtLocation(node)),
    mayAnswerText: (node) => answersOf(node).some((type) => holdsText(type)),
  };
}

/** `fixed`: words of the source. `element`: always there. `text`: may be text. `other`: may come, go or change places. */
function kindOf(child, reader) {
  if (child.type === 'JSXText') return 'fixed';
  if (child.type === 'JSXExpressionContainer') {
    if (child.expression.type === 'Literal' && typeof child.expression.value === 'string') return 'fixed';
    return reader.mayBeText(child.expression) ? 'text' : 'other';
  }
  if (child.type === 'JSXSpreadChild') return 'text';
  if (isHostElement(child)) return 'element';
  if (child.type === 'JSXFragment') return 'other';
  return reader.mayAnswerText(child.openingElement.name) ? 'text' : 'other';
}

/** The children that a translator would make trouble of. */
function faultsOf(node, reader) {
  const children = node.children.filter((child) => !isBlank(child));
  const isFragment = node.type === 'JSXFragment';
  // A single text is written by its element as a whole, whatever became of the node.
  if (children.length < 2 && !isFragment) return [];
  const kinds = children.map((child) => kindOf(child, reader));
  const firstOther = kinds.findIndex((kind) => kind === 'other' || kind === 'text');
  return children.filter((_, at) => {
    if (kinds[at] === 'text') return true;
    return kinds[at] === 'fixed' && (isFragment || (firstOther !== -1 && firstOther < at));
  });
}

const noBareText = {
  meta: { type: 'problem', schema: [], messages: { bare: SENTENCE } },
  create(context) {
    const reader = readerOf(context.sourceCode.parserServices);
    const check = (node) => {
      const [first] = faultsOf(node, reader);
      if (first) context.report({ node: first, messageId: 'bare' });
    };
    return {
      JSXElement: (node) => {
        if (node.openingElement.name.name !== JOINS_TEXT) check(node);
      },
      JSXFragment: check,
    };
  },
};

export const interpoolRules = { rules: { 'no-bare-text': noBareText } };
