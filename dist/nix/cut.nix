# The cut: what has to be in the store before the project itself can be built, and nothing of the project.
#
# A derivation is *local* when it depends on the project's source. For every local derivation that an output of the flake
# leads to, the outputs of its direct inputs that are not local are roots. An output of the flake that is not local is
# a root itself.
#
# Derivation files cannot be read in a pure evaluation, so the cut goes by value. `drvAttrs` holds the attributes of
# a derivation as they were written (paths are still paths, derivations still sets); the string context of the same
# attributes names its direct inputs exactly, with the outputs that are used.
#
# Takes the flake `self`, the `system`, and `trees`, the source trees of its inputs. Returns
#   roots        store paths with context, sorted, each once;
#   outputs      { "packages.SYSTEM.NAME" = roots as plain text; … }: those that this output leads to, sorted;
#   derivations  all that can be reached by value and are not local.
{
  self,
  system,
  trees,
}:
let
  inherit (builtins)
    addErrorContext
    any
    attrNames
    attrValues
    concatMap
    elem
    filter
    genericClosure
    getContext
    isAttrs
    isList
    listToAttrs
    toJSON
    unsafeDiscardStringContext
    ;

  plain = path: unsafeDiscardStringContext (toString path);
  isDerivation = value: isAttrs value && value.type or null == "derivation";

  source = import ./source.nix { inherit self trees; };

  # -- what the flake offers ---------------------------------------------------------------------------------------

  # [{ kind, name, value }] of the flake's outputs for this system. A seed is no part of its own cut.
  outputs =
    kind:
    let
      set = self.${kind}.${system} or { };
      named = map (name: {
        inherit kind name;
        value = addErrorContext (at kind name) set.${name};
      }) (attrNames set);
    in
    filter (output: !(isSeed output)) named;

  at = kind: name: "while looking for the dependencies of ${kind}.${system}.${name}, for the seed";
  isSeed = output: isAttrs output.value && output.value.isNixSeed or false;

  derivationsOf = kind: filter (output: isDerivation output.value) (outputs kind);
  keyOf = output: addErrorContext (at output.kind output.name) (plain output.value.drvPath);

  packages = derivationsOf "packages";
  checks = derivationsOf "checks";
  shells = derivationsOf "devShells";
  apps = filter (app: isAttrs app.value && app.value ? program) (outputs "apps");

  # The derivations that an app starts from, as `inputsOf` gives them.
  programsOf =
    app: addErrorContext (at app.kind app.name) (inputsOf (getContext "${app.value.program}"));

  # -- the graph of derivations --------------------------------------------------------------------------------------

  # The values in an attribute that are not mere containers of others.
  leaves =
    value:
    if isList value then
      concatMap leaves value
    else if isAttrs value && !(value ? outPath) && !(value ? __toString) then
      concatMap leaves (attrValues value)
    else
      [ value ];

  # [{ drv, outputs }] of the derivations that a context names.
  inputsOf =
    context:
    map (drv: {
      inherit drv;
      outputs = context.${drv}.outputs or null;
    }) (filter (path: !(context.${path}.path or false)) (attrNames context));

  inspect =
    derivation:
    let
      # A derivation that is evaluated late (`lib.lazyDerivation`) has them in its outputs.
      attributes = derivation.drvAttrs or derivation.out.drvAttrs or { };
      values = attrValues attributes;
      contents = concatMap leaves values;
      context = getContext (toJSON values);
      # What a fixed output holds is told by its hash, whatever it was made from.
      isFixed = attributes.outputHash or null != null;
    in
    {
      inherit derivation isFixed;
      inputs = inputsOf context;
      isSource = any source.isSelection contents || source.inContext context attributes;
      children = if isFixed then [ ] else filter isDerivation contents;
    };

  # Every derivation that can be reached by value, under the path of its derivation file.
  nodes = listToAttrs (
    map
      (node: {
        name = node.key;
        value = node.info // {
          isLocal =
            !node.info.isFixed && (node.info.isSource || any (input: isLocal input.drv) node.info.inputs);
        };
      })
      (genericClosure {
        startSet = map (output: {
          key = keyOf output;
          info = inspect output.value;
        }) (packages ++ checks ++ shells);
        operator =
          node:
          map (derivation: {
            key = plain derivation.drvPath;
            info = inspect derivation;
          }) node.info.children;
      })
  );

  # Also for a derivation that one attribute names in a string only, as long as another leads to it by value.
  isLocal = drv: nodes ? ${drv} && nodes.${drv}.isLocal;

  # -- the roots -----------------------------------------------------------------------------------------------------

  # What has to be there, and is not local, before the derivations in `used` are, and before those in `entered` can be
  # built: [{ drv, outputs }].
  needs =
    {
      used ? [ ],
      entered ? [ ],
    }:
    let
      expanded = genericClosure {
        startSet = map (key: { inherit key; }) entered ++ localItems used;
        operator = local: localItems nodes.${local.key}.inputs;
      };
    in
    filter (input: !(isLocal input.drv)) (concatMap (local: nodes.${local.key}.inputs) expanded ++ used);
  localItems =
    inputs: map (input: { key = input.drv; }) (filter (input: isLocal input.drv) inputs);

  # [{ attribute, needs }] of every output.
  needed =
    let
      each =
        needsOf:
        map (output: {
          attribute = "${output.kind}.${system}.${output.name}";
          needs = needs (needsOf output);
        });
    in
    each (package: { used = [ (whole installed package) ]; }) packages
    ++ each (check: { used = [ (whole (_: null) check) ]; }) checks
    ++ each (app: { used = programsOf app; }) apps
    # A shell is never built as it is (`nix develop` makes a derivation of its own from it), so what counts is its inputs.
    ++ each (shell: { entered = [ (keyOf shell) ]; }) shells;

  # `nix build` makes what a package would install, `nix flake check` all of a check.
  whole = outputs: output: {
    drv = keyOf output;
    outputs = outputs output.value;
  };
  installed =
    derivation:
    let
      all = derivation.outputs or [ "out" ];
    in
    if derivation.outputSpecified or false then
      [ derivation.outputName ]
    else
      derivation.meta.outputsToInstall or [ (if elem "out" all then "out" else builtins.head all) ];

  # The store paths of one input, with their natural context. `null` stands for all outputs.
  pathsOf =
    input:
    let
      derivation = if nodes ? ${input.drv} then nodes.${input.drv}.derivation else import input.drv;
      names = if input.outputs == null then derivation.outputs or [ "out" ] else input.outputs;
    in
    map (name: pathOf input.drv derivation name) names;

  # Importing a derivation file gives its outputs, also in a pure evaluation; it is what is left for an input that is
  # known by a string alone, and for a package that has put something else under the name of its output.
  pathOf =
    drv: derivation: name:
    let
      output = derivation.${name} or null;
      isOutput = isAttrs output && output.outputName or null == name && plain (output.drvPath or "") == drv;
    in
    if isOutput then "${output}" else "${(import drv).${name}}";

  # Two derivations can have one output path, where its hash fixes it. The first in order of the derivations wins.
  ordered = builtins.sort (a: b: a.drv < b.drv) (concatMap (output: output.needs) needed);

  # { path as text = path with context; … }
  byPath =
    paths:
    listToAttrs (
      map (path: {
        name = plain path;
        value = path;
      }) paths
    );
in
{
  roots = attrValues (byPath (concatMap pathsOf ordered));
  outputs = listToAttrs (
    map (output: {
      name = output.attribute;
      value = attrNames (byPath (concatMap pathsOf output.needs));
    }) needed
  );
  derivations = map (node: node.derivation) (filter (node: !node.isLocal) (attrValues nodes));
}
