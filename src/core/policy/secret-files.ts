/** Directories whose whole content is private to the user or the repository's own machinery. */
const SECRET_DIRECTORIES = new Set([
  '.git',
  '.ssh',
  '.gnupg',
  '.aws',
  '.azure',
  '.kube',
  '.gcloud',
  '.password-store',
  '.vault',
]);

const SECRET_NAMES = new Set([
  '.npmrc',
  '.netrc',
  '_netrc',
  '.pypirc',
  '.pgpass',
  '.my.cnf',
  '.htpasswd',
  '.git-credentials',
  '.dockercfg',
  '.dockerconfigjson',
  '.vault-token',
  '.vault_pass',
  '.terraformrc',
  'terraform.rc',
  '.s3cfg',
  '.boto',
  '.dev.vars',
  '.envrc',
  '.rediscli_auth',
  'kubeconfig',
  'auth.json',
  'application_default_credentials.json',
  'wallet.dat',
  'shadow',
]);

const SECRET_EXTENSION =
  /\.(?:pem|key|p8|pfx|p12|pkcs12|ppk|jks|keystore|bks|kdbx?|gpg|ovpn|keychain(?:-db)?|kubeconfig|tfvars(?:\.json)?|env)$/;

/** Names with a variable part. */
const SECRET_PATTERNS: readonly RegExp[] = [
  /^\.env(?:\.|$)/,
  /^id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?(?!.*\.pub$)/,
  /^terraform\.tfstate/,
  /\.tfstate(?:\.|$)/,
  /^\.(?:bash|zsh|sh|fish|python|node_repl|psql|mysql|rediscli|sqlite)_history$/,
  /service[_-]?account.*\.json$/,
  /firebase-adminsdk.*\.json$/,
  /^client_secret.*\.json$/,
];

/** `credentials.json` holds them, `credentials.ts` is code about them. */
const STORE_OF_SECRETS = /^\.?(?:credentials?|secrets?)(?:[._-].*)?$/;
const CODE_OR_PROSE =
  /\.(?:[cm]?[jt]sx?|vue|svelte|py|rb|go|rs|java|kt|kts|scala|swift|cs|fs|vb|c|cc|cpp|h|hpp|m|mm|php|pl|lua|dart|ex|exs|erl|clj|hs|ml|r|jl|sh|bash|zsh|ps1|sql|proto|tf|html?|css|scss|md|mdx|rst|adoc)$/;

/** Made to be shared: what they hold are names and placeholders, and redaction still sees them. */
const SHARED_EXAMPLE =
  /[._-](?:example|sample|template|dist|defaults?|schema)(?:\.\w+)?$|^(?:example|sample|template)\./;

/**
 * True for files that hold secrets by what they are called: never read for a model, whoever asks. Case does not matter, nor
 * do Windows' trailing dots and stream names. `.env.example` and its like are not secret. The path is relative, of either slash.
 */
export function isSecretLike(path: string): boolean {
  const segments = path
    .toLowerCase()
    .replaceAll('\\', '/')
    .split('/')
    .map((segment) => segment.replace(/:.*$/, '').replace(/[. ]+$/, ''))
    .filter((segment) => segment !== '');
  const name = segments.at(-1);
  if (name === undefined) return false;
  if (segments.some((segment) => SECRET_DIRECTORIES.has(segment))) return true;
  if (SECRET_NAMES.has(name)) return true;
  if (SHARED_EXAMPLE.test(name)) return false;
  if (SECRET_EXTENSION.test(name) || SECRET_PATTERNS.some((pattern) => pattern.test(name))) return true;
  if (name === 'config.json' && segments.at(-2) === '.docker') return true;
  return STORE_OF_SECRETS.test(name) && !CODE_OR_PROSE.test(name);
}
