/** What the page is made of; URIs as the page may load them. */
export interface DashboardHtmlParts {
  readonly script: string;
  readonly style: string;
  readonly codicons: string;
  /** Where styles and fonts may come from. */
  readonly cspSource: string;
  /** Fresh for each page. */
  readonly nonce: string;
  /** BCP 47, for the screen reader and for numbers. */
  readonly language: string;
  readonly title: string;
  /** Translations by their English text; undefined: English. */
  readonly translations: Readonly<Record<string, unknown>> | undefined;
}

/**
 * The empty page of the Dashboard: nothing is allowed but our script, our style and the icon font, so that text of a model
 * could do nothing even if it were taken for markup.
 */
export function dashboardHtml(parts: DashboardHtmlParts): string {
  const { cspSource, nonce } = parts;
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource}`,
    `font-src ${cspSource}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${escaped(parts.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escaped(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(parts.title)}</title>
<link rel="stylesheet" href="${escaped(parts.codicons)}" id="vscode-codicon-stylesheet">
<link rel="stylesheet" href="${escaped(parts.style)}">
</head>
<body>
<div id="dashboard"></div>
<script type="application/json" id="translations">${dataText(parts.translations ?? {})}</script>
<script nonce="${escaped(nonce)}" src="${escaped(parts.script)}"></script>
</body>
</html>
`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? '');
}

/** JSON that cannot end the element that it stands in. */
function dataText(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}
