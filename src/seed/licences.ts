/** Licences of a seed's store paths, as far as the flake's own evaluation knows them. */
import { SeedError } from '../errors.ts'
import { nixString } from '../nix/evaluate.ts'
import { evalOutputs } from '../nix/flake.ts'
import { isObject } from '../nix/json-shape.ts'
import type { Ports } from '../ports.ts'

/**
 * What the packages that the flake's outputs are made with state as `meta.license`: a `.drv` file does not hold it, the
 * value that it was made from does. Whatever is not reached from there, or states none, is left out.
 *
 * @returns SPDX identifiers, or names where a licence has none, by store path; empty where evaluation fails, since nothing
 *   depends on it
 */
export async function readLicences(reference: string, system: string, ports: Ports): Promise<Map<string, string[]>> {
  let answer: unknown
  try {
    answer = await evalOutputs(reference, licencesExpression(system), ports)
  } catch (error) {
    ports.signal.throwIfAborted()
    if (!(error instanceof SeedError)) throw error
    ports.log.debug(`licences are not known: ${error.message}`)
    return new Map()
  }
  const entries = Object.entries(isObject(answer) ? answer : {})
  return new Map(entries.map(([path, names]) => [path, Array.isArray(names) ? names.map(String) : []]))
}

/** Attributes of a derivation's value that hold the values of what it is made with, in nixpkgs. */
const INPUTS = [
  'buildInputs',
  'nativeBuildInputs',
  'propagatedBuildInputs',
  'propagatedNativeBuildInputs',
  'depsBuildBuild',
  'depsBuildTarget',
  'depsHostHost',
  'depsTargetTarget',
  'stdenv',
  'initialPath',
  'cc',
  'bintools',
  'libc'
]

function licencesExpression(system: string): string {
  return `
outputs:
let
  system = ${nixString(system)};
  names = [ ${INPUTS.map(nixString).join(' ')} ];
  path = builtins.unsafeDiscardStringContext;
  try = fallback: value: let tried = builtins.tryEval (builtins.deepSeq value value); in if tried.success then tried.value else fallback;
  of = set: builtins.attrValues ((outputs.\${set} or { }).\${system} or { });
  listOf = value: if builtins.isList value then value else [ value ];
  usable = value: let tried = builtins.tryEval (
    builtins.isAttrs value && value.type or null == "derivation" && !(value.isNixSeed or false) && builtins.isString value.outPath
  ); in tried.success && tried.value;
  node = value: { key = path value.outPath; inherit value; };
  made = value: builtins.concatMap (name: builtins.filter usable (listOf (value.\${name} or [ ]))) names;
  nodes = builtins.genericClosure {
    startSet = map node (builtins.filter usable (builtins.concatMap of [ "packages" "checks" "devShells" ]));
    operator = { value, ... }: map node (made value);
  };
  nameOf = licence:
    if builtins.isString licence then licence
    else licence.spdxId or licence.fullName or licence.shortName or null;
  licences = value: try [ ] (builtins.filter builtins.isString (map nameOf (listOf (value.meta.license or [ ]))));
  entries = { value, ... }:
    let found = licences value; in
    if found == [ ] then [ ]
    else map (output: { name = path value.\${output}.outPath; value = found; }) (value.outputs or [ "out" ]);
in
builtins.listToAttrs (builtins.concatMap entries nodes)`
}
