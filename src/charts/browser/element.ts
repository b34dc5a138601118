/** Makes an element. Texts become text nodes, so that nothing measured is ever read as HTML. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Partial<
    Pick<
      HTMLElementTagNameMap[K],
      Extract<"className" | "id" | "title" | "type" | "value", keyof HTMLElementTagNameMap[K]>
    >
  > = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  Object.assign(made, properties);
  made.append(...children);
  return made;
}
