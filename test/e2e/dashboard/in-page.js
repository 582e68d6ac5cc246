/**
 * Runs in the page under test before the page's own script, as it stands: what the editor's frame gives to a page (theme,
 * kept state, channel), and what the tests ask of it. `frame` was set just before.
 */
const { kept, variables, theme } = globalThis.frame;

globalThis.sentMessages = [];
globalThis.keptState = kept;
globalThis.acquireVsCodeApi = () => ({
  postMessage: (message) => globalThis.sentMessages.push(message),
  getState: () => globalThis.keptState,
  setState: (state) => {
    globalThis.keptState = state;
  },
});

document.addEventListener('DOMContentLoaded', () => {
  document.body.classList.add(`vscode-${theme}`);
  for (const [name, value] of Object.entries(variables)) document.documentElement.style.setProperty(name, value);
});

globalThis.inPage = {
  /** Hands messages over as the editor does and waits until they are drawn. */
  async receive(messages) {
    for (const message of messages) window.dispatchEvent(new MessageEvent('message', { data: message }));
    for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
  },

  /** Runs axe; one line per rule and element. */
  async violations(tags) {
    const found = await globalThis.axe.run(document, { runOnly: tags });
    return found.violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id} ${target.join(' ')} ${failureSummary}`),
    );
  },

  /** Pairs of visible boxes among the matching ones that lie over one another. */
  overlaps(selector) {
    const boxes = [...document.querySelectorAll(selector)].map((element) => ({
      name: element.textContent.trim().slice(0, 40),
      box: element.getBoundingClientRect(),
    }));
    const over = (a, b) =>
      Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
      Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
    return boxes.flatMap((one, at) =>
      boxes.slice(at + 1).flatMap((other) => (over(one.box, other.box) ? [`${one.name} / ${other.name}`] : [])),
    );
  },
};
