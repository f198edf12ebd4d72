export const id = 945;
export const ids = [945];
export const modules = {

/***/ 2945:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  builtInPolicy: () => (/* binding */ builtInPolicy),
  prepareVerifying: () => (/* binding */ prepareVerifying)
});

// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: external "node:fs/promises"
var promises_ = __webpack_require__(1455);
// EXTERNAL MODULE: ./errors.js + 1 modules
var errors = __webpack_require__(1449);
;// CONCATENATED MODULE: ./attest/policy/pattern-syntax.js
/** Reads patterns. What means nothing to an identity, or is not regular, is refused with the place where it stands. */
/** The message goes on after the pattern's name: `is not anchored …`. */
class PatternError extends Error {
    name = 'PatternError';
}
const LAST_CODE_POINT = 0x10ffff;
const MAX_REPEAT = 255;
const MAX_DEPTH = 16;
const DIGIT = [[0x30, 0x39]];
const WORD = [
    [0x30, 0x39],
    [0x41, 0x5a],
    [0x5f, 0x5f],
    [0x61, 0x7a]
];
const LINE_ENDS = [
    [0x0a, 0x0a],
    [0x0d, 0x0d],
    [0x2028, 0x2029]
];
const CLASSES = { d: DIGIT, D: complement(DIGIT), w: WORD, W: complement(WORD) };
/**
 * @param source with `^` and `$` around it
 * @returns what is between them
 * @throws PatternError
 */
