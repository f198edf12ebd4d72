# The source trees that an offline evaluation of `self` reads: those of its locked inputs, and of theirs, as store paths
# with context, sorted.
#
# `seed-self` is left out and not even fetched: it changes with every publish, so that a seed which held it would never
# come to rest.
{ self }:
let
  inherit (builtins)
    attrNames
    attrValues
    filter
    fromJSON
    genericClosure
    listToAttrs
    pathExists
    readFile
    unsafeDiscardStringContext
    ;

  treeOf = flake: (flake.sourceInfo or flake).outPath;
  plain = tree: unsafeDiscardStringContext (toString tree);

  lockFile = self.outPath + "/flake.lock";
  lock = if pathExists lockFile then fromJSON (readFile lockFile) else { nodes = { }; };

  # One input can stand at many places, and inputs can refer to each other in a circle. The lock file's node is what
  # tells them apart: two nodes may share a source tree and still have different inputs ("follows").
  inputsOf = node: if node == null then { } else lock.nodes.${node}.inputs or { };
  resolve = spec: if builtins.isList spec then follow lock.root spec else spec;
  follow =
    node: path:
    if path == [ ] || node == null then
      node
    else
      let
        next = (inputsOf node).${builtins.head path} or null;
      in
      follow (if next == null then null else resolve next) (builtins.tail path);

  child =
    parent: name:
    let
      flake = parent.flake.inputs.${name};
      spec = (inputsOf parent.node).${name} or null;
      node = if spec == null then null else resolve spec;
    in
    {
      # Without a node (an input overridden on the command line) the tree itself is the best name there is.
      key = if node == null then "tree:${plain (treeOf flake)}" else "node:${node}";
      inherit flake node;
    };

  walked = genericClosure {
    startSet = [
      rec {
        key = "node:${node}";
        flake = self;
        node = lock.root or "root";
      }
    ];
    operator =
      parent:
      map (child parent) (filter (name: name != "seed-self") (attrNames (parent.flake.inputs or { })));
  };

  own = plain (treeOf self);
  trees = filter (tree: plain tree != own) (map (item: treeOf item.flake) walked);
in
attrValues (
  listToAttrs (
    map (tree: {
      name = plain tree;
      value = tree;
    }) trees
  )
)
