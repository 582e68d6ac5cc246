export { writeWhole as writeParts } from './write-whole.ts';