function parsePattern(source) {
    if (!source.startsWith('^'))
        throw new PatternError('does not start with ^, so it would accept what merely ends like it');
    // An escaped `$` is a character like any other.
    if (!/(?:^|[^\\])(?:\\\\)*\$$/.test(source.slice(1))) {
        throw new PatternError('does not end with $, so it would accept what merely begins like it');
    }
    const reader = { text: source.slice(0, -1), at: 1, depth: 0 };
    const node = choice(reader);
    if (reader.at < reader.text.length)
        throw unexpected(reader, 'a ) without its (');
    if (node.kind === 'choice') {
        throw new PatternError('has a | that is in no group: ^ belongs to the first part alone and $ to the last; write ^(…|…)$');
    }
    if (node.kind === 'sequence' && node.parts.length === 0)
        throw new PatternError('accepts nothing but an empty identity');
    return node;
}
function choice(reader) {
    const parts = [sequence(reader)];
    while (reader.text[reader.at] === '|') {
        reader.at++;
        parts.push(sequence(reader));
    }
    const [only] = parts;
    return parts.length === 1 && only ? only : { kind: 'choice', parts };
}
function sequence(reader) {
    const parts = [];
    while (reader.at < reader.text.length && !'|)'.includes(reader.text[reader.at] ?? ''))
        parts.push(repeated(reader));
    // Also keeps repetitions finite: each goes on by one character at least.
    if (parts.length === 0)
        throw unexpected(reader, 'nothing between its parts');
    return { kind: 'sequence', parts };
}
function repeated(reader) {
    const start = reader.at;
    const part = item(reader);
    const bounds = quantifier(reader);
    if (bounds === undefined) {
        if (reader.text.slice(start, reader.at) !== '.')
            return part;
        reader.at = start;
        throw unexpected(reader, 'a . that accepts any character; write \\. for a full stop, or say which characters with […]');
    }
    if ('*+?{'.includes(reader.text[reader.at] ?? ' '))
        throw unexpected(reader, 'a second repetition');
    return { kind: 'repeat', part, ...bounds };
}
function quantifier(reader) {
    const simple = { '*': [0, Infinity], '+': [1, Infinity], '?': [0, 1] };
    const symbol = reader.text[reader.at];
    if (symbol === '*' || symbol === '+' || symbol === '?') {
        reader.at++;
        const [min, max] = simple[symbol];
        return { min, max };
    }
    if (symbol !== '{')
        return undefined;
    const [whole = '', low = '', comma, high] = /^\{(\d{1,3})(,)?(\d{1,3})?\}/.exec(reader.text.slice(reader.at)) ?? [];
    const min = Number(low);
    const max = comma === undefined ? min : high === undefined ? Infinity : Number(high);
    if (whole === '' || (comma === undefined && high !== undefined) || max < min || max === 0) {
        throw unexpected(reader, 'a { that begins no repetition');
    }
    if (min > MAX_REPEAT || (max !== Infinity && max > MAX_REPEAT)) {
        throw unexpected(reader, `more than ${MAX_REPEAT} repetitions`);
    }
    reader.at += whole.length;
    return { min, max };
}
function item(reader) {
    const character = reader.text[reader.at] ?? '';
    if (character === '(')
        return group(reader);
    if (character === '[')
        return { kind: 'set', set: characterClass(reader) };
    if (character === '\\')
        return { kind: 'set', set: pattern_syntax_escape(reader, '') };
    if ('^$'.includes(character))
        throw unexpected(reader, `a second ${character}; write \\${character} for the character`);
    if ('*+?{'.includes(character))
        throw unexpected(reader, 'a repetition of nothing');
    if (']}'.includes(character))
        throw unexpected(reader, `a ${character} without its beginning; write \\${character} for the character`);
    reader.at++;
    return { kind: 'set', set: character === '.' ? complement(LINE_ENDS) : single(reader, character) };
}
function group(reader) {
    const start = reader.at;
    const [opening = '('] = /^\((?:\?:)?/.exec(reader.text.slice(start)) ?? [];
    reader.at += opening.length;
    if (reader.text[reader.at] === '?')
        throw unexpected(reader, 'a group of a kind that patterns do not have');
    if (++reader.depth > MAX_DEPTH)
        throw unexpected(reader, `more than ${MAX_DEPTH} groups in each other`);
    const node = choice(reader);
    reader.depth--;
    if (reader.text[reader.at] !== ')') {
        reader.at = start;
        throw unexpected(reader, 'a ( without its )');
    }
    reader.at++;
    return node;
}
function characterClass(reader) {
    const start = reader.at;
    const isNegated = reader.text[start + 1] === '^';
    reader.at += isNegated ? 2 : 1;
    const ranges = [];
    while (reader.text[reader.at] !== ']') {
        if (reader.at >= reader.text.length) {
            reader.at = start;
            throw unexpected(reader, 'a [ without its ]');
        }
        const low = member(reader);
        // A - at the end of the class stands for itself.
        const isRange = reader.text[reader.at] === '-' && ![']', undefined].includes(reader.text[reader.at + 1]);
        if (!isRange) {
            ranges.push(...low);
            continue;
        }
        reader.at++;
        const high = member(reader);
        const [from, to] = [codeOf(low), codeOf(high)];
        if (from === undefined || to === undefined || from > to)
            throw unexpected(reader, 'a range that has no beginning or end');
        ranges.push([from, to]);
    }
    reader.at++;
    if (ranges.length === 0)
        throw unexpected(reader, 'a class of no characters');
    return isNegated ? complement(ranges) : ranges;
}
function member(reader) {
    const character = reader.text[reader.at] ?? '';
    if (character === '\\')
        return pattern_syntax_escape(reader, '-');
    reader.at++;
    return single(reader, character);
}
/** @param more what else may be escaped here */
function pattern_syntax_escape(reader, more) {
    const character = reader.text.charAt(reader.at + 1);
    if (Object.hasOwn(CLASSES, character)) {
        reader.at += 2;
        return CLASSES[character] ?? [];
    }
    if (character === '' || !`\\^$.*+?()[]{}|/${more}`.includes(character)) {
        throw unexpected(reader, `an escape \\${character} that patterns do not have`);
    }
    reader.at += 2;
    return single(reader, character);
}
function single(reader, character) {
    const code = character.charCodeAt(0);
    if (!(code > 0x20 && code < 0x7f))
        throw unexpected(reader, 'a character that stands in no identity');
    return [[code, code]];
}
function codeOf(set) {
    const [range, ...more] = set;
    return range !== undefined && more.length === 0 && range[0] === range[1] ? range[0] : undefined;
}
function complement(set) {
    const rest = [];
    let next = 0;
    for (const [low, high] of [...set].sort(([a], [b]) => a - b)) {
        if (low > next)
            rest.push([next, low - 1]);
        next = Math.max(next, high + 1);
    }
    return next <= LAST_CODE_POINT ? [...rest, [next, LAST_CODE_POINT]] : rest;
}
function unexpected(reader, what) {
    return new PatternError(`has ${what} (character ${reader.at + 1})`);
}

;// CONCATENATED MODULE: ./attest/policy/pattern.js
/**
 * Patterns of identities: the part of ECMAScript's regular expressions that describes regular languages, anchored at
 * both ends. So a match takes time linear in the identity, whatever the pattern, and whether two patterns accept the same
 * identity can be decided, with one as proof.
 */


/** More is no pattern that anybody can review. */
const MAX_STATES = 1024;
const MAX_MOVES = 20_000;
/** Pairs of moves that may be looked at to compare the patterns of a policy: about a second. */
const MAX_STEPS = 3_000_000;
const LETTER_A = 0x61;
/**
 * @param source as in `^https://github\.com/org/repo/\.github/workflows/seed\.yml@refs/tags/v[0-9]+$`
 * @throws PatternError where it is not anchored at both ends, or uses what is not in this part of the language
 */
function compilePattern(source) {
    const node = parsePattern(source);
    const automaton = automatonOf(node);
    return { source, prefix: prefixOf(node), automaton, accepts: identity => accepts(automaton, identity) };
}
/**
 * An identity that both accept, the shortest; undefined where there is none.
 *
 * @param work counts the steps of several comparisons, which have a bound in common
 * @throws PatternError where that bound is reached
 */
function commonIdentity(a, b, work = { steps: 0 }) {
    const width = b.automaton.moves.length;
    const seen = new Map([[0, undefined]]);
    const queue = [0];
    for (let next = 0; next < queue.length; next++) {
        const pair = queue[next] ?? 0;
        const [p, q] = [Math.floor(pair / width), pair % width];
        if (a.automaton.accepting[p] && b.automaton.accepting[q])
            return spell(seen, pair);
        for (const left of a.automaton.moves[p] ?? []) {
            for (const right of b.automaton.moves[q] ?? []) {
                if (++work.steps > MAX_STEPS)
                    throw new PatternError('is too complicated to be compared with the others');
                const to = left.to * width + right.to;
                if (seen.has(to))
                    continue;
                const character = commonCharacter(left.on, right.on);
                if (character === undefined)
                    continue;
                seen.set(to, { from: pair, character });
                queue.push(to);
            }
        }
    }
    return undefined;
}
function spell(seen, end) {
    const characters = [];
    for (let step = seen.get(end); step !== undefined; step = seen.get(step.from)) {
        characters.push(String.fromCodePoint(step.character));
    }
    return characters.reverse().join('');
}
function accepts({ moves, accepting }, text) {
    let states = new Set([0]);
    for (const character of text) {
        const code = character.codePointAt(0) ?? 0;
        const next = new Set();
        for (const state of states) {
            for (const { on, to } of moves[state] ?? [])
                if (includes(on, code))
                    next.add(to);
        }
        states = next;
    }
    return [...states].some(state => accepting[state]);
}
/**
 * The automaton of positions (V. M. Glushkov, The abstract theory of automata, 1961): a state for each place of the
 * pattern where a character stands, entered by that character.
 */
function automatonOf(node) {
    const sets = [[]];
    const follow = [new Set()];
    const root = positions(node, sets, follow);
    follow[0] = new Set(root.first);
    const accepting = sets.map((_, state) => root.last.includes(state));
    accepting[0] = root.isEmpty;
    return { accepting, moves: follow.map(states => [...states].map(to => ({ on: sets[to] ?? [], to }))) };
}
const tooComplicated = () => new PatternError('is too long once its repetitions are written out');
const NOTHING = { first: [], last: [], isEmpty: true };
function positions(node, sets, follow) {
    const link = (from, to) => {
        if (from.length * to.length > MAX_MOVES)
            throw tooComplicated();
        for (const state of from)
            for (const next of to)
                follow[state]?.add(next);
        // Each link is small, and there are as many as parts of the pattern.
        if (follow.reduce((sum, states) => sum + states.size, 0) > MAX_MOVES)
            throw tooComplicated();
    };
    const concat = (a, b) => {
        link(a.last, b.first);
        return {
            first: a.isEmpty ? [...a.first, ...b.first] : a.first,
            last: b.isEmpty ? [...a.last, ...b.last] : b.last,
            isEmpty: a.isEmpty && b.isEmpty
        };
    };
    if (node.kind === 'set') {
        if (sets.length > MAX_STATES)
            throw tooComplicated();
        sets.push(node.set);
        follow.push(new Set());
        return { first: [sets.length - 1], last: [sets.length - 1], isEmpty: false };
    }
    if (node.kind === 'sequence') {
        return node.parts.reduce((span, part) => concat(span, positions(part, sets, follow)), NOTHING);
    }
    if (node.kind === 'choice') {
        const spans = node.parts.map(part => positions(part, sets, follow));
        return {
            first: spans.flatMap(span => span.first),
            last: spans.flatMap(span => span.last),
            isEmpty: spans.some(span => span.isEmpty)
        };
    }
    let span = NOTHING;
    const copies = node.max === Infinity ? Math.max(node.min, 1) : node.max;
    for (let copy = 1; copy <= copies; copy++) {
        const part = positions(node.part, sets, follow);
        if (copy === copies && node.max === Infinity)
            link(part.last, part.first);
        span = concat(span, { ...part, isEmpty: part.isEmpty || copy > node.min });
    }
    return span;
}
function prefixOf(node) {
    let prefix = '';
    for (const part of node.kind === 'sequence' ? node.parts : [node]) {
        const [range, ...more] = part.kind === 'set' ? part.set : [];
        if (range === undefined || more.length > 0 || range[0] !== range[1])
            break;
        prefix += String.fromCodePoint(range[0]);
    }
    return prefix;
}
function includes(set, code) {
    return set.some(([low, high]) => low <= code && code <= high);
}
/** One that both have, and that can be read where there is such a one. */
function commonCharacter(a, b) {
    let found;
    for (const [low, high] of a) {
        for (const [from, to] of b) {
            const [first, last] = [Math.max(low, from), Math.min(high, to)];
            if (first > last)
                continue;
            const code = Math.min(Math.max(first, LETTER_A), last);
            if (code > 0x20 && code < 0x7f)
                return code;
            found ??= code;
        }
    }
    return found;
}

;// CONCATENATED MODULE: ./attest/policy/problem.js

/** How many problems an error tells; the rest are counted. */
const MAX_TOLD = 20;
/** How much of a value an error repeats. */
const MAX_QUOTED = 100;
/** A policy that is refused, with every reason. */
class problem_PolicyError extends errors/* SeedError */.uV {
    problems;
    constructor(problems, resource) {
        const isUnmet = problems.every(problem => problem.kind === 'unmet');
        super(isUnmet ? 'POLICY_UNMET' : 'POLICY_INVALID', describeProblems(problems), {
            resource,
            hint: isUnmet
                ? 'Add builders that differ, lower "threshold", or name fewer "dimensions"; what each of them means is in docs/policy.md.'
                : 'Mend the policy; docs/policy.md describes every field. `nix-seed policy init` writes one to start from.'
        });
        this.problems = problems;
    }
}
function describeProblems(problems) {
    const told = problems.slice(0, MAX_TOLD).map(describeProblem);
    const [first = ''] = told;
    if (problems.length <= 1)
        return `the policy is refused: ${first}`;
    const rest = problems.length - told.length;
    const lines = rest > 0 ? [...told, `and ${rest} more`] : told;
    return `the policy is refused for ${problems.length} reasons:\n${lines.map(line => `  ${line}`).join('\n')}`;
}
/** `line 12, builders[1].issuer: is missing` */
function describeProblem({ line, path, message }) {
    const place = [...(line === undefined ? [] : [`line ${line}`]), ...(path === '' ? [] : [path])].join(', ');
    return place === '' ? message : `${place}: ${message}`;
}
/** `builders[1].issuer`; names that are no words are quoted. */
function formatPath(path) {
    return path
        .map((step, i) => {
        if (typeof step === 'number')
            return `[${step}]`;
        if (!/^[$A-Za-z_][\w$]*$/.test(step))
            return `[${quote(step)}]`;
        return i === 0 ? step : `.${step}`;
    })
        .join('');
}
/** A value as an error repeats it: on one line, and not all of it where it is long. */
function quote(value) {
    // Escapes of what no reader sees: other than JSON, which keeps them as they are.
    const text = (JSON.stringify(value) ?? String(value)).replace(/[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}\p{Co}]/gu, character => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
    return text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text;
}

;// CONCATENATED MODULE: ./attest/policy/builder.js
/** The builders of a policy: in what they differ, and whose certificate is whose. */



const PUBLIC_TRUST_ROOT = 'public';
/** Whether `publicKey` is the key itself, and not the name of a file. */
function isInlineKey(publicKey) {
    return publicKey.startsWith('-----BEGIN ');
}
/**
 * What `builder` has in `dimension`; two builders differ there if these are not equal. For people, as well.
 *
 * Nobody vouches for the holder of a key but the policy, so a key is an issuer of its own.
 */
function dimensionValue(builder, dimension) {
    switch (dimension) {
        case 'builder':
            return builder.id;
        case 'issuer':
            return builder.issuer ?? `key of ${builder.id}`;
        case 'trustRoot':
            return external_node_path_.posix.normalize(builder.trustRoot);
        case 'repository':
            return repositoryKey(builder.repository ?? '');
        default:
            return builder[dimension] ?? '';
    }
}
/** The builder's values in those dimensions in which builders with one id alone are not the same by themselves. */
function builder_builderRow(builder, dimensions) {
    return dimensions.filter(dimension => dimension !== 'builder').map(dimension => dimensionValue(builder, dimension));
}
/**
 * One name for the ways in which certificates, statements and policies write a repository:
 * `git+https://github.com/Org/Repo.git@refs/heads/main` is `github.com/org/repo`. Forges ignore case.
 */
function repositoryKey(uri) {
    return uri
        .replace(/^(?:git\+)?[a-z]+:\/\/(?:[^/@]*@)?/i, '')
        .replace(/@.*$/, '')
        .replace(/\/+$/, '')
        .replace(/\.git$/i, '')
        .toLowerCase();
}
/**
 * Finds the one builder of the policy that a certificate satisfies: issuer and identity are compared as they are, every
 * character; a pattern has to accept the whole identity. There is never more than one, since the policy has no overlaps.
 */
function findBuilder(policy, signer) {
    const { issuer, identity, repository } = signer;
    const named = policy.builders.filter(builder => isIdentityOf(builder, identity));
    const vouched = named.filter(builder => builder.issuer === issuer);
    const builder = vouched.find(each => each.repository === undefined ||
        (repository !== undefined && repositoryKey(each.repository) === repositoryKey(repository)));
    if (builder)
        return { builder };
    const [first] = vouched;
    if (first) {
        const where = repository === undefined ? 'the certificate names no repository' : `it was built from ${quote(repository)}`;
        return { reason: `${where}, and builder ${first.id} builds ${quote(first.repository)}`, elsewhere: first };
    }
    if (named[0]) {
        return { reason: `the identity is that of builder ${named[0].id}, but its issuer is ${quote(issuer)}` };
    }
    return { reason: `no builder of the policy has the identity ${quote(identity)}${nearMiss(policy, identity)}` };
}
function isIdentityOf(builder, identity) {
    if (builder.identityPattern === undefined)
        return builder.identity === identity;
    const pattern = patterns.get(builder) ?? compilePattern(builder.identityPattern);
    patterns.set(builder, pattern);
    return pattern.accepts(identity);
}
const patterns = new WeakMap();
/** What is nearly right is a mistake, or meant to be taken for right: its reader should know. */
function nearMiss(policy, identity) {
    const plain = identity.toLowerCase();
    for (const { id, identity: expected } of policy.builders) {
        if (expected === undefined)
            continue;
        const wanted = expected.toLowerCase();
        if (plain === wanted)
            return `; that of ${id} differs in case`;
        if (plain !== '' && (plain.startsWith(wanted) || wanted.startsWith(plain)))
            return `; that of ${id} begins like it`;
        if (plain !== '' && (plain.endsWith(wanted) || wanted.endsWith(plain)))
            return `; that of ${id} ends like it`;
        if (plain.split('@')[0] === wanted.split('@')[0])
            return `; that of ${id} is for another ref`;
    }
    return '';
}

;// CONCATENATED MODULE: ./attest/policy/independence.js
/**
 * How many vertices of a graph can be chosen so that no two are joined: exactly.
 *
 * The algorithm is that of F. V. Fomin, F. Grandoni and D. Kratsch, "Measure and conquer: a simple O(2^0.288n)
 * independent set algorithm", SODA 2006: components apart, dominated vertices away, small neighbourhoods folded, then a
 * branch on a vertex of greatest degree with its mirrors. For 64 vertices that bounds the branches by 2^18.5.
 */
/**
 * @param graph symmetric, without loops, of 64 vertices at most
 * @param vertices the part of the graph that is meant, as bits
 */
function independenceNumber(graph, vertices) {
    if (vertices === 0n)
        return 0;
    const component = componentOf(graph, vertices);
    if (component !== vertices) {
        return independenceNumber(graph, component) + independenceNumber(graph, vertices & ~component);
    }
    const list = members(vertices);
    if (list.length === 1)
        return 1;
    const dominating = findDominating(graph, vertices, list);
    if (dominating !== undefined)
        return independenceNumber(graph, vertices & ~bit(dominating));
    const folded = fold(graph, vertices, list);
    if (folded)
        return 1 + independenceNumber(folded.graph, folded.vertices);
    const vertex = mostJoined(graph, vertices, list);
    const rest = vertices & ~bit(vertex);
    const without = independenceNumber(graph, rest & ~mirrors(graph, vertices, vertex));
    return Math.max(without, 1 + independenceNumber(graph, rest & ~of(graph, vertex)));
}
/** The vertices that can be reached from the first one. */
function componentOf(graph, vertices) {
    let reached = vertices & -vertices;
    for (let frontier = reached; frontier !== 0n;) {
        let next = 0n;
        for (const vertex of members(frontier))
            next |= of(graph, vertex);
        frontier = next & vertices & ~reached;
        reached |= frontier;
    }
    return reached;
}
/** A vertex whose neighbourhood holds that of a neighbour: whatever set has it is as large with the neighbour instead. */
function findDominating(graph, vertices, list) {
    return list.find(vertex => {
        const around = (of(graph, vertex) | bit(vertex)) & vertices;
        return members(of(graph, vertex) & vertices).some(other => (of(graph, other) & vertices & ~around) === 0n);
    });
}
/**
 * Replaces a vertex and its neighbours by one vertex for each pair of neighbours that are not joined. The number of the
 * new graph is less by one, as long as no three of the neighbours are pairwise not joined.
 */
function fold(graph, vertices, list) {
    for (const vertex of list) {
        const around = members(of(graph, vertex) & vertices);
        if (around.length > 4)
            continue;
        const pairs = around.flatMap((a, i) => around.slice(i + 1).flatMap(b => (joined(graph, a, b) ? [] : [[a, b]])));
        if (pairs.length > 3 || hasFreeTriple(graph, around))
            continue;
        return foldAt(graph, vertices, [vertex, ...around], pairs);
    }
    return undefined;
}
function foldAt(graph, vertices, gone, pairs) {
    const kept = vertices & ~maskOf(gone);
    // There are fewer pairs than vertices that go, so the new ones take their numbers.
    const fresh = gone.slice(0, pairs.length);
    const copy = graph.map(neighbours => neighbours & kept);
    for (const [i, [a, b]] of pairs.entries()) {
        const vertex = fresh[i] ?? 0;
        const neighbours = (of(graph, a) | of(graph, b)) & kept;
        copy[vertex] = neighbours | maskOf(fresh.filter(other => other !== vertex));
        for (const neighbour of members(neighbours))
            copy[neighbour] = of(copy, neighbour) | bit(vertex);
    }
    return { graph: copy, vertices: kept | maskOf(fresh) };
}
function hasFreeTriple(graph, list) {
    return list.some((a, i) => list
        .slice(i + 1)
        .some((b, j) => !joined(graph, a, b) && list.slice(i + j + 2).some(c => !joined(graph, a, c) && !joined(graph, b, c))));
}
function mostJoined(graph, vertices, list) {
    const degrees = list.map(vertex => members(of(graph, vertex) & vertices).length);
    return list[degrees.indexOf(Math.max(...degrees))] ?? 0;
}
/**
 * Vertices at distance two such that the neighbours of `vertex` that they leave out are all joined. Where `vertex` is in
 * no largest set, these need not be in one either.
 */
function mirrors(graph, vertices, vertex) {
    const near = of(graph, vertex) & vertices;
    let far = 0n;
    for (const neighbour of members(near))
        far |= of(graph, neighbour);
    far &= vertices & ~near & ~bit(vertex);
    return maskOf(members(far).filter(other => isClique(graph, near & ~of(graph, other))));
}
function isClique(graph, vertices) {
    return members(vertices).every(vertex => (vertices & ~bit(vertex) & ~of(graph, vertex)) === 0n);
}
const bit = (index) => BITS[index] ?? 0n;
const of = (graph, vertex) => graph[vertex] ?? 0n;
const joined = (graph, a, b) => (of(graph, a) & bit(b)) !== 0n;
const maskOf = (indices) => indices.reduce((mask, index) => mask | bit(index), 0n);
/** Indices of the bits, in order. By halves, since numbers are much faster than big integers. */
function members(mask) {
    const list = [];
    for (let half = Number(mask & HALF); half !== 0; half &= half - 1)
        list.push(31 - Math.clz32(half & -half));
    for (let half = Number(mask >> 32n); half !== 0; half &= half - 1)
        list.push(63 - Math.clz32(half & -half));
    return list;
}
const HALF = 0xffffffffn;
const BITS = Array.from({ length: 64 }, (_, index) => 1n << BigInt(index));

;// CONCATENATED MODULE: ./attest/policy/distinct.js
/**
 * Sets of rows that are pairwise distinct in each column.
 *
 * With one column that is one row a value; with two it is a matching in the bipartite graph whose edges are the rows;
 * both take polynomial time. With three it is 3-dimensional matching, NP-hard (Karp, Reducibility among combinatorial
 * problems, 1972). There it is a largest independent set of the graph of conflicts, found exactly by the algorithm of
 * `independence.ts`, whose time is bounded by 1.221^rows.
 */

/**
 * @param rows all of the same length
 */
function distinct_distinctSets(rows) {
    const conflicts = conflictsOf(rows);
    const everything = distinct_maskOf([...rows.keys()]);
    const known = new Map();
    const most = (mask) => {
        const size = known.get(mask) ?? largest(rows, conflicts, mask);
        known.set(mask, size);
        return size;
    };
    /** Whether `most(mask) >= size`: in nearly all cases plain to see. */
    const reaches = (mask, size) => {
        if (size <= 0)
            return true;
        const members = rows.filter((_, i) => has(mask, i));
        const isShort = (column) => new Set(members.map(row => row[column])).size < size;
        if (members.length < size || (members[0] ?? []).some((_, column) => isShort(column)))
            return false;
        return greedySize(conflicts, mask) >= size || most(mask) >= size;
    };
    /** Rows after `row` that may stand in a set with it and with all that `open` allows. */
    const after = (open, row) => ((open >> BigInt(row + 1)) << BigInt(row + 1)) & ~at(conflicts, row);
    function* extend(chosen, open, size) {
        if (chosen.length === size) {
            yield [...chosen];
            return;
        }
        // Whatever is entered holds a set: the time between two answers is that of `rows` searches.
        if (!reaches(open, size - chosen.length))
            return;
        for (let row = 0; row < rows.length; row++) {
            if (has(open, row))
                yield* extend([...chosen, row], after(open, row), size);
        }
    }
    return {
        largest: () => most(everything),
        first: size => extend([], everything, size).next().value ?? undefined,
        canLack: (row, size) => reaches(everything & ~distinct_bit(row), size),
        canHold: (row, size) => reaches(everything & ~distinct_bit(row) & ~at(conflicts, row), size - 1),
        all: size => extend([], everything, size),
        conflict: (a, b) => has(at(conflicts, a), b)
    };
}
function largest(rows, conflicts, mask) {
    const members = rows.filter((_, i) => has(mask, i));
    const columns = necessaryColumns(members);
    const [left, right] = columns;
    if (left === undefined)
        return members.length;
    if (right === undefined)
        return new Set(left).size;
    return columns.length === 2 ? matchingSize(left, right) : independenceNumber(conflicts, mask);
}
/** Size of a set that need not be a largest: always the row next that has the fewest conflicts. */
function greedySize(conflicts, mask) {
    const order = [...conflicts.keys()]
        .filter(row => has(mask, row))
        .map(row => ({ row, weight: count(at(conflicts, row) & mask) }))
        .sort((a, b) => a.weight - b.weight);
    let open = mask;
    let size = 0;
    for (const { row } of order) {
        if (!has(open, row))
            continue;
        size++;
        open &= ~distinct_bit(row) & ~at(conflicts, row);
    }
    return size;
}
/**
 * The columns that matter. One in which no value is shared forbids nothing; nor does one that only ever shares a value
 * where another does too.
 */
function necessaryColumns(rows) {
    const width = rows[0]?.length ?? 0;
    const columns = Array.from({ length: width }, (_, i) => rows.map(row => row[i] ?? ''));
    return columns
        .filter(column => new Set(column).size < rows.length)
        .filter((column, i, kept) => !kept.some((other, j) => i !== j && refines(column, other) && (j < i || !refines(other, column))));
}
/** Whether rows that are equal in `fine` are equal in `coarse` too. */
function refines(fine, coarse) {
    const image = new Map();
    return fine.every((value, i) => {
        if (!image.has(value))
            image.set(value, coarse[i]);
        return image.get(value) === coarse[i];
    });
}
/** Size of a largest matching of the bipartite graph with the edges (left[i], right[i]): augmenting paths. */
function matchingSize(left, right) {
    const neighbours = new Map();
    for (const [i, vertex] of left.entries())
        neighbours.set(vertex, [...(neighbours.get(vertex) ?? []), right[i] ?? '']);
    const partner = new Map();
    const augment = (vertex, seen) => (neighbours.get(vertex) ?? []).some(other => {
        if (seen.has(other))
            return false;
        seen.add(other);
        const taken = partner.get(other);
        if (taken !== undefined && !augment(taken, seen))
            return false;
        partner.set(other, vertex);
        return true;
    });
    return [...neighbours.keys()].filter(vertex => augment(vertex, new Set())).length;
}
function conflictsOf(rows) {
    return rows.map((row, i) => distinct_maskOf(rows.flatMap((other, j) => (i !== j && row.some((value, column) => value === other[column]) ? [j] : []))));
}
const distinct_bit = (index) => 1n << BigInt(index);
const has = (mask, index) => ((mask >> BigInt(index)) & 1n) === 1n;
const at = (masks, index) => masks[index] ?? 0n;
const distinct_maskOf = (indices) => indices.reduce((mask, index) => mask | distinct_bit(index), 0n);
function count(mask) {
    let size = 0;
    for (let rest = mask; rest !== 0n; rest &= rest - 1n)
        size++;
    return size;
}

;// CONCATENATED MODULE: ./attest/policy/meaning.js
/** What a schema cannot say of a policy: that its entries go together, and that it can be met. */




/** Reports what contradicts itself, and whether no set of builders can meet the policy. */
function checkMeaning(policy, report) {
    const unsound = [];
    const strict = (...problem) => {
        unsound.push(problem);
        report(...problem);
    };
    checkIds(policy.builders, strict);
    checkIssuers(policy.builders, strict);
    checkSpelling(policy.builders, strict);
    checkKeys(policy.builders, strict);
    checkOverlaps(policy.builders, strict);
    if (unsound.length === 0)
        checkThreshold(policy, report);
}
function checkIds(builders, report) {
    // Reports and commands name builders by id, so two that differ in case alone are one to their readers.
    forPairs(builders, (first, second, i, j) => {
        if (first.id.toLowerCase() !== second.id.toLowerCase())
            return;
        report('meaning', ['builders', j, 'id'], `${quote(second.id)} is the id of builders[${i}] too`);
    });
}
function checkIssuers(builders, report) {
    for (const [i, { issuer }] of builders.entries()) {
        if (issuer === undefined)
            continue;
        const url = URL.canParse(issuer) ? new URL(issuer).href : undefined;
        if (url === issuer || url === `${issuer}/`)
            continue;
        const meant = url === undefined ? '' : `; it would stand there as ${quote(url.replace(/(?<=^https?:\/\/[^/]*)\/$/, ''))}`;
        report('meaning', ['builders', i, 'issuer'], `${quote(issuer)} is written as no certificate has it${meant}`);
    }
}
/** Two spellings of one name would count as two: `Acme` and `acme`. */
function checkSpelling(builders, report) {
    const plain = (text) => text
        .normalize('NFKC')
        .toLowerCase()
        .replace(/[\s._-]+/g, ' ');
    for (const field of ['organisation', 'cloud']) {
        const known = new Map();
        for (const [i, builder] of builders.entries()) {
            const value = builder[field];
            if (value === undefined)
                continue;
            const other = known.get(plain(value)) ?? value;
            known.set(plain(value), other);
            if (other === value)
                continue;
            report('meaning', ['builders', i, field], `${quote(value)} and ${quote(other)} are two spellings of one name`);
        }
    }
}
function checkKeys(builders, report) {
    const plain = (key) => (isInlineKey(key) ? key.replace(/\s/g, '') : key.replace(/^(?:\.\/+)+/, ''));
    forPairs(builders, ({ publicKey: first }, { publicKey: second }, i, j) => {
        if (first === undefined || second === undefined || plain(first) !== plain(second))
            return;
        report('meaning', ['builders', j, 'publicKey'], `is the key of builders[${i}] too: one signature would be two builders`);
    });
}
/** Reports builders that one certificate could satisfy, whoever issued it. */
function checkOverlaps(builders, report) {
    const patterns = builders.map((builder, i) => patternOf(builder, i, report));
    const work = { steps: 0 };
    forPairs(builders, (first, second, i, j) => {
        if (first.issuer === undefined || first.issuer !== second.issuer)
            return;
        if (areApart(first.repository, second.repository))
            return;
        const path = ['builders', j, second.identityPattern === undefined ? 'identity' : 'identityPattern'];
        try {
            const identity = sharedIdentity([first, patterns[i]], [second, patterns[j]], work);
            if (identity === undefined)
                return;
            report('meaning', path, `overlaps with builders[${i}]: a certificate for ${quote(identity)} would satisfy both`);
        }
        catch (error) {
            if (!(error instanceof PatternError))
                throw error;
            report('meaning', path, error.message);
        }
    });
}
function sharedIdentity([a, p], [b, q], work) {
    if (a.identity !== undefined)
        return a.identity === b.identity || q?.accepts(a.identity) ? a.identity : undefined;
    if (b.identity !== undefined)
        return p?.accepts(b.identity) ? b.identity : undefined;
    return p && q && commonIdentity(p, q, work);
}
/** The pattern of a builder that has one; what is wrong with it is reported. */
function patternOf({ identityPattern }, i, report) {
    if (identityPattern === undefined)
        return undefined;
    const path = ['builders', i, 'identityPattern'];
    try {
        const pattern = compilePattern(identityPattern);
        if (/^[a-z][a-z0-9+.-]*:\/\/[^/]+\/[^/]/.test(pattern.prefix))
            return pattern;
        const beginning = `begins with ${quote(pattern.prefix)} and then accepts whatever the issuer vouches for`;
        report('meaning', path, `${beginning}; give scheme, host and owner as they are`);
    }
    catch (error) {
        if (!(error instanceof PatternError))
            throw error;
        report('meaning', path, error.message);
    }
    return undefined;
}
/** A certificate names one source repository. */
function areApart(a, b) {
    return a !== undefined && b !== undefined && repositoryKey(a) !== repositoryKey(b);
}
function checkThreshold({ builders, dimensions, threshold }, report) {
    const largest = distinct_distinctSets(builders.map(builder => builder_builderRow(builder, dimensions))).largest();
    if (largest >= threshold)
        return;
    const differ = dimensions.filter(dimension => dimension !== 'builder');
    const names = differ.map(quote).join(' and ');
    const message = builders.length < threshold
        ? `is ${threshold}, and there ${builders.length === 1 ? 'is 1 builder' : `are ${builders.length} builders`}`
        : `is ${threshold}, and of the ${builders.length} builders no more than ${largest} differ from each other in ${names}`;
    report('unmet', ['threshold'], `${message}: no set of builders can meet the policy`);
}
function forPairs(list, visit) {
    for (const [j, b] of list.entries())
        for (const [i, a] of list.slice(0, j).entries())
            visit(a, b, i, j);
}

;// CONCATENATED MODULE: ./attest/policy/types.js
/** The parts of a policy. What each means to its author is in docs/policy.md. */
const SCHEMA_ID = 'https://nix-seed.dev/schemas/policy/v1.json';
/** The search for a quorum is exact; with this bound it is also quick, whatever the policy says (see independence.ts). */
const MAX_BUILDERS = 64;
/** A century. */
const MAX_AGE_DAYS = 36_500;
/** In what builders may be asked to differ. */
const DIMENSIONS = [
    'builder',
    'organisation',
    'issuer',
    'cloud',
    'operatorJurisdiction',
    'computeJurisdiction',
    'trustRoot',
    'repository'
];
/** `fail`: nothing passes. `discount`: the builder's votes do not count. */
const EQUIVOCATION = ['fail', 'discount'];

;// CONCATENATED MODULE: ./attest/policy/shape.js
/**
 * The shape of a policy: exactly what `policy.schema.json` says of it, with messages for people. A test keeps the two
 * the same.
 */


/** Unseen and private characters, surrogates and line ends: two names that look the same would be two names. */
const UNSEEN = String.raw `\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}`;
const HOST = String.raw `[a-z0-9][a-z0-9.-]*`;
const LOOPBACK = String.raw `(?:localhost|127\.0\.0\.1|\[::1\])`;
/** Patterns of the fields (ECMAScript, `u`), as in the schema. */
const PATTERNS = {
    id: '^[A-Za-z0-9][A-Za-z0-9._:/@+~-]*$',
    issuer: String.raw `^(?:https://${HOST}|http://${LOOPBACK})(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~%!$&'()+,;=:@-]+)*/?$`,
    // The characters of a URI (RFC 3986) but `*`, which no identity holds and which looks like a pattern.
    identity: String.raw `^[A-Za-z0-9._~:/?#\[\]@!$&'()+,;=%-]+$`,
    identityPattern: String.raw `^\^[!-~]+\$$`,
    label: String.raw `^[^\s${UNSEEN}](?:[^${UNSEEN}]*[^\s${UNSEEN}])?$`,
    jurisdiction: '^[A-Z]{2}$',
    repository: String.raw `^https://${HOST}(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~-]+)+$`,
    file: String.raw `^(?!-----BEGIN)[^\s${UNSEEN}](?:[^${UNSEEN}]*[^\s${UNSEEN}])?$`,
    pem: String.raw `^-----BEGIN PUBLIC KEY-----\r?\n(?:[A-Za-z0-9+/=]+\r?\n)+-----END PUBLIC KEY-----(?:\r?\n)?$`
};
/** How many characters a field may have. */
const MAX_LENGTHS = { id: 256, uri: 1024, pattern: 512, label: 256, file: 1024, key: 8192 };
const BUILDER = {
    id: shape_text(PATTERNS.id, MAX_LENGTHS.id, 'a name of letters, digits and . _ : / @ + ~ -'),
    issuer: shape_text(PATTERNS.issuer, MAX_LENGTHS.uri, 'an https URL as it stands in certificates, without query'),
    identity: shape_text(PATTERNS.identity, MAX_LENGTHS.uri, 'the whole identity as it stands in certificates (what is not certain of it goes into "identityPattern")'),
    identityPattern: shape_text(PATTERNS.identityPattern, MAX_LENGTHS.pattern, 'a regular expression that starts with ^ and ends with $'),
    organisation: label('the name of an organisation'),
    operatorJurisdiction: shape_text(PATTERNS.jurisdiction, Infinity, 'two capital letters (ISO 3166-1), as in "US"'),
    computeJurisdiction: shape_text(PATTERNS.jurisdiction, Infinity, 'two capital letters (ISO 3166-1), as in "US"'),
    cloud: label('the name of a cloud'),
    repository: shape_text(PATTERNS.repository, MAX_LENGTHS.uri, 'an https URL without a slash at its end'),
    trustRoot: shape_text(PATTERNS.file, MAX_LENGTHS.file, 'a file name, or "public"'),
    publicKey
};
const POLICY = {
    $schema: oneOf([SCHEMA_ID]),
    threshold: integer(1, MAX_BUILDERS),
    dimensions,
    predicateType: shape_text(PATTERNS.identity, MAX_LENGTHS.uri, 'a URI'),
    maximumAgeDays: integer(1, MAX_AGE_DAYS),
    allowSelfHosted: flag,
    allowSandboxOff: flag,
    allowSeveralSubjects: flag,
    equivocation: oneOf(EQUIVOCATION),
    builders: (value, path, report) => list(value, path, report, MAX_BUILDERS, 'builder', builder)
};
/** The fields that each entry must have where the policy asks that they differ. The others have a value by themselves. */
const OPTIONAL_DIMENSIONS = [
    'organisation',
    'cloud',
    'operatorJurisdiction',
    'computeJurisdiction',
    'repository'
];
/** Reports whatever is not as the schema asks. */
function checkShape(value, report) {
    const reportShape = (_, path, message) => report('shape', path, message);
    if (!checkFields(value, [], POLICY, ['builders'], reportShape))
        return;
    const { builders, dimensions: named = DEFAULT_DIMENSIONS } = value;
    if (!Array.isArray(builders) || !Array.isArray(named))
        return;
    for (const dimension of OPTIONAL_DIMENSIONS.filter(each => named.includes(each))) {
        for (const [i, entry] of builders.entries()) {
            if (!isObject(entry) || Object.hasOwn(entry, dimension))
                continue;
            reportShape('shape', ['builders', i, dimension], 'is missing, and the policy asks that it differ');
        }
    }
}
const DEFAULT_DIMENSIONS = ['builder', 'organisation', 'issuer'];
function builder(value, path, report) {
    if (!checkFields(value, path, BUILDER, ['id'], report))
        return;
    const has = (name) => Object.hasOwn(value, name);
    if (has('publicKey')) {
        for (const name of ['issuer', 'identity', 'identityPattern'].filter(has)) {
            report('shape', [...path, name], 'does not go with "publicKey": the signature of a key proves no identity');
        }
        return;
    }
    if (!has('issuer'))
        report('shape', [...path, 'issuer'], 'is missing (a builder without one has a "publicKey")');
    if (!has('identity') && !has('identityPattern'))
        report('shape', [...path, 'identity'], 'is missing');
    if (has('identity') && has('identityPattern')) {
        report('shape', [...path, 'identityPattern'], 'does not go with "identity": name one of the two');
    }
}
function dimensions(value, path, report) {
    const known = oneOf(DIMENSIONS);
    list(value, path, report, DIMENSIONS.length, 'dimension', known);
    if (!Array.isArray(value))
        return;
    for (const [i, dimension] of value.entries()) {
        if (value.indexOf(dimension) < i)
            report('shape', [...path, i], `names ${quote(dimension)} again`);
    }
}
/** A PEM is looked at apart, so that no error repeats a key. */
function publicKey(value, path, report) {
    const asks = 'must be a file name, or a public key in PEM ("-----BEGIN PUBLIC KEY-----" and so on)';
    if (typeof value !== 'string')
        report('shape', path, `${asks}, not ${kindOf(value)}`);
    else if (value === '')
        report('shape', path, 'is empty');
    else if (/PRIVATE KEY/.test(value))
        report('shape', path, 'is a private key; a policy is public');
    else if (countCharacters(value) > MAX_LENGTHS.key)
        report('shape', path, tooLong(MAX_LENGTHS.key));
    else if (!matches(PATTERNS.pem, value) && !matches(PATTERNS.file, value))
        report('shape', path, asks);
}
/** Whether `value` is an object at all; what is wrong with its fields is reported. */
function checkFields(value, path, fields, required, report) {
    if (!isObject(value)) {
        report('shape', path, `must be an object, not ${kindOf(value)}`);
        return false;
    }
    for (const [name, member] of Object.entries(value)) {
        const check = Object.hasOwn(fields, name) ? fields[name] : undefined;
        if (check)
            check(member, [...path, name], report);
        else
            report('shape', [...path, name], `is no field of a ${path.length === 0 ? 'policy' : 'builder'}${similar(name, fields)}`);
    }
    for (const name of required) {
        if (!Object.hasOwn(value, name))
            report('shape', [...path, name], 'is missing');
    }
    return true;
}
function list(value, path, report, max, of, item) {
    if (!Array.isArray(value))
        return report('shape', path, `must be a list, not ${kindOf(value)}`);
    if (value.length === 0)
        return report('shape', path, `is empty: it must name one ${of} at least`);
    if (value.length > max)
        return report('shape', path, `has ${value.length} entries; ${max} are the most`);
    // By index: a list of plain data may have holes.
    for (let i = 0; i < value.length; i++)
        item(value[i], [...path, i], report);
}
function shape_text(pattern, max, asks) {
    return (value, path, report) => {
        if (typeof value !== 'string')
            report('shape', path, `must be ${asks}, not ${kindOf(value)}`);
        else if (value === '')
            report('shape', path, 'is empty');
        else if (countCharacters(value) > max)
            report('shape', path, `${quote(value)} ${tooLong(max)}`);
        else if (/<[^>]+>/.test(value) && !matches(pattern, value)) {
            report('shape', path, `${quote(value)} is still to be filled in`);
        }
        else if (!matches(pattern, value))
            report('shape', path, `${quote(value)} is not ${asks}`);
    };
}
function label(asks) {
    return shape_text(PATTERNS.label, MAX_LENGTHS.label, `${asks}, with no space around it and no character that cannot be seen`);
}
function oneOf(values) {
    const asks = values.length === 1 ? quote(values[0]) : `one of ${values.map(quote).join(', ')}`;
    return (value, path, report) => {
        if (typeof value !== 'string' || !values.includes(value))
            report('shape', path, `${quote(value)} is not ${asks}`);
    };
}
function integer(min, max) {
    return (value, path, report) => {
        if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max)
            return;
        report('shape', path, `must be a whole number from ${min} to ${max}, not ${typeof value === 'number' ? value : kindOf(value)}`);
    };
}
function flag(value, path, report) {
    if (typeof value !== 'boolean')
        report('shape', path, `must be true or false, not ${kindOf(value)}`);
}
const tooLong = (max) => `is longer than ${max} characters`;
/** As JSON Schema counts: code points. */
function countCharacters(value) {
    return value.length <= 1 ? value.length : Array.from(value).length;
}
const compiled = new Map();
function matches(pattern, value) {
    const expression = compiled.get(pattern) ?? new RegExp(pattern, 'u');
    compiled.set(pattern, expression);
    return expression.test(value);
}
function isObject(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}
function kindOf(value) {
    if (value === null)
        return 'null';
    if (Array.isArray(value))
        return 'a list';
    return typeof value === 'object' ? 'an object' : quote(value);
}
/** Names that differ in case, or in the spelling of one word, are what people mistype. */
function similar(name, fields) {
    const plain = (text) => text
        .toLowerCase()
        .replace(/z/g, 's')
        .replace(/[^a-z]/g, '');
    const meant = Object.keys(fields).find(field => plain(field) === plain(name));
    return meant === undefined ? '' : `; it is spelled ${quote(meant)}`;
}

// EXTERNAL MODULE: ../../node_modules/jsonc-parser/lib/umd/main.js
var main = __webpack_require__(7415);
;// CONCATENATED MODULE: ./attest/policy/text.js
/**
 * The text of a policy: JSON (RFC 8259) in which comments are allowed, as in the files of many editors. Nothing else is
 * lenient: no trailing commas, no name twice in one object.
 */


