/**
 * A message as text that the runner shows and does not obey: what programs, files and servers say may look like one of
 * its commands. https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 */
export function plainLog(text: string): string {
  return text.replace(/^(\s*):(?=:)/gm, '$1: ').replaceAll('##[', '## [')
}
