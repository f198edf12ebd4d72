rec {
  inherit (builtins)
    addErrorContext
    bitAnd
    bitOr
    bitXor
    ceil
    floor
    functionArgs
    isBool
    isFloat
    isFunction
    isInt
    isPath
    lessThan
    pathExists
    readFile
    seq
    deepSeq
    genericClosure
    ;

  release = "26.11";
  versionSuffix = "";

  id = x: x;
  const = x: _: x;
  pipe = builtins.foldl' (x: f: f x);
  flip = f: a: b: f b a;
  min = a: b: if a < b then a else b;
  max = a: b: if a > b then a else b;
  mod = a: b: a - b * (a / b);
  compare = a: b: if a < b then -1 else if a > b then 1 else 0;
  boolToString = b: if b then "true" else "false";
  importJSON = path: builtins.fromJSON (builtins.readFile path);
  importTOML = path: fromTOML (builtins.readFile path);
  mapNullable = f: a: if a == null then a else f a;
  defaultTo = default: value: if value == null then default else value;
  warn = message: builtins.trace "warning: ${message}";
  warnIf = condition: message: if condition then warn message else id;
  warnIfNot = condition: warnIf (!condition);
  throwIf = condition: message: if condition then throw message else id;
  throwIfNot = condition: throwIf (!condition);
  assertMsg = condition: message: condition || throw message;
  toFunction = value: if builtins.isFunction value || value ? __functor then value else _: value;
  inNixShell = false;
  inPureEvalMode = !(builtins ? currentSystem);

  fix = f: let x = f x; in x;
  extends = overlay: base: final: let prev = base final; in prev // overlay final prev;
  composeExtensions = f: g: final: prev: let first = f final prev; in first // g final (prev // first);
  composeManyExtensions = builtins.foldl' composeExtensions (_: _: { });
}