/** More than 64 builders with keys and a comment for each take. */
const text_MAX_POLICY_BYTES = 256 * 1024;
/** A policy needs three. A reader that goes down level by level must not run out of stack. */
const text_MAX_DEPTH = 16;
const MAX_SYNTAX_PROBLEMS = 5;
/** Reads the text of a policy; never throws. */
function readPolicyText(text) {
    const lineAt = lineCounter(text);
    const lines = new Map();
    const refuse = (...problems) => ({ value: undefined, problems, lineOf: () => 1 });
    const syntax = (message, offset) => offset === undefined
        ? { kind: 'syntax', path: '', message }
        : { kind: 'syntax', path: '', line: lineAt(offset), message };
    if (Buffer.byteLength(text) > text_MAX_POLICY_BYTES)
        return refuse(syntax(`it is larger than ${text_MAX_POLICY_BYTES} bytes`));
    const deep = offsetOfDepth(text, text_MAX_DEPTH);
    if (deep !== undefined)
        return refuse(syntax(`more than ${text_MAX_DEPTH} levels of lists and objects`, deep));
    const errors = [];
    const root = (0,main.parseTree)(text, errors, { disallowComments: false, allowTrailingComma: false, allowEmptyContent: false });
    if (errors.length > 0 || root === undefined) {
        const told = errors.slice(0, MAX_SYNTAX_PROBLEMS).map(error => syntax(`no JSON: ${text_name(error)}`, error.offset));
        return refuse(...(told.length > 0 ? told : [syntax('it is empty', 0)]));
    }
    const problems = [];
    const value = text_valueOf(root, [], {
        at: (path, offset) => void lines.set(formatPath(path), lineAt(offset)),
        twice: (path, offset) => void problems.push({
            kind: 'syntax',
            path: formatPath(path),
            line: lineAt(offset),
            message: 'stands there twice; readers differ in which of the two they take'
        })
    });
    const lineOf = (path) => {
        for (let length = path.length; length >= 0; length--) {
            const line = lines.get(formatPath(path.slice(0, length)));
            if (line !== undefined)
                return line;
        }
        return 1;
    };
    return { value: problems.length > 0 ? undefined : value, problems, lineOf };
}
/** `PropertyNameExpected` as words. */
function text_name({ error }) {
    return (0,main.printParseErrorCode)(error)
        .replace(/(?<=[a-z])[A-Z]/g, letter => ` ${letter.toLowerCase()}`)
        .toLowerCase();
}
function text_valueOf(node, path, visitor) {
    visitor.at(path, node.offset);
    const children = node.children ?? [];
    if (node.type === 'array')
        return children.map((child, i) => text_valueOf(child, [...path, i], visitor));
    if (node.type !== 'object')
        return node.value;
    const object = Object.create(null);
    for (const { offset, children: [key, member] = [] } of children) {
        if (key === undefined || member === undefined)
            continue;
        const field = String(key.value);
        if (field in object)
            visitor.twice([...path, field], offset);
        object[field] = text_valueOf(member, [...path, field], visitor);
        // A long value may begin on another line than its name.
        visitor.at([...path, field], offset);
    }
    return object;
}
/** Where the nesting exceeds `depth`; found without recursion. */
function offsetOfDepth(text, depth) {
    // Token numbers of jsonc-parser, whose names are no values at run time.
    const open = [1, 3]; // { [
    const close = [2, 4]; // } ]
    const end = 17;
    const scanner = (0,main.createScanner)(text, true);
    for (let token = scanner.scan(), level = 0; token !== end; token = scanner.scan()) {
        if (open.includes(token) && ++level > depth)
            return scanner.getTokenOffset();
        if (close.includes(token))
            level--;
    }
    return undefined;
}
function lineCounter(text) {
    const starts = [0, ...Array.from(text.matchAll(/\r\n|\n|\r/g), ({ index, 0: end }) => index + end.length)];
    return offset => {
        let [low, high] = [0, starts.length];
        while (high - low > 1) {
            const middle = (low + high) >> 1;
            if ((starts[middle] ?? 0) <= offset)
                low = middle;
            else
                high = middle;
        }
        return low + 1;
    };
}

;// CONCATENATED MODULE: ./attest/statement.js
/** What gets signed: an in-toto statement. https://github.com/in-toto/attestation/tree/main/spec/v1 */
const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';
const PROVENANCE_TYPE = 'https://slsa.dev/provenance/v1';
/** Of the signed envelope. https://github.com/secure-systems-lab/dsse/blob/master/envelope.md */
const PAYLOAD_TYPE = 'application/vnd.in-toto+json';

;// CONCATENATED MODULE: ./attest/policy/outlook.js


/**
 * Which sets of builders can meet a policy.
 *
 * @param limit how many sets to tell, at most
 */
function policyOutlook({ builders, dimensions, threshold }, limit) {
    const found = distinctSets(builders.map(builder => builderRow(builder, dimensions)));
    const sets = [];
    for (const set of found.all(threshold)) {
        sets.push(set.flatMap(index => builders[index]?.id ?? []));
        if (sets.length > limit)
            break;
    }
    const role = (index) => {
        if (!found.canHold(index, threshold))
            return 'none';
        return found.canLack(index, threshold) ? 'some' : 'every';
    };
    return {
        largest: found.largest(),
        sets: sets.slice(0, limit),
        hasMore: sets.length > limit,
        roles: new Map(builders.map((builder, index) => [builder.id, role(index)]))
    };
}

;// CONCATENATED MODULE: ./attest/policy.js
/** Policies: which builders may attest, and how many of them must agree. Described in docs/policy.md. */













const DEFAULT_THRESHOLD = 3;
/**
 * Reads a policy from the text of a file: JSON, with comments.
 *
 * @param resource what the text was read from, for the error
 * @throws PolicyError POLICY_INVALID with everything that is wrong, and POLICY_UNMET where that is only that no set of
 *   its builders can meet it
 */
function parsePolicyText(text, resource) {
    return accept(examinePolicyText(text), resource);
}
/**
 * Reads a policy from plain data, as JSON makes it: the same policy in the configuration of a flake.
 *
 * @throws PolicyError as `parsePolicyText`
 */
function parsePolicy(value, resource) {
    return accept(examinePolicy(value), resource);
}
/**
 * Reads a policy from a file. Names of files in it are meant from the folder that it is in.
 *
 * @throws PolicyError as `parsePolicyText`; SeedError USAGE where there is no such file, FILE_SYSTEM
 */
async function readPolicy(file) {
    return parsePolicyText(await readPolicyFile(file), file);
}
/**
 * The text of a policy's file, and of a large file only as much as shows that it is too large.
 *
 * @throws SeedError USAGE where there is no such file, POLICY_INVALID where it is no text, FILE_SYSTEM
 */
async function readPolicyFile(file) {
    const bytes = Buffer.alloc(MAX_POLICY_BYTES + 1);
    let length = 0;
    try {
        const handle = await open(file);
        try {
            for (let read = -1; read !== 0 && length < bytes.length; length += read) {
                ;
                ({ bytesRead: read } = await handle.read(bytes, length, bytes.length - length, null));
            }
        }
        finally {
            await handle.close();
        }
    }
    catch (error) {
        const isMissing = systemCode(error) === 'ENOENT';
        throw new SeedError(isMissing ? 'USAGE' : 'FILE_SYSTEM', isMissing ? 'there is no such policy' : 'cannot read the policy', {
            resource: file,
            hint: isMissing ? 'Write one with `nix-seed policy init`.' : 'It must be a file that you may read.',
            cause: error
        });
    }
    try {
        return new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, length));
    }
    catch {
        // A character that the cap has cut in two is not what is wrong.
        if (length > MAX_POLICY_BYTES)
            return bytes.toString('latin1');
        throw new PolicyError([{ kind: 'syntax', path: '', message: 'it is no text in UTF-8' }], file);
    }
}
/** All that can be said of the text of a policy; for people who write one. */
function examinePolicyText(text) {
    const { value, problems, lineOf } = readPolicyText(text);
    return problems.length > 0 ? { problems } : examine(value, lineOf);
}
/** As `examinePolicyText`, of plain data. */
function examinePolicy(value) {
    return examine(value);
}
/**
 * The policy with another threshold.
 *
 * @throws PolicyError POLICY_UNMET where its builders cannot meet that; SeedError USAGE where it is no threshold
 */
function withThreshold(policy, threshold, resource) {
    if (!Number.isSafeInteger(threshold) || threshold < 1) {
        throw new errors/* SeedError */.uV('USAGE', 'the threshold must be a whole number from 1', {
            hint: 'It says how many builders must have attested the same digest.'
        });
    }
    const changed = { ...policy, threshold };
    const { problems, report } = collector();
    checkMeaning(changed, report);
    return accept({ policy: changed, problems }, resource);
}
function examine(value, lineOf) {
    const { problems, report } = collector(lineOf);
    checkShape(value, report);
    if (problems.length > 0)
        return { problems };
    const policy = withDefaults(value);
    checkMeaning(policy, report);
    return problems.some(({ kind }) => kind === 'meaning') ? { problems } : { policy, problems };
}
function collector(lineOf) {
    const problems = [];
    const report = (kind, path, message) => void problems.push({ kind, path: formatPath(path), ...(lineOf && { line: lineOf(path) }), message });
    return { problems, report };
}
function withDefaults({ builders, $schema: _, ...written }) {
    return {
        threshold: DEFAULT_THRESHOLD,
        dimensions: DEFAULT_DIMENSIONS,
        predicateType: PROVENANCE_TYPE,
        allowSelfHosted: false,
        allowSandboxOff: false,
        allowSeveralSubjects: false,
        equivocation: 'fail',
        ...written,
        builders: builders.map(builder => ({ ...builder, trustRoot: builder.trustRoot ?? PUBLIC_TRUST_ROOT }))
    };
}
function accept({ policy, problems }, resource) {
    if (policy === undefined || problems.length > 0)
        throw new problem_PolicyError(problems, resource);
    return policy;
}

// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
;// CONCATENATED MODULE: ./attest/key.js
/**
 * Keys of builders that no certificate authority knows: those that the log takes and verifiers check. With all of them but
 * Ed25519, which has a hash function of its own, it is SHA-256 that is signed, whatever the curve: cosign and logs of
 * version 1 know no other.
 */


const P256 = 'prime256v1';
const CURVES = [P256, 'secp384r1', 'secp521r1'];
/** https://github.com/letsencrypt/boulder/tree/main/goodkey, which the log asks */
const RSA_BITS = [2048, 3072, 4096];
const RSA_EXPONENT = 65537n;
const MAX_LENGTH = 64 * 1024;
const MAKE_ONE = 'Make one with: openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -aes256 -out key.pem';
/**
 * @param pem PKCS#8, SEC 1 or PKCS#1; encrypted with `passphrase`, or not at all
 * @throws SeedError KEY_INVALID that shows nothing of the key
 */
function readPrivateKey(pem, passphrase) {
    const kind = headersOf(pem).find(header => header !== 'EC PARAMETERS');
    if (kind === 'ENCRYPTED COSIGN PRIVATE KEY' || kind === 'ENCRYPTED SIGSTORE PRIVATE KEY') {
        throw invalid('the key is in the encrypted format of cosign, which no other program reads or converts', `${MAKE_ONE}\nand give that to cosign, too, where it needs it: cosign import-key-pair --key key.pem`);
    }
    if (kind?.endsWith('PRIVATE KEY') !== true) {
        throw invalid(`this is no private key in PEM${kind === undefined ? '' : `, but of the kind "${kind}"`}`, MAKE_ONE);
    }
    const isEncrypted = kind === 'ENCRYPTED PRIVATE KEY' || pem.includes('Proc-Type: 4,ENCRYPTED');
    if (isEncrypted && !passphrase) {
        const hint = 'Set NIX_SEED_KEY_PASSPHRASE (in the action: the input signing-key-passphrase).';
        throw invalid('the key is encrypted, and there is no passphrase', hint);
    }
    return supported(() => {
        try {
            return createPrivateKey({ key: pem, format: 'pem', ...(isEncrypted && { passphrase }) });
        }
        catch {
            // What OpenSSL says helps nobody, and the text may not be shown.
            if (isEncrypted)
                throw invalid('the passphrase is wrong, or the key is damaged', 'Check NIX_SEED_KEY_PASSPHRASE.');
            throw invalid('the private key is damaged, or of a kind that is not known', MAKE_ONE);
        }
    });
}
/**
 * @param pem SPKI or PKCS#1
 * @throws SeedError KEY_INVALID
 */
function readPublicKey(pem) {
    const [kind] = headersOf(pem);
    if (kind !== 'PUBLIC KEY' && kind !== 'RSA PUBLIC KEY') {
        throw invalid(kind?.endsWith('PRIVATE KEY') === true
            ? 'this is a private key, and a public one is asked for'
            : 'this is no public key in PEM', 'It begins with -----BEGIN PUBLIC KEY-----, and is made of a private one with: openssl pkey -in key.pem -pubout');
    }
    return supported(() => {
        try {
            return (0,external_node_crypto_.createPublicKey)({ key: pem, format: 'pem' });
        }
        catch {
            throw invalid('the public key is damaged, or of a kind that is not known', MAKE_ONE);
        }
    });
}
/** What names a key without showing it: base64 of the SHA-256 of its DER, as cosign has it. */
function keyHint(publicKey) {
    return (0,external_node_crypto_.createHash)('sha256')
        .update(publicKey.export({ type: 'spki', format: 'der' }))
        .digest('base64');
}
/** What Node is to hash with where this key signs or checks. */
function digestAlgorithm(key) {
    return key.asymmetricKeyType === 'ed25519' ? null : 'sha256';
}
/**
 * What a log of version 2 has to be told of a key. It pairs other curves with other hash functions, and Ed25519 with another
 * form of it: what it would take of them, no verifier does.
 * https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_common.proto
 *
 * @throws SeedError KEY_INVALID
 */
function keyDetails(publicKey) {
    const { namedCurve, modulusLength } = publicKey.asymmetricKeyDetails ?? {};
    if (namedCurve === P256)
        return 'PKIX_ECDSA_P256_SHA_256';
    if (publicKey.asymmetricKeyType === 'rsa')
        return `PKIX_RSA_PKCS1V15_${modulusLength}_SHA256`;
    const kind = namedCurve === undefined ? publicKey.asymmetricKeyType : `ECDSA on ${namedCurve}`;
    throw invalid(`with a log of version 2, keys of the kind ${kind} make signatures that nobody checks`, 'Use a key on the curve P-256, or a log of version 1.');
}
function supported(read) {
    const key = read();
    const { asymmetricKeyType: type, asymmetricKeyDetails: details = {} } = key;
    const { namedCurve, modulusLength, publicExponent } = details;
    switch (type) {
        case 'ec':
            if (CURVES.includes(namedCurve))
                return key;
            throw invalid(`keys on the curve ${namedCurve} are not supported`, MAKE_ONE);
        case 'rsa':
            if (RSA_BITS.includes(modulusLength) && publicExponent === RSA_EXPONENT)
                return key;
            throw invalid(`RSA keys of ${modulusLength} bits with the exponent ${publicExponent} are not supported`, `They have 2048, 3072 or 4096 bits and the exponent ${RSA_EXPONENT}. ${MAKE_ONE}`);
        case 'ed25519':
            return key;
        default:
            throw invalid(`keys of the kind ${type} are not supported`, MAKE_ONE);
    }
}
/** What the blocks of a PEM file are. */
function headersOf(pem) {
    return [...pem.slice(0, MAX_LENGTH).matchAll(/^-----BEGIN ([A-Z0-9 ]{1,64})-----\s*$/gm)].map(match => match[1] ?? '');
}
function invalid(message, hint) {
    return new errors/* SeedError */.uV('KEY_INVALID', message, { hint });
}

// EXTERNAL MODULE: ../../node_modules/@sigstore/protobuf-specs/dist/index.js
var dist = __webpack_require__(7154);
// EXTERNAL MODULE: ../../node_modules/@sigstore/verify/dist/index.js
var verify_dist = __webpack_require__(3575);
;// CONCATENATED MODULE: ./attest/verify/file.js
var __addDisposableResource = (undefined && undefined.__addDisposableResource) || function (env, value, async) {
    if (value !== null && value !== void 0) {
        if (typeof value !== "object" && typeof value !== "function") throw new TypeError("Object expected.");
        var dispose, inner;
        if (async) {
            if (!Symbol.asyncDispose) throw new TypeError("Symbol.asyncDispose is not defined.");
            dispose = value[Symbol.asyncDispose];
        }
        if (dispose === void 0) {
            if (!Symbol.dispose) throw new TypeError("Symbol.dispose is not defined.");
            dispose = value[Symbol.dispose];
            if (async) inner = dispose;
        }
        if (typeof dispose !== "function") throw new TypeError("Object not disposable.");
        if (inner) dispose = function() { try { inner.call(this); } catch (e) { return Promise.reject(e); } };
        env.stack.push({ value: value, dispose: dispose, async: async });
    }
    else if (async) {
        env.stack.push({ async: true });
    }
    return value;
};
var __disposeResources = (undefined && undefined.__disposeResources) || (function (SuppressedError) {
    return function (env) {
        function fail(e) {
            env.error = env.hasError ? new SuppressedError(e, env.error, "An error was suppressed during disposal.") : e;
            env.hasError = true;
        }
        var r, s = 0;
        function next() {
            while (r = env.stack.pop()) {
                try {
                    if (!r.async && s === 1) return s = 0, env.stack.push(r), Promise.resolve().then(next);
                    if (r.dispose) {
                        var result = r.dispose.call(r.value);
                        if (r.async) return s |= 2, Promise.resolve(result).then(next, function(e) { fail(e); return next(); });
                    }
                    else s |= 1;
                }
                catch (e) {
                    fail(e);
                }
            }
            if (s === 1) return env.hasError ? Promise.reject(env.error) : Promise.resolve();
            if (env.hasError) throw env.error;
        }
        return next();
    };
})(typeof SuppressedError === "function" ? SuppressedError : function (error, suppressed, message) {
    var e = new Error(message);
    return e.name = "SuppressedError", e.error = error, e.suppressed = suppressed, e;
});


/**
 * The bytes of a file, and of a large one only so many that it shows.
 *
 * @param limit in bytes; up to one more are returned
 * @param what the file is to be, for errors
 * @throws SeedError USAGE where there is no such file, FILE_SYSTEM
 */
async function file_readUpTo(file, limit, what) {
    const chunks = [];
    let length = 0;
    try {
        const env_1 = { stack: [], error: void 0, hasError: false };
        try {
            const handle = __addDisposableResource(env_1, await (0,promises_.open)(file), true);
            for await (const chunk of handle.createReadStream({ end: limit, autoClose: false })) {
                chunks.push(chunk);
                length += chunk.length;
            }
        }
        catch (e_1) {
            env_1.error = e_1;
            env_1.hasError = true;
        }
        finally {
            const result_1 = __disposeResources(env_1);
            if (result_1)
                await result_1;
        }
    }
    catch (error) {
        const isMissing = (0,errors/* systemCode */.xU)(error) === 'ENOENT';
        throw new errors/* SeedError */.uV(isMissing ? 'USAGE' : 'FILE_SYSTEM', isMissing ? `there is no such ${what}` : `cannot read the ${what}`, {
            resource: file,
            hint: 'It must be a file that you may read.',
            cause: error
        });
    }
    return Buffer.concat(chunks, length);
}

// EXTERNAL MODULE: ../../node_modules/@sigstore/core/dist/index.js
var core_dist = __webpack_require__(5137);
;// CONCATENATED MODULE: ./attest/verify/remembered.js

/** From a certificate down to the list of its extensions. */
const LEVELS_OF_EXTENSIONS = 4;
/**
 * Makes a certificate that was read remember its encoding, and whose signature it carries: the library asks for both again
 * with every bundle and every timestamp, and that is most of what a verification takes. Nothing of a certificate that was
 * read changes.
 *
 * @returns the certificate itself
 */
function remembered(certificate) {
    rememberEncoding(certificate.root);
    const verify = certificate.verify.bind(certificate);
    const known = new WeakMap();
    certificate.verify = (issuer = certificate) => {
        const answer = known.get(issuer) ?? verify(issuer);
        known.set(issuer, answer);
        return answer;
    };
    // The library takes extensions out of a copy: all else in it stays what it was, and is not read again.
    certificate.clone = () => new core_dist.X509Certificate(copyOf(certificate.root, LEVELS_OF_EXTENSIONS));
    return certificate;
}
function rememberEncoding(part) {
    let encoded;
    part.toDER = () => (encoded ??= encodingOf(part));
    for (const inner of part.subs)
        rememberEncoding(inner);
}
/** The reader takes DER alone, which has one encoding for everything: what was read is what would be written. */
function encodingOf({ tag, value }) {
    const digits = [];
    for (let left = value.length; left > 0; left = Math.floor(left / 256))
        digits.unshift(left % 256);
    const length = value.length < 128 ? [value.length] : [0x80 | digits.length, ...digits];
    return Buffer.concat([Buffer.from([tag.toDER(), ...length]), value]);
}
/** @param levels so many of them are copied; what is below is shared */
function copyOf(part, levels) {
    if (levels === 0)
        return part;
    const subs = part.subs.map(inner => copyOf(inner, levels - 1));
    return new core_dist.ASN1Obj(part.tag, part.value, subs);
}

;// CONCATENATED MODULE: ./attest/verify/strict-json.js
/**
 * JSON (RFC 8259) of strangers: in which readers could differ is refused, as is what takes a reader too much.
 */
class StrictJsonError extends Error {
}
/**
 * @param limits how many levels of lists and objects there may be
 * @throws StrictJsonError where it is no JSON in UTF-8, is deeper, or has a name twice in one object
 */
function parseStrictJson(bytes, limits) {
    let text;
    try {
        text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    }
    catch {
        throw new StrictJsonError('it is no text in UTF-8');
    }
    // Before anything is made of it: what comes out of a text that is only deep is not small.
    checkStructure(text, limits.depth);
    try {
        return JSON.parse(text);
    }
    catch {
        throw new StrictJsonError('it is no JSON');
    }
}
/** Whether the text is JSON is not looked at here. Without recursion, once through the text. */
function checkStructure(text, depth) {
    /** Names so far of the objects that are open; undefined stands for a list. */
    const open = [];
    for (let at = 0; at < text.length; at++) {
        const character = text[at];
        if (character === '{' || character === '[') {
            open.push(character === '{' ? new Set() : undefined);
            if (open.length > depth)
                throw new StrictJsonError(`it has more than ${depth} levels of lists and objects`);
        }
        else if (character === '}' || character === ']') {
            open.pop();
        }
        else if (character === '"') {
            const end = endOfString(text, at);
            if (isName(text, end))
                addName(open.at(-1), text.slice(at, end));
            at = end - 1;
        }
    }
}
/** The place after the string that begins at `start`. */
function endOfString(text, start) {
    for (let at = start + 1; at < text.length; at++) {
        if (text[at] === '\\')
            at++;
        else if (text[at] === '"')
            return at + 1;
    }
    return text.length;
}
function isName(text, end) {
    let at = end;
    while (at < text.length && ' \t\r\n'.includes(text[at] ?? ''))
        at++;
    return text[at] === ':';
}
function addName(names, literal) {
    let name;
    try {
        name = JSON.parse(literal);
    }
    catch {
        throw new StrictJsonError('it is no JSON');
    }
    if (names === undefined || typeof name !== 'string')
        return;
    if (names.has(name))
        throw new StrictJsonError(`the name ${JSON.stringify(name.slice(0, 100))} stands twice in an object`);
    names.add(name);
}

;// CONCATENATED MODULE: ./attest/trust-root.js
/**
 * What verifiers trust: certificate authorities, logs and timestamp authorities with their keys.
 * https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_trustroot.proto
 */






const MEDIA_TYPES = [
    'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    'application/vnd.dev.sigstore.trustedroot+json;version=0.2',
    'application/vnd.dev.sigstore.trustedroot.v0.2+json'
];
const MAX_BYTES = 1024 * 1024;
const trust_root_MAX_DEPTH = 16;
/**
 * @param name where it comes from, for errors
 * @throws SeedError TRUST_ROOT_INVALID
 */
