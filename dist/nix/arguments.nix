# Checks the arguments of `mkSeed` and fills in the defaults. Unknown and missing names fail at once; a value is checked
# when it is first used, so that a look at the flake's outputs costs nothing.
args:
let
  inherit (builtins)
    all
    attrNames
    concatStringsSep
    filter
    isAttrs
    isBool
    isFloat
    isInt
    isList
    isPath
    isString
    match
    typeOf
    ;

  required = {
    pkgs = null;
    self = null;
  };
  optional = {
    name = "seed";
    nix = values.pkgs.nix;
    nixConf = { };
    substitutes = [ ];
    debugTools = [ ];
    contents = [ ];
  };
  known = required // optional;

  quoteAll = names: concatStringsSep ", " (map (name: "'${name}'") names);
  fail = name: problem: throw "mkSeed: argument '${name}' ${problem}";
  expect =
    name: accepts: want: value:
    if accepts value then value else fail name "is ${describe value}; pass ${want}";
  expectList =
    name: accepts: want: value:
    let
      wrong = filter (item: !accepts item) value;
    in
    if !isList value then
      fail name "is ${describe value}; pass a list of ${want}"
    else if wrong != [ ] then
      fail name "holds ${describe (builtins.head wrong)}; pass a list of ${want}"
    else
      value;

  describe =
    value:
    if isString value || isInt value || isBool value then
      "${typeOf value} ${builtins.toJSON value}"
    else if isDerivation value then
      "a derivation"
    else if isAttrs value then
      "a set"
    else if isList value then
      "a list"
    else
      "a ${typeOf value}";

  isDerivation = value: isAttrs value && value.type or null == "derivation";
  isSetting =
    value:
    isString value || isInt value || isFloat value || isBool value || (isList value && all isString value);
  isSubstitute =
    value:
    isString value
    || (isAttrs value && isString (value.url or null) && isString (value.publicKey or null));
  isStorePath =
    value: isDerivation value || isPath value || (isString value && builtins.hasContext value);

  checks = {
    pkgs = expect "pkgs" (
      value: isAttrs value && value ? stdenv && value ? dockerTools
    ) "a nixpkgs package set, such as nixpkgs.legacyPackages.x86_64-linux";
    self = expect "self" (
      value: isAttrs value && value ? outPath && value ? inputs
    ) "the project's flake, the 'self' of its outputs function";
    name =
      expect "name" (value: isString value && match "[a-z0-9]+([._/-]+[a-z0-9]+)*" value != null)
        "an image name of lower-case letters and digits, separated by '.', '_', '-' or '/', such as \"seed\"";
    nix = expect "nix" isDerivation "a derivation of Nix, such as pkgs.nix";
    nixConf = value: if isAttrs value then checkSettings value else checkText value;
    substitutes = expectList "substitutes" isSubstitute "URLs, or sets { url = \"https://…\"; publicKey = \"name:…\"; }";
    debugTools = expectList "debugTools" isDerivation "derivations, such as [ pkgs.strace ]";
    contents = expectList "contents" isStorePath "derivations or other store paths";
  };

  checkText = expect "nixConf" isString "a set of Nix settings, or the text of a nix.conf";
  checkSettings =
    settings:
    let
      wrong = filter (name: !isSetting settings.${name}) (attrNames settings);
      first = builtins.head wrong;
    in
    if isDerivation settings then
      checkText settings
    else if wrong == [ ] then
      settings
    else
      fail "nixConf" "has the setting '${first}', which is ${describe settings.${first}}; pass a string, a number, a boolean or a list of strings";

  values = builtins.mapAttrs (name: check: check (args.${name} or optional.${name})) checks;

  unknown = filter (name: !(known ? ${name})) (attrNames args);
  missing = filter (name: !(args ? ${name})) (attrNames required);
in
if !isAttrs args then
  throw "mkSeed: takes one set of arguments: ${quoteAll (attrNames known)}"
else if unknown != [ ] then
  throw "mkSeed: unknown argument ${quoteAll unknown}; the arguments are ${quoteAll (attrNames known)}"
else if missing != [ ] then
  fail (builtins.head missing) "is missing; pass ${
    if builtins.head missing == "pkgs" then
      "a nixpkgs package set, such as nixpkgs.legacyPackages.x86_64-linux"
    else
      "the project's flake, the 'self' of its outputs function"
  }"
else
  values
