/** What is needed of the page; in a test there is none, and English it is. */
interface Page {
  readonly document?: {
    readonly documentElement: { readonly lang: string };
    getElementById(id: string): { readonly textContent: string | null } | null;
  };
}

const { document: page } = globalThis as unknown as Page;
const translations: Readonly<Record<string, unknown>> = JSON.parse(
  page?.getElementById('translations')?.textContent || '{}',
);

/** The language of the page, for numbers and dates. */
export const language = page?.documentElement.lang || 'en';

/** The text in the person's language, with `{0}`, `{1}`, ... replaced. */
export function t(english: string, ...values: readonly (string | number)[]): string {
  const entry = translations[english];
  const text = typeof entry === 'string' ? entry : english;
  return text.replace(/\{(\d)\}/g, (_, index: string) => String(values[Number(index)] ?? ''));
}