function parseTrustRoot(bytes, name) {
    if (bytes.length > MAX_BYTES)
        throw trust_root_invalid(`it is larger than ${MAX_BYTES} bytes`, name);
    let root;
    try {
        root = dist.TrustedRoot.fromJSON(parseStrictJson(bytes, { depth: trust_root_MAX_DEPTH }));
    }
    catch (cause) {
        throw trust_root_invalid(cause instanceof Error ? cause.message : 'it cannot be read', name, cause);
    }
    if (!MEDIA_TYPES.includes(root.mediaType)) {
        throw trust_root_invalid(`its media type is ${JSON.stringify(root.mediaType.slice(0, 100))}`, name);
    }
    checkLogs(root, name);
    checkPeriods(root, name);
    try {
        const material = (0,verify_dist/* toTrustMaterial */.jO)(root);
        for (const { certChain } of [...material.certificateAuthorities, ...material.timestampAuthorities]) {
            certChain.forEach(remembered);
        }
        return { name, material };
    }
    catch (cause) {
        throw trust_root_invalid('one of its certificates or keys cannot be read', name, cause);
    }
}
/**
 * A trust root from a file.
 *
 * @throws SeedError TRUST_ROOT_INVALID; USAGE where there is no such file, FILE_SYSTEM
 */
async function readTrustRoot(file) {
    return parseTrustRoot(await readUpTo(file, MAX_BYTES, 'trust root'), file);
}
/** A log without a key that is valid from some time on would be trusted for whatever time somebody names. */
function checkLogs({ tlogs, ctlogs }, name) {
    if (tlogs.length === 0)
        throw trust_root_invalid('it has no log', name);
    for (const { baseUrl, logId, checkpointKeyId, publicKey } of [...tlogs, ...ctlogs]) {
        if (publicKey === undefined)
            throw trust_root_invalid(`the log ${baseUrl} has no key`, name);
        if (publicKey.validFor?.start === undefined) {
            throw trust_root_invalid(`the key of the log ${baseUrl} has no time from which on it is valid (validFor.start)`, name);
        }
        const id = checkpointKeyId ?? logId;
        if (id === undefined || id.keyId.length < 4)
            throw trust_root_invalid(`the log ${baseUrl} has no identifier`, name);
    }
}
function checkPeriods(root, name) {
    const authorities = [...root.certificateAuthorities, ...root.timestampAuthorities];
    const periods = [
        ...authorities.map(({ validFor }) => validFor),
        ...[...root.tlogs, ...root.ctlogs].map(({ publicKey }) => publicKey?.validFor)
    ];
    for (const period of periods) {
        if ([period?.start, period?.end].some(date => date && Number.isNaN(date.getTime()))) {
            throw trust_root_invalid('a time in it is none', name);
        }
    }
    for (const { certChain } of authorities) {
        if ((certChain?.certificates.length ?? 0) === 0)
            throw trust_root_invalid('an authority has no certificate', name);
    }
}
function trust_root_invalid(what, resource, cause) {
    return new errors/* SeedError */.uV('TRUST_ROOT_INVALID', `the trust root cannot be used: ${what}`, {
        resource,
        hint: 'A trust root is a file trusted_root.json, as whoever runs the Sigstore gives it out, of version 0.1 or 0.2.',
        cause
    });
}

;// CONCATENATED MODULE: ./attest/policy/trust.js
/** From a policy, which names files, to all that its builders are verified with. */






/**
 * Reads what a policy names.
 *
 * @param source where the policy was read from, for errors
 * @throws SeedError TRUST_ROOT_INVALID, KEY_INVALID; PolicyError POLICY_INVALID where two builders have one key, or trust
 *   roots that should differ have an authority in common; whatever `sources` throw
 */
async function resolvePolicy(policy, source, sources) {
    const roots = new Map();
    const contents = new Map();
    const signers = new Map();
    const read = async (name) => {
        const bytes = await sources.readFile(name);
        contents.set(name, (0,external_node_crypto_.createHash)('sha256').update(bytes).digest('hex'));
        return bytes;
    };
    for (const builder of policy.builders) {
        const { id, trustRoot, publicKey } = builder;
        const trust = roots.get(trustRoot) ??
            (trustRoot === PUBLIC_TRUST_ROOT
                ? await sources.publicTrustRoot()
                : parseTrustRoot(await read(trustRoot), trustRoot));
        roots.set(trustRoot, trust);
        signers.set(id, { trust, ...(publicKey !== undefined && { publicKey: await readKey(publicKey, builder, read) }) });
    }
    const problems = [...sharedKeys(policy, signers), ...sharedRoots(policy, roots)];
    if (problems.length > 0)
        throw new problem_PolicyError(problems, source);
    return { policy, source, digest: digestOf(policy, contents), signers };
}
async function readKey(publicKey, { id }, read) {
    const isInline = isInlineKey(publicKey);
    const pem = isInline ? publicKey : Buffer.from(await read(publicKey)).toString('utf8');
    try {
        return readPublicKey(pem);
    }
    catch (error) {
        if (!(error instanceof errors/* SeedError */.uV))
            throw error;
        throw new errors/* SeedError */.uV(error.code, `the key of builder ${id} cannot be used: ${error.message}`, {
            ...(!isInline && { resource: publicKey }),
            ...(error.hint !== undefined && { hint: error.hint }),
            cause: error
        });
    }
}
/** The policy alone tells this of names; here it is of what they lead to. */
function sharedKeys({ builders }, signers) {
    const known = new Map();
    return builders.flatMap(({ id }, i) => {
        const key = signers.get(id)?.publicKey?.export({ type: 'spki', format: 'der' }).toString('base64');
        if (key === undefined)
            return [];
        const first = known.get(key);
        known.set(key, first ?? i);
        if (first === undefined)
            return [];
        const message = `is the key of builders[${first}] too: one signature would be two builders`;
        return [{ kind: 'meaning', path: `builders[${i}].publicKey`, message }];
    });
}
/** Two names for one trust root are no difference, and neither are two roots with an authority in common. */
function sharedRoots({ builders, dimensions }, roots) {
    if (!dimensions.includes('trustRoot'))
        return [];
    const known = new Map();
    const problems = [];
    for (const [name, root] of roots) {
        const others = new Set(authoritiesOf(root).map(authority => known.get(authority) ?? name));
        others.delete(name);
        const i = builders.findIndex(({ trustRoot }) => trustRoot === name);
        for (const other of others) {
            const message = `${quote(name)} has an authority or a log in common with ${quote(other)}: they are not independent`;
            problems.push({ kind: 'meaning', path: `builders[${i}].trustRoot`, message });
        }
        for (const authority of authoritiesOf(root))
            known.set(authority, known.get(authority) ?? name);
    }
    return problems;
}
/** The keys of certificate authorities and logs: who has one of them can make signatures count. */
function authoritiesOf({ material }) {
    const keys = [
        ...material.certificateAuthorities.flatMap(({ certChain }) => certChain.map(({ publicKey }) => publicKey)),
        ...material.tlogs.map(({ publicKey }) => publicKey.export({ type: 'spki', format: 'der' }))
    ];
    return keys.map(key => key.toString('base64'));
}
function digestOf(policy, contents) {
    const resolved = (name) => {
        const content = contents.get(name);
        return content === undefined ? name : `sha256:${content}`;
    };
    const builders = policy.builders.map(builder => ({
        ...builder,
        trustRoot: resolved(builder.trustRoot),
        ...(builder.publicKey !== undefined && { publicKey: resolved(builder.publicKey) })
    }));
    return `sha256:${(0,external_node_crypto_.createHash)('sha256')
        .update(JSON.stringify(sorted({ ...policy, builders })))
        .digest('hex')}`;
}
function sorted(value) {
    if (Array.isArray(value))
        return value.map(sorted);
    if (typeof value !== 'object' || value === null)
        return value;
    const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(members.map(([name, member]) => [name, sorted(member)]));
}

;// CONCATENATED MODULE: ./attest/verify/refusal.js

/** A bundle that does not verify, or not as expected: the reason for programs, and one sentence for people. */
class refusal_BundleRefusal extends errors/* SeedError */.uV {
    reason;
    /** As text that is fit to be shown: on one line and of bounded length. */
    expected;
    found;
    #sentence;
    #details;
    constructor(reason, sentence, details = {}) {
        const { resource, hint, cause } = details;
        const [expected, found] = [shownIfThere(details.expected), shownIfThere(details.found)];
        const values = [
            ...(expected === undefined ? [] : [`expected ${expected}`]),
            ...(found === undefined ? [] : [`found ${found}`])
        ];
        super('BUNDLE_REFUSED', values.length > 0 ? `${sentence}: ${values.join(', ')}` : sentence, {
            ...(resource !== undefined && { resource }),
            ...(hint !== undefined && { hint }),
            ...(cause !== undefined && { cause })
        });
        this.reason = reason;
        this.#sentence = sentence;
        this.#details = details;
        if (expected !== undefined)
            this.expected = expected;
        if (found !== undefined)
            this.found = found;
    }
    /** The same, as whoever knows what the bundle is for tells it. */
    with(place) {
        return new refusal_BundleRefusal(this.reason, this.#sentence, { ...this.#details, ...place });
    }
}
/** An identity with a long path fits. */
const MAX_SHOWN = 300;
/** A value of a stranger as a sentence repeats it: on one line, with nothing that no reader sees, and not endless. */
function shown(value) {
    const whole = JSON.stringify(value) ?? 'nothing';
    const text = whole.length > MAX_SHOWN ? `${whole.slice(0, MAX_SHOWN).toWellFormed()}…` : whole;
    return text.replace(/[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}]/gu, character => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}
function shownIfThere(value) {
    if (value === undefined)
        return undefined;
    return value instanceof Date ? time(value) : shown(value);
}
/** RFC 3339 in whole seconds. */
function time(date) {
    return Number.isNaN(date.getTime()) ? 'no time' : date.toISOString().replace(/\.\d+Z$/, 'Z');
}

;// CONCATENATED MODULE: ./attest/verify/public-trust-root.js
/**
 * The trust root of the public Sigstore, as its repository gives it out by TUF, with a copy on disk for machines without
 * a network. https://theupdateframework.github.io/specification/latest/
 */





const TARGET = 'trusted_root.json';
const TIMEOUT_MS = 20_000;
/**
 * @throws SeedError SIGSTORE_UNREACHABLE where the repository does not answer, or there is no copy yet; SIGSTORE_FAILED
 *   where what it says does not hold; TRUST_ROOT_INVALID; FILE_SYSTEM
 */
async function publicTrustRoot(options) {
    const copy = (0,external_node_path_.join)(options.cacheFolder, TARGET);
    if (options.offline === true)
        return readCopy(copy);
    const bytes = await fetchTarget(options);
    const root = parseTrustRoot(bytes, options.repository?.url ?? 'the public trust root');
    await keepCopy(copy, bytes);
    return root;
}
async function readCopy(copy) {
    let bytes;
    let kept;
    try {
        bytes = await (0,promises_.readFile)(copy);
        kept = (await (0,promises_.stat)(copy)).mtime;
    }
    catch (error) {
        const isMissing = (0,errors/* systemCode */.xU)(error) === 'ENOENT';
        throw new errors/* SeedError */.uV(isMissing ? 'SIGSTORE_UNREACHABLE' : 'FILE_SYSTEM', isMissing
            ? 'there is no copy of the public trust root on this machine'
            : 'cannot read the copy of the trust root', {
            resource: copy,
            hint: 'Run it once without --offline where there is a network, or name a trust root with --trusted-root.',
            cause: error
        });
    }
    return parseTrustRoot(bytes, `the public trust root as of ${time(kept)} (${copy})`);
}
async function fetchTarget({ cacheFolder, repository }) {
    // Loaded here, since a file or the copy takes none of it.
    const { DEFAULT_MIRROR_URL, initTUF } = await __webpack_require__.e(/* import() */ 910).then(__webpack_require__.t.bind(__webpack_require__, 4187, 19));
    const mirrorURL = repository?.url ?? DEFAULT_MIRROR_URL;
    try {
        const client = await initTUF({
            cachePath: (0,external_node_path_.join)(cacheFolder, 'tuf'),
            mirrorURL,
            timeout: TIMEOUT_MS,
            retry: { retries: 2 },
            ...(repository && { rootPath: repository.rootFile })
        });
        return Buffer.from(await client.getTarget(TARGET));
    }
    catch (error) {
        throw failure(error, mirrorURL, cacheFolder);
    }
}
function failure(error, url, cacheFolder) {
    const system = (0,errors/* systemCode */.xU)(error);
    if (system !== undefined && /^(?:EACCES|EPERM|EROFS|ENOSPC|ENOTDIR|EISDIR)$/.test(system)) {
        return new errors/* SeedError */.uV('FILE_SYSTEM', 'cannot keep the trust root', { resource: cacheFolder, cause: error });
    }
    // What TUF itself refuses (signatures, versions, times) has a name, and what the network refuses has a code.
    const isRefused = names(error).some(name => /Metadata|Version|Length|Hash|Signature|Expired|Value|Repository/.test(name));
    return new errors/* SeedError */.uV(isRefused ? 'SIGSTORE_FAILED' : 'SIGSTORE_UNREACHABLE', isRefused ? 'the repository of the public trust root is not sound' : 'cannot fetch the public trust root', {
        resource: url,
        hint: 'Use --offline to verify with the copy of an earlier run, or name a trust root with --trusted-root.',
        cause: error
    });
}
/** Of the classes of an error and its causes. */
function names(error) {
    const found = [];
    for (let e = error, depth = 0; Error.isError(e) && depth < 8; e = e.cause, depth++)
        found.push(e.constructor.name);
    return found;
}
/** Whole or not at all, also where several do it at once. */
async function keepCopy(copy, bytes) {
    try {
        await (0,promises_.mkdir)((0,external_node_path_.dirname)(copy), { recursive: true });
        const draft = `${copy}.${process.pid}`;
        await (0,promises_.writeFile)(draft, bytes);
        await (0,promises_.rename)(draft, copy);
    }
    catch (cause) {
        throw new errors/* SeedError */.uV('FILE_SYSTEM', 'cannot keep a copy of the trust root', { resource: copy, cause });
    }
}

// EXTERNAL MODULE: ./github/contents.js
var contents = __webpack_require__(1046);
// EXTERNAL MODULE: ./permission.js
var permission = __webpack_require__(7657);
;// CONCATENATED MODULE: ./attest/certificate.js
/** What a certificate says of whom it is for. https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md */


const ISSUER = '1.3.6.1.4.1.57264.1.8';
/** As bare text and not as text in DER; the older of the two. */
const ISSUER_BARE = '1.3.6.1.4.1.57264.1.1';
const ALTERNATIVE_NAME = '2.5.29.17';
/** @throws Error where it is no certificate */
function certificate_readCertificate(der) {
    // Not Node's class: its text of the names has quotes and escapes of its own.
    const certificate = core_dist.X509Certificate.parse(Buffer.from(der));
    const names = certificate.extension(ALTERNATIVE_NAME)?.valueObj.subs[0]?.subs ?? [];
    const issuers = [
        certificate.extension(ISSUER)?.valueObj.subs[0]?.value,
        certificate.extension(ISSUER_BARE)?.value
    ].flatMap(value => (value === undefined ? [] : [value.toString('utf8')]));
    return {
        names: names.map(name => name.value.toString('utf8')),
        issuers: [...new Set(issuers)],
        notBefore: certificate.notBefore,
        notAfter: certificate.notAfter,
        publicKey: (0,external_node_crypto_.createPublicKey)({ key: certificate.publicKey, format: 'der', type: 'spki' })
    };
}

// EXTERNAL MODULE: ./http.js + 1 modules
var http_0 = __webpack_require__(6690);
// EXTERNAL MODULE: ./http/error.js
var http_error = __webpack_require__(3227);
// EXTERNAL MODULE: ./http/retry.js
var retry = __webpack_require__(6367);
;// CONCATENATED MODULE: ./attest/redact.js
/** What a server says, made fit to be shown: one that has been sent a secret may well send it back. */

const MAX_READ = 4096;
const redact_MAX_SHOWN = 300;
/** As much of a secret in a row is no accident. What is left of it between such pieces is shorter. */
const PIECE = 8;
const HIDDEN = '[…]';
/** Bytes in some notation, or one word that no person has written: a secret in other clothes. */
const OPAQUE = [
    /[\w+=~%-]{33,}/g,
    /(?:\b\d{1,3}\b[\s,;]*){8,}/g,
    /(?:\b[0-9a-f]{2}\b[\s:,]*){8,}/gi,
    /(?:\\[ux]?[0-9a-f]{2,4}){4,}/gi
];
/**
 * One line of at most 300 characters, without control characters and without what URLs may hide.
 *
 * @param secrets no 8 characters in a row of any of them stay; and where there are any, nothing that looks like bytes does
 */
function quotable(text, secrets = []) {
    let line = text.slice(0, MAX_READ).replace(/[\p{C}\p{Z}]+/gu, ' ');
    if (secrets.length > 0) {
        line = withoutPieces(line, secrets);
        for (const pattern of OPAQUE)
            line = line.replace(pattern, HIDDEN);
    }
    line = (0,errors/* redactUrl */.BO)(line).trim();
    return line.length > redact_MAX_SHOWN ? `${line.slice(0, redact_MAX_SHOWN)}…` : line;
}
function withoutPieces(text, secrets) {
    const pieces = new Set();
    for (const secret of secrets) {
        for (let at = 0; at + PIECE <= secret.length; at++)
            pieces.add(secret.slice(at, at + PIECE));
    }
    let result = '';
    let shownFrom = 0;
    let hiddenUntil = -1;
    for (let at = 0; at + PIECE <= text.length; at++) {
        if (!pieces.has(text.slice(at, at + PIECE)))
            continue;
        if (at > hiddenUntil)
            result += text.slice(shownFrom, at) + HIDDEN;
        hiddenUntil = shownFrom = at + PIECE;
    }
    return result + text.slice(shownFrom);
}

;// CONCATENATED MODULE: ./attest/service-client.js
/**
 * Requests to Sigstore's servers.
 *
 * Not by the library's own client: that one follows redirects with the token in the request's body, takes answers of any
 * length, cannot be interrupted, and has the token in the text of an error.
 */





const service_client_MAX_BYTES = 1024 * 1024;
const BACKOFF = { attempts: 3, firstMs: 500, factor: 3, maxMs: 5000, jitter: 0.5 };
/**
 * One request, a few times where that helps. Redirects are not followed.
 *
 * @throws SeedError SIGSTORE_UNREACHABLE, SIGSTORE_FAILED or what `refusal` says; the signal's reason
 */
async function service_client_ask(service, request, ports, options = {}) {
    const url = addressOf(service, request.path);
    const started = performance.now();
    try {
        const answer = await (0,retry/* retrying */.R$)(() => exchange(service, request, url, ports, options), {
            backoff: options.backoff ?? BACKOFF,
            signal: ports.signal,
            onRetry: error => ports.log.debug(`${service.name}: ${error.message}; trying again`)
        });
        ports.log.debug(`${service.name} ${url.host}: ${answer.status} after ${Math.round(performance.now() - started)} ms`);
        return answer;
    }
    catch (error) {
        ports.signal.throwIfAborted();
        throw service_client_failure(service, request, url, error);
    }
}
/** What the answer of `service` is not. */
function service_client_malformed(service, what) {
    return new errors/* SeedError */.uV('SIGSTORE_FAILED', `the ${service.name} answered with something that is no ${what}`, {
        resource: service.url,
        hint: 'Check that the address is right, and that nothing on the way (a proxy, a portal) answers in its place.'
    });
}
/** The answer as JSON. @throws SeedError SIGSTORE_FAILED that quotes nothing */
function service_client_parseAnswer(service, { bytes }, what) {
    let value;
    try {
        value = JSON.parse(bytes.toString('utf8'));
    }
    catch {
        throw service_client_malformed(service, `JSON, and so no ${what}`); // the parser's own error quotes what it read
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value))
        throw service_client_malformed(service, what);
    return value;
}
function addressOf({ url }, path) {
    return new URL(url.replace(/\/+$/, '') + path);
}
async function exchange({ timeoutMs }, { accept, body, statuses, maxBytes = service_client_MAX_BYTES, cut = false }, url, { env, signal }, { http, exchangeTimeoutMs = 3 * timeoutMs }) {
    // The client's own limits are about the next bytes: a server could send one at a time for ever.
    const deadline = AbortSignal.timeout(exchangeTimeoutMs);
    const limits = { connectTimeoutMs: timeoutMs, idleTimeoutMs: timeoutMs, answerTimeoutMs: timeoutMs, ...http };
    const client = new http_0/* HttpClient */.Qq({ env, signal: AbortSignal.any([signal, deadline]), ...limits });
    try {
        const response = await client.send({
            url,
            headers: { accept, ...(body && { 'content-type': body.type }) },
            ...(body && { method: 'POST', body: body.bytes })
        });
        const { status, headers } = response;
        if (statuses.includes(status)) {
            const bytes = await (0,http_0/* readBody */.x8)(response, cut ? maxBytes + 1 : maxBytes, cut);
            return { status, bytes: bytes.subarray(0, maxBytes), isCut: bytes.length > maxBytes, location: headers.location };
        }
        const said = await (0,http_0/* readBody */.x8)(response, service_client_MAX_BYTES, true).catch(() => Buffer.alloc(0));
        throw new http_error/* HttpError */.j(`${url.host} answered with status ${status}`, { url, response, body: said.toString('utf8') });
    }
    catch (error) {
        signal.throwIfAborted();
        if (!deadline.aborted)
            throw error;
        throw new http_error/* HttpError */.j(`${url.host} did not finish its answer within ${exchangeTimeoutMs / 1000} s`, { url });
    }
    finally {
        client.close();
    }
}
/** Of what went wrong, only what this program has written itself, the system's code, and what may be quoted. */
function service_client_failure(service, request, url, error) {
    const isHttp = error instanceof http_error/* HttpError */.j;
    const status = isHttp ? error.status : undefined;
    const code = (0,errors/* systemCode */.xU)(error);
    const reason = (isHttp ? error.message : 'the request failed') + (code === undefined ? '' : ` (${code})`);
    const said = isHttp && status !== undefined ? quotable(messageOf(error), service.secrets) : '';
    const isAnswered = isHttp && code === undefined && (status !== undefined || !error.retriable);
    const refusal = status === undefined ? undefined : request.refusal?.(status);
    return new errors/* SeedError */.uV(refusal?.code ?? (isAnswered ? 'SIGSTORE_FAILED' : 'SIGSTORE_UNREACHABLE'), `the ${service.name} ${isAnswered ? 'failed' : 'cannot be reached'}: ${reason}${said === '' ? '' : `: ${said}`}`, {
        resource: url.href,
        hint: refusal?.hint ?? hintOf(status, isAnswered),
        cause: Object.assign(new Error(reason), code !== undefined && { code })
    });
}
/** What Sigstore's servers say is in `message`. A page of HTML says nothing. */
function messageOf({ body, headers }) {
    try {
        const value = JSON.parse(body);
        return typeof value?.message === 'string' ? value.message : '';
    }
    catch {
        return headers['content-type']?.startsWith('text/plain') === true ? body : '';
    }
}
function hintOf(status, isAnswered) {
    if (!isAnswered)
        return 'Check that this machine reaches it: network, HTTPS_PROXY and NO_PROXY, NODE_EXTRA_CA_CERTS.';
    if (status === undefined)
        return 'Check that nothing on the way (a proxy, a portal) answers in its place.';
    if (status >= 300 && status < 400)
        return 'Redirects are not followed: the server has to be named by its own address.';
    if (status === 404)
        return 'Check the address: there is no such server behind it.';
    if (status >= 500 || status === 429 || status === 408)
        return 'Run it again in a while.';
    return 'Check that the address is right, and that this machine may use the server.';
}

;// CONCATENATED MODULE: ./attest/timestamp.js
/** The timestamp authority: https://www.rfc-editor.org/rfc/rfc3161 */



const timestamp_TIMEOUT_MS = 10_000;
const PATH = '/api/v1/timestamp';
const TIMESTAMP_AUTHORITY = 'timestamp authority';
/** TimeStampReq of a SHA-256, version 1 and without options, up to the digest. */
const REQUEST = Buffer.from('30360201013031300d060960864801650304020105000420', 'hex');
/**
 * Has the time of a signature certified.
 *
 * @param url a server of Sigstore's kind, or the whole address of any other
 * @returns DER of the TimeStampResp, which was read and not verified
 * @throws SeedError SIGSTORE_UNREACHABLE, SIGSTORE_FAILED
 */
