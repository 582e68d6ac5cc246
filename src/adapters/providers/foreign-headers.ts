/**
 * OpenAI's SDK adds the headers of `OPENAI_CUSTOM_HEADERS` to every request, whoever it goes to. They may hold a secret of
 * OpenAI's or a gateway's, so requests to other vendors take them off again: `null` removes a header.
 */
export function foreignHeadersRemoved(customHeaders: string | undefined): Record<string, null> {
  const names = (customHeaders ?? '')
    .split('\n')
    .filter((line) => line.includes(':'))
    .map((line) => line.slice(0, line.indexOf(':')).trim());
  return Object.fromEntries(names.filter((name) => name !== '').map((name) => [name, null]));
}
