import fs from 'node:fs';
import path from 'node:path';
import { inProject, readJson } from './project.mjs';

const LICENSE_FILE = /^(licen[cs]e|copying|notice)([.-].*)?$/i;
const PACKAGE_OF_INPUT = /^(.*node_modules\/(?:@[^/]+\/)?[^/@][^/]*)\//;

/** Folders of the packages whose code went into the bundles, from esbuild's metafiles. */
export function bundledPackages(metafiles) {
  const inputs = metafiles.flatMap(({ outputs }) =>
    Object.values(outputs).flatMap((output) => Object.keys(output.inputs)),
  );
  const folders = inputs.flatMap((input) => PACKAGE_OF_INPUT.exec(input)?.[1] ?? []);
  return [...new Set(folders)].sort();
}

function describePackage(folder) {
  const { name, version, license } = readJson(path.join(folder, 'package.json'));
  const files = fs
    .readdirSync(folder)
    .filter((file) => LICENSE_FILE.test(file))
    .sort();
  const texts = files.map((file) => fs.readFileSync(path.join(folder, file), 'utf8').trim());
  return { title: `${name} ${version}`, license: license ?? 'see below', texts };
}

/** Writes the licences of the packages in these folders to one file, as most of those licences ask. */
export function writeNotices(folders, file) {
  const rule = '-'.repeat(100);
  // One package may lie in several folders in the same version.
  const packages = new Map();
  for (const folder of folders) {
    const description = describePackage(inProject(folder));
    packages.set(description.title, description);
  }
  const sections = [...packages.values()].map(({ title, license, texts }) =>
    [rule, `${title} (${license})`, rule, '', ...(texts.length > 0 ? texts : ['No licence file in the package.'])].join(
      '\n',
    ),
  );
  const intro = 'This product contains code of the following packages.';
  fs.writeFileSync(file, `${[intro, ...sections].join('\n\n')}\n`);
}