async function requestTimestamp(signature, url, ports, options) {
    const service = { name: TIMESTAMP_AUTHORITY, url, timeoutMs: timestamp_TIMEOUT_MS };
    const digest = createHash('sha256').update(signature).digest();
    const { bytes } = await ask(service, {
        path: new URL(url).pathname === '/' ? PATH : '',
        accept: 'application/timestamp-reply',
        body: { type: 'application/timestamp-query', bytes: Buffer.concat([REQUEST, digest]) },
        statuses: [200, 201]
    }, ports, options);
    if (timestamp_readTimestamp(bytes) === undefined)
        throw malformed(service, 'timestamp');
    return bytes;
}
/** @returns undefined where it is no granted timestamp */
function timestamp_readTimestamp(der) {
    try {
        const parsed = RFC3161Timestamp.parse(Buffer.from(der));
        const { genTime: time } = parsed.tstInfo;
        if (parsed.status > 1n || Number.isNaN(time.getTime()))
            return undefined;
        const isOf = (data) => {
            try {
                parsed.tstInfo.verify(data);
                return true;
            }
            catch {
                return false;
            }
        };
        return { time, isOf };
    }
    catch {
        return undefined;
    }
}

;// CONCATENATED MODULE: ./attest/bundle.js
/** Reads what a bundle says of itself, for lists. Nothing is verified. */



const bundle_MAX_BYTES = (/* unused pure expression or super */ null && (16 * 1024 * 1024));
const MAX_ITEMS = 32;
const bundle_MAX_LENGTH = 2048;
/** Versions 0.1 to 0.3, the last in two forms. */
const MEDIA_TYPE = /^application\/vnd\.dev\.sigstore\.bundle(?:\.v0\.\d+)?\+json(?:;\s*version=0\.\d+)?$/;
/**
 * What is odd in a bundle is left out, what there is too much of is cut off, and characters that do not print are replaced:
 * it is text of whoever made it.
 *
 * @throws SeedError CONTENT_INVALID where the bytes are no bundle at all
 */
function summarizeBundle(bytes) {
    const document = bytes.length > bundle_MAX_BYTES ? undefined : parse(Buffer.from(bytes).toString('utf8'));
    const mediaType = bundle_text(document?.['mediaType']);
    const material = object(document?.['verificationMaterial']);
    if (mediaType === undefined || !MEDIA_TYPE.test(mediaType) || material === undefined) {
        throw new SeedError('CONTENT_INVALID', 'this is no Sigstore bundle');
    }
    const envelope = object(document?.['dsseEnvelope']);
    const statement = parse(bytesOf(envelope?.['payload']).toString('utf8'));
    const predicateType = bundle_text(statement?.['predicateType']);
    const dated = object(material['timestampVerificationData']);
    return {
        mediaType,
        ...(predicateType !== undefined && { predicateType }),
        subjects: bundle_list(statement?.['subject']).map(subject => ({
            name: bundle_text(subject['name']) ?? '',
            digest: digestsOf(subject['digest'])
        })),
        signer: signerOf(material),
        logs: bundle_list(material['tlogEntries']).map(logOf),
        timestamps: bundle_list(dated?.['rfc3161Timestamps']).flatMap(each => timeOf(each['signedTimestamp']))
    };
}
function digestsOf(value) {
    const entries = Object.entries(object(value) ?? {}).slice(0, MAX_ITEMS);
    return Object.fromEntries(entries.flatMap(([name, digest]) => (typeof digest === 'string' ? [[printable(name), printable(digest)]] : [])));
}
function signerOf(material) {
    const chain = bundle_list(object(material['x509CertificateChain'])?.['certificates']);
    const certificate = object(material['certificate']) ?? chain[0];
    if (certificate === undefined) {
        const hint = bundle_text(object(material['publicKey'])?.['hint']);
        return { kind: 'key', ...(hint !== undefined && hint !== '' && { hint }) };
    }
    try {
        const { names, issuers } = readCertificate(bytesOf(certificate['rawBytes']));
        const [identity, issuer] = [bundle_text(names[0]), bundle_text(issuers[0])];
        return {
            kind: 'certificate',
            ...(issuer !== undefined && { issuer }),
            ...(identity !== undefined && { identity })
        };
    }
    catch {
        return { kind: 'certificate' };
    }
}
function logOf(entry) {
    const seconds = Number(decimal(entry['integratedTime']));
    const kind = object(entry['kindVersion']);
    return {
        index: decimal(entry['logIndex']),
        id: bytesOf(object(entry['logId'])?.['keyId']).toString('hex').slice(0, bundle_MAX_LENGTH),
        ...(seconds > 0 && seconds < 8e12 && { integratedTime: new Date(seconds * 1000) }),
        kind: `${bundle_text(kind?.['kind']) ?? 'unknown'} ${bundle_text(kind?.['version']) ?? ''}`.trim()
    };
}
function timeOf(timestamp) {
    const read = readTimestamp(bytesOf(timestamp));
    return read ? [read.time] : [];
}
/**
 * A 64-bit integer, which may be a string or a number; what is zero may be left out.
 * https://protobuf.dev/programming-guides/json/
 */
function decimal(value) {
    // Nothing else is converted: objects out of JSON may have anything under the names that a conversion calls.
    const digits = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
    return /^\d{1,20}$/.test(digits) ? digits : '0';
}
/** Of base64. */
function bytesOf(value) {
    return Buffer.from(typeof value === 'string' ? value : '', 'base64');
}
function parse(json) {
    try {
        return object(JSON.parse(json));
    }
    catch {
        return undefined;
    }
}
function object(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
}
function bundle_list(value) {
    return Array.isArray(value)
        ? value.slice(0, MAX_ITEMS).flatMap((each) => {
            const found = object(each);
            return found ? [found] : [];
        })
        : [];
}
function bundle_text(value) {
    return typeof value === 'string' ? printable(value) : undefined;
}
/** Neither control characters nor what turns the direction of the text after it. */
function printable(value) {
    return value.slice(0, bundle_MAX_LENGTH).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\ufffd');
}

;// CONCATENATED MODULE: ./attest/verify/log-entry.js
/**
 * What is checked of a log entry beside the library's checks, which neither look at who is said to have signed, nor at
 * whether the log's key was valid, and read numbers and notes leniently.
 * https://github.com/sigstore/rekor/tree/main/pkg/types, https://github.com/sigstore/rekor-tiles/tree/main/api/proto/rekor/v2
 */


/**
 * Checks what is needed before the library reads an entry: that its log is known, and that there is a proof which says
 * what the checkpoint says.
 *
 * @throws BundleRefusal
 */
function checkEntryForm(entry, trust) {
    const { logId, logIndex, integratedTime, inclusionProof, inclusionPromise } = entry;
    const logs = trust.tlogs.filter(log => log.logID.equals(logId.keyId));
    if (logs.length === 0) {
        throw new refusal_BundleRefusal('log-unknown', 'the trust root does not know the log', {
            found: logId.keyId.toString('hex')
        });
    }
    if (inclusionProof?.checkpoint === undefined) {
        throw new refusal_BundleRefusal('log-proof-missing', 'a log entry has no proof that it is in the log');
    }
    if (![logIndex, integratedTime, inclusionProof.logIndex, inclusionProof.treeSize].every(isCount)) {
        throw invalidProof('its numbers are none');
    }
    const { size, rootHash, signatures } = readCheckpoint(inclusionProof.checkpoint.envelope);
    // Nobody signs the name beside a signature, and the library takes any part of the log's address for it.
    const own = signatures.filter(({ hint }) => hint.equals(logId.keyId.subarray(0, hint.length)));
    const names = logs.flatMap(log => namesOf(log.baseURL));
    if (own.length === 0 || !own.every(({ name }) => names.includes(name))) {
        throw invalidProof('its checkpoint is not signed by the log');
    }
    if (inclusionProof.treeSize !== size || !inclusionProof.rootHash.equals(rootHash)) {
        throw invalidProof('it is for another state of the log than its checkpoint');
    }
    if (inclusionPromise !== undefined)
        return;
    // Without a promise, nobody has signed these two.
    if (logIndex !== inclusionProof.logIndex)
        throw invalidProof('entry and proof have different indices');
    if (integratedTime !== '0') {
        throw new refusal_BundleRefusal('log-promise-invalid', 'the log entry has a time that the log has not signed');
    }
}
/** A decimal number that fits into 64 bits; anything longer would take long to be read. */
const isCount = (text) => /^(?:0|[1-9]\d{0,18})$/.test(text);
/** https://c2sp.org/tlog-checkpoint, and the lines of signatures of https://c2sp.org/signed-note */
function readCheckpoint(note) {
    const end = note.indexOf('\n\n');
    const [origin = '', size = '', hash = ''] = note.slice(0, end + 1).split('\n');
    const lines = note.slice(end + 2);
    const rootHash = Buffer.from(hash, 'base64');
    const isNote = end > 0 &&
        origin !== '' &&
        isCount(size) &&
        rootHash.length === 32 &&
        rootHash.toString('base64') === hash &&
        lines.endsWith('\n');
    if (!isNote)
        throw invalidProof('its checkpoint is none');
    return { size, rootHash, signatures: lines.slice(0, -1).split('\n').map(readSignature) };
}
const HINT_BYTES = 4;
function readSignature(line) {
    const [dash, name = '', base64 = '', ...others] = line.split(' ');
    const bytes = Buffer.from(base64, 'base64');
    const isSignature = dash === '\u2014' && name !== '' && others.length === 0;
    if (!isSignature || bytes.length <= HINT_BYTES || bytes.toString('base64') !== base64) {
        throw invalidProof('its checkpoint has a signature that is none');
    }
    return { name, hint: bytes.subarray(0, HINT_BYTES) };
}
/** What a log at this address may call itself: its host, with or without port and path. */
function namesOf(address) {
    if (!URL.canParse(address))
        return [address];
    const { hostname, host, pathname } = new URL(address);
    return [hostname, host, `${host}${pathname.replace(/\/+$/, '')}`];
}
/**
 * Whether the log's key was valid at each of the times when something was signed.
 *
 * @throws BundleRefusal
 */
function checkLogKey(entry, times, trust) {
    const logs = trust.tlogs.filter(log => log.logID.equals(entry.logId.keyId));
    for (const at of times) {
        if (logs.some(({ validFor }) => validFor.start <= at && at <= validFor.end))
            continue;
        throw new refusal_BundleRefusal('log-key-expired', `the key of the log was not valid at ${time(at)}`, {
            found: entry.logId.keyId.toString('hex')
        });
    }
}
/**
 * Whether the log has seen the same signer. That digest and signature are the same, the library checks.
 *
 * @throws BundleRefusal
 */
function checkEntrySigner(entry, signer) {
    let logged;
    try {
        logged = verifierOf(JSON.parse(entry.canonicalizedBody.toString('utf8')));
    }
    catch (cause) {
        throw mismatch('it cannot be read', cause);
    }
    if (logged === undefined)
        throw mismatch('it does not say who signed');
    if (!isSame(logged, signer))
        throw mismatch('it was made for another certificate or key');
}
function verifierOf({ kind, apiVersion, spec = {} }) {
    switch (`${kind} ${apiVersion}`) {
        case 'dsse 0.0.1':
            return fromPem(spec.signatures?.[0]?.verifier);
        case 'intoto 0.0.2':
            return fromPem(spec.content?.envelope?.signatures?.[0]?.publicKey);
        case 'hashedrekord 0.0.1':
            return fromPem(spec.signature?.publicKey?.content);
        case 'dsse 0.0.2':
            return fromDer(spec.dsseV002?.signatures?.[0]?.verifier);
        case 'hashedrekord 0.0.2':
            return fromDer(spec.hashedRekordV002?.signature?.verifier);
        default:
            return undefined;
    }
}
function fromPem(base64) {
    if (base64 === undefined)
        return undefined;
    const pem = Buffer.from(base64, 'base64').toString('utf8');
    return pem.includes('BEGIN CERTIFICATE')
        ? { certificate: new external_node_crypto_.X509Certificate(pem).raw }
        : { publicKey: (0,external_node_crypto_.createPublicKey)(pem).export({ type: 'spki', format: 'der' }) };
}
function fromDer({ x509Certificate, publicKey } = {}) {
    if (x509Certificate?.rawBytes !== undefined)
        return { certificate: Buffer.from(x509Certificate.rawBytes, 'base64') };
    return publicKey?.rawBytes === undefined ? undefined : { publicKey: Buffer.from(publicKey.rawBytes, 'base64') };
}
function isSame(a, b) {
    if ('certificate' in a)
        return 'certificate' in b && a.certificate.equals(b.certificate);
    return 'publicKey' in b && a.publicKey.equals(b.publicKey);
}
/** What names an entry whatever its log: the hash of the leaf. https://www.rfc-editor.org/rfc/rfc6962#section-2.1 */
function leafHash({ canonicalizedBody }) {
    return (0,external_node_crypto_.createHash)('sha256').update(Buffer.of(0)).update(canonicalizedBody).digest('hex');
}
function invalidProof(what) {
    return new refusal_BundleRefusal('log-proof-invalid', `the proof of a log entry does not hold: ${what}`);
}
function mismatch(what, cause) {
    return new refusal_BundleRefusal('log-entry-mismatch', `the log entry is not of this signature: ${what}`, { cause });
}

;// CONCATENATED MODULE: ./attest/verify/stackless.js
/**
 * Runs what throws many errors that nobody sees: the library tries every string of bytes as ASN.1. Most of the time for
 * a bundle would go into recording where each of them was thrown.
 */
function stackless(run) {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    try {
        return run();
    }
    finally {
        Error.stackTraceLimit = stackTraceLimit;
    }
}

;// CONCATENATED MODULE: ./attest/verify/cryptography.js





const THRESHOLDS = { tlogThreshold: 1, ctlogThreshold: 1, timestampThreshold: 1 };
/** How far the clock of this machine may be behind. */
const CLOCK_TOLERANCE_MS = 10 * 60 * 1000;
/** @throws BundleRefusal */
function cryptography_verifySignature({ bundle, claimed }, check) {
    const { trust, publicKey, file, now } = check;
    if ((claimed.kind === 'key') !== (publicKey !== undefined)) {
        throw new refusal_BundleRefusal('signer-kind', 'the bundle is signed by another kind of signer', {
            expected: publicKey ? 'key' : 'certificate',
            found: claimed.kind
        });
    }
    const signer = claimed.kind === 'certificate' ? claimed : { kind: 'key', publicKey: publicKey };
    const key = signer.kind === 'certificate' ? signer.certificate.publicKey : signer.publicKey;
    const entity = signedEntity(bundle, file);
    // Before all else, so that what was tampered with is told as such.
    if (!entity.signature.verifySignature(key)) {
        throw new refusal_BundleRefusal('signature-invalid', 'the signature is not of this content by this signer');
    }
    const material = {
        ...trust.material,
        publicKey: () => ({ publicKey: key, validFor: () => true })
    };
    if (entity.tlogEntries.length === 0)
        throw new refusal_BundleRefusal('log-missing', 'the bundle has no log entry');
    for (const entry of entity.tlogEntries) {
        checkEntryForm(entry, material);
        checkEntrySigner(entry, cryptography_verifierOf(signer));
    }
    if (entity.timestamps.length === 0) {
        throw new refusal_BundleRefusal('time-missing', 'neither a log nor a timestamp authority says when it was signed');
    }
    runLibrary(entity, material, signer);
    const times = timesOf(entity);
    const dates = times.map(({ at }) => at);
    for (const entry of entity.tlogEntries)
        checkLogKey(entry, dates, material);
    const [earliest, ...later] = times;
    const latest = times.at(-1);
    if (earliest === undefined || latest === undefined)
        throw new Error('a verified bundle without a time');
    if (latest.at.getTime() > now.getTime() + CLOCK_TOLERANCE_MS) {
        throw new refusal_BundleRefusal('time-in-future', `it was signed at ${time(latest.at)}, and the clock here says ${time(now)}`);
    }
    return { signer, times: [earliest, ...later], entries: entity.tlogEntries.map(describeEntry) };
}
function cryptography_verifierOf(signer) {
    return signer.kind === 'certificate'
        ? { certificate: signer.certificate.der }
        : { publicKey: signer.publicKey.export({ type: 'spki', format: 'der' }) };
}
function signedEntity(bundle, file) {
    let entity;
    try {
        entity = stackless(() => (0,verify_dist/* toSignedEntity */.DC)(bundle, file));
        if (entity.key.$case === 'certificate')
            remembered(entity.key.certificate);
        for (const each of entity.timestamps)
            if (each.$case === 'timestamp-authority')
                each.timestamp.signingTime.toISOString();
    }
    catch (cause) {
        throw new refusal_BundleRefusal('timestamp-invalid', 'a timestamp cannot be read', { cause });
    }
    // The library takes the time of an entry for signed, whether it is or not.
    const timestamps = entity.timestamps.filter(each => each.$case === 'timestamp-authority' || each.tlogEntry.inclusionPromise !== undefined);
    return { ...entity, timestamps };
}
function timesOf(entity) {
    return entity.timestamps
        .map((each) => each.$case === 'timestamp-authority'
        ? { at: each.timestamp.signingTime, by: 'timestamp-authority' }
        : { at: new Date(Number(each.tlogEntry.integratedTime) * 1000), by: 'log' })
        .sort((a, b) => a.at.getTime() - b.at.getTime());
}
function describeEntry(entry) {
    const { logIndex, logId, kindVersion } = entry;
    return {
        index: logIndex,
        log: logId.keyId.toString('hex'),
        hash: leafHash(entry),
        kind: `${kindVersion.kind} ${kindVersion.version}`
    };
}
function runLibrary(entity, material, signer) {
    try {
        stackless(() => new verify_dist/* Verifier */.BL(material, THRESHOLDS).verify(entity));
    }
    catch (error) {
        throw refusalOf(error, entity, signer);
    }
}
const REASONS = {
    TLOG_ERROR: { reason: 'log-entry-mismatch', message: 'a log entry is there twice' },
    TLOG_MISSING_INCLUSION_ERROR: {
        reason: 'log-proof-missing',
        message: 'a log entry has no proof that it is in the log'
    },
    TLOG_INCLUSION_PROOF_ERROR: { reason: 'log-proof-invalid', message: 'the proof of a log entry does not hold' },
    TLOG_INCLUSION_PROMISE_ERROR: {
        reason: 'log-promise-invalid',
        message: 'the promise of the log is not of this entry and time, or its key was not valid then'
    },
    TLOG_BODY_ERROR: { reason: 'log-entry-mismatch', message: 'the log entry is not of this signature' },
    SIGNATURE_ERROR: { reason: 'signature-invalid', message: 'the signature is not of this content by this signer' },
    TIMESTAMP_ERROR: {
        reason: 'timestamp-invalid',
        message: 'a timestamp is not of this signature, or of no timestamp authority of the trust root'
    }
};
function refusalOf(error, entity, signer) {
    // What the library throws beside its own errors comes of content that it did not expect.
    const code = error instanceof verify_dist/* VerificationError */.mk ? error.code : undefined;
    if (code === 'CERTIFICATE_ERROR' && signer.kind === 'certificate') {
        return certificateRefusal(error, timesOf(entity), signer.certificate);
    }
    const known = code === undefined ? undefined : REASONS[code];
    if (known)
        return new refusal_BundleRefusal(known.reason, known.message, { cause: error });
    return new refusal_BundleRefusal('bundle-malformed', 'the bundle is malformed: what it brings for its verification cannot be read', {
        cause: error
    });
}
function certificateRefusal(error, times, { notBefore, notAfter }) {
    const outside = times.find(({ at }) => at < notBefore || at > notAfter);
    if (outside) {
        const by = outside.by === 'log' ? 'the log' : 'the timestamp authority';
        return new refusal_BundleRefusal('certificate-expired', `the certificate was valid from ${time(notBefore)} to ${time(notAfter)}, and ${by} says that it was used at ${time(outside.at)}`, { cause: error });
    }
    return /SCT/.test(error.message)
        ? new refusal_BundleRefusal('certificate-unlogged', 'no certificate log of the trust root has promised to log the certificate', {
            cause: error
        })
        : new refusal_BundleRefusal('certificate-untrusted', 'no certificate authority of the trust root issued the certificate', {
            cause: error
        });
}

;// CONCATENATED MODULE: ./attest/verify/provenance.js
/** What a provenance says, and whether its signer's certificate says the same. https://slsa.dev/spec/v1.0/provenance */


/**
 * @param certificate absent where a key signed
 * @throws BundleRefusal where it contradicts itself or the certificate
 */
function readProvenance({ predicate }, certificate) {
    const definition = objectAt(predicate, 'buildDefinition');
    const builderId = objectAt(objectAt(predicate, 'runDetails'), 'builder')['id'];
    if (typeof builderId !== 'string' || builderId === '') {
        throw new refusal_BundleRefusal('predicate-malformed', 'the provenance names no builder', { found: builderId ?? null });
    }
    if (certificate && builderId !== certificate.identity) {
        throw new refusal_BundleRefusal('builder-mismatch', 'the provenance names another builder than the certificate', {
            expected: certificate.identity,
            found: builderId
        });
    }
    const internal = objectAt(definition, 'internalParameters');
    const { sandbox } = objectAt(internal, 'nix');
    const { system } = internal;
    return {
        builderId,
        ...sourceOf(definition['resolvedDependencies'], certificate),
        ...(typeof sandbox === 'string' && { sandbox }),
        ...(typeof system === 'string' && { system })
    };
}
/** The dependency that is a commit: of the certificate's repository, where that names one. */
function sourceOf(dependencies, certificate) {
    const checkouts = (Array.isArray(dependencies) ? dependencies : []).flatMap((each) => {
        const [uri, commit] = [provenance_isObject(each) ? each['uri'] : undefined, objectAt(each, 'digest')['gitCommit']];
        return commit === undefined ? [] : [{ source: typeof uri === 'string' ? uri : undefined, commit }];
    });
    const repository = certificate?.sourceRepository;
    const own = checkouts.filter(({ source }) => source !== undefined && repository !== undefined && repositoryKey(source) === repositoryKey(repository));
    const candidates = own.length > 0 ? own : checkouts;
    const [commit, ...others] = new Set(candidates.map(each => each.commit));
    if (others.length > 0) {
        throw new refusal_BundleRefusal('commit-contradiction', 'the provenance names several commits as its source', {
            found: [commit, ...others]
        });
    }
    if (commit !== undefined && !isCommit(commit)) {
        throw new refusal_BundleRefusal('predicate-malformed', 'the provenance names a commit that is none', { found: commit });
    }
    const certified = certificate?.sourceCommit;
    if (commit !== undefined && certified !== undefined && commit !== certified) {
        throw new refusal_BundleRefusal('commit-contradiction', `the provenance is for commit ${shown(commit)}, and the certificate for ${shown(certified)}`);
    }
    const source = candidates[0]?.source;
    return { ...(commit !== undefined && { commit }), ...(source !== undefined && { source }) };
}
/** SHA-1 or SHA-256. */
function isCommit(value) {
    return typeof value === 'string' && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(value);
}
/** What stands for nothing in certificates of CircleCI: two quotation marks. */
const UNSAID = '""';
const HOSTED = ['github-hosted', 'gitlab-hosted'];
/**
 * Whether the machine was the provider's. An issuer that does not tell is taken for what the policy knows of it.
 *
 * @throws BundleRefusal
 */
function checkRunner({ runnerEnvironment }) {
    if (runnerEnvironment === undefined || runnerEnvironment === UNSAID || HOSTED.includes(runnerEnvironment))
        return;
    throw new refusal_BundleRefusal('self-hosted', "it was not built on a machine of the provider's, which nobody else has access to", {
        expected: HOSTED.join(' or '),
        found: runnerEnvironment
    });
}
/**
 * Whether Nix built in a sandbox.
 *
 * @throws BundleRefusal
 */
