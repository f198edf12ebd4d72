rec {
  inherit (builtins)
    all
    any
    concatLists
    concatMap
    elem
    elemAt
    filter
    foldl'
    genList
    groupBy
    head
    isList
    length
    map
    partition
    sort
    tail
    ;

  foldr =
    f: nul: list:
    let
      go = n: if n == length list then nul else f (elemAt list n) (go (n + 1));
    in
    go 0;
  fold = foldr;
  foldl = foldl';
  singleton = x: [ x ];
  toList = x: if isList x then x else [ x ];
  optional = condition: x: if condition then [ x ] else [ ];
  optionals = condition: xs: if condition then xs else [ ];
  imap0 = f: list: genList (n: f n (elemAt list n)) (length list);
  imap1 = f: imap0 (n: f (n + 1));
  range = first: last: if first > last then [ ] else genList (n: first + n) (last - first + 1);
  replicate = n: x: genList (_: x) n;
  reverseList = xs: let n = length xs; in genList (i: elemAt xs (n - i - 1)) n;
  last = xs: assert xs != [ ]; elemAt xs (length xs - 1);
  init = xs: assert xs != [ ]; take (length xs - 1) xs;
  take = n: sublist 0 n;
  drop = n: xs: sublist n (length xs) xs;
  sublist =
    start: count: xs:
    let
      n = length xs;
    in
    genList (i: elemAt xs (start + i)) (
      if start >= n then 0 else if start + count > n then n - start else count
    );
  findFirst = f: default: xs: let found = filter f xs; in if found == [ ] then default else head found;
  flatten = x: if isList x then concatMap flatten x else [ x ];
  remove = x: filter (y: y != x);
  subtractLists = ys: filter (x: !elem x ys);
  intersectLists = ys: filter (x: elem x ys);
  unique = foldl' (seen: x: if elem x seen then seen else seen ++ [ x ]) [ ];
  count = f: foldl' (n: x: if f x then n + 1 else n) 0;
  zipListsWith =
    f: xs: ys:
    genList (n: f (elemAt xs n) (elemAt ys n)) (
      if length xs < length ys then length xs else length ys
    );
  zipLists = zipListsWith (fst: snd: { inherit fst snd; });
  naturalSort = sort (a: b: a < b);
  crossLists = f: foldl' (fs: args: concatMap (f': map f' args) fs) [ f ];
}
