/** Preloaded into the server: ends it and its process group when the program that started it is gone, also by kill -9. */
const parent = process.ppid;

const watch = () => {
  if (process.ppid === parent) return;
  try {
    process.kill(-process.pid, 'SIGKILL');
  } catch {
    process.exit(1);
  }
};

setInterval(watch, 1000).unref();