function checkSandbox({ sandbox }) {
    if (sandbox === 'true')
        return;
    throw new refusal_BundleRefusal('sandbox-off', 'Nix did not build in a sandbox', { expected: 'true', found: sandbox ?? null });
}
function objectAt(value, name) {
    const field = provenance_isObject(value) ? value[name] : undefined;
    return provenance_isObject(field) ? field : {};
}
function provenance_isObject(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}

// EXTERNAL MODULE: ../../node_modules/@sigstore/bundle/dist/index.js
var bundle_dist = __webpack_require__(6124);
;// CONCATENATED MODULE: ./attest/verify/certificate.js
/**
 * What a certificate says of who signed. https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md,
 * https://www.rfc-editor.org/rfc/rfc5280
 */




const FULCIO = '1.3.6.1.4.1.57264.1';
const certificate_ALTERNATIVE_NAME = '2.5.29.17';
const BASIC_CONSTRAINTS = '2.5.29.19';
const CODE_SIGNING = '1.3.6.1.5.5.7.3.3';
/** Of RFC 5280: what is critical must be understood, and these are looked at here or by the library. */
const UNDERSTOOD = new Set(['2.5.29.14', '2.5.29.15', certificate_ALTERNATIVE_NAME, BASIC_CONSTRAINTS, '2.5.29.35', '2.5.29.37']);
const URI_NAME = 6;
const UTF8_STRING = 0x0c;
/** Extensions up to this number hold bare text, those after it text in DER. */
const LAST_BARE = 6;
/**
 * Reads the first of a chain of certificates. The others serve for nothing, but must be what they are taken for: each
 * the issuer of the one before, and none a root, since that is the verifier's to choose.
 *
 * @param chain DER
 * @throws BundleRefusal
 */
function readChain(chain) {
    const certificates = chain.map(der => {
        try {
            const certificate = new external_node_crypto_.X509Certificate(der);
            // A decoder that stops at the end of the certificate would hide what comes after it.
            if (!certificate.raw.equals(der))
                throw new Error('there is something after the certificate');
            return certificate;
        }
        catch (cause) {
            throw certificate_invalid('it cannot be read', { cause });
        }
    });
    const [leaf, ...others] = certificates;
    if (leaf === undefined)
        throw certificate_invalid('there is none');
    certificates.forEach((certificate, i) => {
        const issuer = certificates[i + 1];
        if (certificate.checkIssued(certificate))
            throw certificate_invalid('the bundle brings a root of its own');
        if (issuer && !(certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey))) {
            throw certificate_invalid('the chain that comes with it is broken');
        }
    });
    if (others.some(certificate => !certificate.ca))
        throw certificate_invalid('the chain that comes with it is broken');
    return readSigner(leaf);
}
function readSigner(certificate) {
    // `keyUsage` of Node is the extended one.
    if (!(certificate.keyUsage ?? []).includes(CODE_SIGNING))
        throw certificate_invalid('it is not for signing code');
    let publicKey;
    try {
        publicKey = certificate.publicKey;
    }
    catch (cause) {
        throw certificate_invalid('its key cannot be read', { cause });
    }
    const extensions = readExtensions(certificate.raw);
    if (certificate.ca || extensions.isAuthority())
        throw certificate_invalid('it is of a certificate authority');
    const identity = extensions.identity();
    const optional = (name, ...numbers) => {
        const value = agreed(name, numbers.map(number => extensions.text(number)));
        return value === undefined ? {} : { [name]: value };
    };
    const issuer = agreed('issuer', [extensions.text(8), extensions.text(1)]);
    if (issuer === undefined)
        throw certificate_invalid('it names no issuer');
    return {
        der: certificate.raw,
        publicKey,
        notBefore: certificate.validFromDate,
        notAfter: certificate.validToDate,
        issuer,
        identity,
        ...optional('runnerEnvironment', 11),
        ...optional('sourceRepository', 12),
        ...optional('sourceCommit', 13, 3),
        ...optional('sourceRef', 14, 6),
        ...optional('invocation', 21)
    };
}
/** The older and the newer extension for one thing. */
function agreed(name, values) {
    const [value, ...others] = new Set(values.filter(each => each !== undefined && each !== ''));
    if (others.length > 0)
        throw certificate_invalid(`it contradicts itself: two values for ${name}`);
    return value;
}
function readExtensions(der) {
    const extensions = new Map();
    try {
        for (const { subs } of stackless(() => core_dist.X509Certificate.parse(Buffer.from(der)).extensions)) {
            const oid = subs[0]?.toOID() ?? '';
            if (extensions.has(oid))
                throw certificate_invalid(`it has the extension ${oid} twice`);
            const isCritical = subs.length === 3 && subs[1]?.toBoolean() === true;
            if (isCritical && !UNDERSTOOD.has(oid))
                throw certificate_invalid(`it has the critical extension ${oid}, which is not understood`);
            const value = subs.at(-1);
            if (value)
                extensions.set(oid, value);
        }
    }
    catch (cause) {
        if (cause instanceof refusal_BundleRefusal)
            throw cause;
        throw certificate_invalid('its extensions cannot be read', { cause });
    }
    return {
        text: number => {
            const extension = extensions.get(`${FULCIO}.${number}`);
            if (extension === undefined)
                return undefined;
            if (number <= LAST_BARE)
                return decode(extension.value);
            const [text, ...others] = extension.subs;
            if (text?.tag.number !== UTF8_STRING || !text.tag.isUniversal() || others.length > 0) {
                throw certificate_invalid(`its extension ${FULCIO}.${number} holds no text`);
            }
            return decode(text.value);
        },
        identity: () => {
            const names = extensions.get(certificate_ALTERNATIVE_NAME)?.subs[0]?.subs ?? [];
            const [name] = names;
            if (name === undefined || names.length > 1) {
                throw certificate_invalid('it must have exactly one subject alternative name', { found: names.length });
            }
            if (!name.tag.isContextSpecific(URI_NAME))
                throw certificate_invalid('its subject alternative name is no URI');
            const uri = decode(name.value);
            if (uri === '')
                throw certificate_invalid('its subject alternative name is empty');
            return uri;
        },
        isAuthority: () => extensions.get(BASIC_CONSTRAINTS)?.subs[0]?.subs[0]?.tag.isBoolean() ?? false
    };
}
function decode(bytes) {
    try {
        return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    }
    catch (cause) {
        throw certificate_invalid('it has text that is not in UTF-8', { cause });
    }
}
function certificate_invalid(what, details = {}) {
    return new refusal_BundleRefusal('certificate-invalid', `the certificate cannot be used: ${what}`, details);
}

;// CONCATENATED MODULE: ./attest/verify/echo.js
/**
 * Decoders are lenient: they skip characters in base64 and fields that they do not know. So what was decoded is encoded
 * again, and everything that was read must be there.
 * https://protobuf.dev/programming-guides/json/
 */
/**
 * The first value in which JSON differs from its echo, as a path of names; undefined where nothing of it was changed or
 * left out. What is empty or zero may be missing from the echo, and a whole number may have become text.
 */
function firstDifference(value, echo, path = '') {
    if (echo === undefined)
        return isDefault(value) ? undefined : path;
    if (Array.isArray(value)) {
        if (!Array.isArray(echo) || echo.length !== value.length)
            return path;
        return first(value.map((item, i) => () => firstDifference(item, echo[i], `${path}[${i}]`)));
    }
    if (typeof value === 'object' && value !== null) {
        if (typeof echo !== 'object' || echo === null || Array.isArray(echo))
            return path;
        return first(Object.entries(value).map(([name, item]) => () => {
            const counterpart = Object.hasOwn(echo, name) ? echo[name] : undefined;
            return firstDifference(item, counterpart, path === '' ? name : `${path}.${name}`);
        }));
    }
    const isSame = value === echo || (Number.isSafeInteger(value) && String(value) === echo);
    return isSame ? undefined : path;
}
function first(differences) {
    for (const difference of differences) {
        const found = difference();
        if (found !== undefined)
            return found;
    }
    return undefined;
}
function isDefault(value) {
    return value === null || value === '' || value === 0 || value === '0' || (Array.isArray(value) && value.length === 0);
}

;// CONCATENATED MODULE: ./attest/verify/reading.js
/**
 * Reads a bundle strictly. Nothing is verified here.
 * https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_bundle.proto
 */





/** Room for a statement of the largest size, in base64. */
const MAX_BUNDLE_BYTES = 4 * 1024 * 1024;
const reading_MAX_DEPTH = 16;
/** Of log entries, timestamps and certificates. */
const reading_MAX_ITEMS = 8;
const MAX_PROOF_HASHES = 64;
const MAX_TIMESTAMP_BYTES = 64 * 1024;
const MAX_CERTIFICATE_BYTES = 16 * 1024;
const reading_MEDIA_TYPES = [
    bundle_dist/* BUNDLE_V01_MEDIA_TYPE */.Td,
    bundle_dist/* BUNDLE_V02_MEDIA_TYPE */.qx,
    bundle_dist/* BUNDLE_V03_LEGACY_MEDIA_TYPE */.ZZ,
    bundle_dist/* BUNDLE_V03_MEDIA_TYPE */.HM
];
/** @throws BundleRefusal */
function reading_readBundle(bytes) {
    if (bytes.length > MAX_BUNDLE_BYTES) {
        throw new refusal_BundleRefusal('bundle-too-large', `the bundle is larger than ${MAX_BUNDLE_BYTES} bytes`);
    }
    const json = reading_parse(bytes);
    const { mediaType } = json;
    if (typeof mediaType !== 'string' || !reading_MEDIA_TYPES.includes(mediaType)) {
        throw new refusal_BundleRefusal('bundle-unsupported', 'this is no Sigstore bundle of version 0.1 to 0.3', {
            found: mediaType ?? null
        });
    }
    checkCounts(json);
    const bundle = reading_decode(json);
    checkSizes(bundle);
    const difference = firstDifference(json, (0,bundle_dist/* bundleToJSON */.ev)(bundle));
    if (difference !== undefined)
        throw reading_malformed(`${shown(difference)} is not what the format asks for`);
    return { bundle, claimed: claimedSigner(bundle) };
}
function reading_parse(bytes) {
    let value;
    try {
        value = parseStrictJson(bytes, { depth: reading_MAX_DEPTH });
    }
    catch (error) {
        throw reading_malformed(error.message);
    }
    if (!reading_isObject(value))
        throw reading_malformed('it is no object');
    return value;
}
/** Before anything is decoded. */
function checkCounts(json) {
    const material = reading_objectAt(json, 'verificationMaterial');
    const counted = [
        ['log entries', material['tlogEntries'], reading_MAX_ITEMS],
        ['timestamps', reading_objectAt(material, 'timestampVerificationData')['rfc3161Timestamps'], reading_MAX_ITEMS],
        ['certificates', reading_objectAt(material, 'x509CertificateChain')['certificates'], reading_MAX_ITEMS]
    ];
    for (const entry of Array.isArray(material['tlogEntries']) ? material['tlogEntries'] : []) {
        counted.push(['hashes in a proof', reading_objectAt(entry, 'inclusionProof')['hashes'], MAX_PROOF_HASHES]);
    }
    for (const [what, list, most] of counted) {
        if (list !== undefined && list !== null && !Array.isArray(list))
            throw reading_malformed(`the ${what} are no list`);
        if ((list?.length ?? 0) > most)
            throw reading_malformed(`there are more than ${most} ${what}`);
    }
    const { dsseEnvelope } = json;
    if (!reading_isObject(dsseEnvelope))
        return;
    const { signatures } = dsseEnvelope;
    const count = Array.isArray(signatures) ? signatures.length : 0;
    if (count !== 1) {
        throw new refusal_BundleRefusal('signature-count', 'the envelope must have exactly one signature', { found: count });
    }
}
function reading_decode(json) {
    if (json['dsseEnvelope'] !== undefined && json['messageSignature'] !== undefined) {
        throw reading_malformed('it has both an envelope and the signature of a file');
    }
    let cause;
    try {
        return (0,bundle_dist/* bundleFromJSON */.vw)(json);
    }
    catch (error) {
        cause = error;
    }
    const fields = reading_isObject(cause) && Array.isArray(cause['fields']) ? cause['fields'].map(String) : [];
    if (fields.some(field => field.includes('inclusionProof'))) {
        throw new refusal_BundleRefusal('log-proof-missing', 'a log entry has no proof that it is in the log', { cause });
    }
    const what = fields.length > 0 ? `${shown(fields.join(', '))} is not what the format asks for` : 'its fields cannot be read';
    throw reading_malformed(what, cause);
}
/** ASN.1 is read level by level: what is small takes little time, however it is made. */
function checkSizes({ verificationMaterial: { content, timestampVerificationData } }) {
    for (const { signedTimestamp } of timestampVerificationData?.rfc3161Timestamps ?? []) {
        if (signedTimestamp.length > MAX_TIMESTAMP_BYTES)
            throw reading_malformed('a timestamp is too large');
    }
    const certificates = content.$case === 'certificate'
        ? [content.certificate]
        : content.$case === 'x509CertificateChain'
            ? content.x509CertificateChain.certificates
            : [];
    for (const { rawBytes } of certificates) {
        if (rawBytes.length > MAX_CERTIFICATE_BYTES)
            throw reading_malformed('a certificate is too large');
    }
}
function claimedSigner({ verificationMaterial: { content } }) {
    if (content.$case === 'publicKey')
        return { kind: 'key', hint: content.publicKey.hint };
    const chain = content.$case === 'certificate' ? [content.certificate] : content.x509CertificateChain.certificates;
    return { kind: 'certificate', certificate: readChain(chain.map(({ rawBytes }) => rawBytes)) };
}
/** A field that is no object has nothing to be counted; that it is none is found when it is decoded. */
function reading_objectAt(value, name) {
    const field = reading_isObject(value) ? value[name] : undefined;
    return reading_isObject(field) ? field : {};
}
function reading_isObject(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}
function reading_malformed(what, cause) {
    return new refusal_BundleRefusal('bundle-malformed', `the bundle is malformed: ${what}`, { cause });
}

;// CONCATENATED MODULE: ./attest/verify/statement.js



const MAX_STATEMENT_BYTES = 2 * 1024 * 1024;
const statement_MAX_DEPTH = 64;
const MAX_SUBJECTS = 1024;
/**
 * What an envelope holds, as it was signed.
 *
 * @throws BundleRefusal where that is not said to be a statement
 */
function statementPayload({ content }) {
    if (content.$case !== 'dsseEnvelope') {
        throw new refusal_BundleRefusal('content-unsupported', 'the bundle holds the signature of a file, and no statement');
    }
    const { payload, payloadType } = content.dsseEnvelope;
    if (payloadType !== PAYLOAD_TYPE) {
        throw new refusal_BundleRefusal('payload-type', 'the payload is of another type', {
            expected: PAYLOAD_TYPE,
            found: payloadType
        });
    }
    if (payload.length > MAX_STATEMENT_BYTES) {
        throw new refusal_BundleRefusal('payload-too-large', `the statement is larger than ${MAX_STATEMENT_BYTES} bytes`);
    }
    return payload;
}
/**
 * Reads a statement. Every subject has a SHA-256 in lower-case hexadecimal.
 *
 * @throws BundleRefusal
 */
function readStatement(payload) {
    const json = statement_parse(payload);
    const { _type, subject, predicateType, predicate } = json;
    if (_type !== STATEMENT_TYPE) {
        throw new refusal_BundleRefusal('statement-type', 'the payload is another kind of statement', {
            expected: STATEMENT_TYPE,
            found: _type ?? null
        });
    }
    if (typeof predicateType !== 'string' || predicateType === '')
        throw statement_malformed('it has no predicateType');
    if (predicate !== undefined && !statement_isObject(predicate))
        throw statement_malformed('its predicate is no object');
    return { _type, subject: readSubjects(subject), predicateType, predicate: predicate ?? {} };
}
function readSubjects(value) {
    if (!Array.isArray(value))
        throw statement_malformed('its subjects are no list');
    if (value.length === 0 || value.length > MAX_SUBJECTS) {
        throw new refusal_BundleRefusal('subject-count', `a statement must have from 1 to ${MAX_SUBJECTS} subjects`, {
            found: value.length
        });
    }
    return value.map((subject) => {
        if (!statement_isObject(subject))
            throw statement_malformed('a subject is no object');
        const { name = '', digest } = subject;
        if (typeof name !== 'string')
            throw statement_malformed('the name of a subject is no text');
        return { name, digest: readDigest(digest) };
    });
}
function readDigest(digest) {
    const { sha256, ...others } = statement_isObject(digest) ? digest : {};
    if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256)) {
        throw new refusal_BundleRefusal('subject-invalid', 'a subject has no SHA-256 of 64 lower-case hexadecimal digits', {
            found: sha256 ?? digest ?? null
        });
    }
    const texts = Object.entries(others).filter((each) => typeof each[1] === 'string');
    return Object.fromEntries([...texts, ['sha256', sha256]]);
}
function statement_parse(payload) {
    let json;
    try {
        json = parseStrictJson(payload, { depth: statement_MAX_DEPTH });
    }
    catch (error) {
        throw statement_malformed(error.message);
    }
    if (!statement_isObject(json))
        throw statement_malformed('it is no object');
    return json;
}
function statement_isObject(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}
function statement_malformed(what) {
    return new refusal_BundleRefusal('payload-malformed', `the payload is no statement: ${what}`);
}

;// CONCATENATED MODULE: ./attest/verify.js
/**
 * Whether one bundle is a sound attestation by whom, of what and for what it should be. Offline, given a trust root.
 * Described in docs/verify.md.
 */










/**
 * Verifies one bundle: form, signature, certificate, log, times, signer, statement, and what that says.
 *
 * @param bytes of the bundle, or what `readBundle` made of them
 * @throws BundleRefusal that says why, with a reason of a closed set
 */
function verifyBundle(bytes, expectation, trust, options = {}) {
    return guarded(() => {
        const { now = new Date() } = options;
        const read = 'bundle' in bytes ? bytes : reading_readBundle(bytes);
        const payload = statementPayload(read.bundle);
        const { signer, times, entries } = cryptography_verifySignature(read, { trust, now, ...keyOf(expectation.signer) });
        checkSigner(signer, expectation.signer);
        checkAge(times[0], expectation, now);
        const statement = readStatement(payload);
        checkPredicateType(statement, expectation);
        const digests = checkSubjects(statement, expectation);
        const certificate = signer.kind === 'certificate' ? signer.certificate : undefined;
        const provenance = isProvenance(statement, expectation) ? readProvenance(statement, certificate) : undefined;
        const commit = checkCommit(certificate?.sourceCommit, provenance, expectation);
        if (certificate && expectation.allowSelfHosted !== true)
            checkRunner(certificate);
        if (provenance && expectation.allowSandboxOff !== true)
            checkSandbox(provenance);
        return {
            mediaType: read.bundle.mediaType,
            statement,
            signer: verifiedSigner(signer),
            digests,
            ...(commit !== undefined && { commit }),
            ...(provenance && { provenance }),
            times,
            entries
        };
    });
}
/**
 * Verifies a bundle that holds the signature of a file, and no statement.
 *
 * @throws BundleRefusal
 */
function verifyFile(bytes, file, expected, trust, options = {}) {
    return guarded(() => {
        const read = 'bundle' in bytes ? bytes : readBundle(bytes);
        const { content, mediaType } = read.bundle;
        if (content.$case !== 'messageSignature') {
            throw new BundleRefusal('content-unsupported', 'the bundle holds a statement, and not the signature of a file');
        }
        const sha256 = createHash('sha256').update(file).digest();
        if (!content.messageSignature.messageDigest.digest.equals(sha256)) {
            throw new BundleRefusal('subject-mismatch', 'the bundle is of another file', {
                expected: sha256.toString('hex'),
                found: content.messageSignature.messageDigest.digest.toString('hex')
            });
        }
        const { now = new Date() } = options;
        const { signer, times, entries } = verifySignature(read, { trust, file, now, ...keyOf(expected) });
        checkSigner(signer, expected);
        return { mediaType, signer: verifiedSigner(signer), digest: `sha256:${sha256.toString('hex')}`, times, entries };
    });
}
/** Whatever the library makes of content that it did not expect, a bundle is accepted or refused. */
function guarded(verify) {
    try {
        return verify();
    }
    catch (error) {
        if (error instanceof refusal_BundleRefusal)
            throw error;
        throw new refusal_BundleRefusal('bundle-malformed', 'the bundle is malformed: it cannot be read', { cause: error });
    }
}
function keyOf(signer) {
    return signer.kind === 'key' ? { publicKey: signer.publicKey } : {};
}
function checkSigner(signer, expected) {
    if (signer.kind !== 'certificate' || expected.kind !== 'certificate')
        return;
    const { issuer, identity } = signer.certificate;
    if (issuer !== expected.issuer) {
        throw new refusal_BundleRefusal('issuer-mismatch', 'another issuer vouched for the signer', {
            expected: expected.issuer,
            found: issuer
        });
    }
    const isExpected = typeof expected.identity === 'string' ? identity === expected.identity : expected.identity.accepts(identity);
    if (!isExpected) {
        throw new refusal_BundleRefusal('identity-mismatch', 'somebody else signed', {
            expected: typeof expected.identity === 'string' ? expected.identity : expected.identity.source,
            found: identity
        });
    }
}
const DAY_MS = 24 * 60 * 60 * 1000;
function checkAge({ at }, { maximumAgeDays }, now) {
    if (maximumAgeDays === undefined || now.getTime() - at.getTime() <= maximumAgeDays * DAY_MS)
        return;
    throw new refusal_BundleRefusal('too-old', `it was signed at ${time(at)}, more than ${maximumAgeDays} days ago`);
}
function checkPredicateType(statement, { predicateType = PROVENANCE_TYPE }) {
    if (predicateType === 'any' || statement.predicateType === predicateType)
        return;
    throw new refusal_BundleRefusal('predicate-type', 'the statement says something else of its subject', {
        expected: predicateType,
        found: statement.predicateType
    });
}
function isProvenance(statement, { predicateType }) {
    return predicateType !== 'any' && statement.predicateType === PROVENANCE_TYPE;
}
function checkSubjects({ subject }, { digest, allowSeveralSubjects }) {
    if (subject.length !== 1 && allowSeveralSubjects !== true) {
        throw new refusal_BundleRefusal('subject-count', 'the statement must be about one thing alone', { found: subject.length });
    }
    const digests = [...new Set(subject.map(each => `sha256:${each.digest['sha256']}`))];
    if (digest !== undefined && !digests.includes(digest)) {
        throw new refusal_BundleRefusal('subject-mismatch', 'the statement is about something else', {
            expected: digest,
            found: digests.length === 1 ? digests[0] : digests
        });
    }
    return digests;
}
/** That the two agree is checked where the provenance is read. */
function checkCommit(certified, provenance, { commit: expected }) {
    const stated = provenance?.commit;
    if (expected === undefined)
        return certified ?? stated;
    // Some issuers know no commit; a provenance always has one to tell.
    if ((provenance ? stated : certified) === undefined) {
        throw new refusal_BundleRefusal('commit-missing', 'nothing says from which commit it was built', { expected });
    }
    for (const found of [certified, stated]) {
        if (found === undefined || found === expected)
            continue;
        throw new refusal_BundleRefusal('commit-mismatch', 'it was built from another commit', { expected, found });
    }
    return expected;
}
function verifiedSigner(signer) {
    if (signer.kind === 'certificate')
        return signer;
    const der = signer.publicKey.export({ type: 'spki', format: 'der' });
    return { kind: 'key', fingerprint: (0,external_node_crypto_.createHash)('sha256').update(der).digest('hex') };
}

;// CONCATENATED MODULE: ./attest/judge.js
/** What one bundle is worth under a policy: a vote of one of its builders, or nothing. Offline. */




/**
 * Verifies a bundle as one of the builder that it says to be of. What digest and commit it is for is left to the quorum:
 * a vote for another one is none, and may show that a builder contradicts itself.
 *
 * @param name names the bundle in votes: its digest
 */
