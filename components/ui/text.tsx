type Piece = string | number | bigint;

export interface TextProps {
  children: Piece | readonly Piece[];
}

/**
 * Words and values as one string in an element of its own. A page translator replaces text nodes: React finds this element again and
 * writes the whole of it, where a bare text would break the page or keep its old words.
 */
export function Text({ children }: TextProps) {
  return <span>{Array.isArray(children) ? children.join('') : children}</span>;
}
