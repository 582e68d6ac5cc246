/** Pictures of what is shown before anything was set up: Restricted Mode. */
import { PICTURE_SETTINGS, takePictures } from '../lib/pictures.mjs';
import { showAgents } from '../lib/product.mjs';

export const options = {
  onDemand: true,
  target: 'vsix',
  workspace: 'media/sample',
  trust: false,
  viewport: { width: 1360, height: 850 },
  settings: PICTURE_SETTINGS,
  timeoutMs: 300_000,
};

const SCENES = [
  {
    name: 'restricted mode',
    async show(h) {
      await h.openFile('server.ts');
      await showAgents(h);
      await h.command('Ensemble: Review File');
      await h.notification('Restricted Mode').waitFor();
    },
  },
];

export default (h) => takePictures(h, SCENES);