function judgeBundle(bytes, name, trusted, options = {}) {
    let read;
    try {
        read = reading_readBundle(bytes);
    }
    catch (refusal) {
        if (refusal instanceof refusal_BundleRefusal)
            return { kind: 'refused', refusal, entries: [] };
        throw refusal;
    }
    const entries = read.bundle.verificationMaterial.tlogEntries.map(entry => ({
        hash: leafHash(entry),
        logIndex: entry.logIndex
    }));
    const found = read.claimed.kind === 'certificate' ? byCertificate(read, trusted, options) : byKey(read, trusted, options);
    if ('refusal' in found) {
        const { isGenuine = false, ...refused } = found;
        return { kind: 'refused', entries: isGenuine ? entries : [], ...refused };
    }
    return { kind: 'valid', entries, ...found, votes: votesOf(name, found) };
}
/** What is wrong with a bundle whose signature and log entry were verified before. */
const GENUINE = new Set([
    'too-old',
    'predicate-type',
    'predicate-malformed',
    'subject-count',
    'subject-invalid',
    'builder-mismatch',
    'commit-contradiction',
    'self-hosted',
    'sandbox-off'
]);
function byCertificate(read, trusted, options) {
    if (read.claimed.kind !== 'certificate')
        throw new Error('a bundle without a certificate');
    const { issuer, identity, sourceRepository } = read.claimed.certificate;
    const claimed = { identity, issuer };
    const signer = { issuer, identity, ...(sourceRepository !== undefined && { repository: sourceRepository }) };
    const { builder, ...miss } = findBuilder(trusted.policy, signer);
    if (builder === undefined) {
        const { reason = '', elsewhere } = 'reason' in miss ? miss : {};
        const refusal = elsewhere
            ? new refusal_BundleRefusal('repository-mismatch', `it was built from another repository: ${reason}`)
            : new refusal_BundleRefusal('signer-unknown', `signed by nobody in the policy: ${reason}`);
        return { claimed, refusal, ...(elsewhere && { builder: elsewhere }) };
    }
    // The builder was found by all that the policy says of its certificates: what is left is that they are genuine.
    const outcome = ofRef(verify(read, builder, { kind: 'certificate', issuer, identity }, trusted, options));
    return 'refusal' in outcome ? { ...outcome, claimed } : outcome;
}
/**
 * A reusable workflow is its own identity, with its own ref, whoever calls it. Where the caller is of the same repository,
 * that ref is taken for the one that was built: whoever may push to any other branch could call it from there.
 */
function ofRef(outcome) {
    if ('refusal' in outcome || outcome.verified.signer.kind !== 'certificate')
        return outcome;
    const { identity, sourceRepository, sourceRef } = outcome.verified.signer.certificate;
    if (sourceRepository === undefined || sourceRef === undefined || !identity.includes('@refs/'))
        return outcome;
    const isOwn = identity.toLowerCase().startsWith(`${sourceRepository.toLowerCase()}/`);
    if (!isOwn || identity.endsWith(`@${sourceRef}`))
        return outcome;
    const refusal = new refusal_BundleRefusal('ref-mismatch', 'it was built from another branch or tag than that of its workflow', {
        expected: identity.slice(identity.indexOf('@refs/') + 1),
        found: sourceRef
    });
    return { builder: outcome.builder, refusal, isGenuine: true };
}
/** A bundle that a key signed does not say by which: its hint is in the signer's words. */
function byKey(read, trusted, options) {
    const holders = trusted.policy.builders.filter(builder => builder.publicKey !== undefined);
    const hint = read.claimed.kind === 'key' ? read.claimed.hint : '';
    let named;
    for (const builder of holders) {
        const { publicKey } = trusted.signers.get(builder.id) ?? {};
        if (publicKey === undefined)
            throw new Error(`the key of ${builder.id} was not read`);
        const outcome = verify(read, builder, { kind: 'key', publicKey }, trusted, options);
        if (!('refusal' in outcome) || outcome.refusal.reason !== 'signature-invalid')
            return ofRepository(outcome);
        if (hint === keyHint(publicKey) || (hint === '' && holders.length === 1))
            named = outcome;
    }
    return named ?? { refusal: new refusal_BundleRefusal('signer-unknown', 'signed by none of the keys in the policy') };
}
function verify(read, builder, signer, { policy, signers }, options) {
    const { trust } = signers.get(builder.id) ?? {};
    if (trust === undefined)
        throw new Error(`the trust root of ${builder.id} was not read`);
    const { predicateType, maximumAgeDays, allowSelfHosted, allowSandboxOff, allowSeveralSubjects } = policy;
    const allowed = { allowSelfHosted, allowSandboxOff, allowSeveralSubjects };
    const age = maximumAgeDays === undefined ? {} : { maximumAgeDays };
    try {
        return { builder, verified: verifyBundle(read, { signer, predicateType, ...age, ...allowed }, trust, options) };
    }
    catch (refusal) {
        if (refusal instanceof refusal_BundleRefusal)
            return { builder, refusal, isGenuine: GENUINE.has(refusal.reason) };
        throw refusal;
    }
}
/** Where no certificate names the repository that was built, the statement has to: it is the word of the same signer. */
function ofRepository(outcome) {
    if ('refusal' in outcome)
        return outcome;
    const { builder, verified } = outcome;
    const source = verified.provenance?.source;
    const { repository } = builder;
    if (repository === undefined || (source !== undefined && repositoryKey(source) === repositoryKey(repository))) {
        return outcome;
    }
    const found = source === undefined ? {} : { found: source };
    const message = `it was built from another repository than builder ${builder.id} builds`;
    const refusal = new refusal_BundleRefusal('repository-mismatch', message, { expected: repository, ...found });
    return { builder, refusal, isGenuine: true };
}
/** One for each subject: an image may go by several names, and by each of them it has to be the only one of its commit. */
function votesOf(bundle, { builder, verified }) {
    const { statement, commit, provenance } = verified;
    return statement.subject.map(({ name, digest }) => ({
        bundle,
        builder,
        digest: `sha256:${digest['sha256']}`,
        target: JSON.stringify([name, provenance?.system ?? null]),
        ...(commit !== undefined && { commit })
    }));
}

;// CONCATENATED MODULE: ./attest/quorum.js
/**
 * Whether the builders that attested a digest are a quorum: as many as the policy asks for, and pairwise distinct in each
 * of its dimensions. Found exactly (see policy/distinct.ts); the same votes in another order give the same answer.
 */


/**
 * Counts votes.
 *
 * @param votes all verified votes of builders of the policy, those for other digests and commits too: they do not count
 *   but may show that a builder equivocates
 */
function decideQuorum(policy, votes, expected) {
    const ordered = inOrder(policy, votes);
    const equivocations = findEquivocations(ordered);
    const uncounted = [];
    const ballot = sortBallot(policy, ordered, { expected, equivocations }, uncounted);
    const rows = (builders) => distinct_distinctSets(builders.map(builder => builder_builderRow(builder, policy.dimensions)));
    const sets = rows(ballot.map(vote => vote.builder));
    const largest = sets.largest();
    const size = Math.min(policy.threshold, largest);
    const chosen = (sets.first(size) ?? []).flatMap(index => ballot[index] ?? []);
    const isEnough = largest >= policy.threshold;
    uncounted.push(...ballot.filter(vote => !chosen.includes(vote)).map(vote => notChosen(policy, vote, chosen)));
    const isHonest = equivocations.length === 0 || policy.equivocation === 'discount';
    const outcome = {
        met: isEnough && isHonest,
        threshold: policy.threshold,
        votes: chosen,
        uncounted,
        builders: ballot.length,
        largest,
        missing: Math.max(0, policy.threshold - largest),
        blocks: isEnough ? [] : findBlocks(policy, ballot, largest),
        wanted: isEnough ? [] : findWanted(policy, ballot, largest, rows),
        equivocations
    };
    return { ...outcome, reason: isHonest ? explain(outcome) : explainEquivocation(equivocations) };
}
/** Builders that attested different digests of the same commit and target, in order of the votes. */
function findEquivocations(votes) {
    const groups = Map.groupBy(votes.filter(vote => vote.commit !== undefined), vote => JSON.stringify([vote.builder.id, vote.commit, vote.target]));
    return [...groups.values()].flatMap(group => {
        const digests = [...new Set(group.map(vote => vote.digest))].sort();
        const [{ builder, commit, target } = {}] = group;
        if (digests.length < 2 || builder === undefined || commit === undefined)
            return [];
        const bundles = [...new Set(group.map(vote => vote.bundle))].sort();
        return [{ builder: builder.id, commit, ...(target !== undefined && { target }), digests, bundles }];
    });
}
/** By builder, as the policy lists them, then by bundle. */
function inOrder(policy, votes) {
    const rank = new Map(policy.builders.map((builder, i) => [builder.id, i]));
    const stranger = votes.find(vote => !rank.has(vote.builder.id));
    if (stranger)
        throw new Error(`a vote of ${stranger.builder.id}, which is not in the policy`);
    const key = ({ bundle, digest, commit = '', target = '' }) => [bundle, digest, commit, target];
    return [...votes].sort((a, b) => (rank.get(a.builder.id) ?? 0) - (rank.get(b.builder.id) ?? 0) || compareLists(key(a), key(b)));
}
function compareLists(a, b) {
    const index = a.findIndex((value, i) => value !== b[i]);
    return index < 0 ? 0 : (a[index] ?? '') < (b[index] ?? '') ? -1 : 1;
}
/** One vote a builder; the others go to `uncounted`. */
function sortBallot(policy, votes, { expected, equivocations }, uncounted) {
    const ballot = new Map();
    for (const vote of votes) {
        const { id } = vote.builder;
        const counted = ballot.get(id);
        if (vote.digest !== expected.digest)
            uncounted.push({ reason: 'other-digest', vote });
        else if (expected.commit !== undefined && vote.commit !== expected.commit)
            uncounted.push({ reason: 'other-commit', vote });
        else if (policy.equivocation === 'discount' && equivocations.some(({ builder }) => builder === id)) {
            uncounted.push({ reason: 'equivocation', vote });
        }
        else if (counted)
            uncounted.push({ reason: 'repeated', vote, counted: counted.bundle });
        else
            ballot.set(id, vote);
    }
    return [...ballot.values()];
}
function notChosen(policy, vote, chosen) {
    for (const { builder } of chosen) {
        const dimensions = alikeIn(policy.dimensions, builder, vote.builder);
        if (dimensions.length > 0)
            return { reason: 'alike', vote, builder: builder.id, dimensions };
    }
    return { reason: 'spare', vote };
}
function alikeIn(dimensions, a, b) {
    return dimensions.filter(dimension => dimensionValue(a, dimension) === dimensionValue(b, dimension));
}
/**
 * The dimensions without which more would differ, with who is alike in them. Where no single one is to blame, all in
 * which some are alike.
 */
function findBlocks(policy, ballot, largest) {
    const builders = ballot.map(vote => vote.builder);
    const without = (dimension) => {
        const others = policy.dimensions.filter(other => other !== dimension);
        return distinct_distinctSets(builders.map(builder => builder_builderRow(builder, others))).largest();
    };
    const shared = policy.dimensions.flatMap(dimension => [...Map.groupBy(builders, builder => dimensionValue(builder, dimension))]
        .filter(([, group]) => group.length > 1)
        .map(([value, group]) => ({ dimension, value, builders: group.map(builder => builder.id) })));
    const decisive = new Set(policy.dimensions.filter(dimension => without(dimension) > largest));
    return decisive.size > 0 ? shared.filter(({ dimension }) => decisive.has(dimension)) : shared;
}
function findWanted(policy, ballot, largest, rows) {
    const voted = ballot.map(vote => vote.builder);
    const ids = new Set(voted.map(builder => builder.id));
    return policy.builders
        .filter(builder => !ids.has(builder.id) && rows([builder, ...voted]).canHold(0, largest + 1))
        .map(builder => builder.id);
}
function explain({ met, threshold, votes, builders, largest, missing, blocks, wanted }) {
    const names = votes.map(vote => vote.builder.id).join(', ');
    if (met)
        return `${threshold} independent ${plural(threshold, 'builder')} attested this digest: ${names}`;
    const more = `${missing} more ${missing === 1 ? 'is' : 'are'} needed${wanted.length > 0 ? `, from: ${wanted.join(', ')}` : ''}`;
    if (builders === 0)
        return `no builder of the policy attested this digest; ${more}`;
    if (builders === largest)
        return `${builders} of ${threshold} builders attested this digest: ${names}; ${more}`;
    const alike = blocks.map(block => `${block.builders.join(' and ')} have the ${block.dimension} ${block.value}`);
    return `${builders} ${plural(builders, 'builder')} attested this digest, and no more than ${largest} of them differ from each other (${alike.join('; ')}); ${more}`;
}
function explainEquivocation([first, ...others]) {
    const more = others.length > 0 ? ` (and ${others.length} more such ${plural(others.length, 'case')})` : '';
    return `builder ${first?.builder ?? ''} attested ${first?.digests.length ?? 0} digests for commit ${first?.commit ?? ''}${more}: it cannot be trusted with any`;
}
const plural = (count, word) => (count === 1 ? word : `${word}s`);

;// CONCATENATED MODULE: ./attest/rekor-entry.js
/**
 * What an entry of a transparency log, version 1, says of itself. Nothing is verified: it is a stranger's text.
 * https://github.com/sigstore/rekor/tree/main/pkg/types
 */





const rekor_entry_MAX_DEPTH = 16;
const MAX_KIND = 64;
const MAX_SIGNATURES = 4;
/** As base64 of PEM, many times what is usual. What is small takes little time, however it is made. */
const MAX_PEM = 16 * 1024;
/** In seconds, what dates can hold. */
const MAX_TIME = 8e12;
/**
 * @param uuid what the log calls it
 * @param entry as the log answers
 * @returns undefined where it does not say its place in the log; what else is odd is left out
 */
function readHit(uuid, entry) {
    if (!rekor_entry_isObject(entry))
        return undefined;
    const { body, logID, logIndex, integratedTime: seconds } = entry;
    if (typeof logID !== 'string' || !/^[0-9a-f]{64}$/i.test(logID))
        return undefined;
    if (!Number.isSafeInteger(logIndex) || logIndex < 0)
        return undefined;
    const isTime = typeof seconds === 'number' && seconds > 0 && seconds < MAX_TIME;
    return {
        uuid,
        logIndex: String(logIndex),
        logId: logID.toLowerCase(),
        ...(isTime && { integratedTime: new Date(seconds * 1000) }),
        ...readBody(body)
    };
}
function readBody(base64) {
    try {
        if (typeof base64 !== 'string')
            return { kind: 'unknown' };
        const value = parseStrictJson(Buffer.from(base64, 'base64'), { depth: rekor_entry_MAX_DEPTH });
        const body = (rekor_entry_isObject(value) ? value : {});
        const kind = typeof body.kind === 'string' ? printable(body.kind.slice(0, MAX_KIND)) : '';
        return { kind: kind || 'unknown', ...rekor_entry_signerOf(body) };
    }
    catch {
        return { kind: 'unknown' };
    }
}
/** The first that can be read: there is hardly ever another. */
function rekor_entry_signerOf(body) {
    let verifiers;
    try {
        verifiers = verifiersOf(body);
    }
    catch {
        return {};
    }
    for (const verifier of verifiers) {
        try {
            if (typeof verifier !== 'string' || verifier.length > MAX_PEM)
                continue;
            return readVerifier(Buffer.from(verifier, 'base64').toString('utf8'));
        }
        catch {
            continue;
        }
    }
    return {};
}
/** @throws TypeError where the shape is another */
function verifiersOf({ kind, spec = {} }) {
    switch (kind) {
        case 'dsse':
            return spec.signatures?.slice(0, MAX_SIGNATURES).map(each => each.verifier) ?? [];
        case 'intoto': {
            const signatures = spec.content?.envelope?.signatures?.slice(0, MAX_SIGNATURES) ?? [];
            return [...signatures.map(each => each.publicKey), spec.publicKey];
        }
        case 'hashedrekord':
        case 'rekord':
            return [spec.signature?.publicKey?.content];
        default:
            return [];
    }
}
/** @throws Error where it is no certificate or public key in PEM */
function readVerifier(pem) {
    if (!pem.includes('-----BEGIN CERTIFICATE-----')) {
        if (!/-----BEGIN (?:RSA )?PUBLIC KEY-----/.test(pem))
            throw new Error('this is no public key');
        return { key: fingerprint((0,external_node_crypto_.createPublicKey)(pem)) };
    }
    const { names, issuers, publicKey } = stackless(() => certificate_readCertificate(new external_node_crypto_.X509Certificate(pem).raw));
    const [identity = '', issuer = ''] = [names[0], issuers[0]].map(each => each && printable(each));
    if (identity === '')
        return { key: fingerprint(publicKey) };
    return { identity, ...(issuer !== '' && { issuer }) };
}
function fingerprint(key) {
    return (0,external_node_crypto_.createHash)('sha256')
        .update(key.export({ type: 'spki', format: 'der' }))
        .digest('hex');
}
/** Of JSON. */
function rekor_entry_isObject(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}

;// CONCATENATED MODULE: ./attest/rekor-v1.js
/** The transparency log, version 1. https://github.com/sigstore/rekor/blob/main/openapi.yaml */



const rekor_v1_TIMEOUT_MS = 10_000;
const rekor_v1_PATH = '/api/v1/log/entries';
const LOG = 'transparency log';
/**
 * Enters an envelope, as kind `dsse`. One that is there already is fetched.
 *
 * @throws SeedError SIGSTORE_UNREACHABLE, SIGSTORE_FAILED
 */
async function logEnvelope(envelope, { certificate, publicKey }, url, ports, options) {
    const service = { name: LOG, url, timeoutMs: rekor_v1_TIMEOUT_MS };
    const verifier = certificate
        ? new X509Certificate(certificate).toString()
        : publicKey.export({ type: 'spki', format: 'pem' });
    const proposal = {
        apiVersion: '0.0.1',
        kind: 'dsse',
        spec: {
            proposedContent: {
                envelope: JSON.stringify(envelopeToJSON(envelope)),
                verifiers: [Buffer.from(verifier).toString('base64')]
            }
        }
    };
    const accept = 'application/json';
    const body = { type: accept, bytes: Buffer.from(JSON.stringify(proposal)) };
    let answer = await ask(service, { path: rekor_v1_PATH, accept, body, statuses: [201, 409] }, ports, options);
    if (answer.status === 409) {
        // Of the address, only the identifier: the log is asked where it is, and nobody else.
        const id = /\/([0-9a-f]{64}|[0-9a-f]{80})$/i.exec(answer.location ?? '')?.[1];
        if (id === undefined)
            throw malformed(service, 'address of the entry that it says to have');
        answer = await ask(service, { path: `${rekor_v1_PATH}/${id}`, accept, statuses: [200] }, ports, options);
    }
    const [entry, ...more] = Object.values(parseAnswer(service, answer, 'log entry'));
    const read = more.length === 0 ? readEntry(entry) : undefined;
    if (read === undefined)
        throw malformed(service, 'log entry');
    return read;
}
/** In the form that bundles have. @returns undefined where it is no whole entry */
function readEntry(value) {
    try {
        // What is missing or of another type throws where it is used: a wrong shape has no other meaning here.
        const entry = value;
        const { signedEntryTimestamp, inclusionProof: proof } = entry.verification;
        const body = Buffer.from(entry.body, 'base64');
        const { kind, apiVersion } = JSON.parse(body.toString('utf8'));
        return {
            logIndex: whole(entry.logIndex),
            logId: { keyId: hex(entry.logID) },
            kindVersion: { kind: rekor_v1_text(kind), version: rekor_v1_text(apiVersion) },
            integratedTime: whole(entry.integratedTime),
            inclusionPromise: { signedEntryTimestamp: Buffer.from(rekor_v1_text(signedEntryTimestamp), 'base64') },
            inclusionProof: {
                logIndex: whole(proof.logIndex),
                treeSize: whole(proof.treeSize),
                rootHash: hex(proof.rootHash),
                hashes: proof.hashes.map(hex),
                checkpoint: { envelope: rekor_v1_text(proof.checkpoint) }
            },
            canonicalizedBody: body
        };
    }
    catch {
        return undefined;
    }
}
function whole(value) {
    if (!Number.isSafeInteger(value) || value < 0)
        throw new Error('no number');
    return String(value);
}
function rekor_v1_text(value) {
    if (typeof value !== 'string' || value === '')
        throw new Error('no text');
    return value;
}
function hex(value) {
    if (typeof value !== 'string' || !/^(?:[0-9a-f]{2})+$/i.test(value))
        throw new Error('no bytes');
    return Buffer.from(value, 'hex');
}

;// CONCATENATED MODULE: ./attest/rekor-search.js
/**
 * Looks in a transparency log, version 1, for entries that name a digest. It is a witness and no judge: nothing here is
 * verified, anyone may log an entry that names any digest, and the log may leave out what it likes.
 * https://github.com/sigstore/rekor/blob/main/openapi.yaml
 */





const TOTAL_TIMEOUT_MS = 20_000;
const rekor_search_TIMEOUT_MS = 10_000;
const MAX_HITS = 100;
/** As many as the log gives out at once. */
const BATCH = 10;
/** Ten entries with all that the log keeps of them. */
const MAX_BATCH_BYTES = 4 * 1024 * 1024;
const rekor_search_MAX_DEPTH = 16;
/** Hash of the leaf, with or without the number of its tree before it. */
const UUID = /^(?:[0-9a-f]{16})?[0-9a-f]{64}$/;
const LEAF_DIGITS = 64;
/**
 * At most 100 entries are read.
 *
 * @param url of the log
 * @param digest `sha256:…`
 * @throws SeedError SIGSTORE_UNREACHABLE, SIGSTORE_FAILED where not even the list could be had; the signal's reason
 */
