import * as prettier from 'prettier'

export interface MarkdownNode {
  type: string
  value?: string
  children?: MarkdownNode[]
}

/** What a parser of Markdown (Prettier's, with GitHub's extensions) makes of `text`. */
export async function parseMarkdown(text: string): Promise<MarkdownNode> {
  const { __debug } = prettier as unknown as {
    __debug: { parse(text: string, options: { parser: 'markdown' }): Promise<{ ast: MarkdownNode }> }
  }
  return (await __debug.parse(text, { parser: 'markdown' })).ast
}
