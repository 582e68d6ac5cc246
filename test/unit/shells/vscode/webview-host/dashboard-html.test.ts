import assert from 'node:assert/strict';
import { dashboardHtml } from '../../../../../src/shells/vscode/webview-host/dashboard-html.ts';

const PARTS = {
  script: 'https://page.test/dashboard.js',
  style: 'https://page.test/dashboard-style.css',
  codicons: 'https://page.test/codicon.css',
  cspSource: 'https://page.test',
  nonce: 'bm9uY2U=',
  language: 'de',
  title: 'Dashboard',
  translations: undefined,
};

describe('the page of the Dashboard, before its script', () => {
  it('allows its own script by nonce, its own style and font, and nothing else', () => {
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(dashboardHtml(PARTS))?.[1];
    assert.deepEqual(policy?.split('; '), [
      "default-src 'none'",
      "script-src 'nonce-bm9uY2U='",
      'style-src https://page.test',
      'font-src https://page.test',
      "base-uri 'none'",
      "form-action 'none'",
    ]);
  });

  it('takes nothing that it is given for markup', () => {
    const evil = '"><script>alert(1)</script>';
    const html = dashboardHtml({ ...PARTS, title: evil, language: evil, translations: { a: '</script><script>x' } });
    assert.equal(html.match(/<script/g)?.length, 2, html);
    assert.equal(html.match(/<\/script>/g)?.length, 2, html);
    const data = /id="translations">([^<]*)</.exec(html)?.[1] ?? '';
    assert.deepEqual(JSON.parse(data), { a: '</script><script>x' });
  });

  it('has no style or handler in its markup', () => {
    assert.doesNotMatch(dashboardHtml(PARTS), /\sstyle=|<style|\son\w+=/);
  });
});
