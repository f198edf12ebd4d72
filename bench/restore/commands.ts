/** What a job does with a restored store, with nothing in the page cache: a first command of Nix, and a compile. */
import { readdirSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Bench } from './bench.ts'
import { WHAT, type What } from './samples.ts'
import type { Seed } from './seed.ts'

const PROGRAM = `#include <algorithm>
#include <iostream>
#include <map>
#include <regex>
#include <string>
#include <vector>

int main() {
  std::map<std::string, int> words;
  const std::string text = "the quick brown fox jumps over the lazy dog";
  const std::regex word("[a-z]+");
  for (auto it = std::sregex_iterator(text.begin(), text.end(), word); it != std::sregex_iterator(); ++it)
    words[it->str()]++;
  std::vector<std::pair<std::string, int>> sorted(words.begin(), words.end());
  std::sort(sorted.begin(), sorted.end(), [](auto &a, auto &b) { return a.second > b.second; });
  for (const auto &[name, count] : sorted) std::cout << name << ' ' << count << '\\n';
}
`

interface Store {
  root: string
  strategy: 'mount' | 'unpack'
  first: What
  compile: What
}

/** Restores the seed in both ways, and runs the commands in both stores in turn. */
export async function compareCommands(bench: Bench, seed: Seed): Promise<void> {
  const folder = join(bench.settings.folder, 'stores')
  const stores: Store[] = [
    { root: join(folder, 'mounted'), strategy: 'mount', first: WHAT.firstMounted, compile: WHAT.compileMounted },
    { root: join(folder, 'unpacked'), strategy: 'unpack', first: WHAT.firstUnpacked, compile: WHAT.compileUnpacked }
  ]
  const wanted = stores.filter(({ first, compile }) => bench.wants(first, compile))
  if (wanted.length === 0) return
  const { nixSeed } = bench.settings
  try {
    for (const { root, strategy } of wanted) {
      const cache = ['--cache', join(folder, 'cache')]
      await mkdir(root, { recursive: true })
      await bench.run([...nixSeed, 'restore', seed.image, '--root', root, '--strategy', strategy, ...cache])
    }
    for (let run = 1; run <= bench.settings.runs; run++) {
      for (const store of wanted) await runCommands(bench, seed, store, run)
    }
  } finally {
    await bench.clear([...nixSeed, 'restore', '--undo', '--root', join(folder, 'mounted')])
    await bench.clear(['rm', '-rf', '--one-file-system', folder])
  }
}

async function runCommands(bench: Bench, seed: Seed, store: Store, run: number): Promise<void> {
  const work = join(bench.settings.folder, 'work')
  await mkdir(work)
  const place = { size: seed.size.name, link: 'loopback', run } as const
  // As on a machine of its own, nothing is known of earlier evaluations.
  const options = { cwd: seed.project, env: { XDG_CACHE_HOME: join(work, 'cache'), TMPDIR: work } }
  const before = new Set(storeNames(store))
  try {
    if (bench.wants(store.first)) {
      await bench.measure(place, store.first, inStore(store, ...develop('true')), options)
    }
    if (!seed.size.compiler || !bench.wants(store.compile)) return
    const environment = join(work, 'environment')
    await bench.run(inStore(store, ...develop('sh', '-c', `export -p > ${environment}`)), seed.project, options)
    writeFileSync(join(work, 'words.cpp'), PROGRAM)
    const compile = `. ${environment} && cd ${work} && c++ -O1 -o words words.cpp`
    await bench.measure(place, store.compile, inStore(store, 'bash', '-c', compile), { cwd: work })
  } finally {
    await bench.clear(['rm', '-rf', work])
    // What the shell's environment was built of; the next run is to build it again.
    const added = storeNames(store).filter(name => !before.has(name))
    const paths = added
      .filter(name => !name.startsWith('.') && !name.endsWith('.lock'))
      .map(name => `/nix/store/${name}`)
    if (paths.length > 0)
      await bench.clear(inStore(store, `${BIN}/nix-store`, '--delete', '--ignore-liveness', ...paths))
  }
}

/** The Nix that came with the seed. */
const BIN = '/nix/var/nix/profiles/default/bin'

function develop(...command: string[]): string[] {
  return [`${BIN}/nix`, 'develop', '--offline', '--command', ...command]
}

/** The command with the restored store as its `/nix`. */
function inStore({ root }: Store, ...command: string[]): string[] {
  const script = 'mount --bind "$1" /nix && shift && exec "$@"'
  return ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', script, 'sh', join(root, 'nix'), ...command]
}

function storeNames({ root }: Store): string[] {
  return readdirSync(join(root, 'nix/store'))
}