async function searchLog(url, digest, ports, options = {}) {
    const { known = new Set(), totalTimeoutMs = TOTAL_TIMEOUT_MS, ...serviceOptions } = options;
    const log = new Log(url, ports, totalTimeoutMs, serviceOptions);
    const { uuids, isCut } = await log.find(digest);
    const unknown = uuids.filter(uuid => !known.has(leafOf(uuid)));
    const { hits, unreadProblem } = await readEntries(unknown.slice(0, MAX_HITS), log);
    return {
        found: uuids.length,
        isCut,
        known: uuids.length - unknown.length,
        hits: hits.sort((a, b) => Number(a.logIndex) - Number(b.logIndex)),
        unread: unknown.length - hits.length,
        ...(unreadProblem !== undefined && { unreadProblem })
    };
}
async function readEntries(uuids, log) {
    const hits = [];
    let unreadProblem;
    const batches = Array.from({ length: Math.ceil(uuids.length / BATCH) }, (_, i) => uuids.slice(i * BATCH, (i + 1) * BATCH));
    for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
        try {
            hits.push(...(await log.retrieve(batch)));
        }
        catch (error) {
            if (!(error instanceof errors/* SeedError */.uV))
                throw error;
            unreadProblem ??= error.message;
            // It is no other for the next.
            if (error.code === 'SIGSTORE_UNREACHABLE')
                break;
            // One that the log cannot give out has it refuse those that are asked for with it.
            if (batch.length > 1)
                batches.unshift(...batch.map(uuid => [uuid]));
        }
    }
    return { hits, ...(unreadProblem !== undefined && { unreadProblem }) };
}
/** The log, for as long as there is time. */
class Log {
    #service;
    #ports;
    #options;
    #deadline;
    #totalTimeoutMs;
    constructor(url, ports, totalTimeoutMs, options) {
        this.#service = { name: LOG, url, timeoutMs: rekor_search_TIMEOUT_MS };
        this.#ports = ports;
        this.#options = options;
        this.#deadline = AbortSignal.timeout(totalTimeoutMs);
        this.#totalTimeoutMs = totalTimeoutMs;
    }
    /** @returns what names the entries with `hash`, each once, in lower case */
    async find(hash) {
        const answer = await this.#ask({ path: '/api/v1/index/retrieve', cut: true, refusal: unsearchable }, { hash });
        const { bytes, isCut } = answer;
        const whole = isCut ? Buffer.concat([bytes.subarray(0, bytes.lastIndexOf(',')), Buffer.from(']')]) : bytes;
        const list = this.#list({ ...answer, bytes: whole });
        const uuids = new Map();
        for (const value of list) {
            const uuid = typeof value === 'string' ? value.toLowerCase() : '';
            if (UUID.test(uuid) && !uuids.has(leafOf(uuid)))
                uuids.set(leafOf(uuid), uuid);
        }
        if (list.length > 0 && uuids.size === 0)
            throw service_client_malformed(this.#service, 'list of entries');
        return { uuids: [...uuids.values()], isCut };
    }
    /** Those of the entries that the log gives out and that can be read, each once. */
    async retrieve(uuids) {
        const answer = await this.#ask({ path: '/api/v1/log/entries/retrieve', maxBytes: MAX_BATCH_BYTES, refusal: tooOften }, { entryUUIDs: uuids }, 
        // Each is asked for a second time where it is not alone.
        uuids.length > 1 ? this.#options : { ...this.#options, backoff: ONCE });
        const asked = new Set(uuids.map(leafOf));
        const hits = [];
        for (const item of this.#list(answer)) {
            for (const [name, entry] of Object.entries(rekor_entry_isObject(item) ? item : {})) {
                const uuid = name.toLowerCase();
                const hit = UUID.test(uuid) && asked.has(leafOf(uuid)) ? readHit(uuid, entry) : undefined;
                if (hit === undefined)
                    continue;
                asked.delete(leafOf(uuid));
                hits.push(hit);
            }
        }
        return hits;
    }
    #list({ bytes }) {
        let value;
        try {
            value = parseStrictJson(bytes, { depth: rekor_search_MAX_DEPTH });
        }
        catch {
            // An error would quote what was read.
        }
        if (!Array.isArray(value))
            throw service_client_malformed(this.#service, 'list of entries');
        return value;
    }
    async #ask(request, content, options = this.#options) {
        const accept = 'application/json';
        const body = { type: accept, bytes: Buffer.from(JSON.stringify(content)) };
        const signal = AbortSignal.any([this.#ports.signal, this.#deadline]);
        try {
            return await service_client_ask(this.#service, { ...request, accept, body, statuses: [200] }, { ...this.#ports, signal }, options);
        }
        catch (error) {
            this.#ports.signal.throwIfAborted();
            if (!this.#deadline.aborted)
                throw error;
            const seconds = this.#totalTimeoutMs / 1000;
            throw new errors/* SeedError */.uV('SIGSTORE_UNREACHABLE', `the ${LOG} did not finish its answers within ${seconds} s`, {
                resource: this.#service.url,
                hint: 'Run it again in a while.'
            });
        }
    }
}
const ONCE = { attempts: 1, firstMs: 0, factor: 1, maxMs: 0, jitter: 0 };
function unsearchable(status) {
    if (status !== 404 && status !== 501)
        return undefined;
    return { code: 'SIGSTORE_FAILED', hint: 'Name a log of version 1 that can be searched: not every log can.' };
}
/** One that says so is not asked for the others. */
function tooOften(status) {
    return status === 429 ? { code: 'SIGSTORE_UNREACHABLE', hint: 'Run it again in a while.' } : undefined;
}
function leafOf(uuid) {
    return uuid.slice(-LEAF_DIGITS);
}

// EXTERNAL MODULE: ./oci/digest.js
var oci_digest = __webpack_require__(2096);
// EXTERNAL MODULE: ./oci/artifact.js
var artifact = __webpack_require__(5934);
;// CONCATENATED MODULE: ./seed/bundle-search.js
/** Where bundles about an image may be: on the image itself, and in files. Nothing of them is verified here. */







/** What `Junk` calls the registry's list as a whole. */
const LIST = 'list of referrers';
/** Anyone who can write to the repository can hang up any number. */
const MAX_CANDIDATES = 10_000;
/** A bundle in any version and form; which of them are read is decided when they are. */
const BUNDLE_TYPE = 'application/vnd.dev.sigstore.bundle';
/** The names of bills of materials, which lie beside bundles. */
const BILL = /\.(?:cdx|spdx)\.json$/;
/**
 * Finds what hangs on an image as a bundle, and the files that may be one.
 *
 * @returns in the order of the registry's list, then of `paths`, with the files of a folder by name
 * @throws SeedError NOT_FOUND where the repository has no such image; USAGE where a path is not there; CONTENT_INVALID
 *   where there are more than `MAX_CANDIDATES`; of the registry
 */
async function findBundles(search) {
    const junk = [];
    const candidates = [];
    if (search.repository)
        candidates.push(...(await onImage(search.repository, search.digest, junk)));
    for (const path of search.paths)
        candidates.push(...(await inFiles(path)));
    if (candidates.length <= MAX_CANDIDATES)
        return { candidates, junk };
    throw new errors/* SeedError */.uV('CONTENT_INVALID', `there are ${candidates.length} bundles to look at: nothing was verified`, {
        resource: search.repository?.name ?? search.digest,
        hint: `At most ${MAX_CANDIDATES} are. See what hangs on the image, and who may write to the repository.`
    });
}
/** Whether an error says that one thing is no bundle, and nothing of the others. */
function isJunk(error) {
    return error instanceof errors/* SeedError */.uV && JUNK.has(error.code);
}
const JUNK = new Set(['CONTENT_INVALID', 'DIGEST_MISMATCH', 'NOT_FOUND']);
async function onImage(repository, digest, junk) {
    if ((await repository.getManifest(digest)) === undefined) {
        throw new errors/* SeedError */.uV('NOT_FOUND', 'there is no such image', {
            resource: `${repository.name}@${digest}`,
            hint: 'Check the reference; `nix-seed publish` prints the right one.'
        });
    }
    const name = (referrer) => referrer === undefined ? `entry of the ${LIST}` : `referrer ${referrer}`;
    let referrers = [];
    try {
        referrers = await repository.referrers(digest, undefined, (referrer, problem) => junk.push({ source: name(referrer), problem: printable(problem) }));
    }
    catch (error) {
        // A list that is damaged says nothing against bundles in files.
        if (!isJunk(error))
            throw error;
        junk.push({ source: LIST, problem: printable(error.message) });
    }
    return referrers
        .filter(({ artifactType = '' }) => artifactType.startsWith(BUNDLE_TYPE))
        .map(descriptor => {
        const content = (0,artifact/* notedContent */.Ap)(descriptor);
        return {
            source: { kind: 'referrer', digest: descriptor.digest },
            ...(content !== undefined && { digest: content }),
            read: async () => (await (0,artifact/* readArtifact */.R9)(repository, descriptor, MAX_BUNDLE_BYTES)).bytes
        };
    });
}
async function inFiles(path) {
    try {
        if (!(await (0,promises_.stat)(path)).isDirectory())
            return [fileAt(path)];
        const entries = await (0,promises_.readdir)(path, { withFileTypes: true });
        return entries
            .filter(entry => !entry.isDirectory() && /^[^.].*\.json$/.test(entry.name) && !BILL.test(entry.name))
            .map(entry => entry.name)
            .sort()
            .map(file => fileAt((0,external_node_path_.join)(path, file), true));
    }
    catch (cause) {
        const isMissing = (0,errors/* systemCode */.xU)(cause) === 'ENOENT';
        throw new errors/* SeedError */.uV(isMissing ? 'USAGE' : 'FILE_SYSTEM', isMissing ? 'there is no such file or folder' : 'it could not be read', { resource: path, hint: 'Name a bundle, or a folder that holds bundles (*.json).', cause });
    }
}
/** @param isListed found in a folder, so that nobody has named it */
function fileAt(path, isListed = false) {
    return {
        source: { kind: 'file', path },
        read: async () => {
            if (!isListed)
                return file_readUpTo(path, MAX_BUNDLE_BYTES, 'bundle');
            try {
                // Whoever opens a pipe waits for its writer.
                if ((await (0,promises_.stat)(path)).isFile())
                    return await file_readUpTo(path, MAX_BUNDLE_BYTES, 'bundle');
            }
            catch (cause) {
                const problem = cause instanceof errors/* SeedError */.uV ? cause.message : 'cannot read the bundle';
                throw new errors/* SeedError */.uV('CONTENT_INVALID', problem, { resource: path, cause });
            }
            throw new errors/* SeedError */.uV('CONTENT_INVALID', 'it is no file', { resource: path });
        }
    };
}

;// CONCATENATED MODULE: ./seed/verdict.js


function describeBundle(bundle, judgement, context) {
    const { sources } = context;
    if (judgement.kind === 'refused') {
        const { refusal, builder, claimed, entries } = judgement;
        return {
            bundle,
            sources,
            verdict: 'refused',
            reason: refusal.reason,
            message: refusal.message,
            ...(builder && { builder: builder.id }),
            ...(claimed?.identity !== undefined && { identity: printable(claimed.identity) }),
            ...(claimed?.issuer !== undefined && { issuer: printable(claimed.issuer) }),
            ...(entries[0] && { logIndex: entries[0].logIndex })
        };
    }
    const { verified, builder } = judgement;
    const { signer, digests, commit, times, entries } = verified;
    return {
        bundle,
        sources,
        ...verdictOf(bundle, context),
        builder: builder.id,
        ...(signer.kind === 'certificate'
            ? { identity: printable(signer.certificate.identity), issuer: printable(signer.certificate.issuer) }
            : { key: signer.fingerprint }),
        digests,
        ...(commit !== undefined && { commit }),
        signedAt: time(times[0].at),
        ...(entries[0] && { logIndex: entries[0].index })
    };
}
/** A statement about several images is several votes: the one for this image tells, and else the first. */
function verdictOf(bundle, { quorum, digest }) {
    const counted = quorum.votes.find(vote => vote.bundle === bundle);
    if (counted && isContradicted(counted, quorum)) {
        return {
            verdict: 'not-counted',
            reason: 'equivocation',
            message: sentence({ reason: 'equivocation', vote: counted })
        };
    }
    if (counted)
        return { verdict: 'counted', reason: 'counted', message: 'counts' };
    const uncounted = quorum.uncounted.filter(({ vote }) => vote.bundle === bundle);
    const why = uncounted.find(({ vote }) => vote.digest === digest) ?? uncounted[0];
    if (why === undefined)
        throw new Error(`nothing came of the bundle ${bundle}`);
    return { verdict: 'not-counted', reason: why.reason, message: sentence(why) };
}
/** Where nothing passes for that, the vote is as good as none. */
function isContradicted({ builder }, { equivocations }) {
    return equivocations.some(each => each.builder === builder.id);
}
function sentence(why) {
    switch (why.reason) {
        case 'other-digest':
            return `is about another image: ${why.vote.digest}`;
        case 'other-commit':
            return commitSentence(why.vote);
        case 'equivocation':
            return `its builder has attested several digests for commit ${why.vote.commit ?? ''}`;
        case 'repeated':
            return `its builder has one vote, and that is ${why.counted}`;
        case 'alike':
            return `is not independent of ${why.builder}: the same ${why.dimensions.join(' and ')}`;
        case 'spare':
            return 'there are enough without it';
    }
}
function commitSentence({ commit }) {
    return commit === undefined
        ? 'does not say from which commit it was built'
        : `was built from another commit: ${commit}`;
}

;// CONCATENATED MODULE: ./seed/verification.js
/**
 * Whether independent builders agree on a seed: finds their bundles, verifies each, and counts. Described in docs/verify.md.
 */











/** Read side by side. */
const READERS = 8;
/**
 * Verifies an image by a policy. That the policy is not met is a result and no error: see `requireVerified`.
 *
 * @throws SeedError of the search for bundles (`findBundles`), and of a registry that does not answer; what is malformed is
 *   reported
 */
async function verifySeed(request, ports) {
    const { digest, repository, policy: trusted, commit, paths = [] } = request;
    const { policy } = trusted;
    const { candidates, junk } = await findBundles({ digest, paths, ...(repository && { repository }) });
    const examined = await examineAll(candidates, request, junk, ports);
    const votes = [...examined].flatMap(([, { judgement }]) => (judgement.kind === 'valid' ? judgement.votes : []));
    const quorum = decideQuorum(policy, votes, { digest, ...(commit !== undefined && { commit }) });
    const witness = request.rekorUrl === undefined ? undefined : await askWitness(request.rekorUrl, examined, request, ports);
    return {
        verified: quorum.met,
        reason: quorum.reason,
        reference: request.reference,
        digest,
        ...(commit !== undefined && { commit }),
        policy: {
            source: trusted.source,
            digest: trusted.digest,
            threshold: policy.threshold,
            dimensions: policy.dimensions
        },
        builders: quorum.votes.filter(vote => !isContradicted(vote, quorum)).map(({ builder }) => builder.id),
        bundles: describeAll(examined, quorum, digest),
        junk,
        equivocations: quorum.equivocations,
        missing: quorum.missing,
        wanted: quorum.wanted,
        ...(witness && { witness })
    };
}
/**
 * @throws SeedError POLICY_UNMET where the policy is not met
 */
function requireVerified({ verified, reason, reference, equivocations, wanted, bundles, junk }) {
    if (verified)
        return;
    const refused = bundles.filter(({ verdict }) => verdict === 'refused').length;
    const seen = refused > 0 ? ` ${refused} ${refused === 1 ? 'bundle was' : 'bundles were'} refused: look at why.` : '';
    const isListLost = junk.some(({ source }) => source === LIST);
    const next = equivocations.length > 0
        ? 'Find out which of its builds is right, and how the other came to be, before anything is started from this image.'
        : isListLost
            ? `What hangs on the image is not known, since the list of it cannot be read: mend that, or name bundles in files.${seen}`
            : wanted.length > 0
                ? `Have it attested by more builders: ${wanted.join(', ')}.${seen}`
                : `Have it attested by the builders of the policy.${seen}`;
    throw new errors/* SeedError */.uV('POLICY_UNMET', `the policy is not met: ${reason}`, { resource: reference, hint: next });
}
async function examineAll(candidates, { policy, now }, junk, { progress, signal }) {
    const examined = [];
    const judgements = new Map();
    const examine = async (candidate) => {
        // Very many manifests may lead to one bundle.
        if (candidate.digest !== undefined && judgements.has(candidate.digest))
            return candidate.digest;
        const bytes = await candidate.read();
        const digest = (0,oci_digest/* digestOf */.ol)(bytes);
        if (!judgements.has(digest))
            judgements.set(digest, judgeBundle(bytes, digest, policy, now ? { now } : {}));
        return digest;
    };
    let next = 0;
    const work = async () => {
        for (let at = next++; at < candidates.length; at = next++) {
            signal.throwIfAborted();
            const candidate = candidates[at];
            const { source } = candidate;
            progress.update('verifying bundles', at, candidates.length);
            try {
                examined[at] = [await examine(candidate), source];
            }
            catch (error) {
                if (!isJunk(error))
                    throw error;
                junk.push({ source: sourceText(source), problem: printable(error.message) });
            }
        }
    };
    try {
        await Promise.all(Array.from({ length: READERS }, work));
    }
    finally {
        next = candidates.length;
        progress.end('verifying bundles');
    }
    return gathered(examined, judgements, junk);
}
/** One entry a bundle, with all the places where it was found. */
function gathered(examined, judgements, junk) {
    const bundles = new Map();
    for (const [digest, source] of examined.flatMap(each => [each])) {
        const judgement = judgements.get(digest);
        if (judgement === undefined)
            continue;
        const known = bundles.get(digest);
        if (known)
            known.sources.push(source);
        else
            bundles.set(digest, { judgement, sources: [source] });
    }
    for (const [digest, { judgement, sources }] of bundles) {
        // A file of another kind, as there are in folders.
        if (judgement.kind !== 'refused' || judgement.refusal.reason !== 'bundle-unsupported')
            continue;
        if (sources.some(({ kind }) => kind === 'referrer'))
            continue;
        junk.push(...sources.map(source => ({ source: sourceText(source), problem: judgement.refusal.message })));
        bundles.delete(digest);
    }
    return bundles;
}
function sourceText(source) {
    return source.kind === 'file' ? `file ${printable(source.path)}` : `referrer ${source.digest}`;
}
const ORDER = ['counted', 'not-counted', 'refused'];
function describeAll(examined, quorum, digest) {
    const ranks = new Map(quorum.votes.map(({ bundle }, i) => [bundle, i]));
    const rank = ({ bundle, verdict }) => (ranks.get(bundle) ?? ranks.size) + ORDER.indexOf(verdict);
    return [...examined]
        .map(([bundle, { judgement, sources }]) => describeBundle(bundle, judgement, { sources: sources.map(sourceText), quorum, digest }))
        .sort((a, b) => rank(a) - rank(b) || (a.bundle < b.bundle ? -1 : 1));
}
/** Never rejects for a log that fails: it is a witness, and who could silence it must not be able to decide anything. */
async function askWitness(log, examined, { digest, policy }, ports) {
    const known = new Set([...examined].flatMap(([, { judgement }]) => judgement.entries.map(({ hash }) => hash)));
    try {
        const { found, isCut, hits, unread, unreadProblem } = await searchLog(log, digest, ports, { known });
        const strays = hits.map(hit => strayOf(hit, policy));
        const reading = { found, isCut, unread, ...(unreadProblem !== undefined && { unreadProblem }) };
        return { log, state: 'searched', strays, ...reading };
    }
    catch (error) {
        ports.signal.throwIfAborted();
        const problem = error instanceof errors/* SeedError */.uV ? error.message : 'it could not be searched';
        return { log, state: 'unreachable', problem, strays: [], found: 0, isCut: false, unread: 0 };
    }
}
function strayOf({ uuid, logIndex, integratedTime, identity, issuer, key }, trusted) {
    const builder = identity !== undefined && issuer !== undefined
        ? findBuilder(trusted.policy, { identity, issuer }).builder
        : trusted.policy.builders.find(({ id }) => key !== undefined && fingerprintOf(trusted, id) === key);
    return {
        uuid,
        logIndex,
        ...(integratedTime && { integratedTime: time(integratedTime) }),
        ...(identity !== undefined && { identity }),
        ...(issuer !== undefined && { issuer }),
        ...(key !== undefined && { key }),
        ...(builder && { builder: builder.id })
    };
}
function fingerprintOf({ signers }, id) {
    const der = signers.get(id)?.publicKey?.export({ type: 'spki', format: 'der' });
    return der && (0,external_node_crypto_.createHash)('sha256').update(der).digest('hex');
}

// EXTERNAL MODULE: ./phases/context.js + 4 modules
var context = __webpack_require__(5282);
;// CONCATENATED MODULE: ./phases/verify.js
/**
 * Verifies seeds by a policy of the repository. Whatever loads this loads Sigstore's libraries; the entries do so where the
 * workflow asks for more than the digest.
 */










/** @throws as `PrepareVerifying` says */
async function prepareVerifying(phase) {
    const { inputs, ports } = phase;
    const trusted = await (0,context/* step */.PM)(phase, 'Read the policy', async () => {
        const { policy, source } = await policyOf(phase);
        const resolved = await resolvePolicy(policy, source, sourcesOf(phase));
        const { threshold, builders } = resolved.policy;
        ports.log.info(`${source}: ${threshold} of ${builders.map(({ id }) => id).join(', ')} (${resolved.digest})`);
        return resolved;
    });
    return {
        ...(inputs.policy !== undefined && { policy: inputs.policy }),
        judge: seed => verifySeed({ ...seed, policy: trusted }, ports),
        require: requireVerified,
        passed: new Map()
    };
}
/** The policy, as the input `verify` takes it. */
async function policyOf(phase) {
    const { inputs, runner } = phase;
    if (inputs.policy === undefined)
        return { policy: builtInPolicy(runner.job), source: 'the built-in policy' };
    const bytes = await readFileOfCommit(inputs.policy, 'the policy', 'POLICY_INVALID', phase);
    const source = placeOf(inputs.policy, runner.job);
    const policy = parsePolicyText(textOf(bytes, source), source);
    return { policy: inputs.verify === 'attested' ? withThreshold(policy, 1, source) : policy, source };
}
/**
 * The policy of repositories that have none: a workflow of this very repository, on its default branch, has built it.
 *
 * @throws SeedError USAGE where the default branch is not known, or its name fits into no pattern
 */
function builtInPolicy({ serverUrl, repository, defaultBranch }) {
    const { owner, name } = repository;
    const place = `${serverUrl}/${owner}/${name}`;
    if (defaultBranch === undefined || !/^[!-~]+$/.test(defaultBranch)) {
        throw new errors/* SeedError */.uV('USAGE', 'no policy is given, and none can be made for the default branch of this repository', {
            resource: `${owner}/${name}`,
            hint: 'Name a file of the repository in the input policy ("nix-seed policy init" writes one).'
        });
    }
    // The name of a workflow's file has no slash; and what follows the last "@" is the ref.
    const identityPattern = `^${exactly(`${place}/.github/workflows/`)}[^/@]+${exactly(`@refs/heads/${defaultBranch}`)}$`;
    const builder = { id: `${owner}/${name}`, issuer: verify_ISSUER, identityPattern, repository: place };
    return parsePolicy({ threshold: 1, dimensions: ['builder'], builders: [builder] }, 'the built-in policy');
}
const verify_ISSUER = 'https://token.actions.githubusercontent.com';
/** What means something to a pattern, as itself. */
function exactly(text) {
    return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
function sourcesOf(phase) {
    const { inputs } = phase;
    return {
        readFile: async (name) => readFileOfCommit(besidePolicy(name, inputs.policy), 'a file', 'POLICY_INVALID', phase),
        publicTrustRoot: async () => (inputs.trustedRoot === undefined ? fetchPublic(phase) : ownTrustRoot(phase))
    };
}
async function ownTrustRoot(phase) {
    const { trustedRoot = '' } = phase.inputs;
    const bytes = await readFileOfCommit(trustedRoot, 'the trust root', 'TRUST_ROOT_INVALID', phase);
    return parseTrustRoot(bytes, placeOf(trustedRoot, phase.runner.job));
}
/** In the folder of this step, which no earlier job has written to: what TUF keeps there is what it goes by. */
async function fetchPublic({ folder }) {
    try {
        return await publicTrustRoot({ cacheFolder: (0,external_node_path_.join)(folder, 'sigstore') });
    }
    catch (error) {
        if (!(error instanceof errors/* SeedError */.uV) || !error.code.startsWith('SIGSTORE_'))
            throw error;
        throw new errors/* SeedError */.uV(error.code, error.message, {
            ...(error.resource !== undefined && { resource: error.resource }),
            hint: 'Run the job again, or name a trust root that is in the repository in the input trusted-root.',
            cause: error
        });
    }
}
/** The path, from the repository's root, of a file that the policy names. */
function besidePolicy(name, policy = '') {
    const path = external_node_path_.posix.normalize(external_node_path_.posix.join(external_node_path_.posix.dirname(policy), name));
    const isInside = !external_node_path_.posix.isAbsolute(name) && !name.includes('\\') && path !== '..' && !path.startsWith('../');
    if (isInside)
        return path;
    throw new errors/* SeedError */.uV('POLICY_INVALID', `the policy names a file outside of the repository: ${JSON.stringify(name)}`, {
        resource: policy,
        hint: 'Commit it beside the policy, and name it from there.'
    });
}
/**
 * A file at the job's commit, through the API: earlier steps of the job, and what was restored, can change the checkout.
 *
 * @param code of the error where there is none: what is asked for would else not be asked for
 */
async function readFileOfCommit(path, what, code, phase) {
    const { runner, inputs } = phase;
    const { repository, sha } = runner.job;
    const bytes = await (0,contents/* readRepositoryFile */.t)((0,context/* gitHub */.g)(phase, inputs.githubToken), repository, path, sha);
    if (bytes !== undefined)
        return bytes;
    throw new errors/* SeedError */.uV(code, `${what} is not in the repository at the job's commit`, {
        resource: placeOf(path, runner.job),
        // The forge says the same of a repository that the token may not see.
        hint: `Commit it and name its path from the root. If it is there, the token may not read it. ${(0,permission/* permissionHint */.f)('contents: read')}`
    });
}
function placeOf(path, { repository, sha }) {
    return `${repository.owner}/${repository.name}: ${path} at ${sha.slice(0, 12)}`;
}
function textOf(bytes, resource) {
    try {
        return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    }
    catch (cause) {
        throw new errors/* SeedError */.uV('POLICY_INVALID', 'the policy is no text in UTF-8', { resource, cause });
    }
}


/***/ })

};
