// npm run build:wasm: compiles this folder to lib/lake/wasm/wasm-module.generated.ts
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const root = fileURLToPath(new URL('..', import.meta.url));
const LINE = 96;

/** Where the compiled module is kept. */
export const moduleFile: string = fileURLToPath(
  new URL('../lib/lake/wasm/wasm-module.generated.ts', import.meta.url),
);

/** TypeScript that holds the compiled module as base64, and what it exports. */
export async function compileModule(): Promise<string> {
  const written = new Map<string, string | Uint8Array>();
  const { error, stderr } = await asc.main(
    [
      'wasm/index.ts',
      ...['--outFile', 'module.wasm', '--bindings', 'raw'],
      ...['--runtime', 'minimal', '-O3', '--noAssert', '--enable', 'simd'],
      // what is out of memory traps
      ...['--use', 'abort='],
    ],
    {
      readFile: (name, folder) => readSource(`${folder}/${name}`),
      writeFile: (name, contents) => {
        written.set(name, contents);
      },
      listFiles: () => null,
    },
  );
  if (error) throw new Error(`wasm does not compile: ${stderr.toString()}`, { cause: error });
  const wasm = Buffer.from(written.get('module.wasm') as Uint8Array);
  return writeModule(wasm.toString('base64'), String(written.get('module.d.ts')));
}

function readSource(name: string): string | null {
  try {
    return readFileSync(`${root}/${name}`, 'utf8');
  } catch {
    return null;
  }
}

function writeModule(base64: string, declarations: string): string {
  const lines = base64.match(new RegExp(`.{1,${LINE}}`, 'g')) ?? [];
  const functions = [...declarations.matchAll(/export function (\w+\(.*\): .*);/g)];
  const members = functions.map(([, text]) => `  ${text.replaceAll(/__\w+(<\w+>)?/g, 'number')};`);
  return `// Made by npm run build:wasm from the folder wasm: do not edit.

/** What the module exports; structs are their addresses. */
export interface WasmExports {
  readonly memory: WebAssembly.Memory;
${members.join('\n')}
}

/** The module of the folder wasm, compiled, as base64. */
export const WASM_MODULE = \`
${lines.join('\n')}\`;
`;
}

if (import.meta.main) writeFileSync(moduleFile, await compileModule());
