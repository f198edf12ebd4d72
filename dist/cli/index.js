import { createRequire as __WEBPACK_EXTERNAL_createRequire } from "module";
import * as __WEBPACK_EXTERNAL_MODULE__sql_wasm_inline_cjs_1bf44288__ from "./sql-wasm-inline.cjs";
/******/ var __webpack_modules__ = ({

/***/ 2779:
/***/ ((module, exports, __nccwpck_require__) => {

(function (factory) {
    if ( true && typeof module.exports === "object") {
        var v = factory(__WEBPACK_EXTERNAL_createRequire(import.meta.url), exports);
        if (v !== undefined) module.exports = v;
    }
    else if (typeof define === "function" && define.amd) {
        define(["require", "exports", "./format", "./parser"], factory);
    }
})(function () {
    /*---------------------------------------------------------------------------------------------
     *  Copyright (c) Microsoft Corporation. All rights reserved.
     *  Licensed under the MIT License. See License.txt in the project root for license information.
     *--------------------------------------------------------------------------------------------*/
    'use strict';
    Object.defineProperty(exports, "__esModule", ({ value: true }));
    exports.isWS = exports.applyEdit = exports.setProperty = exports.removeProperty = void 0;
    const format_1 = __nccwpck_require__(2912);
    const parser_1 = __nccwpck_require__(4180);
    function removeProperty(text, path, options) {
        return setProperty(text, path, void 0, options);
    }
    exports.removeProperty = removeProperty;
    function setProperty(text, originalPath, value, options) {
        const path = originalPath.slice();
        const errors = [];
        const root = (0, parser_1.parseTree)(text, errors);
        let parent = void 0;
        let lastSegment = void 0;
        while (path.length > 0) {
            lastSegment = path.pop();
            parent = (0, parser_1.findNodeAtLocation)(root, path);
            if (parent === void 0 && value !== void 0) {
                if (typeof lastSegment === 'string') {
                    value = { [lastSegment]: value };
                }
                else {
                    value = [value];
                }
            }
            else {
                break;
            }
        }
        if (!parent) {
            // empty document
            if (value === void 0) { // delete
                throw new Error('Can not delete in empty document');
            }
            return withFormatting(text, { offset: root ? root.offset : 0, length: root ? root.length : 0, content: JSON.stringify(value) }, options);
        }
        else if (parent.type === 'object' && typeof lastSegment === 'string' && Array.isArray(parent.children)) {
            const existing = (0, parser_1.findNodeAtLocation)(parent, [lastSegment]);
            if (existing !== void 0) {
                if (value === void 0) { // delete
                    if (!existing.parent) {
                        throw new Error('Malformed AST');
                    }
                    const propertyIndex = parent.children.indexOf(existing.parent);
                    let removeBegin;
                    let removeEnd = existing.parent.offset + existing.parent.length;
                    if (propertyIndex > 0) {
                        // remove the comma of the previous node
                        let previous = parent.children[propertyIndex - 1];
                        removeBegin = previous.offset + previous.length;
                    }
                    else {
                        removeBegin = parent.offset + 1;
                        if (parent.children.length > 1) {
                            // remove the comma of the next node
                            let next = parent.children[1];
                            removeEnd = next.offset;
                        }
                    }
                    return withFormatting(text, { offset: removeBegin, length: removeEnd - removeBegin, content: '' }, options);
                }
                else {
                    // set value of existing property
                    return withFormatting(text, { offset: existing.offset, length: existing.length, content: JSON.stringify(value) }, options);
                }
            }
            else {
                if (value === void 0) { // delete
                    return []; // property does not exist, nothing to do
                }
                const newProperty = `${JSON.stringify(lastSegment)}: ${JSON.stringify(value)}`;
                const index = options.getInsertionIndex ? options.getInsertionIndex(parent.children.map(p => p.children[0].value)) : parent.children.length;
                let edit;
                if (index > 0) {
                    let previous = parent.children[index - 1];
                    edit = { offset: previous.offset + previous.length, length: 0, content: ',' + newProperty };
                }
                else if (parent.children.length === 0) {
                    edit = { offset: parent.offset + 1, length: 0, content: newProperty };
                }
                else {
                    edit = { offset: parent.offset + 1, length: 0, content: newProperty + ',' };
                }
                return withFormatting(text, edit, options);
            }
        }
        else if (parent.type === 'array' && typeof lastSegment === 'number' && Array.isArray(parent.children)) {
            const insertIndex = lastSegment;
            if (insertIndex === -1) {
                // Insert
                const newProperty = `${JSON.stringify(value)}`;
                let edit;
                if (parent.children.length === 0) {
                    edit = { offset: parent.offset + 1, length: 0, content: newProperty };
                }
                else {
                    const previous = parent.children[parent.children.length - 1];
                    edit = { offset: previous.offset + previous.length, length: 0, content: ',' + newProperty };
                }
                return withFormatting(text, edit, options);
            }
            else if (value === void 0 && parent.children.length >= 0) {
                // Removal
                const removalIndex = lastSegment;
                const toRemove = parent.children[removalIndex];
                let edit;
                if (parent.children.length === 1) {
                    // only item
                    edit = { offset: parent.offset + 1, length: parent.length - 2, content: '' };
                }
                else if (parent.children.length - 1 === removalIndex) {
                    // last item
                    let previous = parent.children[removalIndex - 1];
                    let offset = previous.offset + previous.length;
                    let parentEndOffset = parent.offset + parent.length;
                    edit = { offset, length: parentEndOffset - 2 - offset, content: '' };
                }
                else {
                    edit = { offset: toRemove.offset, length: parent.children[removalIndex + 1].offset - toRemove.offset, content: '' };
                }
                return withFormatting(text, edit, options);
            }
            else if (value !== void 0) {
                let edit;
                const newProperty = `${JSON.stringify(value)}`;
                if (!options.isArrayInsertion && parent.children.length > lastSegment) {
                    const toModify = parent.children[lastSegment];
                    edit = { offset: toModify.offset, length: toModify.length, content: newProperty };
                }
                else if (parent.children.length === 0 || lastSegment === 0) {
                    edit = { offset: parent.offset + 1, length: 0, content: parent.children.length === 0 ? newProperty : newProperty + ',' };
                }
                else {
                    const index = lastSegment > parent.children.length ? parent.children.length : lastSegment;
                    const previous = parent.children[index - 1];
                    edit = { offset: previous.offset + previous.length, length: 0, content: ',' + newProperty };
                }
                return withFormatting(text, edit, options);
            }
            else {
                throw new Error(`Can not ${value === void 0 ? 'remove' : (options.isArrayInsertion ? 'insert' : 'modify')} Array index ${insertIndex} as length is not sufficient`);
            }
        }
        else {
            throw new Error(`Can not add ${typeof lastSegment !== 'number' ? 'index' : 'property'} to parent of type ${parent.type}`);
        }
    }
    exports.setProperty = setProperty;
    function withFormatting(text, edit, options) {
        if (!options.formattingOptions) {
            return [edit];
        }
        // apply the edit
        let newText = applyEdit(text, edit);
        // format the new text
        let begin = edit.offset;
        let end = edit.offset + edit.content.length;
        if (edit.length === 0 || edit.content.length === 0) { // insert or remove
            while (begin > 0 && !(0, format_1.isEOL)(newText, begin - 1)) {
                begin--;
            }
            while (end < newText.length && !(0, format_1.isEOL)(newText, end)) {
                end++;
            }
        }
        const edits = (0, format_1.format)(newText, { offset: begin, length: end - begin }, { ...options.formattingOptions, keepLines: false });
        // apply the formatting edits and track the begin and end offsets of the changes
        for (let i = edits.length - 1; i >= 0; i--) {
            const edit = edits[i];
            newText = applyEdit(newText, edit);
            begin = Math.min(begin, edit.offset);
            end = Math.max(end, edit.offset + edit.length);
            end += edit.content.length - edit.length;
        }
        // create a single edit with all changes
        const editLength = text.length - (newText.length - end) - begin;
        return [{ offset: begin, length: editLength, content: newText.substring(begin, end) }];
    }
    function applyEdit(text, edit) {
        return text.substring(0, edit.offset) + edit.content + text.substring(edit.offset + edit.length);
    }
    exports.applyEdit = applyEdit;
    function isWS(text, offset) {
        return '\r\n \t'.indexOf(text.charAt(offset)) !== -1;
    }
    exports.isWS = isWS;
});


/***/ }),

/***/ 2912:
/***/ ((module, exports, __nccwpck_require__) => {

(function (factory) {
    if ( true && typeof module.exports === "object") {
        var v = factory(__WEBPACK_EXTERNAL_createRequire(import.meta.url), exports);
        if (v !== undefined) module.exports = v;
    }
    else if (typeof define === "function" && define.amd) {
        define(["require", "exports", "./scanner", "./string-intern"], factory);
    }
})(function () {
    /*---------------------------------------------------------------------------------------------
     *  Copyright (c) Microsoft Corporation. All rights reserved.
     *  Licensed under the MIT License. See License.txt in the project root for license information.
     *--------------------------------------------------------------------------------------------*/
    'use strict';
    Object.defineProperty(exports, "__esModule", ({ value: true }));
    exports.isEOL = exports.format = void 0;
    const scanner_1 = __nccwpck_require__(7769);
    const string_intern_1 = __nccwpck_require__(1271);
    function format(documentText, range, options) {
        let initialIndentLevel;
        let formatText;
        let formatTextStart;
        let rangeStart;
        let rangeEnd;
        if (range) {
            rangeStart = range.offset;
            rangeEnd = rangeStart + range.length;
            formatTextStart = rangeStart;
            while (formatTextStart > 0 && !isEOL(documentText, formatTextStart - 1)) {
                formatTextStart--;
            }
            let endOffset = rangeEnd;
            while (endOffset < documentText.length && !isEOL(documentText, endOffset)) {
                endOffset++;
            }
            formatText = documentText.substring(formatTextStart, endOffset);
            initialIndentLevel = computeIndentLevel(formatText, options);
        }
        else {
            formatText = documentText;
            initialIndentLevel = 0;
            formatTextStart = 0;
            rangeStart = 0;
            rangeEnd = documentText.length;
        }
        const eol = getEOL(options, documentText);
        const eolFastPathSupported = string_intern_1.supportedEols.includes(eol);
        let numberLineBreaks = 0;
        let indentLevel = 0;
        let indentValue;
        if (options.insertSpaces) {
            indentValue = string_intern_1.cachedSpaces[options.tabSize || 4] ?? repeat(string_intern_1.cachedSpaces[1], options.tabSize || 4);
        }
        else {
            indentValue = '\t';
        }
        const indentType = indentValue === '\t' ? '\t' : ' ';
        let scanner = (0, scanner_1.createScanner)(formatText, false);
        let hasError = false;
        function newLinesAndIndent() {
            if (numberLineBreaks > 1) {
                return repeat(eol, numberLineBreaks) + repeat(indentValue, initialIndentLevel + indentLevel);
            }
            const amountOfSpaces = indentValue.length * (initialIndentLevel + indentLevel);
            if (!eolFastPathSupported || amountOfSpaces > string_intern_1.cachedBreakLinesWithSpaces[indentType][eol].length) {
                return eol + repeat(indentValue, initialIndentLevel + indentLevel);
            }
            if (amountOfSpaces <= 0) {
                return eol;
            }
            return string_intern_1.cachedBreakLinesWithSpaces[indentType][eol][amountOfSpaces];
        }
        function scanNext() {
            let token = scanner.scan();
            numberLineBreaks = 0;
            while (token === 15 /* SyntaxKind.Trivia */ || token === 14 /* SyntaxKind.LineBreakTrivia */) {
                if (token === 14 /* SyntaxKind.LineBreakTrivia */ && options.keepLines) {
                    numberLineBreaks += 1;
                }
                else if (token === 14 /* SyntaxKind.LineBreakTrivia */) {
                    numberLineBreaks = 1;
                }
                token = scanner.scan();
            }
            hasError = token === 16 /* SyntaxKind.Unknown */ || scanner.getTokenError() !== 0 /* ScanError.None */;
            return token;
        }
        const editOperations = [];
        function addEdit(text, startOffset, endOffset) {
            if (!hasError && (!range || (startOffset < rangeEnd && endOffset > rangeStart)) && documentText.substring(startOffset, endOffset) !== text) {
                editOperations.push({ offset: startOffset, length: endOffset - startOffset, content: text });
            }
        }
        let firstToken = scanNext();
        if (options.keepLines && numberLineBreaks > 0) {
            addEdit(repeat(eol, numberLineBreaks), 0, 0);
        }
        if (firstToken !== 17 /* SyntaxKind.EOF */) {
            let firstTokenStart = scanner.getTokenOffset() + formatTextStart;
            let initialIndent = (indentValue.length * initialIndentLevel < 20) && options.insertSpaces
                ? string_intern_1.cachedSpaces[indentValue.length * initialIndentLevel]
                : repeat(indentValue, initialIndentLevel);
            addEdit(initialIndent, formatTextStart, firstTokenStart);
        }
        while (firstToken !== 17 /* SyntaxKind.EOF */) {
            let firstTokenEnd = scanner.getTokenOffset() + scanner.getTokenLength() + formatTextStart;
            let secondToken = scanNext();
            let replaceContent = '';
            let needsLineBreak = false;
            while (numberLineBreaks === 0 && (secondToken === 12 /* SyntaxKind.LineCommentTrivia */ || secondToken === 13 /* SyntaxKind.BlockCommentTrivia */)) {
                let commentTokenStart = scanner.getTokenOffset() + formatTextStart;
                addEdit(string_intern_1.cachedSpaces[1], firstTokenEnd, commentTokenStart);
                firstTokenEnd = scanner.getTokenOffset() + scanner.getTokenLength() + formatTextStart;
                needsLineBreak = secondToken === 12 /* SyntaxKind.LineCommentTrivia */;
                replaceContent = needsLineBreak ? newLinesAndIndent() : '';
                secondToken = scanNext();
            }
            if (secondToken === 2 /* SyntaxKind.CloseBraceToken */) {
                if (firstToken !== 1 /* SyntaxKind.OpenBraceToken */) {
                    indentLevel--;
                }
                ;
                if (options.keepLines && numberLineBreaks > 0 || !options.keepLines && firstToken !== 1 /* SyntaxKind.OpenBraceToken */) {
                    replaceContent = newLinesAndIndent();
                }
                else if (options.keepLines) {
                    replaceContent = string_intern_1.cachedSpaces[1];
                }
            }
            else if (secondToken === 4 /* SyntaxKind.CloseBracketToken */) {
                if (firstToken !== 3 /* SyntaxKind.OpenBracketToken */) {
                    indentLevel--;
                }
                ;
                if (options.keepLines && numberLineBreaks > 0 || !options.keepLines && firstToken !== 3 /* SyntaxKind.OpenBracketToken */) {
                    replaceContent = newLinesAndIndent();
                }
                else if (options.keepLines) {
                    replaceContent = string_intern_1.cachedSpaces[1];
                }
            }
            else {
                switch (firstToken) {
                    case 3 /* SyntaxKind.OpenBracketToken */:
                    case 1 /* SyntaxKind.OpenBraceToken */:
                        indentLevel++;
                        if (options.keepLines && numberLineBreaks > 0 || !options.keepLines) {
                            replaceContent = newLinesAndIndent();
                        }
                        else {
                            replaceContent = string_intern_1.cachedSpaces[1];
                        }
                        break;
                    case 5 /* SyntaxKind.CommaToken */:
                        if (options.keepLines && numberLineBreaks > 0 || !options.keepLines) {
                            replaceContent = newLinesAndIndent();
                        }
                        else {
                            replaceContent = string_intern_1.cachedSpaces[1];
                        }
                        break;
                    case 12 /* SyntaxKind.LineCommentTrivia */:
                        replaceContent = newLinesAndIndent();
                        break;
                    case 13 /* SyntaxKind.BlockCommentTrivia */:
                        if (numberLineBreaks > 0) {
                            replaceContent = newLinesAndIndent();
                        }
                        else if (!needsLineBreak) {
                            replaceContent = string_intern_1.cachedSpaces[1];
                        }
                        break;
                    case 6 /* SyntaxKind.ColonToken */:
                        if (options.keepLines && numberLineBreaks > 0) {
                            replaceContent = newLinesAndIndent();
                        }
                        else if (!needsLineBreak) {
                            replaceContent = string_intern_1.cachedSpaces[1];
                        }
                        break;
                    case 10 /* SyntaxKind.StringLiteral */:
                        if (options.keepLines && numberLineBreaks > 0) {
                            replaceContent = newLinesAndIndent();
                        }
                        else if (secondToken === 6 /* SyntaxKind.ColonToken */ && !needsLineBreak) {
                            replaceContent = '';
                        }
                        break;
                    case 7 /* SyntaxKind.NullKeyword */:
                    case 8 /* SyntaxKind.TrueKeyword */:
                    case 9 /* SyntaxKind.FalseKeyword */:
                    case 11 /* SyntaxKind.NumericLiteral */:
                    case 2 /* SyntaxKind.CloseBraceToken */:
                    case 4 /* SyntaxKind.CloseBracketToken */:
                        if (options.keepLines && numberLineBreaks > 0) {
                            replaceContent = newLinesAndIndent();
                        }
                        else {
                            if ((secondToken === 12 /* SyntaxKind.LineCommentTrivia */ || secondToken === 13 /* SyntaxKind.BlockCommentTrivia */) && !needsLineBreak) {
                                replaceContent = string_intern_1.cachedSpaces[1];
                            }
                            else if (secondToken !== 5 /* SyntaxKind.CommaToken */ && secondToken !== 17 /* SyntaxKind.EOF */) {
                                hasError = true;
                            }
                        }
                        break;
                    case 16 /* SyntaxKind.Unknown */:
                        hasError = true;
                        break;
                }
                if (numberLineBreaks > 0 && (secondToken === 12 /* SyntaxKind.LineCommentTrivia */ || secondToken === 13 /* SyntaxKind.BlockCommentTrivia */)) {
                    replaceContent = newLinesAndIndent();
                }
            }
            if (secondToken === 17 /* SyntaxKind.EOF */) {
                if (options.keepLines && numberLineBreaks > 0) {
                    replaceContent = newLinesAndIndent();
                }
                else {
                    replaceContent = options.insertFinalNewline ? eol : '';
                }
            }
            const secondTokenStart = scanner.getTokenOffset() + formatTextStart;
            addEdit(replaceContent, firstTokenEnd, secondTokenStart);
            firstToken = secondToken;
        }
        return editOperations;
    }
    exports.format = format;
    function repeat(s, count) {
        let result = '';
        for (let i = 0; i < count; i++) {
            result += s;
        }
        return result;
    }
    function computeIndentLevel(content, options) {
        let i = 0;
        let nChars = 0;
        const tabSize = options.tabSize || 4;
        while (i < content.length) {
            let ch = content.charAt(i);
            if (ch === string_intern_1.cachedSpaces[1]) {
                nChars++;
            }
            else if (ch === '\t') {
                nChars += tabSize;
            }
            else {
                break;
            }
            i++;
        }
        return Math.floor(nChars / tabSize);
    }
    function getEOL(options, text) {
        for (let i = 0; i < text.length; i++) {
            const ch = text.charAt(i);
            if (ch === '\r') {
                if (i + 1 < text.length && text.charAt(i + 1) === '\n') {
                    return '\r\n';
                }
                return '\r';
            }
            else if (ch === '\n') {
                return '\n';
            }
        }
        return (options && options.eol) || '\n';
    }
    function isEOL(text, offset) {
        return '\r\n'.indexOf(text.charAt(offset)) !== -1;
    }
    exports.isEOL = isEOL;
});


/***/ }),

/***/ 4180:
/***/ ((module, exports, __nccwpck_require__) => {

(function (factory) {
    if ( true && typeof module.exports === "object") {
        var v = factory(__WEBPACK_EXTERNAL_createRequire(import.meta.url), exports);
        if (v !== undefined) module.exports = v;
    }
    else if (typeof define === "function" && define.amd) {
        define(["require", "exports", "./scanner"], factory);
    }
})(function () {
    /*---------------------------------------------------------------------------------------------
     *  Copyright (c) Microsoft Corporation. All rights reserved.
     *  Licensed under the MIT License. See License.txt in the project root for license information.
     *--------------------------------------------------------------------------------------------*/
    'use strict';
    Object.defineProperty(exports, "__esModule", ({ value: true }));
    exports.getNodeType = exports.stripComments = exports.visit = exports.findNodeAtOffset = exports.contains = exports.getNodeValue = exports.getNodePath = exports.findNodeAtLocation = exports.parseTree = exports.parse = exports.getLocation = void 0;
    const scanner_1 = __nccwpck_require__(7769);
    var ParseOptions;
    (function (ParseOptions) {
        ParseOptions.DEFAULT = {
            allowTrailingComma: false
        };
    })(ParseOptions || (ParseOptions = {}));
    /**
     * For a given offset, evaluate the location in the JSON document. Each segment in the location path is either a property name or an array index.
     */
    function getLocation(text, position) {
        const segments = []; // strings or numbers
        const earlyReturnException = new Object();
        let previousNode = undefined;
        const previousNodeInst = {
            value: {},
            offset: 0,
            length: 0,
            type: 'object',
            parent: undefined
        };
        let isAtPropertyKey = false;
        function setPreviousNode(value, offset, length, type) {
            previousNodeInst.value = value;
            previousNodeInst.offset = offset;
            previousNodeInst.length = length;
            previousNodeInst.type = type;
            previousNodeInst.colonOffset = undefined;
            previousNode = previousNodeInst;
        }
        try {
            visit(text, {
                onObjectBegin: (offset, length) => {
                    if (position <= offset) {
                        throw earlyReturnException;
                    }
                    previousNode = undefined;
                    isAtPropertyKey = position > offset;
                    segments.push(''); // push a placeholder (will be replaced)
                },
                onObjectProperty: (name, offset, length) => {
                    if (position < offset) {
                        throw earlyReturnException;
                    }
                    setPreviousNode(name, offset, length, 'property');
                    segments[segments.length - 1] = name;
                    if (position <= offset + length) {
                        throw earlyReturnException;
                    }
                },
                onObjectEnd: (offset, length) => {
                    if (position <= offset) {
                        throw earlyReturnException;
                    }
                    previousNode = undefined;
                    segments.pop();
                },
                onArrayBegin: (offset, length) => {
                    if (position <= offset) {
                        throw earlyReturnException;
                    }
                    previousNode = undefined;
                    segments.push(0);
                },
                onArrayEnd: (offset, length) => {
                    if (position <= offset) {
                        throw earlyReturnException;
                    }
                    previousNode = undefined;
                    segments.pop();
                },
                onLiteralValue: (value, offset, length) => {
                    if (position < offset) {
                        throw earlyReturnException;
                    }
                    setPreviousNode(value, offset, length, getNodeType(value));
                    if (position <= offset + length) {
                        throw earlyReturnException;
                    }
                },
                onSeparator: (sep, offset, length) => {
                    if (position <= offset) {
                        throw earlyReturnException;
                    }
                    if (sep === ':' && previousNode && previousNode.type === 'property') {
                        previousNode.colonOffset = offset;
                        isAtPropertyKey = false;
                        previousNode = undefined;
                    }
                    else if (sep === ',') {
                        const last = segments[segments.length - 1];
                        if (typeof last === 'number') {
                            segments[segments.length - 1] = last + 1;
                        }
                        else {
                            isAtPropertyKey = true;
                            segments[segments.length - 1] = '';
                        }
                        previousNode = undefined;
                    }
                }
            });
        }
        catch (e) {
            if (e !== earlyReturnException) {
                throw e;
            }
        }
        return {
            path: segments,
            previousNode,
            isAtPropertyKey,
            matches: (pattern) => {
                let k = 0;
                for (let i = 0; k < pattern.length && i < segments.length; i++) {
                    if (pattern[k] === segments[i] || pattern[k] === '*') {
                        k++;
                    }
                    else if (pattern[k] !== '**') {
                        return false;
                    }
                }
                return k === pattern.length;
            }
        };
    }
    exports.getLocation = getLocation;
    /**
     * Parses the given text and returns the object the JSON content represents. On invalid input, the parser tries to be as fault tolerant as possible, but still return a result.
     * Therefore always check the errors list to find out if the input was valid.
     */
    function parse(text, errors = [], options = ParseOptions.DEFAULT) {
        let currentProperty = null;
        let currentParent = [];
        const previousParents = [];
        function onValue(value) {
            if (Array.isArray(currentParent)) {
                currentParent.push(value);
            }
            else if (currentProperty !== null) {
                currentParent[currentProperty] = value;
            }
        }
        const visitor = {
            onObjectBegin: () => {
                const object = {};
                onValue(object);
                previousParents.push(currentParent);
                currentParent = object;
                currentProperty = null;
            },
            onObjectProperty: (name) => {
                currentProperty = name;
            },
            onObjectEnd: () => {
                currentParent = previousParents.pop();
            },
            onArrayBegin: () => {
                const array = [];
                onValue(array);
                previousParents.push(currentParent);
                currentParent = array;
                currentProperty = null;
            },
            onArrayEnd: () => {
                currentParent = previousParents.pop();
            },
            onLiteralValue: onValue,
            onError: (error, offset, length) => {
                errors.push({ error, offset, length });
            }
        };
        visit(text, visitor, options);
        return currentParent[0];
    }
    exports.parse = parse;
    /**
     * Parses the given text and returns a tree representation the JSON content. On invalid input, the parser tries to be as fault tolerant as possible, but still return a result.
     */
    function parseTree(text, errors = [], options = ParseOptions.DEFAULT) {
        let currentParent = { type: 'array', offset: -1, length: -1, children: [], parent: undefined }; // artificial root
        function ensurePropertyComplete(endOffset) {
            if (currentParent.type === 'property') {
                currentParent.length = endOffset - currentParent.offset;
                currentParent = currentParent.parent;
            }
        }
        function onValue(valueNode) {
            currentParent.children.push(valueNode);
            return valueNode;
        }
        const visitor = {
            onObjectBegin: (offset) => {
                currentParent = onValue({ type: 'object', offset, length: -1, parent: currentParent, children: [] });
            },
            onObjectProperty: (name, offset, length) => {
                currentParent = onValue({ type: 'property', offset, length: -1, parent: currentParent, children: [] });
                currentParent.children.push({ type: 'string', value: name, offset, length, parent: currentParent });
            },
            onObjectEnd: (offset, length) => {
                ensurePropertyComplete(offset + length); // in case of a missing value for a property: make sure property is complete
                currentParent.length = offset + length - currentParent.offset;
                currentParent = currentParent.parent;
                ensurePropertyComplete(offset + length);
            },
            onArrayBegin: (offset, length) => {
                currentParent = onValue({ type: 'array', offset, length: -1, parent: currentParent, children: [] });
            },
            onArrayEnd: (offset, length) => {
                currentParent.length = offset + length - currentParent.offset;
                currentParent = currentParent.parent;
                ensurePropertyComplete(offset + length);
            },
            onLiteralValue: (value, offset, length) => {
                onValue({ type: getNodeType(value), offset, length, parent: currentParent, value });
                ensurePropertyComplete(offset + length);
            },
            onSeparator: (sep, offset, length) => {
                if (currentParent.type === 'property') {
                    if (sep === ':') {
                        currentParent.colonOffset = offset;
                    }
                    else if (sep === ',') {
                        ensurePropertyComplete(offset);
                    }
                }
            },
            onError: (error, offset, length) => {
                errors.push({ error, offset, length });
            }
        };
        visit(text, visitor, options);
        const result = currentParent.children[0];
        if (result) {
            delete result.parent;
        }
        return result;
    }
    exports.parseTree = parseTree;
    /**
     * Finds the node at the given path in a JSON DOM.
     */
    function findNodeAtLocation(root, path) {
        if (!root) {
            return undefined;
        }
        let node = root;
        for (let segment of path) {
            if (typeof segment === 'string') {
                if (node.type !== 'object' || !Array.isArray(node.children)) {
                    return undefined;
                }
                let found = false;
                for (const propertyNode of node.children) {
                    if (Array.isArray(propertyNode.children) && propertyNode.children[0].value === segment && propertyNode.children.length === 2) {
                        node = propertyNode.children[1];
                        found = true;
                        break;
                    }
                }
                if (!found) {
                    return undefined;
                }
            }
            else {
                const index = segment;
                if (node.type !== 'array' || index < 0 || !Array.isArray(node.children) || index >= node.children.length) {
                    return undefined;
                }
                node = node.children[index];
            }
        }
        return node;
    }
    exports.findNodeAtLocation = findNodeAtLocation;
    /**
     * Gets the JSON path of the given JSON DOM node
     */
    function getNodePath(node) {
        if (!node.parent || !node.parent.children) {
            return [];
        }
        const path = getNodePath(node.parent);
        if (node.parent.type === 'property') {
            const key = node.parent.children[0].value;
            path.push(key);
        }
        else if (node.parent.type === 'array') {
            const index = node.parent.children.indexOf(node);
            if (index !== -1) {
                path.push(index);
            }
        }
        return path;
    }
    exports.getNodePath = getNodePath;
    /**
     * Evaluates the JavaScript object of the given JSON DOM node
     */
    function getNodeValue(node) {
        switch (node.type) {
            case 'array':
                return node.children.map(getNodeValue);
            case 'object':
                const obj = Object.create(null);
                for (let prop of node.children) {
                    const valueNode = prop.children[1];
                    if (valueNode) {
                        obj[prop.children[0].value] = getNodeValue(valueNode);
                    }
                }
                return obj;
            case 'null':
            case 'string':
            case 'number':
            case 'boolean':
                return node.value;
            default:
                return undefined;
        }
    }
    exports.getNodeValue = getNodeValue;
    function contains(node, offset, includeRightBound = false) {
        return (offset >= node.offset && offset < (node.offset + node.length)) || includeRightBound && (offset === (node.offset + node.length));
    }
    exports.contains = contains;
    /**
     * Finds the most inner node at the given offset. If includeRightBound is set, also finds nodes that end at the given offset.
     */
    function findNodeAtOffset(node, offset, includeRightBound = false) {
        if (contains(node, offset, includeRightBound)) {
            const children = node.children;
            if (Array.isArray(children)) {
                for (let i = 0; i < children.length && children[i].offset <= offset; i++) {
                    const item = findNodeAtOffset(children[i], offset, includeRightBound);
                    if (item) {
                        return item;
                    }
                }
            }
            return node;
        }
        return undefined;
    }
    exports.findNodeAtOffset = findNodeAtOffset;
    /**
     * Parses the given text and invokes the visitor functions for each object, array and literal reached.
     */
    function visit(text, visitor, options = ParseOptions.DEFAULT) {
        const _scanner = (0, scanner_1.createScanner)(text, false);
        // Important: Only pass copies of this to visitor functions to prevent accidental modification, and
        // to not affect visitor functions which stored a reference to a previous JSONPath
        const _jsonPath = [];
        // Depth of onXXXBegin() callbacks suppressed. onXXXEnd() decrements this if it isn't 0 already.
        // Callbacks are only called when this value is 0.
        let suppressedCallbacks = 0;
        function toNoArgVisit(visitFunction) {
            return visitFunction ? () => suppressedCallbacks === 0 && visitFunction(_scanner.getTokenOffset(), _scanner.getTokenLength(), _scanner.getTokenStartLine(), _scanner.getTokenStartCharacter()) : () => true;
        }
        function toOneArgVisit(visitFunction) {
            return visitFunction ? (arg) => suppressedCallbacks === 0 && visitFunction(arg, _scanner.getTokenOffset(), _scanner.getTokenLength(), _scanner.getTokenStartLine(), _scanner.getTokenStartCharacter()) : () => true;
        }
        function toOneArgVisitWithPath(visitFunction) {
            return visitFunction ? (arg) => suppressedCallbacks === 0 && visitFunction(arg, _scanner.getTokenOffset(), _scanner.getTokenLength(), _scanner.getTokenStartLine(), _scanner.getTokenStartCharacter(), () => _jsonPath.slice()) : () => true;
        }
        function toBeginVisit(visitFunction) {
            return visitFunction ?
                () => {
                    if (suppressedCallbacks > 0) {
                        suppressedCallbacks++;
                    }
                    else {
                        let cbReturn = visitFunction(_scanner.getTokenOffset(), _scanner.getTokenLength(), _scanner.getTokenStartLine(), _scanner.getTokenStartCharacter(), () => _jsonPath.slice());
                        if (cbReturn === false) {
                            suppressedCallbacks = 1;
                        }
                    }
                }
                : () => true;
        }
        function toEndVisit(visitFunction) {
            return visitFunction ?
                () => {
                    if (suppressedCallbacks > 0) {
                        suppressedCallbacks--;
                    }
                    if (suppressedCallbacks === 0) {
                        visitFunction(_scanner.getTokenOffset(), _scanner.getTokenLength(), _scanner.getTokenStartLine(), _scanner.getTokenStartCharacter());
                    }
                }
                : () => true;
        }
        const onObjectBegin = toBeginVisit(visitor.onObjectBegin), onObjectProperty = toOneArgVisitWithPath(visitor.onObjectProperty), onObjectEnd = toEndVisit(visitor.onObjectEnd), onArrayBegin = toBeginVisit(visitor.onArrayBegin), onArrayEnd = toEndVisit(visitor.onArrayEnd), onLiteralValue = toOneArgVisitWithPath(visitor.onLiteralValue), onSeparator = toOneArgVisit(visitor.onSeparator), onComment = toNoArgVisit(visitor.onComment), onError = toOneArgVisit(visitor.onError);
        const disallowComments = options && options.disallowComments;
        const allowTrailingComma = options && options.allowTrailingComma;
        function scanNext() {
            while (true) {
                const token = _scanner.scan();
                switch (_scanner.getTokenError()) {
                    case 4 /* ScanError.InvalidUnicode */:
                        handleError(14 /* ParseErrorCode.InvalidUnicode */);
                        break;
                    case 5 /* ScanError.InvalidEscapeCharacter */:
                        handleError(15 /* ParseErrorCode.InvalidEscapeCharacter */);
                        break;
                    case 3 /* ScanError.UnexpectedEndOfNumber */:
                        handleError(13 /* ParseErrorCode.UnexpectedEndOfNumber */);
                        break;
                    case 1 /* ScanError.UnexpectedEndOfComment */:
                        if (!disallowComments) {
                            handleError(11 /* ParseErrorCode.UnexpectedEndOfComment */);
                        }
                        break;
                    case 2 /* ScanError.UnexpectedEndOfString */:
                        handleError(12 /* ParseErrorCode.UnexpectedEndOfString */);
                        break;
                    case 6 /* ScanError.InvalidCharacter */:
                        handleError(16 /* ParseErrorCode.InvalidCharacter */);
                        break;
                }
                switch (token) {
                    case 12 /* SyntaxKind.LineCommentTrivia */:
                    case 13 /* SyntaxKind.BlockCommentTrivia */:
                        if (disallowComments) {
                            handleError(10 /* ParseErrorCode.InvalidCommentToken */);
                        }
                        else {
                            onComment();
                        }
                        break;
                    case 16 /* SyntaxKind.Unknown */:
                        handleError(1 /* ParseErrorCode.InvalidSymbol */);
                        break;
                    case 15 /* SyntaxKind.Trivia */:
                    case 14 /* SyntaxKind.LineBreakTrivia */:
                        break;
                    default:
                        return token;
                }
            }
        }
        function handleError(error, skipUntilAfter = [], skipUntil = []) {
            onError(error);
            if (skipUntilAfter.length + skipUntil.length > 0) {
                let token = _scanner.getToken();
                while (token !== 17 /* SyntaxKind.EOF */) {
                    if (skipUntilAfter.indexOf(token) !== -1) {
                        scanNext();
                        break;
                    }
                    else if (skipUntil.indexOf(token) !== -1) {
                        break;
                    }
                    token = scanNext();
                }
            }
        }
        function parseString(isValue) {
            const value = _scanner.getTokenValue();
            if (isValue) {
                onLiteralValue(value);
            }
            else {
                onObjectProperty(value);
                // add property name afterwards
                _jsonPath.push(value);
            }
            scanNext();
            return true;
        }
        function parseLiteral() {
            switch (_scanner.getToken()) {
                case 11 /* SyntaxKind.NumericLiteral */:
                    const tokenValue = _scanner.getTokenValue();
                    let value = Number(tokenValue);
                    if (isNaN(value)) {
                        handleError(2 /* ParseErrorCode.InvalidNumberFormat */);
                        value = 0;
                    }
                    onLiteralValue(value);
                    break;
                case 7 /* SyntaxKind.NullKeyword */:
                    onLiteralValue(null);
                    break;
                case 8 /* SyntaxKind.TrueKeyword */:
                    onLiteralValue(true);
                    break;
                case 9 /* SyntaxKind.FalseKeyword */:
                    onLiteralValue(false);
                    break;
                default:
                    return false;
            }
            scanNext();
            return true;
        }
        function parseProperty() {
            if (_scanner.getToken() !== 10 /* SyntaxKind.StringLiteral */) {
                handleError(3 /* ParseErrorCode.PropertyNameExpected */, [], [2 /* SyntaxKind.CloseBraceToken */, 5 /* SyntaxKind.CommaToken */]);
                return false;
            }
            parseString(false);
            if (_scanner.getToken() === 6 /* SyntaxKind.ColonToken */) {
                onSeparator(':');
                scanNext(); // consume colon
                if (!parseValue()) {
                    handleError(4 /* ParseErrorCode.ValueExpected */, [], [2 /* SyntaxKind.CloseBraceToken */, 5 /* SyntaxKind.CommaToken */]);
                }
            }
            else {
                handleError(5 /* ParseErrorCode.ColonExpected */, [], [2 /* SyntaxKind.CloseBraceToken */, 5 /* SyntaxKind.CommaToken */]);
            }
            _jsonPath.pop(); // remove processed property name
            return true;
        }
        function parseObject() {
            onObjectBegin();
            scanNext(); // consume open brace
            let needsComma = false;
            while (_scanner.getToken() !== 2 /* SyntaxKind.CloseBraceToken */ && _scanner.getToken() !== 17 /* SyntaxKind.EOF */) {
                if (_scanner.getToken() === 5 /* SyntaxKind.CommaToken */) {
                    if (!needsComma) {
                        handleError(4 /* ParseErrorCode.ValueExpected */, [], []);
                    }
                    onSeparator(',');
                    scanNext(); // consume comma
                    if (_scanner.getToken() === 2 /* SyntaxKind.CloseBraceToken */ && allowTrailingComma) {
                        break;
                    }
                }
                else if (needsComma) {
                    handleError(6 /* ParseErrorCode.CommaExpected */, [], []);
                }
                if (!parseProperty()) {
                    handleError(4 /* ParseErrorCode.ValueExpected */, [], [2 /* SyntaxKind.CloseBraceToken */, 5 /* SyntaxKind.CommaToken */]);
                }
                needsComma = true;
            }
            onObjectEnd();
            if (_scanner.getToken() !== 2 /* SyntaxKind.CloseBraceToken */) {
                handleError(7 /* ParseErrorCode.CloseBraceExpected */, [2 /* SyntaxKind.CloseBraceToken */], []);
            }
            else {
                scanNext(); // consume close brace
            }
            return true;
        }
        function parseArray() {
            onArrayBegin();
            scanNext(); // consume open bracket
            let isFirstElement = true;
            let needsComma = false;
            while (_scanner.getToken() !== 4 /* SyntaxKind.CloseBracketToken */ && _scanner.getToken() !== 17 /* SyntaxKind.EOF */) {
                if (_scanner.getToken() === 5 /* SyntaxKind.CommaToken */) {
                    if (!needsComma) {
                        handleError(4 /* ParseErrorCode.ValueExpected */, [], []);
                    }
                    onSeparator(',');
                    scanNext(); // consume comma
                    if (_scanner.getToken() === 4 /* SyntaxKind.CloseBracketToken */ && allowTrailingComma) {
                        break;
                    }
                }
                else if (needsComma) {
                    handleError(6 /* ParseErrorCode.CommaExpected */, [], []);
                }
                if (isFirstElement) {
                    _jsonPath.push(0);
                    isFirstElement = false;
                }
                else {
                    _jsonPath[_jsonPath.length - 1]++;
                }
                if (!parseValue()) {
                    handleError(4 /* ParseErrorCode.ValueExpected */, [], [4 /* SyntaxKind.CloseBracketToken */, 5 /* SyntaxKind.CommaToken */]);
                }
                needsComma = true;
            }
            onArrayEnd();
            if (!isFirstElement) {
                _jsonPath.pop(); // remove array index
            }
            if (_scanner.getToken() !== 4 /* SyntaxKind.CloseBracketToken */) {
                handleError(8 /* ParseErrorCode.CloseBracketExpected */, [4 /* SyntaxKind.CloseBracketToken */], []);
            }
            else {
                scanNext(); // consume close bracket
            }
            return true;
        }
        function parseValue() {
            switch (_scanner.getToken()) {
                case 3 /* SyntaxKind.OpenBracketToken */:
                    return parseArray();
                case 1 /* SyntaxKind.OpenBraceToken */:
                    return parseObject();
                case 10 /* SyntaxKind.StringLiteral */:
                    return parseString(true);
                default:
                    return parseLiteral();
            }
        }
        scanNext();
        if (_scanner.getToken() === 17 /* SyntaxKind.EOF */) {
            if (options.allowEmptyContent) {
                return true;
            }
            handleError(4 /* ParseErrorCode.ValueExpected */, [], []);
            return false;
        }
        if (!parseValue()) {
            handleError(4 /* ParseErrorCode.ValueExpected */, [], []);
            return false;
        }
        if (_scanner.getToken() !== 17 /* SyntaxKind.EOF */) {
            handleError(9 /* ParseErrorCode.EndOfFileExpected */, [], []);
        }
        return true;
    }
    exports.visit = visit;
    /**
     * Takes JSON with JavaScript-style comments and remove
     * them. Optionally replaces every none-newline character
     * of comments with a replaceCharacter
     */
    function stripComments(text, replaceCh) {
        let _scanner = (0, scanner_1.createScanner)(text), parts = [], kind, offset = 0, pos;
        do {
            pos = _scanner.getPosition();
            kind = _scanner.scan();
            switch (kind) {
                case 12 /* SyntaxKind.LineCommentTrivia */:
                case 13 /* SyntaxKind.BlockCommentTrivia */:
                case 17 /* SyntaxKind.EOF */:
                    if (offset !== pos) {
                        parts.push(text.substring(offset, pos));
                    }
                    if (replaceCh !== undefined) {
                        parts.push(_scanner.getTokenValue().replace(/[^\r\n]/g, replaceCh));
                    }
                    offset = _scanner.getPosition();
                    break;
            }
        } while (kind !== 17 /* SyntaxKind.EOF */);
        return parts.join('');
    }
    exports.stripComments = stripComments;
    function getNodeType(value) {
        switch (typeof value) {
            case 'boolean': return 'boolean';
            case 'number': return 'number';
            case 'string': return 'string';
            case 'object': {
                if (!value) {
                    return 'null';
                }
                else if (Array.isArray(value)) {
                    return 'array';
                }
                return 'object';
            }
            default: return 'null';
        }
    }
    exports.getNodeType = getNodeType;
});


/***/ }),

/***/ 7769:
/***/ ((module, exports) => {

(function (factory) {
    if ( true && typeof module.exports === "object") {
        var v = factory(__WEBPACK_EXTERNAL_createRequire(import.meta.url), exports);
        if (v !== undefined) module.exports = v;
    }
    else if (typeof define === "function" && define.amd) {
        define(["require", "exports"], factory);
    }
})(function () {
    /*---------------------------------------------------------------------------------------------
     *  Copyright (c) Microsoft Corporation. All rights reserved.
     *  Licensed under the MIT License. See License.txt in the project root for license information.
     *--------------------------------------------------------------------------------------------*/
    'use strict';
    Object.defineProperty(exports, "__esModule", ({ value: true }));
    exports.createScanner = void 0;
    /**
     * Creates a JSON scanner on the given text.
     * If ignoreTrivia is set, whitespaces or comments are ignored.
     */
    function createScanner(text, ignoreTrivia = false) {
        const len = text.length;
        let pos = 0, value = '', tokenOffset = 0, token = 16 /* SyntaxKind.Unknown */, lineNumber = 0, lineStartOffset = 0, tokenLineStartOffset = 0, prevTokenLineStartOffset = 0, scanError = 0 /* ScanError.None */;
        function scanHexDigits(count, exact) {
            let digits = 0;
            let value = 0;
            while (digits < count || !exact) {
                let ch = text.charCodeAt(pos);
                if (ch >= 48 /* CharacterCodes._0 */ && ch <= 57 /* CharacterCodes._9 */) {
                    value = value * 16 + ch - 48 /* CharacterCodes._0 */;
                }
                else if (ch >= 65 /* CharacterCodes.A */ && ch <= 70 /* CharacterCodes.F */) {
                    value = value * 16 + ch - 65 /* CharacterCodes.A */ + 10;
                }
                else if (ch >= 97 /* CharacterCodes.a */ && ch <= 102 /* CharacterCodes.f */) {
                    value = value * 16 + ch - 97 /* CharacterCodes.a */ + 10;
                }
                else {
                    break;
                }
                pos++;
                digits++;
            }
            if (digits < count) {
                value = -1;
            }
            return value;
        }
        function setPosition(newPosition) {
            pos = newPosition;
            value = '';
            tokenOffset = 0;
            token = 16 /* SyntaxKind.Unknown */;
            scanError = 0 /* ScanError.None */;
        }
        function scanNumber() {
            let start = pos;
            if (text.charCodeAt(pos) === 48 /* CharacterCodes._0 */) {
                pos++;
            }
            else {
                pos++;
                while (pos < text.length && isDigit(text.charCodeAt(pos))) {
                    pos++;
                }
            }
            if (pos < text.length && text.charCodeAt(pos) === 46 /* CharacterCodes.dot */) {
                pos++;
                if (pos < text.length && isDigit(text.charCodeAt(pos))) {
                    pos++;
                    while (pos < text.length && isDigit(text.charCodeAt(pos))) {
                        pos++;
                    }
                }
                else {
                    scanError = 3 /* ScanError.UnexpectedEndOfNumber */;
                    return text.substring(start, pos);
                }
            }
            let end = pos;
            if (pos < text.length && (text.charCodeAt(pos) === 69 /* CharacterCodes.E */ || text.charCodeAt(pos) === 101 /* CharacterCodes.e */)) {
                pos++;
                if (pos < text.length && text.charCodeAt(pos) === 43 /* CharacterCodes.plus */ || text.charCodeAt(pos) === 45 /* CharacterCodes.minus */) {
                    pos++;
                }
                if (pos < text.length && isDigit(text.charCodeAt(pos))) {
                    pos++;
                    while (pos < text.length && isDigit(text.charCodeAt(pos))) {
                        pos++;
                    }
                    end = pos;
                }
                else {
                    scanError = 3 /* ScanError.UnexpectedEndOfNumber */;
                }
            }
            return text.substring(start, end);
        }
        function scanString() {
            let result = '', start = pos;
            while (true) {
                if (pos >= len) {
                    result += text.substring(start, pos);
                    scanError = 2 /* ScanError.UnexpectedEndOfString */;
                    break;
                }
                const ch = text.charCodeAt(pos);
                if (ch === 34 /* CharacterCodes.doubleQuote */) {
                    result += text.substring(start, pos);
                    pos++;
                    break;
                }
                if (ch === 92 /* CharacterCodes.backslash */) {
                    result += text.substring(start, pos);
                    pos++;
                    if (pos >= len) {
                        scanError = 2 /* ScanError.UnexpectedEndOfString */;
                        break;
                    }
                    const ch2 = text.charCodeAt(pos++);
                    switch (ch2) {
                        case 34 /* CharacterCodes.doubleQuote */:
                            result += '\"';
                            break;
                        case 92 /* CharacterCodes.backslash */:
                            result += '\\';
                            break;
                        case 47 /* CharacterCodes.slash */:
                            result += '/';
                            break;
                        case 98 /* CharacterCodes.b */:
                            result += '\b';
                            break;
                        case 102 /* CharacterCodes.f */:
                            result += '\f';
                            break;
                        case 110 /* CharacterCodes.n */:
                            result += '\n';
                            break;
                        case 114 /* CharacterCodes.r */:
                            result += '\r';
                            break;
                        case 116 /* CharacterCodes.t */:
                            result += '\t';
                            break;
                        case 117 /* CharacterCodes.u */:
                            const ch3 = scanHexDigits(4, true);
                            if (ch3 >= 0) {
                                result += String.fromCharCode(ch3);
                            }
                            else {
                                scanError = 4 /* ScanError.InvalidUnicode */;
                            }
                            break;
                        default:
                            scanError = 5 /* ScanError.InvalidEscapeCharacter */;
                    }
                    start = pos;
                    continue;
                }
                if (ch >= 0 && ch <= 0x1f) {
                    if (isLineBreak(ch)) {
                        result += text.substring(start, pos);
                        scanError = 2 /* ScanError.UnexpectedEndOfString */;
                        break;
                    }
                    else {
                        scanError = 6 /* ScanError.InvalidCharacter */;
                        // mark as error but continue with string
                    }
                }
                pos++;
            }
            return result;
        }
        function scanNext() {
            value = '';
            scanError = 0 /* ScanError.None */;
            tokenOffset = pos;
            lineStartOffset = lineNumber;
            prevTokenLineStartOffset = tokenLineStartOffset;
            if (pos >= len) {
                // at the end
                tokenOffset = len;
                return token = 17 /* SyntaxKind.EOF */;
            }
            let code = text.charCodeAt(pos);
            // trivia: whitespace
            if (isWhiteSpace(code)) {
                do {
                    pos++;
                    value += String.fromCharCode(code);
                    code = text.charCodeAt(pos);
                } while (isWhiteSpace(code));
                return token = 15 /* SyntaxKind.Trivia */;
            }
            // trivia: newlines
            if (isLineBreak(code)) {
                pos++;
                value += String.fromCharCode(code);
                if (code === 13 /* CharacterCodes.carriageReturn */ && text.charCodeAt(pos) === 10 /* CharacterCodes.lineFeed */) {
                    pos++;
                    value += '\n';
                }
                lineNumber++;
                tokenLineStartOffset = pos;
                return token = 14 /* SyntaxKind.LineBreakTrivia */;
            }
            switch (code) {
                // tokens: []{}:,
                case 123 /* CharacterCodes.openBrace */:
                    pos++;
                    return token = 1 /* SyntaxKind.OpenBraceToken */;
                case 125 /* CharacterCodes.closeBrace */:
                    pos++;
                    return token = 2 /* SyntaxKind.CloseBraceToken */;
                case 91 /* CharacterCodes.openBracket */:
                    pos++;
                    return token = 3 /* SyntaxKind.OpenBracketToken */;
                case 93 /* CharacterCodes.closeBracket */:
                    pos++;
                    return token = 4 /* SyntaxKind.CloseBracketToken */;
                case 58 /* CharacterCodes.colon */:
                    pos++;
                    return token = 6 /* SyntaxKind.ColonToken */;
                case 44 /* CharacterCodes.comma */:
                    pos++;
                    return token = 5 /* SyntaxKind.CommaToken */;
                // strings
                case 34 /* CharacterCodes.doubleQuote */:
                    pos++;
                    value = scanString();
                    return token = 10 /* SyntaxKind.StringLiteral */;
                // comments
                case 47 /* CharacterCodes.slash */:
                    const start = pos - 1;
                    // Single-line comment
                    if (text.charCodeAt(pos + 1) === 47 /* CharacterCodes.slash */) {
                        pos += 2;
                        while (pos < len) {
                            if (isLineBreak(text.charCodeAt(pos))) {
                                break;
                            }
                            pos++;
                        }
                        value = text.substring(start, pos);
                        return token = 12 /* SyntaxKind.LineCommentTrivia */;
                    }
                    // Multi-line comment
                    if (text.charCodeAt(pos + 1) === 42 /* CharacterCodes.asterisk */) {
                        pos += 2;
                        const safeLength = len - 1; // For lookahead.
                        let commentClosed = false;
                        while (pos < safeLength) {
                            const ch = text.charCodeAt(pos);
                            if (ch === 42 /* CharacterCodes.asterisk */ && text.charCodeAt(pos + 1) === 47 /* CharacterCodes.slash */) {
                                pos += 2;
                                commentClosed = true;
                                break;
                            }
                            pos++;
                            if (isLineBreak(ch)) {
                                if (ch === 13 /* CharacterCodes.carriageReturn */ && text.charCodeAt(pos) === 10 /* CharacterCodes.lineFeed */) {
                                    pos++;
                                }
                                lineNumber++;
                                tokenLineStartOffset = pos;
                            }
                        }
                        if (!commentClosed) {
                            pos++;
                            scanError = 1 /* ScanError.UnexpectedEndOfComment */;
                        }
                        value = text.substring(start, pos);
                        return token = 13 /* SyntaxKind.BlockCommentTrivia */;
                    }
                    // just a single slash
                    value += String.fromCharCode(code);
                    pos++;
                    return token = 16 /* SyntaxKind.Unknown */;
                // numbers
                case 45 /* CharacterCodes.minus */:
                    value += String.fromCharCode(code);
                    pos++;
                    if (pos === len || !isDigit(text.charCodeAt(pos))) {
                        return token = 16 /* SyntaxKind.Unknown */;
                    }
                // found a minus, followed by a number so
                // we fall through to proceed with scanning
                // numbers
                case 48 /* CharacterCodes._0 */:
                case 49 /* CharacterCodes._1 */:
                case 50 /* CharacterCodes._2 */:
                case 51 /* CharacterCodes._3 */:
                case 52 /* CharacterCodes._4 */:
                case 53 /* CharacterCodes._5 */:
                case 54 /* CharacterCodes._6 */:
                case 55 /* CharacterCodes._7 */:
                case 56 /* CharacterCodes._8 */:
                case 57 /* CharacterCodes._9 */:
                    value += scanNumber();
                    return token = 11 /* SyntaxKind.NumericLiteral */;
                // literals and unknown symbols
                default:
                    // is a literal? Read the full word.
                    while (pos < len && isUnknownContentCharacter(code)) {
                        pos++;
                        code = text.charCodeAt(pos);
                    }
                    if (tokenOffset !== pos) {
                        value = text.substring(tokenOffset, pos);
                        // keywords: true, false, null
                        switch (value) {
                            case 'true': return token = 8 /* SyntaxKind.TrueKeyword */;
                            case 'false': return token = 9 /* SyntaxKind.FalseKeyword */;
                            case 'null': return token = 7 /* SyntaxKind.NullKeyword */;
                        }
                        return token = 16 /* SyntaxKind.Unknown */;
                    }
                    // some
                    value += String.fromCharCode(code);
                    pos++;
                    return token = 16 /* SyntaxKind.Unknown */;
            }
        }
        function isUnknownContentCharacter(code) {
            if (isWhiteSpace(code) || isLineBreak(code)) {
                return false;
            }
            switch (code) {
                case 125 /* CharacterCodes.closeBrace */:
                case 93 /* CharacterCodes.closeBracket */:
                case 123 /* CharacterCodes.openBrace */:
                case 91 /* CharacterCodes.openBracket */:
                case 34 /* CharacterCodes.doubleQuote */:
                case 58 /* CharacterCodes.colon */:
                case 44 /* CharacterCodes.comma */:
                case 47 /* CharacterCodes.slash */:
                    return false;
            }
            return true;
        }
        function scanNextNonTrivia() {
            let result;
            do {
                result = scanNext();
            } while (result >= 12 /* SyntaxKind.LineCommentTrivia */ && result <= 15 /* SyntaxKind.Trivia */);
            return result;
        }
        return {
            setPosition: setPosition,
            getPosition: () => pos,
            scan: ignoreTrivia ? scanNextNonTrivia : scanNext,
            getToken: () => token,
            getTokenValue: () => value,
            getTokenOffset: () => tokenOffset,
            getTokenLength: () => pos - tokenOffset,
            getTokenStartLine: () => lineStartOffset,
            getTokenStartCharacter: () => tokenOffset - prevTokenLineStartOffset,
            getTokenError: () => scanError,
        };
    }
    exports.createScanner = createScanner;
    function isWhiteSpace(ch) {
        return ch === 32 /* CharacterCodes.space */ || ch === 9 /* CharacterCodes.tab */;
    }
    function isLineBreak(ch) {
        return ch === 10 /* CharacterCodes.lineFeed */ || ch === 13 /* CharacterCodes.carriageReturn */;
    }
    function isDigit(ch) {
        return ch >= 48 /* CharacterCodes._0 */ && ch <= 57 /* CharacterCodes._9 */;
    }
    var CharacterCodes;
    (function (CharacterCodes) {
        CharacterCodes[CharacterCodes["lineFeed"] = 10] = "lineFeed";
        CharacterCodes[CharacterCodes["carriageReturn"] = 13] = "carriageReturn";
        CharacterCodes[CharacterCodes["space"] = 32] = "space";
        CharacterCodes[CharacterCodes["_0"] = 48] = "_0";
        CharacterCodes[CharacterCodes["_1"] = 49] = "_1";
        CharacterCodes[CharacterCodes["_2"] = 50] = "_2";
        CharacterCodes[CharacterCodes["_3"] = 51] = "_3";
        CharacterCodes[CharacterCodes["_4"] = 52] = "_4";
        CharacterCodes[CharacterCodes["_5"] = 53] = "_5";
        CharacterCodes[CharacterCodes["_6"] = 54] = "_6";
        CharacterCodes[CharacterCodes["_7"] = 55] = "_7";
        CharacterCodes[CharacterCodes["_8"] = 56] = "_8";
        CharacterCodes[CharacterCodes["_9"] = 57] = "_9";
        CharacterCodes[CharacterCodes["a"] = 97] = "a";
        CharacterCodes[CharacterCodes["b"] = 98] = "b";
        CharacterCodes[CharacterCodes["c"] = 99] = "c";
        CharacterCodes[CharacterCodes["d"] = 100] = "d";
        CharacterCodes[CharacterCodes["e"] = 101] = "e";
        CharacterCodes[CharacterCodes["f"] = 102] = "f";
        CharacterCodes[CharacterCodes["g"] = 103] = "g";
        CharacterCodes[CharacterCodes["h"] = 104] = "h";
        CharacterCodes[CharacterCodes["i"] = 105] = "i";
        CharacterCodes[CharacterCodes["j"] = 106] = "j";
        CharacterCodes[CharacterCodes["k"] = 107] = "k";
        CharacterCodes[CharacterCodes["l"] = 108] = "l";
        CharacterCodes[CharacterCodes["m"] = 109] = "m";
        CharacterCodes[CharacterCodes["n"] = 110] = "n";
        CharacterCodes[CharacterCodes["o"] = 111] = "o";
        CharacterCodes[CharacterCodes["p"] = 112] = "p";
        CharacterCodes[CharacterCodes["q"] = 113] = "q";
        CharacterCodes[CharacterCodes["r"] = 114] = "r";
        CharacterCodes[CharacterCodes["s"] = 115] = "s";
        CharacterCodes[CharacterCodes["t"] = 116] = "t";
        CharacterCodes[CharacterCodes["u"] = 117] = "u";
        CharacterCodes[CharacterCodes["v"] = 118] = "v";
        CharacterCodes[CharacterCodes["w"] = 119] = "w";
        CharacterCodes[CharacterCodes["x"] = 120] = "x";
        CharacterCodes[CharacterCodes["y"] = 121] = "y";
        CharacterCodes[CharacterCodes["z"] = 122] = "z";
        CharacterCodes[CharacterCodes["A"] = 65] = "A";
        CharacterCodes[CharacterCodes["B"] = 66] = "B";
        CharacterCodes[CharacterCodes["C"] = 67] = "C";
        CharacterCodes[CharacterCodes["D"] = 68] = "D";
        CharacterCodes[CharacterCodes["E"] = 69] = "E";
        CharacterCodes[CharacterCodes["F"] = 70] = "F";
        CharacterCodes[CharacterCodes["G"] = 71] = "G";
        CharacterCodes[CharacterCodes["H"] = 72] = "H";
        CharacterCodes[CharacterCodes["I"] = 73] = "I";
        CharacterCodes[CharacterCodes["J"] = 74] = "J";
        CharacterCodes[CharacterCodes["K"] = 75] = "K";
        CharacterCodes[CharacterCodes["L"] = 76] = "L";
        CharacterCodes[CharacterCodes["M"] = 77] = "M";
        CharacterCodes[CharacterCodes["N"] = 78] = "N";
        CharacterCodes[CharacterCodes["O"] = 79] = "O";
        CharacterCodes[CharacterCodes["P"] = 80] = "P";
        CharacterCodes[CharacterCodes["Q"] = 81] = "Q";
        CharacterCodes[CharacterCodes["R"] = 82] = "R";
        CharacterCodes[CharacterCodes["S"] = 83] = "S";
        CharacterCodes[CharacterCodes["T"] = 84] = "T";
        CharacterCodes[CharacterCodes["U"] = 85] = "U";
        CharacterCodes[CharacterCodes["V"] = 86] = "V";
        CharacterCodes[CharacterCodes["W"] = 87] = "W";
        CharacterCodes[CharacterCodes["X"] = 88] = "X";
        CharacterCodes[CharacterCodes["Y"] = 89] = "Y";
        CharacterCodes[CharacterCodes["Z"] = 90] = "Z";
        CharacterCodes[CharacterCodes["asterisk"] = 42] = "asterisk";
        CharacterCodes[CharacterCodes["backslash"] = 92] = "backslash";
        CharacterCodes[CharacterCodes["closeBrace"] = 125] = "closeBrace";
        CharacterCodes[CharacterCodes["closeBracket"] = 93] = "closeBracket";
        CharacterCodes[CharacterCodes["colon"] = 58] = "colon";
        CharacterCodes[CharacterCodes["comma"] = 44] = "comma";
        CharacterCodes[CharacterCodes["dot"] = 46] = "dot";
        CharacterCodes[CharacterCodes["doubleQuote"] = 34] = "doubleQuote";
        CharacterCodes[CharacterCodes["minus"] = 45] = "minus";
        CharacterCodes[CharacterCodes["openBrace"] = 123] = "openBrace";
        CharacterCodes[CharacterCodes["openBracket"] = 91] = "openBracket";
        CharacterCodes[CharacterCodes["plus"] = 43] = "plus";
        CharacterCodes[CharacterCodes["slash"] = 47] = "slash";
        CharacterCodes[CharacterCodes["formFeed"] = 12] = "formFeed";
        CharacterCodes[CharacterCodes["tab"] = 9] = "tab";
    })(CharacterCodes || (CharacterCodes = {}));
});


/***/ }),

/***/ 1271:
/***/ ((module, exports) => {

(function (factory) {
    if ( true && typeof module.exports === "object") {
        var v = factory(__WEBPACK_EXTERNAL_createRequire(import.meta.url), exports);
        if (v !== undefined) module.exports = v;
    }
    else if (typeof define === "function" && define.amd) {
        define(["require", "exports"], factory);
    }
})(function () {
    "use strict";
    Object.defineProperty(exports, "__esModule", ({ value: true }));
    exports.supportedEols = exports.cachedBreakLinesWithSpaces = exports.cachedSpaces = void 0;
    exports.cachedSpaces = new Array(20).fill(0).map((_, index) => {
        return ' '.repeat(index);
    });
    const maxCachedValues = 200;
    exports.cachedBreakLinesWithSpaces = {
        ' ': {
            '\n': new Array(maxCachedValues).fill(0).map((_, index) => {
                return '\n' + ' '.repeat(index);
            }),
            '\r': new Array(maxCachedValues).fill(0).map((_, index) => {
                return '\r' + ' '.repeat(index);
            }),
            '\r\n': new Array(maxCachedValues).fill(0).map((_, index) => {
                return '\r\n' + ' '.repeat(index);
            }),
        },
        '\t': {
            '\n': new Array(maxCachedValues).fill(0).map((_, index) => {
                return '\n' + '\t'.repeat(index);
            }),
            '\r': new Array(maxCachedValues).fill(0).map((_, index) => {
                return '\r' + '\t'.repeat(index);
            }),
            '\r\n': new Array(maxCachedValues).fill(0).map((_, index) => {
                return '\r\n' + '\t'.repeat(index);
            }),
        }
    };
    exports.supportedEols = ['\n', '\r', '\r\n'];
});


/***/ }),

/***/ 7415:
/***/ ((module, exports, __nccwpck_require__) => {

(function (factory) {
    if ( true && typeof module.exports === "object") {
        var v = factory(__WEBPACK_EXTERNAL_createRequire(import.meta.url), exports);
        if (v !== undefined) module.exports = v;
    }
    else if (typeof define === "function" && define.amd) {
        define(["require", "exports", "./impl/format", "./impl/edit", "./impl/scanner", "./impl/parser"], factory);
    }
})(function () {
    /*---------------------------------------------------------------------------------------------
     *  Copyright (c) Microsoft Corporation. All rights reserved.
     *  Licensed under the MIT License. See License.txt in the project root for license information.
     *--------------------------------------------------------------------------------------------*/
    'use strict';
    Object.defineProperty(exports, "__esModule", ({ value: true }));
    exports.applyEdits = exports.modify = exports.format = exports.printParseErrorCode = exports.ParseErrorCode = exports.stripComments = exports.visit = exports.getNodeValue = exports.getNodePath = exports.findNodeAtOffset = exports.findNodeAtLocation = exports.parseTree = exports.parse = exports.getLocation = exports.SyntaxKind = exports.ScanError = exports.createScanner = void 0;
    const formatter = __nccwpck_require__(2912);
    const edit = __nccwpck_require__(2779);
    const scanner = __nccwpck_require__(7769);
    const parser = __nccwpck_require__(4180);
    /**
     * Creates a JSON scanner on the given text.
     * If ignoreTrivia is set, whitespaces or comments are ignored.
     */
    exports.createScanner = scanner.createScanner;
    var ScanError;
    (function (ScanError) {
        ScanError[ScanError["None"] = 0] = "None";
        ScanError[ScanError["UnexpectedEndOfComment"] = 1] = "UnexpectedEndOfComment";
        ScanError[ScanError["UnexpectedEndOfString"] = 2] = "UnexpectedEndOfString";
        ScanError[ScanError["UnexpectedEndOfNumber"] = 3] = "UnexpectedEndOfNumber";
        ScanError[ScanError["InvalidUnicode"] = 4] = "InvalidUnicode";
        ScanError[ScanError["InvalidEscapeCharacter"] = 5] = "InvalidEscapeCharacter";
        ScanError[ScanError["InvalidCharacter"] = 6] = "InvalidCharacter";
    })(ScanError || (exports.ScanError = ScanError = {}));
    var SyntaxKind;
    (function (SyntaxKind) {
        SyntaxKind[SyntaxKind["OpenBraceToken"] = 1] = "OpenBraceToken";
        SyntaxKind[SyntaxKind["CloseBraceToken"] = 2] = "CloseBraceToken";
        SyntaxKind[SyntaxKind["OpenBracketToken"] = 3] = "OpenBracketToken";
        SyntaxKind[SyntaxKind["CloseBracketToken"] = 4] = "CloseBracketToken";
        SyntaxKind[SyntaxKind["CommaToken"] = 5] = "CommaToken";
        SyntaxKind[SyntaxKind["ColonToken"] = 6] = "ColonToken";
        SyntaxKind[SyntaxKind["NullKeyword"] = 7] = "NullKeyword";
        SyntaxKind[SyntaxKind["TrueKeyword"] = 8] = "TrueKeyword";
        SyntaxKind[SyntaxKind["FalseKeyword"] = 9] = "FalseKeyword";
        SyntaxKind[SyntaxKind["StringLiteral"] = 10] = "StringLiteral";
        SyntaxKind[SyntaxKind["NumericLiteral"] = 11] = "NumericLiteral";
        SyntaxKind[SyntaxKind["LineCommentTrivia"] = 12] = "LineCommentTrivia";
        SyntaxKind[SyntaxKind["BlockCommentTrivia"] = 13] = "BlockCommentTrivia";
        SyntaxKind[SyntaxKind["LineBreakTrivia"] = 14] = "LineBreakTrivia";
        SyntaxKind[SyntaxKind["Trivia"] = 15] = "Trivia";
        SyntaxKind[SyntaxKind["Unknown"] = 16] = "Unknown";
        SyntaxKind[SyntaxKind["EOF"] = 17] = "EOF";
    })(SyntaxKind || (exports.SyntaxKind = SyntaxKind = {}));
    /**
     * For a given offset, evaluate the location in the JSON document. Each segment in the location path is either a property name or an array index.
     */
    exports.getLocation = parser.getLocation;
    /**
     * Parses the given text and returns the object the JSON content represents. On invalid input, the parser tries to be as fault tolerant as possible, but still return a result.
     * Therefore, always check the errors list to find out if the input was valid.
     */
    exports.parse = parser.parse;
    /**
     * Parses the given text and returns a tree representation the JSON content. On invalid input, the parser tries to be as fault tolerant as possible, but still return a result.
     */
    exports.parseTree = parser.parseTree;
    /**
     * Finds the node at the given path in a JSON DOM.
     */
    exports.findNodeAtLocation = parser.findNodeAtLocation;
    /**
     * Finds the innermost node at the given offset. If includeRightBound is set, also finds nodes that end at the given offset.
     */
    exports.findNodeAtOffset = parser.findNodeAtOffset;
    /**
     * Gets the JSON path of the given JSON DOM node
     */
    exports.getNodePath = parser.getNodePath;
    /**
     * Evaluates the JavaScript object of the given JSON DOM node
     */
    exports.getNodeValue = parser.getNodeValue;
    /**
     * Parses the given text and invokes the visitor functions for each object, array and literal reached.
     */
    exports.visit = parser.visit;
    /**
     * Takes JSON with JavaScript-style comments and remove
     * them. Optionally replaces every none-newline character
     * of comments with a replaceCharacter
     */
    exports.stripComments = parser.stripComments;
    var ParseErrorCode;
    (function (ParseErrorCode) {
        ParseErrorCode[ParseErrorCode["InvalidSymbol"] = 1] = "InvalidSymbol";
        ParseErrorCode[ParseErrorCode["InvalidNumberFormat"] = 2] = "InvalidNumberFormat";
        ParseErrorCode[ParseErrorCode["PropertyNameExpected"] = 3] = "PropertyNameExpected";
        ParseErrorCode[ParseErrorCode["ValueExpected"] = 4] = "ValueExpected";
        ParseErrorCode[ParseErrorCode["ColonExpected"] = 5] = "ColonExpected";
        ParseErrorCode[ParseErrorCode["CommaExpected"] = 6] = "CommaExpected";
        ParseErrorCode[ParseErrorCode["CloseBraceExpected"] = 7] = "CloseBraceExpected";
        ParseErrorCode[ParseErrorCode["CloseBracketExpected"] = 8] = "CloseBracketExpected";
        ParseErrorCode[ParseErrorCode["EndOfFileExpected"] = 9] = "EndOfFileExpected";
        ParseErrorCode[ParseErrorCode["InvalidCommentToken"] = 10] = "InvalidCommentToken";
        ParseErrorCode[ParseErrorCode["UnexpectedEndOfComment"] = 11] = "UnexpectedEndOfComment";
        ParseErrorCode[ParseErrorCode["UnexpectedEndOfString"] = 12] = "UnexpectedEndOfString";
        ParseErrorCode[ParseErrorCode["UnexpectedEndOfNumber"] = 13] = "UnexpectedEndOfNumber";
        ParseErrorCode[ParseErrorCode["InvalidUnicode"] = 14] = "InvalidUnicode";
        ParseErrorCode[ParseErrorCode["InvalidEscapeCharacter"] = 15] = "InvalidEscapeCharacter";
        ParseErrorCode[ParseErrorCode["InvalidCharacter"] = 16] = "InvalidCharacter";
    })(ParseErrorCode || (exports.ParseErrorCode = ParseErrorCode = {}));
    function printParseErrorCode(code) {
        switch (code) {
            case 1 /* ParseErrorCode.InvalidSymbol */: return 'InvalidSymbol';
            case 2 /* ParseErrorCode.InvalidNumberFormat */: return 'InvalidNumberFormat';
            case 3 /* ParseErrorCode.PropertyNameExpected */: return 'PropertyNameExpected';
            case 4 /* ParseErrorCode.ValueExpected */: return 'ValueExpected';
            case 5 /* ParseErrorCode.ColonExpected */: return 'ColonExpected';
            case 6 /* ParseErrorCode.CommaExpected */: return 'CommaExpected';
            case 7 /* ParseErrorCode.CloseBraceExpected */: return 'CloseBraceExpected';
            case 8 /* ParseErrorCode.CloseBracketExpected */: return 'CloseBracketExpected';
            case 9 /* ParseErrorCode.EndOfFileExpected */: return 'EndOfFileExpected';
            case 10 /* ParseErrorCode.InvalidCommentToken */: return 'InvalidCommentToken';
            case 11 /* ParseErrorCode.UnexpectedEndOfComment */: return 'UnexpectedEndOfComment';
            case 12 /* ParseErrorCode.UnexpectedEndOfString */: return 'UnexpectedEndOfString';
            case 13 /* ParseErrorCode.UnexpectedEndOfNumber */: return 'UnexpectedEndOfNumber';
            case 14 /* ParseErrorCode.InvalidUnicode */: return 'InvalidUnicode';
            case 15 /* ParseErrorCode.InvalidEscapeCharacter */: return 'InvalidEscapeCharacter';
            case 16 /* ParseErrorCode.InvalidCharacter */: return 'InvalidCharacter';
        }
        return '<unknown ParseErrorCode>';
    }
    exports.printParseErrorCode = printParseErrorCode;
    /**
     * Computes the edit operations needed to format a JSON document.
     *
     * @param documentText The input text
     * @param range The range to format or `undefined` to format the full content
     * @param options The formatting options
     * @returns The edit operations describing the formatting changes to the original document following the format described in {@linkcode EditResult}.
     * To apply the edit operations to the input, use {@linkcode applyEdits}.
     */
    function format(documentText, range, options) {
        return formatter.format(documentText, range, options);
    }
    exports.format = format;
    /**
     * Computes the edit operations needed to modify a value in the JSON document.
     *
     * @param documentText The input text
     * @param path The path of the value to change. The path represents either to the document root, a property or an array item.
     * If the path points to an non-existing property or item, it will be created.
     * @param value The new value for the specified property or item. If the value is undefined,
     * the property or item will be removed.
     * @param options Options
     * @returns The edit operations describing the changes to the original document, following the format described in {@linkcode EditResult}.
     * To apply the edit operations to the input, use {@linkcode applyEdits}.
     */
    function modify(text, path, value, options) {
        return edit.setProperty(text, path, value, options);
    }
    exports.modify = modify;
    /**
     * Applies edits to an input string.
     * @param text The input text
     * @param edits Edit operations following the format described in {@linkcode EditResult}.
     * @returns The text with the applied edits.
     * @throws An error if the edit operations are not well-formed as described in {@linkcode EditResult}.
     */
    function applyEdits(text, edits) {
        let sortedEdits = edits.slice(0).sort((a, b) => {
            const diff = a.offset - b.offset;
            if (diff === 0) {
                return a.length - b.length;
            }
            return diff;
        });
        let lastModifiedOffset = text.length;
        for (let i = sortedEdits.length - 1; i >= 0; i--) {
            let e = sortedEdits[i];
            if (e.offset + e.length <= lastModifiedOffset) {
                text = edit.applyEdit(text, e);
            }
            else {
                throw new Error('Overlapping edit');
            }
            lastModifiedOffset = e.offset;
        }
        return text;
    }
    exports.applyEdits = applyEdits;
});


/***/ }),

/***/ 5084:
/***/ ((module, __unused_webpack_exports, __nccwpck_require__) => {

var x = (y) => {
	var x = {}; __nccwpck_require__.d(x, y); return x
} 
var y = (x) => (() => (x))
module.exports = x({ ["default"]: () => (__WEBPACK_EXTERNAL_MODULE__sql_wasm_inline_cjs_1bf44288__["default"]) });

/***/ }),

/***/ 6982:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("crypto");

/***/ }),

/***/ 7515:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("fs");

/***/ }),

/***/ 1943:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("fs/promises");

/***/ }),

/***/ 1421:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:child_process");

/***/ }),

/***/ 7598:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:crypto");

/***/ }),

/***/ 3024:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:fs");

/***/ }),

/***/ 1455:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:fs/promises");

/***/ }),

/***/ 7030:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:net");

/***/ }),

/***/ 8161:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:os");

/***/ }),

/***/ 6760:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:path");

/***/ }),

/***/ 7075:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:stream");

/***/ }),

/***/ 6466:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:stream/promises");

/***/ }),

/***/ 8500:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:timers/promises");

/***/ }),

/***/ 3136:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:url");

/***/ }),

/***/ 857:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("os");

/***/ }),

/***/ 6928:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("path");

/***/ }),

/***/ 2018:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("tty");

/***/ }),

/***/ 7016:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("url");

/***/ }),

/***/ 1404:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("util");

/***/ }),

/***/ 9740:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   BO: () => (/* binding */ redactUrl),
/* harmony export */   Dn: () => (/* binding */ UNREADABLE_ADDRESS),
/* harmony export */   Wq: () => (/* binding */ publicAddress),
/* harmony export */   lS: () => (/* binding */ splitAddress)
/* harmony export */ });
/** Addresses without what nobody else should see: users, passwords, queries. */
/** What stands for an address that cannot be read, and so may be a secret anywhere in it. */
const UNREADABLE_ADDRESS = 'unknown:address';
/** No longer than schemes are: it keeps the search for them linear. */
const SCHEME = /[a-z][a-z0-9+.-]{0,30}:\/\//gi;
const HOST = String.raw `(?:\[[^\]]*\]|[^/?#:]*)`;
/** A host, and a port if any, with something behind it that ends both. */
const READABLE = new RegExp(String.raw `^${HOST}(?::\d*)?(?:[/?#]|$)`);
/** The same in a sentence: `https://cache.example:443, which …`. What follows a password is not told from more of it. */
const READABLE_IN_TEXT = new RegExp(String.raw `^${HOST}:\d*(?:['"\`<>()[\]{},;.!|\\:]*$|["'][,)\]}])`);
/** A host that can hardly be anything else. */
const LIKELY_HOST = /^(?:(?:[\w-]+\.)+[a-z][a-z0-9-]*|\d+(?:\.\d+){3}|localhost|\[[0-9a-f:.]+\])(?::\d+)?(?:[/?#]|$)/i;
/** What follows an `@` that ends no password: the digest of an image, the branch of a repository. */
const NO_HOST = /^(?:sha\d{3}[:=]|refs\/)/;
/**
 * Tells userinfo from host in what comes behind `scheme://`. Unlike RFC 3986 it takes passwords into account that nobody
 * has encoded, as people write them: with `@`, `/`, `?` and `#`.
 */
function splitAddress(scheme, text) {
    const authority = /^[^/?#]*/.exec(text)?.[0] ?? '';
    const ends = [...text.matchAll(/@/g)]
        .map(({ index }) => index)
        .filter(at => !NO_HOST.test(text.slice(at + 1, at + 9)));
    const inAuthority = ends.filter(at => at < authority.length);
    // An image may have a tag where others have a port.
    const isReadable = (rest) => READABLE.test(rest) || /^(?:docker|oci):/i.test(scheme);
    let end = inAuthority.at(-1) ?? -1;
    const first = text.slice(end + 1);
    const hasNoHost = end >= 0 && /^(?:[/?#]|$)/.test(first);
    if (hasNoHost || !isReadable(first) || (end < 0 ? isPassword(first) : hasHostBehind(first)))
        end = ends.at(-1) ?? end;
    const rest = text.slice(end + 1);
    const userinfo = end < 0 ? {} : { userinfo: text.slice(0, end) };
    if (isReadable(rest) || READABLE_IN_TEXT.test(rest))
        return { scheme, ...userinfo, rest };
    // Behind a userinfo there is a host, and perhaps a path as scp writes it; without one, that may be a password.
    return { scheme, ...userinfo, ...(end >= 0 && { rest: new RegExp(`^${HOST}`).exec(rest)?.[0] ?? '' }) };
}
/** Whether what looks like host, port and path is a user, a password that begins with digits or none, and a host. */
function isPassword(rest) {
    const [, host = '', port, path = ''] = /^(\[[^\]]*\]|[^/?#:]*)(:\d*)?([^?#]*)/.exec(rest) ?? [];
    if (port === undefined && (/[.[]/.test(host) || host === 'localhost' || host === ''))
        return false;
    return hasHostBehind(path);
}
/** Whether the last `@` stands before a host. */
function hasHostBehind(text) {
    // No password goes on like this, and names of branches may have anything behind it.
    if (/@(?:refs\/|sha\d{3}:)/.test(text))
        return false;
    return text.includes('@') && LIKELY_HOST.test(text.slice(text.lastIndexOf('@') + 1));
}
/** Takes user, password, query string and fragment out of every URL in `text`. */
function redactUrl(text) {
    const starts = [...text.matchAll(SCHEME)];
    let result = text.slice(0, starts[0]?.index ?? text.length);
    for (const [i, { index, 0: scheme }] of starts.entries()) {
        const following = text.slice(index + scheme.length, starts[i + 1]?.index ?? text.length);
        const address = /^\S*/.exec(following)?.[0] ?? '';
        const { rest = '…' } = splitAddress(scheme, address);
        result += scheme + rest.replace(/[?#].*$/s, '') + following.slice(address.length);
    }
    return result;
}
/**
 * One address as everybody may see it.
 *
 * @param address with `scheme://`
 * @returns scheme, host and path, or UNREADABLE_ADDRESS
 */
function publicAddress(address) {
    // A space ends no address that stands alone; in a password it would hide the rest of it.
    const whole = address.trim().replace(/\s/g, encodeURIComponent);
    const bare = /^[a-z][a-z0-9+.-]{0,30}:\/\//i.test(whole) ? redactUrl(whole) : '';
    const url = URL.parse(bare);
    return url === null || url.username !== '' || url.password !== '' || bare.endsWith('…') ? UNREADABLE_ADDRESS : bare;
}


/***/ }),

/***/ 1609:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {


// EXPORTS
__nccwpck_require__.d(__webpack_exports__, {
  v: () => (/* binding */ BILL_TYPE),
  B: () => (/* binding */ billOfMaterials)
});

// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __nccwpck_require__(7598);
;// CONCATENATED MODULE: ./attest/licenses.js
/**
 * The identifiers of licences that CycloneDX knows: the SPDX licence list 3.29.0, with what it has deprecated.
 * https://spdx.org/licenses/
 */
const IDENTIFIERS = new Set(`
  0BSD 3D-Slicer-1.0 AAL Abstyles AdaCore-doc Adobe-2006 Adobe-Display-PostScript Adobe-Glyph Adobe-Utopia ADSL
  Advanced-Cryptics-Dictionary AFL-1.1 AFL-1.2 AFL-2.0 AFL-2.1 AFL-3.0 Afmparse AGPL-1.0 AGPL-1.0-only
  AGPL-1.0-or-later AGPL-3.0 AGPL-3.0-only AGPL-3.0-or-later Aladdin ALGLIB-Documentation AMD-newlib AMDPLPA AML
  AML-glslang AMPAS ANTLR-PD ANTLR-PD-fallback any-OSI any-OSI-perl-modules Apache-1.0 Apache-1.1 Apache-2.0 APAFML
  APL-1.0 App-s2p APSL-1.0 APSL-1.1 APSL-1.2 APSL-2.0 Arphic-1999 Artistic-1.0 Artistic-1.0-cl8 Artistic-1.0-Perl
  Artistic-2.0 Artistic-dist Aspell-RU ASWF-Digital-Assets-1.0 ASWF-Digital-Assets-1.1 atc-game Baekmuk Bahyph Barr
  bcrypt-Solar-Designer Beerware Bitstream-Charter Bitstream-Vera BitTorrent-1.0 BitTorrent-1.1 blessing BlueOak-1.0.0
  Boehm-GC Boehm-GC-without-fee BOLA-1.1 Borceux Brian-Gladman-2-Clause Brian-Gladman-3-Clause
  Brian-Gladman-3-Clause-no-conversion BSD-1-Clause BSD-2-Clause BSD-2-Clause-Darwin BSD-2-Clause-first-lines
  BSD-2-Clause-FreeBSD BSD-2-Clause-NetBSD BSD-2-Clause-Patent BSD-2-Clause-pkgconf-disclaimer
  BSD-2-Clause-pos-unchanged BSD-2-Clause-Views BSD-3-Clause BSD-3-Clause-acpica BSD-3-Clause-Attribution
  BSD-3-Clause-Clear BSD-3-Clause-flex BSD-3-Clause-HP BSD-3-Clause-LBNL BSD-3-Clause-Modification
  BSD-3-Clause-No-Military-License BSD-3-Clause-No-Nuclear-License BSD-3-Clause-No-Nuclear-License-2014
  BSD-3-Clause-No-Nuclear-Warranty BSD-3-Clause-Open-MPI BSD-3-Clause-OpenWebUI BSD-3-Clause-Sun BSD-3-Clause-Tso
  BSD-4-Clause BSD-4-Clause-Shortened BSD-4-Clause-UC BSD-4.3RENO BSD-4.3TAHOE BSD-Advertising-Acknowledgement
  BSD-ask-to-endorse BSD-Attribution-HPND-disclaimer BSD-Inferno-Nettverk BSD-Mark-Modifications BSD-Protection
  BSD-Source-alt-GPL BSD-Source-beginning-file BSD-Source-Code BSD-Source-Code-no-disclaimer BSD-Systemics
  BSD-Systemics-W3Works BSL-1.0 Buddy Bugroff BUSL-1.1 bzip2-1.0.5 bzip2-1.0.6 C-UDA-1.0 CAL-1.0
  CAL-1.0-Combined-Work-Exception Caldera Caldera-no-preamble CAPEC-tou Catharon CATOSL-1.1 CC-BY-1.0 CC-BY-2.0
  CC-BY-2.5 CC-BY-2.5-AU CC-BY-3.0 CC-BY-3.0-AT CC-BY-3.0-AU CC-BY-3.0-DE CC-BY-3.0-IGO CC-BY-3.0-NL CC-BY-3.0-US
  CC-BY-4.0 CC-BY-NC-1.0 CC-BY-NC-2.0 CC-BY-NC-2.5 CC-BY-NC-3.0 CC-BY-NC-3.0-DE CC-BY-NC-3.0-IGO CC-BY-NC-4.0
  CC-BY-NC-ND-1.0 CC-BY-NC-ND-2.0 CC-BY-NC-ND-2.5 CC-BY-NC-ND-3.0 CC-BY-NC-ND-3.0-DE CC-BY-NC-ND-3.0-IGO
  CC-BY-NC-ND-4.0 CC-BY-NC-SA-1.0 CC-BY-NC-SA-2.0 CC-BY-NC-SA-2.0-DE CC-BY-NC-SA-2.0-FR CC-BY-NC-SA-2.0-UK
  CC-BY-NC-SA-2.5 CC-BY-NC-SA-3.0 CC-BY-NC-SA-3.0-DE CC-BY-NC-SA-3.0-IGO CC-BY-NC-SA-4.0 CC-BY-ND-1.0 CC-BY-ND-2.0
  CC-BY-ND-2.5 CC-BY-ND-3.0 CC-BY-ND-3.0-DE CC-BY-ND-4.0 CC-BY-SA-1.0 CC-BY-SA-2.0 CC-BY-SA-2.0-UK CC-BY-SA-2.1-JP
  CC-BY-SA-2.5 CC-BY-SA-3.0 CC-BY-SA-3.0-AT CC-BY-SA-3.0-DE CC-BY-SA-3.0-IGO CC-BY-SA-4.0 CC-PDDC CC-PDM-1.0 CC-SA-1.0
  CC0-1.0 CDDL-1.0 CDDL-1.1 CDL-1.0 CDLA-Permissive-1.0 CDLA-Permissive-2.0 CDLA-Sharing-1.0 CECILL-1.0 CECILL-1.1
  CECILL-2.0 CECILL-2.1 CECILL-B CECILL-C CERN-OHL-1.1 CERN-OHL-1.2 CERN-OHL-P-2.0 CERN-OHL-S-2.0 CERN-OHL-W-2.0
  CFITSIO check-cvs checkmk ClArtistic Clips CMU-Mach CMU-Mach-nodoc CNRI-Jython CNRI-Python
  CNRI-Python-GPL-Compatible COIL-1.0 Community-Spec-1.0 Condor-1.1 copyleft-next-0.3.0 copyleft-next-0.3.1
  Cornell-Lossless-JPEG CPAL-1.0 CPL-1.0 CPOL-1.02 Cronyx Crossword CryptoSwift CrystalStacker CUA-OPL-1.0 Cube curl
  cve-tou D-FSL-1.0 DEC-3-Clause diffmark DL-DE-BY-2.0 DL-DE-ZERO-2.0 DOC DocBook-DTD DocBook-Schema
  DocBook-Stylesheet DocBook-XML Dotseqn DRL-1.0 DRL-1.1 DSDP dtoa dvipdfm ECL-1.0 ECL-2.0 eCos-2.0 EFL-1.0 EFL-2.0
  eGenix Elastic-2.0 Entessa EPICS EPL-1.0 EPL-2.0 ErlPL-1.1 ESA-PL-permissive-2.4 ESA-PL-strong-copyleft-2.4
  ESA-PL-weak-copyleft-2.4 etalab-2.0 EUDatagrid EUPL-1.0 EUPL-1.1 EUPL-1.2 Eurosym Fair FBM FDK-AAC FDK-MPEG-H
  Ferguson-Twofish Frameworx-1.0 FreeBSD-DOC FreeImage FSFAP FSFAP-no-warranty-disclaimer FSFUL FSFULLR FSFULLRSD
  FSFULLRWD FSL-1.1-ALv2 FSL-1.1-MIT FTL Furuseth fwlw Game-Programming-Gems GCR-docs GD generic-xts GFDL-1.1
  GFDL-1.1-invariants-only GFDL-1.1-invariants-or-later GFDL-1.1-no-invariants-only GFDL-1.1-no-invariants-or-later
  GFDL-1.1-only GFDL-1.1-or-later GFDL-1.2 GFDL-1.2-invariants-only GFDL-1.2-invariants-or-later
  GFDL-1.2-no-invariants-only GFDL-1.2-no-invariants-or-later GFDL-1.2-only GFDL-1.2-or-later GFDL-1.3
  GFDL-1.3-invariants-only GFDL-1.3-invariants-or-later GFDL-1.3-no-invariants-only GFDL-1.3-no-invariants-or-later
  GFDL-1.3-only GFDL-1.3-or-later Giftware GL2PS Glide Glulxe GLWTPL gnuplot GPL-1.0 GPL-1.0+ GPL-1.0-only
  GPL-1.0-or-later GPL-2.0 GPL-2.0+ GPL-2.0-only GPL-2.0-or-later GPL-2.0-with-autoconf-exception
  GPL-2.0-with-bison-exception GPL-2.0-with-classpath-exception GPL-2.0-with-font-exception GPL-2.0-with-GCC-exception
  GPL-3.0 GPL-3.0+ GPL-3.0-only GPL-3.0-or-later GPL-3.0-with-autoconf-exception GPL-3.0-with-GCC-exception
  Graphics-Gems gSOAP-1.3b gtkbook Gutmann HaskellReport HDF5 hdparm HIDAPI Hippocratic-2.1 Hippocratic-3.0-core
  HP-1986 HP-1989 HPND HPND-DEC HPND-doc HPND-doc-sell HPND-export-US HPND-export-US-acknowledgement
  HPND-export-US-modify HPND-export2-US HPND-Fenneberg-Livingston HPND-INRIA-IMAG HPND-Intel HPND-Kevlin-Henney
  HPND-Markus-Kuhn HPND-merchantability-variant HPND-MIT-disclaimer HPND-Netrek HPND-Pbmplus
  HPND-sell-MIT-disclaimer-xserver HPND-sell-regexpr HPND-sell-variant HPND-sell-variant-critical-systems
  HPND-sell-variant-MIT-disclaimer HPND-sell-variant-MIT-disclaimer-rev HPND-SMC HPND-UC HPND-UC-export-US HTMLTIDY
  hyphen-bulgarian IBM-pibs ICU IEC-Code-Components-EULA IJG IJG-short ImageMagick iMatix Imlib2 Info-ZIP Informatica
  Inner-Net-2.0 InnoSetup Intel Intel-ACPI Interbase-1.0 IPA IPL-1.0 ISC ISC-Veillard ISO-permission Jam JasPer-2.0
  jove JPL-image JPNIC JSON Kastrup Kazlib Knuth-CTAN LAL-1.2 LAL-1.3 Latex2e Latex2e-translated-notice Leptonica
  LGPL-2.0 LGPL-2.0+ LGPL-2.0-only LGPL-2.0-or-later LGPL-2.1 LGPL-2.1+ LGPL-2.1-only LGPL-2.1-or-later LGPL-3.0
  LGPL-3.0+ LGPL-3.0-only LGPL-3.0-or-later LGPLLR Libpng libpng-1.6.35 libpng-2.0 libselinux-1.0 libtiff
  libutil-David-Nugent LiLiQ-P-1.1 LiLiQ-R-1.1 LiLiQ-Rplus-1.1 Linux-man-pages-1-para Linux-man-pages-copyleft
  Linux-man-pages-copyleft-2-para Linux-man-pages-copyleft-var Linux-OpenIB LOOP LPD-document LPL-1.0 LPL-1.02
  LPPL-1.0 LPPL-1.1 LPPL-1.2 LPPL-1.3a LPPL-1.3c lsof Lucida-Bitmap-Fonts LZMA-SDK-9.11-to-9.20 LZMA-SDK-9.22
  Mackerras-3-Clause Mackerras-3-Clause-acknowledgment magaz mailprio MakeIndex man2html Martin-Birgmeier
  McPhee-slideshow metamail Minpack MIPS MirOS MIT MIT-0 MIT-advertising MIT-Click MIT-CMU MIT-enna MIT-feh
  MIT-Festival MIT-Khronos-old MIT-Modern-Variant MIT-open-group MIT-STK MIT-testregex MIT-Wu MITNFA MMIXware
  MMPL-1.0.1 Motosoto MPEG-SSG mpi-permissive mpich2 MPL-1.0 MPL-1.1 MPL-2.0 MPL-2.0-no-copyleft-exception mplus
  MS-LPL MS-PL MS-RL MTLL MulanPSL-1.0 MulanPSL-2.0 Multics Mup MVT-1.1 NAIST-2003 NASA-1.3 Naumen NBPL-1.0 NCBI-PD
  NCGL-UK-2.0 NCL NCSA Net-SNMP NetCDF Newsletr NGPL ngrep NICTA-1.0 NIST-PD NIST-PD-fallback NIST-PD-TNT
  NIST-Software NLOD-1.0 NLOD-2.0 NLPL Nokia NOSL Noweb NPL-1.0 NPL-1.1 NPOSL-3.0 NRL NTIA-PD NTP NTP-0 Nunit
  O-UDA-1.0 OAR OCCT-PL OCLC-2.0 ODbL-1.0 ODC-By-1.0 OFFIS OFL-1.0 OFL-1.0-no-RFN OFL-1.0-RFN OFL-1.1 OFL-1.1-no-RFN
  OFL-1.1-RFN OGC-1.0 OGDL-Taiwan-1.0 OGL-Canada-2.0 OGL-UK-1.0 OGL-UK-2.0 OGL-UK-3.0 OGTSL OLDAP-1.1 OLDAP-1.2
  OLDAP-1.3 OLDAP-1.4 OLDAP-2.0 OLDAP-2.0.1 OLDAP-2.1 OLDAP-2.2 OLDAP-2.2.1 OLDAP-2.2.2 OLDAP-2.3 OLDAP-2.4 OLDAP-2.5
  OLDAP-2.6 OLDAP-2.7 OLDAP-2.8 OLFL-1.3 OML OpenMDW-1.0 OpenPBS-2.3 OpenSSL OpenSSL-standalone OpenVision OPL-1.0
  OPL-UK-3.0 OPUBL-1.0 OSC-1.0 OSET-PL-2.1 OSL-1.0 OSL-1.1 OSL-2.0 OSL-2.1 OSL-3.0 OSSP PADL ParaType-Free-Font-1.3
  Parity-6.0.0 Parity-7.0.0 PDDL-1.0 PHP-3.0 PHP-3.01 Pixar pkgconf Plexus pnmstitch PolyForm-Noncommercial-1.0.0
  PolyForm-Small-Business-1.0.0 PostgreSQL PPL PSF-2.0 psfrag psutils Python-2.0 Python-2.0.1 python-ldap Qhull
  QPL-1.0 QPL-1.0-INRIA-2004 radvd Rdisc RHeCos-1.1 RPL-1.1 RPL-1.5 RPSL-1.0 RSA-MD RSCPL Ruby Ruby-pty SAX-PD
  SAX-PD-2.0 Saxpath SCEA SchemeReport Sendmail Sendmail-8.23 Sendmail-Open-Source-1.1 SGI-B-1.0 SGI-B-1.1 SGI-B-2.0
  SGI-OpenGL SGMLUG-PM SGP4 SHL-0.5 SHL-0.51 SimPL-2.0 SISSL SISSL-1.2 SL Sleepycat SMAIL-GPL SMLNJ SMPPL SNIA
  snprintf SOFA softSurfer Soundex Spencer-86 Spencer-94 Spencer-99 SPL-1.0 ssh-keyscan SSH-OpenSSH SSH-short
  SSLeay-standalone SSPL-1.0 StandardML-NJ SugarCRM-1.1.3 SUL-1.0 Sun-PPP Sun-PPP-2000 SunPro SWL swrule Symlinks
  TAPR-OHL-1.0 TCL TCP-wrappers TekHVC TermReadKey TGPPL-1.0 ThirdEye threeparttable TMate TORQUE-1.1 TOSL TPDL
  TPL-1.0 TrustedQSL TTWL TTYP0 TU-Berlin-1.0 TU-Berlin-2.0 Ubuntu-font-1.0 UCAR UCL-1.0 ulem UMich-Merit Unicode-3.0
  Unicode-DFS-2015 Unicode-DFS-2016 Unicode-TOU UnixCrypt Unlicense Unlicense-libtelnet Unlicense-libwhirlpool UnRAR
  UPL-1.0 URT-RLE Vim Vixie-Cron VOSTROM VSL-1.0 W3C W3C-19980720 W3C-20150513 w3m Watcom-1.0 Widget-Workshop WordNet
  Wsuipa WTFNMFPL WTFPL wwl wxWindows X11 X11-distribute-modifications-variant X11-no-permit-persons X11-swapped
  Xdebug-1.03 Xerox Xfig XFree86-1.1 xinetd xkeyboard-config-Zinoviev xlock Xnet xpp XSkat xzoom YPL-1.0 YPL-1.1 Zed
  Zeeff Zend-2.0 Zimbra-1.3 Zimbra-1.4 Zlib zlib-acknowledgement ZPL-1.1 ZPL-2.0 ZPL-2.1 389-exception
  Asterisk-exception Asterisk-linking-protocols-exception Autoconf-exception-2.0 Autoconf-exception-3.0
  Autoconf-exception-generic Autoconf-exception-generic-3.0 Autoconf-exception-macro Bison-exception-1.24
  Bison-exception-2.2 Bootloader-exception CGAL-linking-exception Classpath-exception-2.0
  Classpath-exception-2.0-short CLISP-exception-2.0 cryptsetup-OpenSSL-exception Digia-Qt-LGPL-exception-1.1
  DigiRule-FOSS-exception eCos-exception-2.0 erlang-otp-linking-exception Fawkes-Runtime-exception FLTK-exception
  fmt-exception Font-exception-2.0 freertos-exception-2.0 GCC-exception-2.0 GCC-exception-2.0-note GCC-exception-3.1
  Gmsh-exception GNAT-exception GNOME-examples-exception GNU-compiler-exception gnu-javamail-exception
  Google-Patent-WebM GPL-3.0-389-ds-base-exception GPL-3.0-interface-exception GPL-3.0-linking-exception
  GPL-3.0-linking-source-exception GPL-CC-1.0 GStreamer-exception-2005 GStreamer-exception-2008 harbour-exception
  i2p-gpl-java-exception Independent-modules-exception KiCad-libraries-exception kvirc-openssl-exception
  LGPL-3.0-linking-exception libpri-OpenH323-exception Libtool-exception Linux-syscall-note LLGPL LLVM-exception
  LZMA-exception mif-exception mxml-exception Nokia-Qt-exception-1.1 OCaml-LGPL-linking-exception OCCT-exception-1.0
  OpenJDK-assembly-exception-1.0 openvpn-openssl-exception PCRE2-exception polyparse-exception
  PS-or-PDF-font-exception-20170817 QPL-1.0-INRIA-2004-exception Qt-GPL-exception-1.0 Qt-LGPL-exception-1.1
  Qwt-exception-1.0 romic-exception RRDtool-FLOSS-exception-2.0 rsync-linking-exception SANE-exception SHL-2.0 SHL-2.1
  Simple-Library-Usage-exception Spelling-Provider-LGPL-exception sqlitestudio-OpenSSL-exception stunnel-exception
  SWI-exception Swift-exception Texinfo-exception u-boot-exception-2.0 UBDL-exception Universal-FOSS-exception-1.0
  vsftpd-openssl-exception WxWindows-exception-3.1 x11vnc-openssl-exception
  `
    .trim()
    .split(/\s+/));
/** Whether `name` is an SPDX identifier of a licence, written as the list has it. */
function isSpdxLicense(name) {
    return IDENTIFIERS.has(name);
}

;// CONCATENATED MODULE: ./attest/bill-of-materials.js
/**
 * The bill of materials of a seed: what is in it, for people and programs that look for licences and known faults.
 * CycloneDX 1.6, https://cyclonedx.org/docs/1.6/json/
 */


/** Media type of the document, and artifact type where it is attached. */
const BILL_TYPE = 'application/vnd.cyclonedx+json';
/**
 * Writes the bill of materials of a seed image, as compact JSON in UTF-8.
 *
 * Independent builders of one image get equal bytes: there is no time in the document, the serial number is made from
 * the rest, and the order of `components` and of their references does not matter.
 */
function billOfMaterials({ name, digest, system, version, components }) {
    const sorted = components.toSorted((a, b) => compare(a.path, b.path));
    const document = {
        version: 1,
        metadata: {
            tools: { components: [{ type: 'application', name: 'nix-seed', version }] },
            component: imageComponent(name, digest, system)
        },
        components: sorted.map(storeComponent),
        dependencies: [
            dependency(digest, sorted.filter(({ root }) => root).map(({ path }) => path)),
            ...sorted.map(({ path, references }) => dependency(referenceOf(path), references))
        ]
    };
    return Buffer.from(JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', serialNumber: serialNumber(document), ...document }));
}
function imageComponent(name, digest, system) {
    return {
        type: 'container',
        'bom-ref': digest,
        name,
        version: digest,
        hashes: [{ alg: 'SHA-256', content: digest.slice('sha256:'.length) }],
        purl: packageUrl(name, digest),
        properties: [{ name: 'nix:system', value: system }]
    };
}
/** The image as a package URL: https://github.com/package-url/purl-spec/blob/main/types-doc/oci-definition.md */
function packageUrl(name, digest) {
    // Colons stay as they are in every part.
    const encode = (text) => encodeURIComponent(text).replaceAll('%3A', ':');
    const last = name.slice(name.lastIndexOf('/') + 1).toLowerCase();
    return `pkg:oci/${encode(last)}@${encode(digest)}?repository_url=${encode(name)}`;
}
/**
 * A store path. Nix's hash is one of a serialisation, which is no file that anybody could hash again, and the field
 * `hashes` promises that: so it stands among the properties. The type is that which the specification recommends where
 * a package may be a program as well as a library.
 */
function storeComponent({ path, narHash, narSize, license }) {
    return {
        type: 'library',
        'bom-ref': referenceOf(path),
        ...splitName(referenceOf(path).slice('0123456789abcdfghijklmnpqrsvwxyz-'.length)),
        ...licenses(license),
        properties: [
            { name: 'nix:storePath', value: path },
            { name: 'nix:narHash', value: narHash },
            { name: 'nix:narSize', value: String(narSize) }
        ]
    };
}
/** The base name of a store path: unique in the document, and the same wherever the path is in one. */
function referenceOf(path) {
    return path.slice(path.lastIndexOf('/') + 1);
}
/** As `builtins.parseDrvName` does it: the version begins after the first dash that no letter follows. */
function splitName(text) {
    const [, name, version] = /^(.*?)-(?![a-zA-Z])(.+)$/.exec(text) ?? [];
    return name ? { name, version: version ?? '' } : { name: text };
}
function licenses(license = []) {
    const names = [...new Set([license].flat())].filter(name => name !== '').sort(compare);
    if (names.length === 0)
        return {};
    return { licenses: names.map(name => ({ license: isSpdxLicense(name) ? { id: name } : { name } })) };
}
/** What has no dependencies stands there as an empty element; without one, they would be unknown. */
function dependency(ref, paths) {
    const others = [...new Set(paths.map(referenceOf))].filter(other => other !== ref).sort(compare);
    return { ref, ...(others.length > 0 && { dependsOn: others }) };
}
/** A UUID of version 8 whose bits are a SHA-256: https://www.rfc-editor.org/rfc/rfc9562#name-example-of-a-uuidv8-value-n */
function serialNumber(document) {
    const bytes = (0,external_node_crypto_.createHash)('sha256').update(JSON.stringify(document)).digest().subarray(0, 16);
    bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
    bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
    return `urn:uuid:${bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')}`;
}
/** By code units: the same in every locale. */
function compare(a, b) {
    return a < b ? -1 : a > b ? 1 : 0;
}


/***/ }),

/***/ 8291:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   $k: () => (/* binding */ readPrivateKey),
/* harmony export */   IY: () => (/* binding */ keyDetails),
/* harmony export */   RR: () => (/* binding */ readPublicKey),
/* harmony export */   g4: () => (/* binding */ digestAlgorithm),
/* harmony export */   p4: () => (/* binding */ keyHint)
/* harmony export */ });
/* harmony import */ var node_crypto__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(7598);
/* harmony import */ var _errors_js__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(8645);
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
            return (0,node_crypto__WEBPACK_IMPORTED_MODULE_0__.createPrivateKey)({ key: pem, format: 'pem', ...(isEncrypted && { passphrase }) });
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
            return (0,node_crypto__WEBPACK_IMPORTED_MODULE_0__.createPublicKey)({ key: pem, format: 'pem' });
        }
        catch {
            throw invalid('the public key is damaged, or of a kind that is not known', MAKE_ONE);
        }
    });
}
/** What names a key without showing it: base64 of the SHA-256 of its DER, as cosign has it. */
function keyHint(publicKey) {
    return (0,node_crypto__WEBPACK_IMPORTED_MODULE_0__.createHash)('sha256')
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
    return new _errors_js__WEBPACK_IMPORTED_MODULE_1__/* .SeedError */ .uV('KEY_INVALID', message, { hint });
}


/***/ }),

/***/ 9832:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

// ESM COMPAT FLAG
__nccwpck_require__.r(__webpack_exports__);

// EXPORTS
__nccwpck_require__.d(__webpack_exports__, {
  DEFAULT_THRESHOLD: () => (/* binding */ DEFAULT_THRESHOLD),
  DIMENSIONS: () => (/* reexport */ DIMENSIONS),
  MAX_BUILDERS: () => (/* reexport */ MAX_BUILDERS),
  MAX_POLICY_BYTES: () => (/* reexport */ MAX_POLICY_BYTES),
  PUBLIC_TRUST_ROOT: () => (/* reexport */ policy_builder/* PUBLIC_TRUST_ROOT */.gO),
  PolicyError: () => (/* reexport */ problem/* PolicyError */.pn),
  SCHEMA_ID: () => (/* reexport */ SCHEMA_ID),
  describeProblem: () => (/* reexport */ problem/* describeProblem */.BJ),
  dimensionValue: () => (/* reexport */ policy_builder/* dimensionValue */.iS),
  examinePolicy: () => (/* binding */ examinePolicy),
  examinePolicyText: () => (/* binding */ examinePolicyText),
  findBuilder: () => (/* reexport */ policy_builder/* findBuilder */.Lx),
  isInlineKey: () => (/* reexport */ policy_builder/* isInlineKey */.Hm),
  parsePolicy: () => (/* binding */ parsePolicy),
  parsePolicyText: () => (/* binding */ parsePolicyText),
  policyOutlook: () => (/* reexport */ policyOutlook),
  readPolicy: () => (/* binding */ readPolicy),
  readPolicyFile: () => (/* binding */ readPolicyFile),
  repositoryKey: () => (/* reexport */ policy_builder/* repositoryKey */.Kq),
  withThreshold: () => (/* binding */ withThreshold)
});

// EXTERNAL MODULE: external "node:fs/promises"
var promises_ = __nccwpck_require__(1455);
// EXTERNAL MODULE: ./errors.js
var errors = __nccwpck_require__(8645);
// EXTERNAL MODULE: ./attest/policy/builder.js
var policy_builder = __nccwpck_require__(3244);
// EXTERNAL MODULE: ./attest/policy/distinct.js + 1 modules
var distinct = __nccwpck_require__(4708);
// EXTERNAL MODULE: ./attest/policy/pattern.js + 1 modules
var policy_pattern = __nccwpck_require__(4378);
// EXTERNAL MODULE: ./attest/policy/problem.js
var problem = __nccwpck_require__(1708);
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
        report('meaning', ['builders', j, 'id'], `${(0,problem/* quote */.hD)(second.id)} is the id of builders[${i}] too`);
    });
}
function checkIssuers(builders, report) {
    for (const [i, { issuer }] of builders.entries()) {
        if (issuer === undefined)
            continue;
        const url = URL.canParse(issuer) ? new URL(issuer).href : undefined;
        if (url === issuer || url === `${issuer}/`)
            continue;
        const meant = url === undefined ? '' : `; it would stand there as ${(0,problem/* quote */.hD)(url.replace(/(?<=^https?:\/\/[^/]*)\/$/, ''))}`;
        report('meaning', ['builders', i, 'issuer'], `${(0,problem/* quote */.hD)(issuer)} is written as no certificate has it${meant}`);
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
            report('meaning', ['builders', i, field], `${(0,problem/* quote */.hD)(value)} and ${(0,problem/* quote */.hD)(other)} are two spellings of one name`);
        }
    }
}
function checkKeys(builders, report) {
    const plain = (key) => ((0,policy_builder/* isInlineKey */.Hm)(key) ? key.replace(/\s/g, '') : key.replace(/^(?:\.\/+)+/, ''));
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
            report('meaning', path, `overlaps with builders[${i}]: a certificate for ${(0,problem/* quote */.hD)(identity)} would satisfy both`);
        }
        catch (error) {
            if (!(error instanceof policy_pattern/* PatternError */.JM))
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
    return p && q && (0,policy_pattern/* commonIdentity */.Us)(p, q, work);
}
/** The pattern of a builder that has one; what is wrong with it is reported. */
function patternOf({ identityPattern }, i, report) {
    if (identityPattern === undefined)
        return undefined;
    const path = ['builders', i, 'identityPattern'];
    try {
        const pattern = (0,policy_pattern/* compilePattern */.Eb)(identityPattern);
        if (/^[a-z][a-z0-9+.-]*:\/\/[^/]+\/[^/]/.test(pattern.prefix))
            return pattern;
        const beginning = `begins with ${(0,problem/* quote */.hD)(pattern.prefix)} and then accepts whatever the issuer vouches for`;
        report('meaning', path, `${beginning}; give scheme, host and owner as they are`);
    }
    catch (error) {
        if (!(error instanceof policy_pattern/* PatternError */.JM))
            throw error;
        report('meaning', path, error.message);
    }
    return undefined;
}
/** A certificate names one source repository. */
function areApart(a, b) {
    return a !== undefined && b !== undefined && (0,policy_builder/* repositoryKey */.Kq)(a) !== (0,policy_builder/* repositoryKey */.Kq)(b);
}
function checkThreshold({ builders, dimensions, threshold }, report) {
    const largest = (0,distinct/* distinctSets */.a)(builders.map(builder => (0,policy_builder/* builderRow */.k7)(builder, dimensions))).largest();
    if (largest >= threshold)
        return;
    const differ = dimensions.filter(dimension => dimension !== 'builder');
    const names = differ.map(problem/* quote */.hD).join(' and ');
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
            report('shape', [...path, i], `names ${(0,problem/* quote */.hD)(dimension)} again`);
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
            report('shape', path, `${(0,problem/* quote */.hD)(value)} ${tooLong(max)}`);
        else if (/<[^>]+>/.test(value) && !matches(pattern, value)) {
            report('shape', path, `${(0,problem/* quote */.hD)(value)} is still to be filled in`);
        }
        else if (!matches(pattern, value))
            report('shape', path, `${(0,problem/* quote */.hD)(value)} is not ${asks}`);
    };
}
function label(asks) {
    return shape_text(PATTERNS.label, MAX_LENGTHS.label, `${asks}, with no space around it and no character that cannot be seen`);
}
function oneOf(values) {
    const asks = values.length === 1 ? (0,problem/* quote */.hD)(values[0]) : `one of ${values.map(problem/* quote */.hD).join(', ')}`;
    return (value, path, report) => {
        if (typeof value !== 'string' || !values.includes(value))
            report('shape', path, `${(0,problem/* quote */.hD)(value)} is not ${asks}`);
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
    return typeof value === 'object' ? 'an object' : (0,problem/* quote */.hD)(value);
}
/** Names that differ in case, or in the spelling of one word, are what people mistype. */
function similar(name, fields) {
    const plain = (text) => text
        .toLowerCase()
        .replace(/z/g, 's')
        .replace(/[^a-z]/g, '');
    const meant = Object.keys(fields).find(field => plain(field) === plain(name));
    return meant === undefined ? '' : `; it is spelled ${(0,problem/* quote */.hD)(meant)}`;
}

// EXTERNAL MODULE: ../../node_modules/jsonc-parser/lib/umd/main.js
var main = __nccwpck_require__(7415);
;// CONCATENATED MODULE: ./attest/policy/text.js
/**
 * The text of a policy: JSON (RFC 8259) in which comments are allowed, as in the files of many editors. Nothing else is
 * lenient: no trailing commas, no name twice in one object.
 */


/** More than 64 builders with keys and a comment for each take. */
const MAX_POLICY_BYTES = 256 * 1024;
/** A policy needs three. A reader that goes down level by level must not run out of stack. */
const MAX_DEPTH = 16;
const MAX_SYNTAX_PROBLEMS = 5;
/** Reads the text of a policy; never throws. */
function readPolicyText(text) {
    const lineAt = lineCounter(text);
    const lines = new Map();
    const refuse = (...problems) => ({ value: undefined, problems, lineOf: () => 1 });
    const syntax = (message, offset) => offset === undefined
        ? { kind: 'syntax', path: '', message }
        : { kind: 'syntax', path: '', line: lineAt(offset), message };
    if (Buffer.byteLength(text) > MAX_POLICY_BYTES)
        return refuse(syntax(`it is larger than ${MAX_POLICY_BYTES} bytes`));
    const deep = offsetOfDepth(text, MAX_DEPTH);
    if (deep !== undefined)
        return refuse(syntax(`more than ${MAX_DEPTH} levels of lists and objects`, deep));
    const errors = [];
    const root = (0,main.parseTree)(text, errors, { disallowComments: false, allowTrailingComma: false, allowEmptyContent: false });
    if (errors.length > 0 || root === undefined) {
        const told = errors.slice(0, MAX_SYNTAX_PROBLEMS).map(error => syntax(`no JSON: ${text_name(error)}`, error.offset));
        return refuse(...(told.length > 0 ? told : [syntax('it is empty', 0)]));
    }
    const problems = [];
    const value = text_valueOf(root, [], {
        at: (path, offset) => void lines.set((0,problem/* formatPath */.jV)(path), lineAt(offset)),
        twice: (path, offset) => void problems.push({
            kind: 'syntax',
            path: (0,problem/* formatPath */.jV)(path),
            line: lineAt(offset),
            message: 'stands there twice; readers differ in which of the two they take'
        })
    });
    const lineOf = (path) => {
        for (let length = path.length; length >= 0; length--) {
            const line = lines.get((0,problem/* formatPath */.jV)(path.slice(0, length)));
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

// EXTERNAL MODULE: ./attest/statement.js
var statement = __nccwpck_require__(1953);
;// CONCATENATED MODULE: ./attest/policy/outlook.js


/**
 * Which sets of builders can meet a policy.
 *
 * @param limit how many sets to tell, at most
 */
function policyOutlook({ builders, dimensions, threshold }, limit) {
    const found = (0,distinct/* distinctSets */.a)(builders.map(builder => (0,policy_builder/* builderRow */.k7)(builder, dimensions)));
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
        const handle = await (0,promises_.open)(file);
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
        const isMissing = (0,errors/* systemCode */.xU)(error) === 'ENOENT';
        throw new errors/* SeedError */.uV(isMissing ? 'USAGE' : 'FILE_SYSTEM', isMissing ? 'there is no such policy' : 'cannot read the policy', {
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
        throw new problem/* PolicyError */.pn([{ kind: 'syntax', path: '', message: 'it is no text in UTF-8' }], file);
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
    const report = (kind, path, message) => void problems.push({ kind, path: (0,problem/* formatPath */.jV)(path), ...(lineOf && { line: lineOf(path) }), message });
    return { problems, report };
}
function withDefaults({ builders, $schema: _, ...written }) {
    return {
        threshold: DEFAULT_THRESHOLD,
        dimensions: DEFAULT_DIMENSIONS,
        predicateType: statement/* PROVENANCE_TYPE */.Ti,
        allowSelfHosted: false,
        allowSandboxOff: false,
        allowSeveralSubjects: false,
        equivocation: 'fail',
        ...written,
        builders: builders.map(builder => ({ ...builder, trustRoot: builder.trustRoot ?? policy_builder/* PUBLIC_TRUST_ROOT */.gO }))
    };
}
function accept({ policy, problems }, resource) {
    if (policy === undefined || problems.length > 0)
        throw new problem/* PolicyError */.pn(problems, resource);
    return policy;
}


/***/ }),

/***/ 3244:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   Hm: () => (/* binding */ isInlineKey),
/* harmony export */   Kq: () => (/* binding */ repositoryKey),
/* harmony export */   Lx: () => (/* binding */ findBuilder),
/* harmony export */   gO: () => (/* binding */ PUBLIC_TRUST_ROOT),
/* harmony export */   iS: () => (/* binding */ dimensionValue),
/* harmony export */   k7: () => (/* binding */ builderRow)
/* harmony export */ });
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(6760);
/* harmony import */ var _pattern_js__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(4378);
/* harmony import */ var _problem_js__WEBPACK_IMPORTED_MODULE_2__ = __nccwpck_require__(1708);
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
            return node_path__WEBPACK_IMPORTED_MODULE_0__.posix.normalize(builder.trustRoot);
        case 'repository':
            return repositoryKey(builder.repository ?? '');
        default:
            return builder[dimension] ?? '';
    }
}
/** The builder's values in those dimensions in which builders with one id alone are not the same by themselves. */
function builderRow(builder, dimensions) {
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
        const where = repository === undefined ? 'the certificate names no repository' : `it was built from ${(0,_problem_js__WEBPACK_IMPORTED_MODULE_2__/* .quote */ .hD)(repository)}`;
        return { reason: `${where}, and builder ${first.id} builds ${(0,_problem_js__WEBPACK_IMPORTED_MODULE_2__/* .quote */ .hD)(first.repository)}`, elsewhere: first };
    }
    if (named[0]) {
        return { reason: `the identity is that of builder ${named[0].id}, but its issuer is ${(0,_problem_js__WEBPACK_IMPORTED_MODULE_2__/* .quote */ .hD)(issuer)}` };
    }
    return { reason: `no builder of the policy has the identity ${(0,_problem_js__WEBPACK_IMPORTED_MODULE_2__/* .quote */ .hD)(identity)}${nearMiss(policy, identity)}` };
}
function isIdentityOf(builder, identity) {
    if (builder.identityPattern === undefined)
        return builder.identity === identity;
    const pattern = patterns.get(builder) ?? (0,_pattern_js__WEBPACK_IMPORTED_MODULE_1__/* .compilePattern */ .Eb)(builder.identityPattern);
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


/***/ }),

/***/ 4708:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {


// EXPORTS
__nccwpck_require__.d(__webpack_exports__, {
  a: () => (/* binding */ distinctSets)
});

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
function distinctSets(rows) {
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


/***/ }),

/***/ 4378:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {


// EXPORTS
__nccwpck_require__.d(__webpack_exports__, {
  JM: () => (/* reexport */ PatternError),
  Us: () => (/* binding */ commonIdentity),
  Eb: () => (/* binding */ compilePattern)
});

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


/***/ }),

/***/ 1708:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   BJ: () => (/* binding */ describeProblem),
/* harmony export */   hD: () => (/* binding */ quote),
/* harmony export */   jV: () => (/* binding */ formatPath),
/* harmony export */   pn: () => (/* binding */ PolicyError)
/* harmony export */ });
/* harmony import */ var _errors_js__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(8645);

/** How many problems an error tells; the rest are counted. */
const MAX_TOLD = 20;
/** How much of a value an error repeats. */
const MAX_QUOTED = 100;
/** A policy that is refused, with every reason. */
class PolicyError extends _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .SeedError */ .uV {
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


/***/ }),

/***/ 1953:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   Ti: () => (/* binding */ PROVENANCE_TYPE),
/* harmony export */   Uc: () => (/* binding */ PAYLOAD_TYPE),
/* harmony export */   zG: () => (/* binding */ STATEMENT_TYPE)
/* harmony export */ });
/** What gets signed: an in-toto statement. https://github.com/in-toto/attestation/tree/main/spec/v1 */
const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';
const PROVENANCE_TYPE = 'https://slsa.dev/provenance/v1';
/** Of the signed envelope. https://github.com/secure-systems-lab/dsse/blob/master/envelope.md */
const PAYLOAD_TYPE = 'application/vnd.in-toto+json';


/***/ }),

/***/ 1540:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   readUpTo: () => (/* binding */ readUpTo)
/* harmony export */ });
/* harmony import */ var node_fs_promises__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(1455);
/* harmony import */ var _errors_js__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(8645);
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
async function readUpTo(file, limit, what) {
    const chunks = [];
    let length = 0;
    try {
        const env_1 = { stack: [], error: void 0, hasError: false };
        try {
            const handle = __addDisposableResource(env_1, await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_0__.open)(file), true);
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
        const isMissing = (0,_errors_js__WEBPACK_IMPORTED_MODULE_1__/* .systemCode */ .xU)(error) === 'ENOENT';
        throw new _errors_js__WEBPACK_IMPORTED_MODULE_1__/* .SeedError */ .uV(isMissing ? 'USAGE' : 'FILE_SYSTEM', isMissing ? `there is no such ${what}` : `cannot read the ${what}`, {
            resource: file,
            hint: 'It must be a file that you may read.',
            cause: error
        });
    }
    return Buffer.concat(chunks, length);
}


/***/ }),

/***/ 7128:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   SP: () => (/* binding */ shown),
/* harmony export */   dx: () => (/* binding */ BundleRefusal),
/* harmony export */   kB: () => (/* binding */ time)
/* harmony export */ });
/* harmony import */ var _errors_js__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(8645);

/** A bundle that does not verify, or not as expected: the reason for programs, and one sentence for people. */
class BundleRefusal extends _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .SeedError */ .uV {
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
        return new BundleRefusal(this.reason, this.#sentence, { ...this.#details, ...place });
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


/***/ }),

/***/ 7414:
/***/ ((__webpack_module__, __unused_webpack___webpack_exports__, __nccwpck_require__) => {

__nccwpck_require__.a(__webpack_module__, async (__webpack_handle_async_dependencies__, __webpack_async_result__) => { try {
/* harmony import */ var _cli_program_js__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(495);
/* harmony import */ var _version_js__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(9085);
/** Entry of the command line: binds the process to the program. */


const interrupted = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(name, () => {
        // A second one means: at once.
        if (interrupted.signal.aborted)
            process.exit(130);
        interrupted.abort(new Error(`stopped by ${name}`));
    });
}
// A reader that goes away (`nix-seed inspect … | head`) is no error.
process.stdout.on('error', (error) => {
    if (error.code === 'EPIPE')
        process.exit(0);
});
const code = await (0,_cli_program_js__WEBPACK_IMPORTED_MODULE_0__/* .runProgram */ .mB)(process.argv.slice(2), {
    env: process.env,
    cwd: process.cwd(),
    version: _version_js__WEBPACK_IMPORTED_MODULE_1__/* .VERSION */ .x,
    signal: interrupted.signal,
    stdout: process.stdout,
    stderr: process.stderr
});
process.exitCode = interrupted.signal.aborted && code !== 0 ? 130 : code;

__webpack_async_result__();
} catch(e) { __webpack_async_result__(e); } }, 1);

/***/ }),

/***/ 1856:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {


// EXPORTS
__nccwpck_require__.d(__webpack_exports__, {
  bD: () => (/* binding */ commandHelp),
  We: () => (/* binding */ parseArguments),
  a8: () => (/* binding */ programHelp),
  tp: () => (/* binding */ table),
  CI: () => (/* binding */ usage)
});

;// CONCATENATED MODULE: external "node:util"
const external_node_util_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:util");
// EXTERNAL MODULE: ./errors.js
var errors = __nccwpck_require__(8645);
;// CONCATENATED MODULE: ./cli/command.js
/** Commands as data: what `--help` shows and what the parser accepts come from one table. */


const COMMON = {
    help: { short: 'h', help: 'show this text' },
    quiet: { short: 'q', help: 'only warnings and errors' },
    verbose: { short: 'v', help: 'also what Nix and the registry say' }
};
/**
 * Parses the arguments that follow a command's name.
 *
 * @throws SeedError USAGE naming the argument that is wrong
 */
function parseArguments(command, argv) {
    const specs = { ...command.options, ...COMMON };
    const options = Object.fromEntries(Object.entries(specs).map(([name, spec]) => [
        name,
        {
            type: spec.value === undefined ? 'boolean' : 'string',
            ...(spec.short === undefined ? {} : { short: spec.short }),
            ...(spec.multiple ? { multiple: true } : {})
        }
    ]));
    const parsed = parse(command, argv, options);
    const { positionals } = parsed;
    const values = parsed.values;
    const { min, max } = command.positionals;
    if (values['help'] !== true && (positionals.length < min || positionals.length > max)) {
        const what = positionals.length < min ? 'an argument is missing' : `unexpected argument ${quote(positionals[max])}`;
        throw usage(command, what);
    }
    return {
        positionals,
        flag: name => values[name] === true,
        text: name => (typeof values[name] === 'string' ? values[name] : undefined),
        list: name => [values[name] ?? []].flat().filter(item => typeof item === 'string')
    };
}
function parse(command, argv, options) {
    try {
        return (0,external_node_util_namespaceObject.parseArgs)({ args: [...argv], options, allowPositionals: true, strict: true });
    }
    catch (error) {
        throw usage(command, error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error));
    }
}
/** An error of use: the exit code is 2, and the synopsis follows. */
function usage(command, what) {
    return new errors/* SeedError */.uV('USAGE', what, {
        hint: `Usage: nix-seed ${command.name} ${command.synopsis}\nSee \`nix-seed ${command.name} --help\`.`
    });
}
/** The whole help text of a command. */
function commandHelp(command) {
    const options = Object.entries({ ...command.options, ...COMMON }).map(([name, spec]) => [
        `${spec.short === undefined ? '    ' : `-${spec.short}, `}--${name}${spec.value === undefined ? '' : ` ${spec.value}`}`,
        spec.help + (spec.multiple ? ' (may be repeated)' : '')
    ]);
    return [
        `nix-seed ${command.name}: ${command.summary}`,
        '',
        `Usage: nix-seed ${command.name} ${command.synopsis}`,
        ...command.details.flatMap(paragraph => ['', ...wrap(paragraph, 92)]),
        '',
        'Options:',
        ...table(options),
        '',
        'Examples:',
        ...command.examples.flatMap(({ line, meaning }) => [`  # ${meaning}`, `  ${line}`]),
        ''
    ].join('\n');
}
/** The help text of the program. */
function programHelp(commands, version) {
    return [
        `nix-seed ${version}: start Nix jobs in CI from a pinned image of their dependencies`,
        '',
        'Usage: nix-seed COMMAND [ARGUMENT]…',
        '',
        'Commands:',
        ...table(commands.map(command => [command.name, command.summary])),
        '',
        'See `nix-seed COMMAND --help` for the options and examples of a command.',
        '',
        'Exit codes: 0 done, 1 failed, 2 wrong use, 3 policy not met, 4 cryptography, 5 registry or network.',
        ''
    ].join('\n');
}
/** Two columns, indented. */
function table(rows) {
    const width = Math.max(0, ...rows.map(([left]) => left.length));
    return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`.trimEnd());
}
function wrap(text, width) {
    const lines = [''];
    for (const word of text.split(' ')) {
        const line = lines.at(-1) ?? '';
        if (line.length + word.length + 1 > width)
            lines.push(word);
        else
            lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
    }
    return lines;
}
function quote(text) {
    return JSON.stringify(text ?? '');
}


/***/ }),

/***/ 7610:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

__nccwpck_require__.r(__webpack_exports__);
/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   POLICY_DETAILS: () => (/* binding */ POLICY_DETAILS),
/* harmony export */   findPolicy: () => (/* binding */ findPolicy),
/* harmony export */   loadPolicy: () => (/* binding */ loadPolicy)
/* harmony export */ });
/* harmony import */ var node_fs_promises__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(1455);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(6760);
/* harmony import */ var _attest_policy_js__WEBPACK_IMPORTED_MODULE_2__ = __nccwpck_require__(9832);
/* harmony import */ var _errors_js__WEBPACK_IMPORTED_MODULE_3__ = __nccwpck_require__(8645);
/* harmony import */ var _nix_evaluate_js__WEBPACK_IMPORTED_MODULE_4__ = __nccwpck_require__(3145);
/** Where a policy is: in a file, or in the configuration of a flake. */





/** What the help of commands says of an argument that names a policy. */
const POLICY_DETAILS = 'POLICY is a file, or an attribute of a flake as in .#seedCfg.policy. Files that it names are meant from the folder of the file, or from the current one.';
/** What the files that a policy names may have: keys and trust roots. */
const MAX_BYTES = 1024 * 1024;
/**
 * Reads what `text` names, with all that is wrong with it.
 *
 * @param text a file; where there is none of this name and it has a `#`, an attribute of a flake
 * @throws SeedError USAGE where there is neither; POLICY_INVALID with Nix's own message where the attribute cannot be
 *   evaluated; FILE_SYSTEM, TOOL_MISSING
 */
async function findPolicy(text, { cwd, ports }) {
    const file = (0,node_path__WEBPACK_IMPORTED_MODULE_1__.resolve)(cwd, text);
    if (!text.includes('#') || (await isThere(file))) {
        return { ...(0,_attest_policy_js__WEBPACK_IMPORTED_MODULE_2__.examinePolicyText)(await (0,_attest_policy_js__WEBPACK_IMPORTED_MODULE_2__.readPolicyFile)(file)), source: file, folder: (0,node_path__WEBPACK_IMPORTED_MODULE_1__.dirname)(file) };
    }
    if (text.endsWith('#')) {
        throw new _errors_js__WEBPACK_IMPORTED_MODULE_3__/* .SeedError */ .uV('USAGE', 'the policy is an attribute of a flake, and which one is not said', {
            resource: text,
            hint: 'Name it, as in .#seedCfg.policy.'
        });
    }
    const value = await (0,_nix_evaluate_js__WEBPACK_IMPORTED_MODULE_4__/* .evalJson */ .dg)(text, ports, { cwd, task: 'the policy cannot be evaluated', resource: text }).catch((error) => {
        throw error instanceof _errors_js__WEBPACK_IMPORTED_MODULE_3__/* .SeedError */ .uV && error.code === 'NIX_EVALUATION' ? unreadable(error, text) : error;
    });
    return { ...(0,_attest_policy_js__WEBPACK_IMPORTED_MODULE_2__.examinePolicy)(value), source: text, folder: cwd };
}
/**
 * The policy that `text` names, as {@link findPolicy} finds it.
 *
 * @param threshold in place of the policy's own
 * @throws PolicyError POLICY_INVALID with everything that is wrong, POLICY_UNMET where no set of its builders can meet it;
 *   SeedError as `findPolicy`
 */
async function loadPolicy(text, threshold, io) {
    const { policy, problems, source, folder } = await findPolicy(text, io);
    // With another threshold it may be one that can be met.
    const isReadable = problems.every(({ kind }) => kind === 'unmet' && threshold !== undefined);
    if (policy === undefined || !isReadable)
        throw new _attest_policy_js__WEBPACK_IMPORTED_MODULE_2__.PolicyError(problems, source);
    const { readUpTo } = await Promise.resolve(/* import() */).then(__nccwpck_require__.bind(__nccwpck_require__, 1540));
    return {
        policy: threshold === undefined ? policy : (0,_attest_policy_js__WEBPACK_IMPORTED_MODULE_2__.withThreshold)(policy, threshold, source),
        source,
        readFile: name => readUpTo((0,node_path__WEBPACK_IMPORTED_MODULE_1__.resolve)(folder, name), MAX_BYTES, 'file, which the policy names')
    };
}
function unreadable(error, text) {
    return new _errors_js__WEBPACK_IMPORTED_MODULE_3__/* .SeedError */ .uV('POLICY_INVALID', error.message, {
        resource: text,
        hint: 'The attribute must be there, and be plain data: what `nix eval --json` can print.',
        cause: error
    });
}
async function isThere(path) {
    return (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_0__.stat)(path).then(() => true, () => false);
}


/***/ }),

/***/ 495:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {


// EXPORTS
__nccwpck_require__.d(__webpack_exports__, {
  mB: () => (/* binding */ runProgram)
});

// UNUSED EXPORTS: COMMANDS, describeError

// EXTERNAL MODULE: ./errors.js
var errors = __nccwpck_require__(8645);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __nccwpck_require__(6760);
// EXTERNAL MODULE: ./nix/flake.js
var nix_flake = __nccwpck_require__(2817);
// EXTERNAL MODULE: ./oci/name.js
var oci_name = __nccwpck_require__(1415);
// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __nccwpck_require__(3024);
// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __nccwpck_require__(7598);
// EXTERNAL MODULE: external "node:fs/promises"
var promises_ = __nccwpck_require__(1455);
;// CONCATENATED MODULE: ./ports.js
/** What the code below the entries needs of the outside world. The entries bind it: a terminal, a CI log, the Actions runner. */
const silentLog = { debug() { }, info() { }, warn() { } };
const silentProgress = { update() { }, end() { } };

// EXTERNAL MODULE: ./oci/artifact.js
var artifact = __nccwpck_require__(5934);
// EXTERNAL MODULE: ./oci/digest.js
var oci_digest = __nccwpck_require__(2096);
// EXTERNAL MODULE: external "node:os"
var external_node_os_ = __nccwpck_require__(8161);
// EXTERNAL MODULE: external "node:timers/promises"
var external_node_timers_promises_ = __nccwpck_require__(8500);
;// CONCATENATED MODULE: ./oci/index-lock.js





const PAUSE_MS = 20;
const WAIT_MS = 30_000;
// A holder reads and writes one small file. Where its process cannot be looked up, this age tells that it is gone.
const ABANDONED_MS = 60_000;
const NOBODY = { pid: 0, host: '', nonce: '' };
/**
 * Runs `action` while no other process or task that locks `path` runs its own. A lock whose process has died is taken over.
 *
 * @throws FILE_SYSTEM if another holder does not finish within 30 s
 */
async function withLock(path, action, signal) {
    const owner = { pid: process.pid, host: (0,external_node_os_.hostname)(), nonce: (0,external_node_crypto_.randomUUID)() };
    await acquire(path, owner, signal);
    try {
        return await action();
    }
    finally {
        await (0,promises_.rm)(path, { force: true });
    }
}
async function acquire(path, owner, signal) {
    const deadline = Date.now() + WAIT_MS;
    for (;;) {
        signal?.throwIfAborted();
        if (await create(path, owner))
            return;
        const holder = await readOwner(path);
        if (holder && (await isGone(holder, path)) && (await takeOver(path, holder, owner)))
            continue;
        if (Date.now() > deadline) {
            throw new errors/* SeedError */.uV('FILE_SYSTEM', 'another process keeps the image layout locked', {
                resource: path,
                hint: 'If no other process writes to it, remove that file.'
            });
        }
        await (0,external_node_timers_promises_.setTimeout)(PAUSE_MS * (0.5 + Math.random()), undefined, signal ? { signal } : {});
    }
}
/** Writes the lock file if there is none. */
async function create(path, owner) {
    try {
        const file = await (0,promises_.open)(path, 'wx', 0o600);
        try {
            await file.writeFile(JSON.stringify(owner));
        }
        catch (error) {
            await (0,promises_.rm)(path, { force: true });
            throw error;
        }
        finally {
            await file.close();
        }
        return true;
    }
    catch (error) {
        if ((0,errors/* systemCode */.xU)(error) === 'EEXIST')
            return false;
        throw error;
    }
}
/** `undefined` once it is released. */
async function readOwner(path) {
    try {
        return JSON.parse(await (0,promises_.readFile)(path, 'utf8'));
    }
    catch (error) {
        if ((0,errors/* systemCode */.xU)(error) === 'ENOENT')
            return undefined;
        return NOBODY; // it is being written, or its writer died at that; its age will tell
    }
}
async function isGone(owner, path) {
    if (owner.host === (0,external_node_os_.hostname)()) {
        try {
            process.kill(owner.pid, 0);
            return false;
        }
        catch (error) {
            return (0,errors/* systemCode */.xU)(error) === 'ESRCH';
        }
    }
    return isAbandoned(path);
}
async function isAbandoned(path) {
    const modified = await (0,promises_.stat)(path).then(({ mtimeMs }) => mtimeMs, () => Infinity);
    return Date.now() - modified > ABANDONED_MS;
}
/**
 * Removes the lock of a dead `holder`. Two may see the same dead one, and the slower must not remove the lock that the
 * faster has made in its place: so only who holds the second lock removes the first, after one more look.
 */
async function takeOver(path, holder, owner) {
    const second = `${path}.takeover`;
    if (!(await create(second, owner))) {
        if (await isAbandoned(second))
            await (0,promises_.rm)(second, { force: true });
        return false;
    }
    try {
        if ((await readOwner(path))?.nonce === holder.nonce)
            await (0,promises_.rm)(path, { force: true });
    }
    finally {
        await (0,promises_.rm)(second, { force: true });
    }
    return true;
}

;// CONCATENATED MODULE: ./oci/layout-index.js

/** https://github.com/opencontainers/image-spec/blob/v1.1.1/annotations.md#pre-defined-annotation-keys */
const REF_NAME = 'org.opencontainers.image.ref.name';
function tagOf({ annotations }) {
    return annotations?.[REF_NAME];
}
/** The entry of a digest or tag. */
function findEntry(manifests, reference) {
    if ((0,oci_digest/* isDigest */.Bc)(reference))
        return manifests.find(({ digest }) => digest === reference);
    return manifests.find(entry => tagOf(entry) === reference);
}
/** The entries of `index.json` once `added` is stored: a tag names one image, and each image is listed once where it has no tag. */
function listed(entries, added, tags, children) {
    const nested = new Set(children.map(({ digest }) => digest));
    const kept = entries.filter(entry => {
        const { digest } = entry;
        const tag = tagOf(entry);
        if (tag !== undefined)
            return !tags.includes(tag);
        return !nested.has(digest) && !(digest === added.digest && tags.length > 0);
    });
    const tagged = tags.map(tag => ({ ...added, annotations: { [REF_NAME]: tag } }));
    if (tags.length > 0)
        return [...kept, ...tagged];
    return kept.some(({ digest }) => digest === added.digest) ? kept : [...kept, added];
}

// EXTERNAL MODULE: ./http/proxy.js
var proxy = __nccwpck_require__(4257);
// EXTERNAL MODULE: ./http.js + 2 modules
var http_0 = __nccwpck_require__(9632);
// EXTERNAL MODULE: ./http/error.js
var http_error = __nccwpck_require__(3227);
// EXTERNAL MODULE: ./oci/manifest.js
var oci_manifest = __nccwpck_require__(4209);
;// CONCATENATED MODULE: ./oci/manifest-exchange.js





/** What a registry says of a manifest that names a blob or manifest which it does not have. */
const PART_UNKNOWN = 'MANIFEST_BLOB_UNKNOWN';
/**
 * One GET of a manifest by tag or digest, checked against the digest; `undefined` if there is none.
 * https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pulling-manifests
 *
 * @throws HttpError, for use inside of `Registry.attempt`; DIGEST_MISMATCH; CONTENT_INVALID, also beyond `limit` bytes
 */
async function fetchManifest(place, reference, limit = oci_manifest/* MANIFEST_BYTES */.ms) {
    const response = await place.registry.call({
        url: manifestUrl(place, reference),
        headers: { accept: oci_manifest/* MANIFEST_TYPES */._P.join(', ') },
        scopes: place.scopes,
        statuses: [200, 404]
    });
    if (response.status === 404) {
        await response.discard();
        return undefined;
    }
    const bytes = await (0,http_0/* readBody */.x8)(response, limit + 1, true);
    if (bytes.length > limit)
        throw (0,oci_manifest/* tooLarge */.g$)(reference, limit, place.name);
    const found = (0,oci_manifest/* describeManifest */.FK)(bytes, reference, response.headers['content-type'], place.name);
    checkAnswered(place, response, found.descriptor.digest);
    return found;
}
/**
 * One PUT of a manifest under a tag or its digest. Whether the registry says that it has entered the manifest in the
 * list of its subject's referrers.
 * https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-manifests-with-subject
 *
 * @throws HttpError, for use inside of `Registry.attempt`; DIGEST_MISMATCH if it was stored as something else
 */
async function pushManifest(place, reference, bytes, mediaType) {
    const call = place.registry.call({
        url: manifestUrl(place, reference),
        method: 'PUT',
        headers: { 'content-type': mediaType, 'content-length': String(bytes.length) },
        body: bytes,
        scopes: place.scopes,
        statuses: [201, 202]
    });
    const response = await call.catch((error) => {
        // What a manifest names was pushed before it. docker-registry loses sight of a blob for the moment in which another
        // client pushes the same one, and all clients push the same empty config.
        if (error instanceof http_error/* HttpError */.j && error.body.includes(PART_UNKNOWN))
            error.retriable = true;
        throw error;
    });
    await response.discard();
    checkAnswered(place, response, (0,oci_digest/* digestOf */.ol)(bytes));
    return { subjectListed: response.headers['oci-subject'] !== undefined };
}
function manifestUrl({ base }, reference) {
    return new URL(`manifests/${(0,oci_digest/* isDigest */.Bc)(reference) ? reference : (0,oci_name/* checkedTag */.y3)(reference)}`, base);
}
function checkAnswered({ name }, { headers }, digest) {
    const answered = headers['docker-content-digest'];
    if (answered === undefined || answered === digest)
        return;
    throw (0,oci_digest/* mismatch */.J4)(digest, `was answered with another digest, ${String(answered).slice(0, 80)}`, name);
}

// EXTERNAL MODULE: ./oci/types.js
var types = __nccwpck_require__(2215);
;// CONCATENATED MODULE: ./oci/fallback-index.js






/** The distribution specification lets a registry refuse a manifest of more. */
const INDEX_BYTES = 4 * 1024 * 1024;
const SETTLING = { windows: 4, localMs: 100, distantMs: 1500, mostMs: 15_000, rounds: 12 };
/** The tag under which clients keep the list of referrers of `subject` where the registry has no referrers API. */
function fallbackTag(subject) {
    return subject.replace(':', '-');
}
function isFallbackTag(tag) {
    return tag !== undefined && /^sha256-[0-9a-f]{64}$/.test(tag);
}
/**
 * The lists of referrers that clients keep under the fallback tags of one repository.
 * https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#referrers-tag-schema
 *
 * Such a list is read, extended and written as a whole, and whoever writes between another's reading and writing is
 * erased by it. There is no lock, and few registries know conditional writes, so writers mend: each one waits, looks
 * again and enters itself again where it is missing. It is done when it finds, after a wait that is longer than anybody
 * else's reading and writing together take, the very bytes that it wrote or saw before the wait. Then nobody wrote
 * meanwhile, and whoever still writes has read a list that holds the entry.
 *
 * What that gives: writers that do this and whose reading and writing stay within the wait all end up listed, however
 * many there are. The wait is a multiple of one's own reading and writing, at least 0.1 s on this machine and 1.5 s
 * elsewhere, at most 15 s; a part of it is left to chance, more after each loss, so that those who lost do not meet
 * again. What it does not give: a writer that is held up for longer than that between its reading and its writing (a
 * suspended machine, a request that a proxy delivers late) still erases what came between, and it is not noticed until
 * the next `add`. And a client that does not look again, as most do not, can be erased by this one's writing as by any
 * other's: nothing tells what was overwritten.
 */
class FallbackIndex {
    #options;
    constructor(options) {
        this.#options = options;
    }
    /** What is listed, as it is. @throws CONTENT_INVALID if the tag names something else than such a list */
    async entries(subject) {
        const { pull } = this.#options;
        const listed = await pull.registry.attempt(`reading the list of referrers of ${subject}`, () => read(pull, subject));
        return [...(listed?.entries ?? [])];
    }
    /**
     * Enters `referrers` and stays until they are there to stay (see above).
     *
     * @param settled they were stored by an earlier run, which has stayed: if they are listed, that is enough.
     * @throws CONTENT_INVALID, with nothing changed, if the tag names something else than such a list, or one too long;
     * REGISTRY_FAILED if others have overwritten it time and again
     */
    async add(subject, referrers, settled) {
        const { push, log, settling = SETTLING } = this.#options;
        let seen;
        let windowMs = 0;
        let losses = 0;
        for (let round = 0; round < settling.rounds; round++) {
            const { digest, added, tookMs } = await this.#update(subject, referrers);
            if (added === 0 && (digest === seen || (round === 0 && settled)))
                return;
            if (added > 0 && round > 0) {
                losses++;
                log.debug(`another writer has replaced the list of referrers of ${subject}: entering ${added} again`);
            }
            seen = digest;
            windowMs = Math.max(windowMs, tookMs);
            const leastMs = (0,proxy/* isLoopback */.U9)(push.base.hostname) ? settling.localMs : settling.distantMs;
            const waitMs = settleMs({ ...settling, windowMs, leastMs, losses });
            await push.registry.pause(`entering the list of referrers of ${subject}`, waitMs);
        }
        const listed = await push.registry.attempt(`reading the list of referrers of ${subject}`, () => read(push, subject));
        if (listed && missing(referrers, listed.entries).length === 0) {
            log.debug(`the list of referrers of ${subject} did not come to rest; what was attached is in it`);
            return;
        }
        throw new errors/* SeedError */.uV('REGISTRY_FAILED', `others keep replacing the list of referrers of ${subject}`, {
            resource: `${push.name}:${fallbackTag(subject)}`,
            hint: 'Run it again when they are done: what was uploaded is kept, and not sent twice.'
        });
    }
    /** Reads, and writes if one is missing. A retry begins with reading: what was read before is old by then. */
    async #update(subject, referrers) {
        const { push } = this.#options;
        const update = push.registry.attempt(`entering the list of referrers of ${subject}`, async () => {
            const began = performance.now();
            const listed = await read(push, subject);
            const added = missing(referrers, listed?.entries ?? []);
            if (listed && added.length === 0)
                return { digest: listed.digest, added: 0, tookMs: performance.now() - began };
            const bytes = extended(listed, added);
            if (bytes.length > INDEX_BYTES)
                throw invalid(push, subject, `would have more than ${INDEX_BYTES} bytes`);
            await pushManifest(push, fallbackTag(subject), bytes, types/* MEDIA_TYPE */.A.index);
            return { digest: (0,oci_digest/* digestOf */.ol)(bytes), added: added.length, tookMs: performance.now() - began };
        });
        return update.catch((error) => {
            if (!(error instanceof errors/* SeedError */.uV && error.message.includes(PART_UNKNOWN)))
                throw error;
            throw invalid(push, subject, 'names a manifest that is gone, and is refused by the registry', error);
        });
    }
}
/** How long to wait, in milliseconds: the least and a share left to chance, which grows with each loss. */
function settleMs(wait, random = Math.random) {
    const least = Math.max(wait.windows * wait.windowMs, wait.leastMs);
    return Math.min(least * (1 + random() * (1 + wait.losses)), wait.mostMs);
}
async function read(place, subject) {
    const tag = fallbackTag(subject);
    // Some clients delete the old list after they have written the new one. Who has just been told the old one by the
    // registry's tag finds nothing then, and would begin an empty list.
    const found = (await fetched(place, subject, tag)) ?? (await fetched(place, subject, tag));
    // GitLab's registry takes the tag for the digest where there is no such tag.
    if (!found || found.descriptor.digest === subject)
        return undefined;
    const index = (0,oci_manifest/* parseManifest */.Ng)(found.bytes, tag);
    const { mediaType, digest } = found.descriptor;
    if (mediaType !== types/* MEDIA_TYPE */.A.index)
        throw invalid(place, subject, `is of type ${mediaType.slice(0, 80).replace(/[^ -~]/g, '?')}`);
    if (!Array.isArray(index.manifests))
        throw invalid(place, subject, 'lists no manifests');
    return { digest, index, entries: index.manifests };
}
async function fetched(place, subject, tag) {
    try {
        return await fetchManifest(place, tag, INDEX_BYTES);
    }
    catch (error) {
        if (error instanceof errors/* SeedError */.uV && error.code === 'CONTENT_INVALID')
            throw invalid(place, subject, 'is none', error);
        throw error;
    }
}
function missing(referrers, entries) {
    const digests = new Set(entries.map(entry => entry?.digest));
    return referrers.filter(({ digest }, i) => !digests.has(digest) && referrers.findIndex(r => r.digest === digest) === i);
}
function extended(listed, added) {
    const index = listed?.index ?? { schemaVersion: 2, mediaType: types/* MEDIA_TYPE */.A.index };
    return Buffer.from(JSON.stringify({ ...index, manifests: [...(listed?.entries ?? []), ...added] }));
}
function invalid({ name }, subject, what, cause) {
    const tag = fallbackTag(subject);
    return new errors/* SeedError */.uV('CONTENT_INVALID', `the list of referrers of ${subject} ${what}`, {
        resource: `${name}:${tag}`,
        hint: `It was not changed. See what the tag ${tag} names, where lists of referrers are kept, and mend or delete it.`,
        ...(cause !== undefined && { cause })
    });
}

;// CONCATENATED MODULE: ./oci/layout-referrers.js



/**
 * Where an image layout may tell of the referrers of `subject`: among all that `index.json` lists, and in the list that
 * some tools keep there under the fallback tag, as in a registry.
 */
async function layoutEntries(layout, listed, subject) {
    const entries = listed.filter(({ digest }) => digest !== subject);
    const fallback = await layout.getManifest(fallbackTag(subject));
    if (!fallback)
        return entries;
    const { manifests } = (0,oci_manifest/* parseManifest */.Ng)(fallback.bytes, fallbackTag(subject), layout.name);
    return Array.isArray(manifests) ? [...entries, ...manifests] : entries;
}
/**
 * The images of `index.json` that hang on no other and list none that do: what one means who names none. All of them,
 * if there is nothing else.
 */
async function withoutReferrers(layout, listed) {
    const images = [];
    for (const entry of listed) {
        if (isFallbackTag(tagOf(entry)))
            continue;
        const found = await layout.getManifest(entry.digest);
        if (!found || (0,oci_manifest/* parseManifest */.Ng)(found.bytes, entry.digest).subject === undefined)
            images.push(entry);
    }
    return images.length > 0 ? images : listed;
}

;// CONCATENATED MODULE: ./oci/referrers.js





const LOOKS_AT_ONCE = 8;
/** Anyone who can write to a repository can have its lists grow; each entry is looked at. */
const MAX_REFERRERS = 10_000;
/** All are kept at once, so of each only so much as writers need. A media type has at most 255 characters (RFC 6838). */
const MAX_ANNOTATIONS = 64;
const MAX_ANNOTATED_BYTES = 8 * 1024;
const MAX_TYPE = 255;
/** Some writers and registries put the config's media type into a list where the artifact's type belongs. */
const VAGUE = new Set([undefined, null, '', types/* MEDIA_TYPE */.A.empty, types/* MEDIA_TYPE */.A.config]);
/**
 * What the manifests behind `entries`, a list that anyone may have written, say of themselves: those that hang on the
 * subject and have the type. An entry that cannot be read, is damaged or hangs on another image is passed over and told to
 * `passedOver`, or else to the log; a registry that cannot be reached is no reason to pass over one.
 *
 * @returns in the order of the list, each once, with `artifactType` (of the manifest, or else its config's media type)
 * and `annotations`, but those of a manifest that is very large
 */
async function describeReferrers(repository, entries, wanted, log) {
    const { passedOver = toLog(wanted.subject, log) } = wanted;
    const left = candidates(entries, wanted, passedOver);
    const described = new Map();
    const order = [...left];
    const work = async () => {
        for (let digest = left.shift(); digest !== undefined; digest = left.shift()) {
            const descriptor = await look(repository, digest, wanted, passedOver);
            if (descriptor)
                described.set(digest, descriptor);
        }
    };
    await Promise.all(Array.from({ length: Math.min(LOOKS_AT_ONCE, left.length) }, work));
    return order.flatMap(digest => described.get(digest) ?? []);
}
function toLog(subject, log) {
    return (digest, problem) => log.warn(`passing over ${digest ?? 'a referrer'} of ${subject}: ${problem}`);
}
/** The digests worth a look. */
function candidates(entries, { subject, artifactType, isMixed }, passedOver) {
    if (entries.length > MAX_REFERRERS && isMixed !== true) {
        throw new errors/* SeedError */.uV('CONTENT_INVALID', `the list of referrers of ${subject} has ${entries.length} entries: at most ${MAX_REFERRERS} are looked at`);
    }
    const digests = new Set();
    for (const entry of entries) {
        const { digest, artifactType: stated } = (entry ?? {});
        if (typeof digest !== 'string' || !(0,oci_digest/* isDigest */.Bc)(digest)) {
            passedOver(undefined, 'its entry has no SHA-256 digest');
        }
        else if (artifactType === undefined || VAGUE.has(stated) || stated === artifactType) {
            digests.add(digest);
        }
    }
    return [...digests];
}
async function look(repository, digest, { subject, artifactType, isMixed }, passedOver) {
    try {
        const found = await repository.getManifest(digest);
        if (!found)
            throw new errors/* SeedError */.uV('NOT_FOUND', `there is no manifest ${digest}`);
        const referrer = describeReferrer(found);
        if (referrer.subject !== subject) {
            if (isMixed !== true)
                passedOver(digest, 'it does not hang on this image');
            return undefined;
        }
        return artifactType === undefined || referrer.descriptor.artifactType === artifactType
            ? referrer.descriptor
            : undefined;
    }
    catch (error) {
        if (!(error instanceof errors/* SeedError */.uV) || !['NOT_FOUND', 'CONTENT_INVALID', 'DIGEST_MISMATCH'].includes(error.code)) {
            throw error;
        }
        passedOver(digest, error.message);
        return undefined;
    }
}
/** What a list of referrers says of a manifest, and the digest that it hangs on. */
function describeReferrer({ descriptor, bytes }) {
    const manifest = (0,oci_manifest/* parseManifest */.Ng)(bytes, descriptor.digest);
    const { config, subject } = manifest;
    const artifactType = [manifest.artifactType, config?.mediaType].find((type) => typeof type === 'string' && type !== '');
    if ([descriptor.mediaType, artifactType].some(type => (type?.length ?? 0) > MAX_TYPE)) {
        throw new errors/* SeedError */.uV('CONTENT_INVALID', `the manifest ${descriptor.digest} has a media type that is too long`);
    }
    const annotations = bytes.length > MAX_ANNOTATED_BYTES ? {} : annotationsOf(manifest);
    const entry = { ...descriptor, ...(artifactType !== undefined && { artifactType }), annotations };
    (0,artifact/* noteLayer */.gg)(entry, manifest);
    return {
        descriptor: entry,
        subject: subject?.digest
    };
}
function annotationsOf({ annotations }) {
    if (typeof annotations !== 'object' || annotations === null || Array.isArray(annotations))
        return {};
    const texts = Object.entries(annotations).filter((entry) => typeof entry[1] === 'string');
    return texts.length > MAX_ANNOTATIONS ? {} : Object.fromEntries(texts);
}

;// CONCATENATED MODULE: ./oci/layout.js















const LAYOUT = JSON.stringify({ imageLayoutVersion: '1.0.0' });
const TEMPORARY = '.tmp-';
// What was not written to for so long belongs to a process that was killed.
const LEFT_BEHIND_MS = 60 * 60 * 1000;
const READ_BYTES = 256 * 1024;
/**
 * An image layout on disk: https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md
 *
 * Blobs appear under their names complete or not at all. They are not synced one by one: a blob that a power cut has
 * torn has another size, or fails its digest when it is read, and is written again by the next publish. `index.json`,
 * whose loss would lose every image, is synced before it takes the place of the old one, under a lock.
 */
class LayoutRepository {
    name;
    #directory;
    #signal;
    #log;
    #prepared;
    constructor(directory, options = {}) {
        this.name = `oci:${directory}`;
        this.#directory = (0,external_node_path_.resolve)(directory);
        this.#signal = options.signal;
        this.#log = options.log ?? silentLog;
    }
    async headBlob(digest) {
        return this.#guarded(() => sizeOf(this.#path(digest)));
    }
    /** A blob that is there is read and hashed, which takes less time than to write it again, and heals a damaged one. */
    async putBlob(blob, source) {
        return this.#guarded(async () => {
            if (await this.#holds(this.#path(blob.digest), blob))
                return 'present';
            await this.#write((0,oci_digest/* verified */.zr)(source(), blob), () => blob.digest);
            return 'uploaded';
        });
    }
    async putStream(source) {
        return this.#guarded(async () => {
            const hasher = new oci_digest/* Hasher */.OP();
            const digest = await this.#write(hasher.through(source()), () => hasher.result().digest);
            return { digest, size: hasher.size };
        });
    }
    /** `fromRepository` is the folder of another image layout, with or without `oci:`. */
    async mountBlob(digest, fromRepository) {
        return this.#guarded(async () => {
            const from = blobPath((0,external_node_path_.resolve)(fromRepository.replace(/^oci:/, '')), digest);
            const size = await sizeOf(from);
            if (size === undefined || !(await this.#holds(from, { digest, size })))
                return false;
            await this.#prepare();
            const temporary = this.#temporary();
            try {
                await (0,promises_.link)(from, temporary).catch(() => (0,promises_.copyFile)(from, temporary)); // another file system, or no links at all
                await (0,promises_.rename)(temporary, this.#path(digest));
                return true;
            }
            finally {
                await (0,promises_.rm)(temporary, { force: true }); // renaming a link onto the same file leaves both
            }
        });
    }
    async *getBlob(blob) {
        const path = this.#path(blob.digest);
        try {
            yield* (0,oci_digest/* verified */.zr)((0,external_node_fs_.createReadStream)(path, { highWaterMark: READ_BYTES, ...this.#abortable() }), blob);
        }
        catch (error) {
            throw this.#failure(error, path);
        }
    }
    /** What is on this disk is read from it. */
    async locate() {
        return undefined;
    }
    async *getRange(blob, { start, end }) {
        const path = this.#path(blob.digest);
        try {
            if (end > start) {
                yield* (0,external_node_fs_.createReadStream)(path, { start, end: end - 1, highWaterMark: READ_BYTES, ...this.#abortable() });
            }
        }
        catch (error) {
            throw this.#failure(error, path);
        }
    }
    async getManifest(reference) {
        return this.#guarded(async () => {
            const { manifests } = await this.#readIndex();
            const entry = reference === undefined ? await this.#only(manifests) : findEntry(manifests, reference);
            const digest = entry?.digest ?? reference;
            if (digest === undefined || !(0,oci_digest/* isDigest */.Bc)(digest))
                return undefined;
            const path = this.#path(digest);
            const size = await sizeOf(path);
            if (size === undefined)
                return undefined;
            if (size > oci_manifest/* MANIFEST_BYTES */.ms)
                throw (0,oci_manifest/* tooLarge */.g$)(digest, oci_manifest/* MANIFEST_BYTES */.ms, path);
            return (0,oci_manifest/* describeManifest */.FK)(await (0,promises_.readFile)(path), digest, entry?.mediaType, path);
        });
    }
    /** Without tags a manifest is listed as well, until an index lists it: a layout has no other way to name it. */
    async putManifest(bytes, mediaType, tags = []) {
        return this.#guarded(async () => {
            tags.forEach(oci_name/* checkedTag */.y3);
            const descriptor = { mediaType, digest: (0,oci_digest/* digestOf */.ol)(bytes), size: bytes.length };
            const children = ((0,oci_manifest/* parseManifest */.Ng)(bytes, descriptor.digest).manifests ?? []);
            await this.#write(once(bytes), () => descriptor.digest);
            await withLock((0,external_node_path_.join)(this.#directory, 'index.json.lock'), async () => {
                const index = await this.#readIndex();
                await this.#replace('index.json', JSON.stringify({ ...index, manifests: listed(index.manifests, descriptor, tags, children) }));
            }, this.#signal);
            return descriptor;
        });
    }
    /** Each is listed in `index.json`, as every manifest that no index lists: that is where others look for referrers. */
    async attach(subject, artifacts) {
        return (0,artifact/* attachArtifacts */.zA)(this, subject, artifacts, async (_, referrers) => {
            for (const { bytes, descriptor } of referrers)
                await this.putManifest(bytes, descriptor.mediaType);
        });
    }
    async referrers(subject, artifactType, passedOver) {
        const { manifests } = await this.#guarded(() => this.#readIndex());
        const entries = await layoutEntries(this, manifests, (0,oci_digest/* checkedDigest */.oM)(subject));
        return describeReferrers(this, entries, { subject, artifactType, passedOver, isMixed: true }, this.#log);
    }
    async close() { }
    async #only(all) {
        const manifests = all.length > 1 ? await withoutReferrers(this, all) : all;
        const digests = new Set(manifests.map(({ digest }) => digest));
        const [first] = manifests;
        if (first !== undefined && digests.size === 1)
            return first;
        throw new errors/* SeedError */.uV('REFERENCE_INVALID', digests.size === 0 ? 'the image layout holds no image' : 'the image layout holds several images', {
            resource: this.name,
            hint: digests.size === 0 ? 'Publish to it first.' : `Name one: ${this.name}:TAG or ${this.name}@sha256:…`
        });
    }
    async #holds(path, blob) {
        if ((await sizeOf(path)) !== blob.size)
            return false;
        const hasher = new oci_digest/* Hasher */.OP();
        const chunks = (0,external_node_fs_.createReadStream)(path, { highWaterMark: READ_BYTES, ...this.#abortable() });
        for await (const chunk of chunks)
            hasher.update(chunk);
        return hasher.result().digest === blob.digest;
    }
    /** Writes a blob under a temporary name in the same folder; it gets its own name, asked for at the end, once it is whole. */
    async #write(source, digest) {
        await this.#prepare();
        const temporary = this.#temporary();
        try {
            const file = await (0,promises_.open)(temporary, 'wx', 0o644);
            try {
                for await (const chunk of sourced(source)) {
                    this.#signal?.throwIfAborted();
                    for (let at = 0; at < chunk.length;)
                        at += (await file.write(chunk, at)).bytesWritten;
                }
            }
            finally {
                await file.close();
            }
            const name = digest();
            await (0,promises_.rename)(temporary, this.#path(name));
            return name;
        }
        catch (error) {
            await (0,promises_.rm)(temporary, { force: true });
            throw error;
        }
    }
    async #replace(name, text) {
        const temporary = (0,external_node_path_.join)(this.#directory, `${TEMPORARY}${(0,external_node_crypto_.randomUUID)()}`);
        try {
            const file = await (0,promises_.open)(temporary, 'wx', 0o644);
            try {
                await file.writeFile(text);
                await file.sync();
            }
            finally {
                await file.close();
            }
            await (0,promises_.rename)(temporary, (0,external_node_path_.join)(this.#directory, name));
        }
        catch (error) {
            await (0,promises_.rm)(temporary, { force: true });
            throw error;
        }
        const folder = await (0,promises_.open)(this.#directory, 'r');
        await folder.sync().finally(() => folder.close());
    }
    async #readIndex() {
        const path = (0,external_node_path_.join)(this.#directory, 'index.json');
        const empty = { schemaVersion: 2, mediaType: types/* MEDIA_TYPE */.A.index, manifests: [] };
        const bytes = await (0,promises_.readFile)(path).catch((error) => {
            if ((0,errors/* systemCode */.xU)(error) === 'ENOENT')
                return undefined;
            throw error;
        });
        if (!bytes)
            return empty;
        const index = (0,oci_manifest/* parseManifest */.Ng)(bytes, 'index.json', path);
        if (!Array.isArray(index.manifests))
            throw new errors/* SeedError */.uV('CONTENT_INVALID', 'index.json lists no manifests', { resource: path });
        return { ...empty, ...index };
    }
    /** Makes the folder an image layout, once. */
    #prepare() {
        return (this.#prepared ??= (async () => {
            await (0,promises_.mkdir)(this.#directory, { recursive: true });
            const marker = await (0,promises_.readFile)((0,external_node_path_.join)(this.#directory, 'oci-layout'), 'utf8').catch(() => undefined);
            if (marker === undefined) {
                await this.#refuseForeign();
                await this.#replace('oci-layout', LAYOUT);
            }
            const blobs = (0,external_node_path_.join)(this.#directory, 'blobs', 'sha256');
            await (0,promises_.mkdir)(blobs, { recursive: true });
            await removeLeftBehind(blobs);
            await removeLeftBehind(this.#directory);
        })());
    }
    /** A home folder that is named by mistake does not become an image layout. */
    async #refuseForeign() {
        const own = new Set(['oci-layout', 'blobs', 'index.json', 'index.json.lock']);
        const foreign = (await (0,promises_.readdir)(this.#directory)).find(name => !own.has(name) && !name.startsWith(TEMPORARY));
        if (foreign === undefined)
            return;
        throw new errors/* SeedError */.uV('REFERENCE_INVALID', 'the folder holds other things than an image layout', {
            resource: this.#directory,
            hint: 'Name a new or an empty folder.'
        });
    }
    #path(digest) {
        return blobPath(this.#directory, digest);
    }
    #temporary() {
        return (0,external_node_path_.join)(this.#directory, 'blobs', 'sha256', `${TEMPORARY}${(0,external_node_crypto_.randomUUID)()}`);
    }
    #abortable() {
        return this.#signal ? { signal: this.#signal } : {};
    }
    async #guarded(action) {
        try {
            this.#signal?.throwIfAborted();
            return await action();
        }
        catch (error) {
            throw this.#failure(error, this.#directory);
        }
    }
    #failure(error, resource) {
        if (error instanceof SourceFailure)
            return error.cause;
        if (error instanceof errors/* SeedError */.uV)
            return error;
        if (this.#signal?.aborted)
            return new errors/* SeedError */.uV('INTERRUPTED', 'interrupted', { resource: this.name, cause: error });
        const code = (0,errors/* systemCode */.xU)(error);
        if (code === 'ENOSPC' || code === 'EDQUOT') {
            const hint = 'Free some space, or name a folder on another disk, and run it again: what was complete is kept.';
            return new errors/* SeedError */.uV('DISK_FULL', 'no space is left for the image layout', { resource, hint, cause: error });
        }
        if (code === 'ENOENT')
            return new errors/* SeedError */.uV('NOT_FOUND', 'the image layout holds no such blob', { resource, cause: error });
        return new errors/* SeedError */.uV('FILE_SYSTEM', error.message, { resource, cause: error });
    }
}
function blobPath(directory, digest) {
    return (0,external_node_path_.join)(directory, 'blobs', 'sha256', (0,oci_digest/* checkedDigest */.oM)(digest).slice('sha256:'.length));
}
async function sizeOf(path) {
    try {
        const found = await (0,promises_.stat)(path);
        return found.isFile() ? found.size : undefined;
    }
    catch (error) {
        if ((0,errors/* systemCode */.xU)(error) === 'ENOENT' || (0,errors/* systemCode */.xU)(error) === 'ENOTDIR')
            return undefined;
        throw error;
    }
}
/** Marks what the source of a blob throws: it is for its owner to explain, and no failure of the layout. */
class SourceFailure extends Error {
}
async function* sourced(source) {
    try {
        yield* source;
    }
    catch (cause) {
        throw new SourceFailure('', { cause });
    }
}
async function* once(bytes) {
    yield bytes;
}
async function removeLeftBehind(directory) {
    for (const name of await (0,promises_.readdir)(directory)) {
        if (!name.startsWith(TEMPORARY))
            continue;
        const path = (0,external_node_path_.join)(directory, name);
        const age = await (0,promises_.stat)(path).then(({ mtimeMs }) => Date.now() - mtimeMs, () => 0);
        if (age > LEFT_BEHIND_MS)
            await (0,promises_.rm)(path, { force: true });
    }
}

// EXTERNAL MODULE: ./http/retry.js
var retry = __nccwpck_require__(6367);
// EXTERNAL MODULE: ./process.js
var process_0 = __nccwpck_require__(1313);
;// CONCATENATED MODULE: ./oci/credentials.js




const HELPER_TIMEOUT_MS = 30_000;
const HELPER_OUTPUT_CHARACTERS = 64 * 1024;
const DOCKER_HUB_KEY = 'https://index.docker.io/v1/';
/**
 * The credentials stored for `host` (with its port, if it has one), for the most specific of the paths that podman's
 * file may name. Files are asked in this order, the first that knows the host wins: `REGISTRY_AUTH_FILE`, docker's
 * `config.json` (in `DOCKER_CONFIG` or `~/.docker`), podman's `auth.json` (in `XDG_RUNTIME_DIR`, then `~/.config`).
 * A file that is broken or a helper that fails is passed over with a warning: the image may be public.
 */
async function readCredentials(host, repository, source) {
    for (const path of authFiles(source.env)) {
        const file = await readAuthFile(path, source);
        if (!file)
            continue;
        const helper = helperOf(file, host);
        const found = (helper && (await askHelper(helper, host, source))) ?? entryOf(file, host, repository);
        if (found)
            return found;
    }
    return undefined;
}
function authFiles(env) {
    const home = env.HOME ?? (0,external_node_os_.homedir)();
    return [
        env.REGISTRY_AUTH_FILE,
        (0,external_node_path_.join)(env.DOCKER_CONFIG || (0,external_node_path_.join)(home, '.docker'), 'config.json'),
        env.XDG_RUNTIME_DIR && (0,external_node_path_.join)(env.XDG_RUNTIME_DIR, 'containers', 'auth.json'),
        (0,external_node_path_.join)(env.XDG_CONFIG_HOME || (0,external_node_path_.join)(home, '.config'), 'containers', 'auth.json')
    ].filter(path => !!path);
}
async function readAuthFile(path, source) {
    try {
        const file = JSON.parse(await (0,promises_.readFile)(path, { encoding: 'utf8', ...signalOf(source) }));
        if (typeof file !== 'object' || file === null || Array.isArray(file))
            throw new Error('it holds no object');
        return file;
    }
    catch (error) {
        source.signal?.throwIfAborted();
        const code = error.code;
        // A parser's message quotes the text, which holds passwords.
        if (code !== 'ENOENT' && code !== 'ENOTDIR')
            source.warn?.(`${path} is passed over: ${code ?? 'it is not valid JSON'}`);
        return undefined;
    }
}
/** Keys are compared without scheme and API path: people and old tools write `https://HOST/v1/` too. */
function keyOf(text) {
    return text.replace(/^https?:\/\//, '').replace(/\/(?:v[12]\/?)?$/, '');
}
/** How docker names `host` to its files and helpers. */
function serverOf(host) {
    return host === 'docker.io' ? DOCKER_HUB_KEY : host;
}
function helperOf(file, host) {
    const own = Object.entries(file.credHelpers ?? {}).find(([key]) => keyOf(key) === keyOf(serverOf(host)));
    return own?.[1] || file.credsStore || undefined;
}
function entryOf(file, host, repository) {
    const entries = new Map(Object.entries(file.auths ?? {}).map(([key, entry]) => [keyOf(key), entry]));
    const parts = repository.split('/');
    // ghcr.io/org/repo, ghcr.io/org, ghcr.io
    const keys = parts.map((_, i) => [host, ...parts.slice(0, parts.length - i)].join('/'));
    for (const key of [...keys, keyOf(serverOf(host))]) {
        const found = parseEntry(entries.get(key));
        if (found)
            return found;
    }
    return undefined;
}
function parseEntry(entry) {
    if (typeof entry !== 'object' || entry === null)
        return undefined;
    if (entry.identitytoken)
        return { identityToken: entry.identitytoken };
    if (entry.registrytoken)
        return { registryToken: entry.registrytoken };
    if (entry.auth) {
        const text = Buffer.from(entry.auth, 'base64').toString();
        const colon = text.indexOf(':');
        if (colon > 0)
            return { username: text.slice(0, colon), password: text.slice(colon + 1).replace(/\0+$/, '') };
    }
    return entry.username && entry.password ? { username: entry.username, password: entry.password } : undefined;
}
/** https://github.com/docker/docker-credential-helpers#development: the host on stdin, JSON on stdout. */
async function askHelper(helper, host, source) {
    const program = `docker-credential-${helper}`;
    try {
        if (!/^[\w.-]+$/.test(helper))
            throw new Error('that is no program name');
        const answer = await runHelper(program, serverOf(host), source);
        if (answer === undefined)
            return undefined;
        const { Username, Secret } = JSON.parse(answer);
        if (typeof Username !== 'string' || typeof Secret !== 'string' || Secret === '')
            return undefined;
        return Username === '<token>' ? { identityToken: Secret } : { username: Username, password: Secret };
    }
    catch (error) {
        source.signal?.throwIfAborted();
        source.warn?.(`${program} is passed over: ${helperFailure(error)}`);
        return undefined;
    }
}
/** What the helper printed; `undefined` if it knows no credentials for `server`, which it says with a failure. */
async function runHelper(program, server, source) {
    const timeout = AbortSignal.timeout(HELPER_TIMEOUT_MS);
    const signal = source.signal ? AbortSignal.any([source.signal, timeout]) : timeout;
    const helper = (0,process_0/* start */.ni)(program, ['get'], { env: source.env, signal, input: `${server}\n` });
    let stdout = '';
    helper.stdout.setEncoding('utf8').on('data', (text) => {
        stdout += text;
        if (stdout.length > HELPER_OUTPUT_CHARACTERS)
            helper.stop();
    });
    try {
        await helper.done;
        return stdout;
    }
    catch (error) {
        if (error instanceof process_0/* ToolFailure */.XY && /credentials not found/i.test(stdout))
            return undefined;
        throw error;
    }
}
/** Why a helper failed, without what it printed: that may hold a secret. */
function helperFailure(error) {
    if (error instanceof SyntaxError)
        return 'its answer is not valid JSON';
    if (error instanceof process_0/* ToolFailure */.XY)
        return `it failed with status ${error.exitStatus}`;
    return error.message;
}
function signalOf(source) {
    return source.signal ? { signal: source.signal } : {};
}

;// CONCATENATED MODULE: ./oci/download.js


// A connection that carries less than this is no progress: a server that gives a few bytes each time is not asked for ever.
const PROGRESS_BYTES = 1024 * 1024;
/**
 * Streams one blob, checked against its digest. After a cut it goes on where it stopped, by range.
 *
 * @throws NOT_FOUND, DIGEST_MISMATCH, REGISTRY_… as a SeedError
 */
function fetchBlob(registry, base, blob, scopes) {
    return (0,oci_digest/* verified */.zr)(fetchRange(registry, base, blob, { start: 0, end: blob.size }, scopes), blob);
}
/**
 * Streams a part of one blob, whose bytes are for the caller to check; all else is as with {@link fetchBlob}.
 */
async function* fetchRange(registry, base, blob, { start, end }, scopes) {
    const url = new URL(`blobs/${(0,oci_digest/* checkedDigest */.oM)(blob.digest)}`, base);
    const doing = `downloading ${blob.digest}`;
    const retrier = registry.retrier(doing);
    let offset = start;
    let checkpoint = start;
    for (;;) {
        try {
            for await (const chunk of part(registry, url, blob, { start: offset, end }, scopes)) {
                offset += chunk.length;
                yield chunk;
            }
            if (offset >= end)
                return;
            throw new http_error/* HttpError */.j(`${url.host} ended after ${offset} of ${blob.size} bytes`, { url });
        }
        catch (error) {
            if (offset - checkpoint >= PROGRESS_BYTES) {
                retrier.progressed();
                checkpoint = offset;
            }
            await retrier.pause(error).catch(async (final) => {
                throw await registry.failure(doing, final);
            });
        }
    }
}
/** The bytes of `range`, as far as this one answer goes. */
async function* part(registry, url, blob, { start, end }, scopes) {
    const headers = {};
    if (end < blob.size)
        headers['range'] = `bytes=${start}-${end - 1}`;
    else if (start > 0)
        headers['range'] = `bytes=${start}-`;
    const response = await registry.call({ url, headers, scopes, statuses: [200, 206, 416] });
    try {
        const bytes = skipping(response.body, start - startOf(response, blob, start));
        yield* end < blob.size ? atMost(bytes, end - start) : bytes;
    }
    finally {
        await response.discard();
    }
}
/** Where in the blob the body of `response` begins. @throws DIGEST_MISMATCH if it is one of another size. */
function startOf(response, blob, offset) {
    const { status, headers, url } = response;
    if (status === 416)
        throw (0,oci_digest/* mismatch */.J4)(blob.digest, `has less than its ${blob.size} bytes at ${url.host}`);
    if (status === 200) {
        const length = headers['content-length'];
        if (length === undefined || Number(length) === blob.size)
            return 0; // a server may ignore a range
        throw (0,oci_digest/* mismatch */.J4)(blob.digest, `has ${length} bytes at ${url.host} instead of ${blob.size}`);
    }
    // https://www.rfc-editor.org/rfc/rfc9110#section-14.4
    const [, start, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers['content-range'] ?? '') ?? [];
    if (start === undefined || Number(start) !== offset) {
        throw new http_error/* HttpError */.j(`${url.host} answered with another range than was asked for`, { url, retriable: false });
    }
    if (total === '*' || Number(total) === blob.size)
        return offset;
    throw (0,oci_digest/* mismatch */.J4)(blob.digest, `has ${total} bytes at ${url.host} instead of ${blob.size}`);
}
async function* skipping(body, bytes) {
    let left = bytes;
    for await (const chunk of body) {
        const skipped = Math.min(left, chunk.length);
        left -= skipped;
        if (skipped < chunk.length)
            yield skipped === 0 ? chunk : chunk.subarray(skipped);
    }
}
/** A server that ignores ranges sends more than was asked for. */
async function* atMost(body, bytes) {
    let left = bytes;
    for await (const chunk of body) {
        yield chunk.subarray(0, left);
        left -= chunk.length;
        if (left <= 0)
            return;
    }
}

;// CONCATENATED MODULE: ./http/redirect.js

/** The statuses that lead elsewhere, where there is a Location. */
const redirect_REDIRECT_STATUSES = [301, 302, 303, 307, 308];
const redirect_MAX_REDIRECTS = 5;
/**
 * The URL of a Location header, relative or absolute, with its query as it is. Servers behind a proxy that ends TLS name
 * themselves with http: that is put right.
 *
 * @param mayLeaveHttps plain http is allowed in any case
 * @throws HttpError if it leaves https.
 */
function redirect_redirectTarget(location, base, mayLeaveHttps) {
    if (!URL.canParse(location, base.href))
        throw astray('a Location that is no URL', base);
    const url = new URL(location, base);
    if (url.protocol === 'https:')
        return url;
    if (url.protocol !== 'http:')
        throw astray(`a Location with ${url.protocol}`, base);
    if (base.protocol === 'http:' || mayLeaveHttps)
        return url;
    if (url.host !== base.host)
        throw astray('a Location that leaves https', base);
    url.protocol = 'https:';
    return url;
}
function astray(what, url) {
    return new http_error/* HttpError */.j(`${url.host} answered with ${what}`, { url, retriable: false });
}

;// CONCATENATED MODULE: ./oci/auth.js




const TOKEN_BODY_BYTES = 1024 * 1024;
// https://distribution.github.io/distribution/spec/auth/token/: 60 seconds where a service does not say.
const TOKEN_LIFETIME_S = 60;
// A token is not used in its last seconds: a request on the way would be late. Short lives keep half.
const TOKEN_MARGIN_MS = 10_000;
const CLIENT_ID = 'nix-seed';
/**
 * Knows how one registry wants to be spoken to. Nothing is sent until the registry has asked, credentials are not even
 * looked up; what is found then goes to the registry's own origin and to the token service that it names, nowhere else.
 *
 * https://distribution.github.io/distribution/spec/auth/token/ and …/oauth/
 */
class Authorizer {
    #client;
    #origin;
    #lookUp;
    #credentials;
    #challenge;
    #tokens = new Map();
    #secrets = new Set();
    constructor(client, origin, lookUp) {
        this.#client = client;
        this.#origin = origin;
        this.#lookUp = lookUp;
    }
    /** The Authorization header for `scopes` (and what a challenge `wanted`), as far as the registry has asked for one. */
    async header(scopes, wanted) {
        if (this.#challenge?.scheme === 'basic')
            return await this.#basic();
        if (this.#challenge?.scheme !== 'bearer')
            return undefined;
        const credentials = await this.#known();
        if (credentials && 'registryToken' in credentials)
            return this.#secret(`Bearer ${credentials.registryToken}`);
        return this.#secret(`Bearer ${(await this.#token(scopes, wanted)).value}`);
    }
    /**
     * To be called after a 401, with the header that was refused: learns how to ask and drops what was refused, unless
     * another request has renewed it meanwhile.
     *
     * @returns false if there is nothing new to send.
     */
    async renew(response, scopes, refused) {
        const challenges = parseChallenges(response.headers['www-authenticate'] ?? '');
        const challenge = challenges.find(c => c.scheme === 'bearer') ?? challenges.find(c => c.scheme === 'basic');
        if (!challenge)
            return false;
        this.#challenge = challenge;
        const cached = this.#tokens.get(auth_keyOf(scopes));
        if (refused !== undefined && cached && (await settled(cached)) === refused)
            this.#tokens.delete(auth_keyOf(scopes));
        const header = await this.header(scopes, challenge.parameters.scope);
        return header !== undefined && header !== refused;
    }
    /** Whether the last answers were had with credentials, for a hint. */
    async isAnonymous() {
        return this.#credentials === undefined || (await this.#credentials.catch(() => undefined)) === undefined;
    }
    /** `text` without any secret that went to or came from this registry: a hostile one may echo them. */
    redact(text) {
        let clean = text;
        for (const secret of [...this.#secrets].sort((a, b) => b.length - a.length))
            clean = clean.replaceAll(secret, '***');
        return clean;
    }
    #known() {
        this.#credentials ??= this.#lookUp().then(credentials => {
            for (const [name, value] of Object.entries(credentials ?? {}))
                if (name !== 'username')
                    this.#secret(value);
            return credentials;
        });
        return this.#credentials;
    }
    #secret(text) {
        const bare = text.replace(/^(?:Bearer|Basic) /, '');
        if (bare !== '')
            this.#secrets.add(bare);
        return text;
    }
    async #basic() {
        const credentials = await this.#known();
        if (!credentials || !('username' in credentials))
            return undefined;
        const pair = Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64');
        return this.#secret(`Basic ${pair}`);
    }
    async #token(scopes, wanted) {
        const key = auth_keyOf(scopes);
        const cached = this.#tokens.get(key);
        if (cached && (await cached).expiresAtMs > Date.now())
            return cached;
        const current = this.#tokens.get(key); // another request may have begun to ask
        if (current && current !== cached)
            return current;
        const asked = this.#fetchToken(scopes, wanted);
        this.#tokens.set(key, asked);
        asked.catch(() => this.#tokens.get(key) === asked && this.#tokens.delete(key));
        return asked;
    }
    async #fetchToken(scopes, wanted = '') {
        const parameters = this.#challenge?.parameters ?? {};
        const realm = tokenService(parameters.realm, this.#origin);
        const credentials = await this.#known();
        const query = new URLSearchParams();
        if (parameters.service !== undefined)
            query.set('service', parameters.service);
        const all = mergeScopes([...scopes, ...wanted.split(' ')]);
        let response;
        if (credentials && 'identityToken' in credentials) {
            query.set('scope', all.join(' '));
            query.set('grant_type', 'refresh_token');
            query.set('client_id', CLIENT_ID);
            query.set('refresh_token', credentials.identityToken);
            const headers = { 'content-type': 'application/x-www-form-urlencoded' };
            response = await this.#client.send({ url: realm, method: 'POST', headers, body: Buffer.from(query.toString()) });
        }
        else {
            for (const scope of all)
                query.append('scope', scope);
            const url = new URL(realm);
            url.search += `${url.search ? '&' : '?'}${query.toString()}`;
            const authorization = await this.#basic();
            response = await this.#client.send({ url, headers: authorization === undefined ? {} : { authorization } });
        }
        return this.#parseToken(await (0,http_0/* ensureStatus */.JW)(response, 200));
    }
    async #parseToken(response) {
        const bytes = await (0,http_0/* readBody */.x8)(response, TOKEN_BODY_BYTES);
        const answer = parseObject(bytes);
        const value = [answer.token, answer.access_token].find(t => typeof t === 'string' && t !== '');
        if (typeof value !== 'string' || /[^\x21-\x7e]/.test(value)) {
            throw new http_error/* HttpError */.j(`${response.url.host} answered without a token`, { url: response.url, retriable: false });
        }
        const lifetimeMs = 1000 * (typeof answer.expires_in === 'number' && answer.expires_in > 0 ? answer.expires_in : TOKEN_LIFETIME_S);
        return {
            value: this.#secret(value),
            expiresAtMs: Date.now() + lifetimeMs - Math.min(TOKEN_MARGIN_MS, lifetimeMs / 2)
        };
    }
}
/**
 * Reads a WWW-Authenticate header: schemes with `name=value` parameters, quoted or not.
 * https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1
 */
function parseChallenges(header) {
    const challenges = [];
    const token = /\s*,?\s*(?:([\w!#$%&'*+.^`|~-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))|([\w!#$%&'*+.^`|~-]+))/gy;
    for (let match; (match = token.exec(header));) {
        const [, name, quoted, plain, scheme] = match;
        if (scheme !== undefined)
            challenges.push({ scheme: scheme.toLowerCase(), parameters: {} });
        else if (name !== undefined) {
            const challenge = challenges.at(-1);
            if (challenge)
                challenge.parameters[name.toLowerCase()] = quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '';
        }
    }
    return challenges;
}
/** One scope a resource, with all the actions that are asked for it. */
function mergeScopes(scopes) {
    const merged = new Map();
    for (const scope of scopes) {
        const colon = scope.lastIndexOf(':');
        if (colon < 0)
            continue;
        const actions = merged.get(scope.slice(0, colon)) ?? new Set();
        for (const action of scope.slice(colon + 1).split(','))
            actions.add(action);
        merged.set(scope.slice(0, colon), actions);
    }
    return [...merged].map(([resource, actions]) => `${resource}:${[...actions].join(',')}`);
}
/**
 * The URL of the token service that a registry names. The registry chooses it, so it is not to be trusted: no
 * credentials in clear over a network, and no registry elsewhere makes this machine ask its own loopback services.
 */
function tokenService(realm, registry) {
    const url = realm !== undefined && URL.canParse(realm) ? new URL(realm) : undefined;
    if (url?.protocol === 'https:')
        return url;
    const near = url && (url.hostname === registry.hostname || ((0,proxy/* isLoopback */.U9)(url.hostname) && (0,proxy/* isLoopback */.U9)(registry.hostname)));
    if (url?.protocol === 'http:' && registry.protocol === 'http:' && near)
        return url;
    throw new errors/* SeedError */.uV('REGISTRY_FAILED', `${registry.host} names a token service that is not safe to ask`, {
        ...(realm !== undefined && { resource: realm.slice(0, 200) }),
        hint: 'Credentials go to a token service over https only. Is this the registry that you mean?'
    });
}
function auth_keyOf(scopes) {
    return scopes.join(' ');
}
async function settled(token) {
    return token.then(({ value }) => `Bearer ${value}`, () => undefined);
}
function parseObject(bytes) {
    try {
        const value = JSON.parse(bytes.toString());
        return typeof value === 'object' && value !== null ? { ...value } : {};
    }
    catch {
        return {};
    }
}

;// CONCATENATED MODULE: ./oci/failure.js


const MESSAGE_CHARACTERS = 400;
/** The SeedError for a failed exchange with a registry; what is no HttpError is passed through. */
function registryFailure(error, context) {
    if (!(error instanceof http_error/* HttpError */.j))
        return error;
    const { doing, name } = context;
    const clean = (text) => (0,errors/* redactUrl */.BO)(context.redact(text));
    const said = error.status === undefined ? '' : registryMessage(error.body);
    const detail = [error.message, said, error.status === undefined ? causeMessage(error) : ''].filter(Boolean).join(': ');
    const code = errorCode(error, said);
    const hint = hintFor(code, error, context);
    // A copy for the cause: the error itself holds the answer, which may echo what was sent.
    const cause = Object.assign(new Error(clean(error.message)), { code: (0,errors/* systemCode */.xU)(error) });
    return new errors/* SeedError */.uV(code, `${doing}: ${clean(detail)}`, {
        resource: name,
        cause,
        ...(hint !== undefined && { hint })
    });
}
/**
 * What a registry says for itself, on one line and without anything that could take a terminal or log over.
 * https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#error-codes
 */
function registryMessage(body) {
    let text;
    try {
        const { errors } = JSON.parse(body);
        text = (errors ?? []).map(e => [e.code, e.message].filter(part => typeof part === 'string').join(': ')).join('; ');
    }
    catch {
        text = /^\s*</.test(body) ? '' : body; // a page of HTML says nothing in a log
    }
    const line = (0,errors/* redactUrl */.BO)(text)
        .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
        .trim();
    return line.length > MESSAGE_CHARACTERS ? `${line.slice(0, MESSAGE_CHARACTERS)}…` : line;
}
function errorCode(error, said) {
    switch (error.status) {
        case undefined:
            return error.retriable || error.cause !== undefined ? 'REGISTRY_UNREACHABLE' : 'REGISTRY_FAILED';
        case 401:
        case 403:
            return 'REGISTRY_DENIED';
        case 404:
            return 'NOT_FOUND';
        default:
            return said.includes('DIGEST_INVALID') ? 'DIGEST_MISMATCH' : 'REGISTRY_FAILED';
    }
}
function causeMessage(error) {
    return Error.isError(error.cause) ? error.cause.message : '';
}
function hintFor(code, error, { host, anonymous }) {
    if (code === 'REGISTRY_DENIED') {
        const login = anonymous ? `No credentials for ${host} were found: log in with` : 'Log in again with';
        const actions = 'In GitHub Actions, give the job "permissions: packages: write" (read, to restore only).';
        return `${login} \`docker login ${host}\`.${host === 'ghcr.io' ? ` ${actions}` : ''}`;
    }
    if (error.status === 429)
        return `${host} limits requests: wait, or log in with \`docker login ${host}\` for a higher limit.`;
    if (code === 'REGISTRY_UNREACHABLE')
        return reachHint(error, host);
    return undefined;
}
function reachHint(error, host) {
    const code = (0,errors/* systemCode */.xU)(error) ?? '';
    if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
        return `Is "${host}" spelt right, and is there a network?`;
    if (code === 'ECONNREFUSED')
        return `Nothing listens at ${host}: is the registry running, and is this its port?`;
    if (code === 'EPROTO')
        return `${host} does not speak TLS: if it is a plain http registry that you trust, allow it with --insecure.`;
    if (/CERT|SIGNED|ISSUER|ALTNAME|SIGNATURE/.test(code)) {
        return 'Its certificate is not trusted here: name the file of its authority in NODE_EXTRA_CA_CERTS.';
    }
    return 'Check the network, and the proxy if there is one, and run it again: what was uploaded is not sent twice.';
}

;// CONCATENATED MODULE: ./oci/registry.js








/** One registry, spoken to with the right credentials, redirects, retries and errors. Knows no path of its API. */
class Registry {
    #options;
    #authorizer;
    constructor(options) {
        this.#options = options;
        this.#authorizer = new Authorizer(options.client, options.origin, options.credentials);
    }
    get origin() {
        return this.#options.origin;
    }
    /**
     * One exchange: with the redirects of a GET or HEAD, and asked a second time where credentials were missing or have
     * run out. A body that streams cannot be sent a second time here: it fails as worth a retry, with new credentials
     * at hand.
     */
    async call(call) {
        let { url } = call;
        for (let redirects = 0;;) {
            const response = await this.#authorized({ ...call, url });
            const { location } = response.headers;
            const redirected = redirect_REDIRECT_STATUSES.includes(response.status) && location !== undefined;
            if (!redirected || !isRead(call) || call.statuses.includes(response.status)) {
                return (0,http_0/* ensureStatus */.JW)(response, ...call.statuses);
            }
            await response.discard();
            if (++redirects > redirect_MAX_REDIRECTS)
                throw new http_error/* HttpError */.j('too many redirects', { url, retriable: false });
            url = this.resolve(location, url);
        }
    }
    /** Runs `action` with retries. @throws SeedError with what the registry said, or what `action` itself throws. */
    async attempt(doing, action) {
        try {
            return await (0,retry/* retrying */.R$)(action, this.#retries(doing));
        }
        catch (error) {
            throw await this.failure(doing, error);
        }
    }
    /** Like `attempt`, without turning the error into one for people: for use inside of it. */
    async again(doing, action) {
        return (0,retry/* retrying */.R$)(action, this.#retries(doing));
    }
    /** Waits, in the course of `doing`. @throws INTERRUPTED */
    async pause(doing, ms) {
        const { signal } = this.#options;
        await (0,external_node_timers_promises_.setTimeout)(ms, undefined, signal ? { signal } : {}).catch(async (error) => {
            throw await this.failure(doing, error);
        });
    }
    retrier(doing) {
        return new retry/* Retrier */.mV(this.#retries(doing));
    }
    /** `error` for people. */
    async failure(doing, error) {
        const { origin, name, signal } = this.#options;
        if (signal?.aborted) {
            return new errors/* SeedError */.uV('INTERRUPTED', `interrupted: ${doing}`, { resource: name, cause: signal.reason });
        }
        const anonymous = await this.#authorizer.isAnonymous();
        return registryFailure(error, {
            doing,
            name,
            host: origin.host,
            anonymous,
            redact: t => this.#authorizer.redact(t)
        });
    }
    /** The URL of a Location header. @throws HttpError if it leaves https. */
    resolve(location, base) {
        return redirect_redirectTarget(location, base, this.#options.insecure);
    }
    /**
     * Where and how somebody else may ask for what is at `url`, in one plain exchange: what goes wrong there is asked for
     * again by `call`. Undefined where a proxy stands between.
     */
    async locate(url, scopes) {
        const { client, insecure } = this.#options;
        if (client.hasProxies)
            return undefined;
        const authorization = await this.#authorizer.header(scopes);
        return {
            url: url.href,
            headers: { 'user-agent': client.userAgent, ...(authorization !== undefined && { authorization }) },
            mayLeaveHttps: insecure,
            connectTimeoutMs: client.connectTimeoutMs,
            idleTimeoutMs: client.idleTimeoutMs
        };
    }
    async #authorized(call) {
        const { client, origin } = this.#options;
        if (call.url.origin !== origin.origin)
            return client.send(call);
        const authorization = await this.#authorizer.header(call.scopes);
        const send = (value) => client.send({ ...call, headers: { ...call.headers, ...(value && { authorization: value }) } });
        const response = await send(authorization);
        if (response.status !== 401)
            return response;
        const renewed = await this.#authorizer.renew(response, call.scopes, authorization);
        if (!renewed)
            return response;
        if (call.body && !(call.body instanceof Uint8Array)) {
            await response.discard();
            throw new http_error/* HttpError */.j(`${origin.host} asked for new credentials`, {
                url: call.url,
                response,
                retriable: true,
                retryAfterMs: 0
            });
        }
        await response.discard();
        return send(await this.#authorizer.header(call.scopes));
    }
    #retries(doing) {
        const { backoff, signal, log } = this.#options;
        const onRetry = (error, delayMs) => {
            const line = `${doing}: ${error.message}; trying again${delayMs >= 1000 ? ` in ${Math.round(delayMs / 1000)} s` : ''}`;
            log[delayMs > 0 ? 'warn' : 'debug'](this.#authorizer.redact(line));
        };
        return { backoff, onRetry, ...(signal && { signal }) };
    }
}
function isRead(call) {
    return call.method === undefined || call.method === 'GET' || call.method === 'HEAD';
}

;// CONCATENATED MODULE: ./oci/remote-referrers.js








const PAGES = 100;
/** A registry may enter a manifest in its lists a moment after it has taken it. */
const PAUSES_MS = [100, 300, 900];
/** With any of these a registry says that it has no such API; ghcr.io redirects to a page for people. */
const NO_API = [301, 302, 303, 307, 308, 400, 403, 404, 405, 406, 501];
/**
 * The lists of referrers of one repository in a registry: the registry's own, or the one that clients keep under the
 * fallback tag where it has none.
 * https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-referrers
 */
class RemoteReferrers {
    /** Manifests that the registry, when it took them, said to have listed. */
    #listed = new Set();
    #options;
    #fallback;
    constructor(options) {
        this.#options = options;
        this.#fallback = new FallbackIndex(options);
    }
    /** Takes note of an `OCI-Subject` header. */
    noteListed(digest) {
        this.#listed.add(digest);
    }
    /** The entries of the list, as they are. A registry may have narrowed them to `artifactType`, or may not. */
    async entries(subject, artifactType) {
        const listed = await this.#fromApi(subject, artifactType);
        if (listed === undefined)
            return this.#fallback.entries(subject);
        // Some answer every path with an empty list or do not list all that they take, and their clients have used the tag.
        const tagged = await this.#fallback.entries(subject).catch((error) => {
            if (error instanceof errors/* SeedError */.uV && error.code === 'CONTENT_INVALID')
                return [];
            throw error;
        });
        return [...listed, ...tagged];
    }
    /**
     * Sees to it that the manifests, which are stored, are in the list.
     *
     * @param allExisted whether all of them had been stored before
     */
    async announce(subject, referrers, allExisted) {
        const { push, log } = this.#options;
        if (this.#areListed(referrers))
            return;
        const descriptors = referrers.map(({ descriptor }) => descriptor);
        const entries = await this.#fromApi(subject);
        if (!entries)
            return this.#fallback.add(subject, descriptors, allExisted);
        const late = unlisted(descriptors, entries);
        if (late.length === 0)
            return;
        // They may have been stored before the registry had such lists.
        for (const { descriptor, bytes } of referrers) {
            if (!late.includes(descriptor))
                continue;
            await push.registry.attempt(`writing the manifest ${descriptor.digest}`, async () => {
                const { subjectListed } = await pushManifest(push, descriptor.digest, bytes, descriptor.mediaType);
                if (subjectListed)
                    this.noteListed(descriptor.digest);
            });
        }
        if (this.#areListed(referrers))
            return;
        for (const pauseMs of PAUSES_MS) {
            await push.registry.pause(`listing the referrers of ${subject}`, pauseMs);
            if (unlisted(descriptors, (await this.#fromApi(subject)) ?? []).length === 0)
                return;
        }
        log.debug(`${push.name} does not list what was attached to ${subject}: listing it under the fallback tag`);
        await this.#fallback.add(subject, descriptors, false);
    }
    #areListed(referrers) {
        return referrers.every(({ descriptor }) => this.#listed.has(descriptor.digest));
    }
    /** All pages of the registry's own list, `undefined` if it keeps none. */
    async #fromApi(subject, artifactType) {
        const { pull } = this.#options;
        const first = new URL(`referrers/${subject}`, pull.base);
        // It need not heed this; `OCI-Filters-Applied` would say so, but what is listed is looked at in any case.
        if (artifactType !== undefined)
            first.searchParams.set('artifactType', artifactType);
        const entries = [];
        let next = first;
        for (let page = 0; next; page++) {
            if (page >= PAGES)
                throw this.#invalid(subject, `has more than ${PAGES} pages`);
            const url = next;
            const found = await pull.registry.attempt(`listing the referrers of ${subject}`, () => this.#page(subject, url));
            if (!found) {
                if (page === 0)
                    return undefined;
                throw this.#invalid(subject, 'ends before its last page');
            }
            for (const entry of found.entries)
                entries.push(entry);
            // They are all kept until the last page.
            if (entries.length > MAX_REFERRERS)
                throw this.#invalid(subject, `has more than ${MAX_REFERRERS} entries`);
            next = found.next;
        }
        return entries;
    }
    async #page(subject, url) {
        const { registry, scopes, name } = this.#options.pull;
        const headers = { accept: types/* MEDIA_TYPE */.A.index };
        const response = await registry.call({ url, headers, scopes, statuses: [200, ...NO_API] });
        if (response.status !== 200 || contentType(response) !== types/* MEDIA_TYPE */.A.index) {
            await response.discard();
            return undefined;
        }
        const bytes = await (0,http_0/* readBody */.x8)(response, INDEX_BYTES + 1, true);
        if (bytes.length > INDEX_BYTES)
            throw this.#invalid(subject, `has a page of more than ${INDEX_BYTES} bytes`);
        const { manifests } = (0,oci_manifest/* parseManifest */.Ng)(bytes, `list of referrers of ${subject}`, name);
        // Go's empty list is null.
        if (manifests !== null && !Array.isArray(manifests))
            throw this.#invalid(subject, 'is no list');
        return { entries: manifests ?? [], next: this.#next(response, url) };
    }
    /** https://www.rfc-editor.org/rfc/rfc8288 */
    #next({ headers }, url) {
        const { registry } = this.#options.pull;
        const target = /<([^<>]*)>\s*;[^,<]*\brel="?next"?(?![\w-])/i.exec(String(headers.link ?? ''))?.[1];
        if (target === undefined)
            return undefined;
        const next = registry.resolve(target, url);
        if (next.origin === registry.origin.origin)
            return next;
        throw new http_error/* HttpError */.j(`${url.host} continues a list on another host`, { url, retriable: false });
    }
    #invalid(subject, what) {
        return new errors/* SeedError */.uV('CONTENT_INVALID', `the registry's list of referrers of ${subject} ${what}`, {
            resource: this.#options.pull.name
        });
    }
}
function contentType({ headers }) {
    return headers['content-type']?.split(';')[0]?.trim();
}
/** Those of `descriptors` that are not in `entries`. */
function unlisted(descriptors, entries) {
    const digests = new Set(entries.map(entry => entry?.digest));
    return descriptors.filter(({ digest }) => !digests.has(digest));
}

;// CONCATENATED MODULE: ./oci/upload.js


const OCTETS = { 'content-type': 'application/octet-stream' };
const NO_BODY = { 'content-length': '0' };
/** Size in bytes of a blob that is there (NaN if the registry does not say it), `undefined` if it is not. */
async function headBlob(registry, base, digest, scopes) {
    const url = new URL(`blobs/${(0,oci_digest/* checkedDigest */.oM)(digest)}`, base);
    const response = await registry.call({ url, method: 'HEAD', scopes, statuses: [200, 404] });
    await response.discard();
    if (response.status === 404)
        return undefined;
    const length = response.headers['content-length'];
    return length === undefined ? NaN : Number(length);
}
/**
 * Sends blobs to one repository.
 * https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-blobs
 */
class Uploader {
    #registry;
    #base;
    #scopes;
    /** Sessions that a registry opened where it could not mount. */
    #opened = new Map();
    constructor(registry, base, scopes) {
        this.#registry = registry;
        this.#base = base;
        this.#scopes = scopes;
    }
    /** POST, then one PUT that streams. */
    async put(blob, open) {
        return this.#registry.attempt(`uploading ${blob.digest}`, async () => {
            if (await this.#isPresent(blob))
                return 'present';
            const session = await this.#openSession(blob.digest);
            const url = withQuery(session, `digest=${blob.digest}`);
            const headers = { ...OCTETS, 'content-length': String(blob.size) };
            const body = (0,oci_digest/* verified */.zr)(open(), blob);
            const response = await inSession(this.#registry.call({ url, method: 'PUT', headers, body, scopes: this.#scopes, statuses: [201, 204] }));
            await stored(response, blob.digest);
            return 'uploaded';
        });
    }
    /**
     * POST, one PATCH that streams in chunks, as docker push does, then PUT with the digest. Never a ranged PATCH:
     * ghcr.io refuses those over 4 MiB, and a registry behind a cache may have lost the first half.
     */
    async putStream(open) {
        let sent;
        return this.#registry.attempt('uploading a layer', async () => {
            // The last try may have been completed and only its answer lost.
            if (sent && (await this.#isPresent(sent)))
                return sent;
            const session = await this.#openSession();
            const hasher = new oci_digest/* Hasher */.OP();
            const response = await inSession(this.#registry.call({
                url: session,
                method: 'PATCH',
                headers: OCTETS,
                body: hasher.through(open()),
                scopes: this.#scopes,
                statuses: [202, 201, 204]
            }));
            await response.discard();
            sent = hasher.result();
            await this.#commit(this.#next(response, session), sent);
            return sent;
        });
    }
    /** POST with `mount` and `from`. */
    async mount(digest, from, scopes) {
        const query = `mount=${(0,oci_digest/* checkedDigest */.oM)(digest)}&from=${encodeURIComponent(from)}`;
        const url = withQuery(new URL('blobs/uploads/', this.#base), query);
        return this.#registry.attempt(`mounting ${digest} from ${from}`, async () => {
            try {
                const response = await this.#registry.call({
                    url,
                    method: 'POST',
                    headers: NO_BODY,
                    scopes,
                    statuses: [201, 202]
                });
                await response.discard();
                if (response.status === 201)
                    return true;
                this.#opened.set(digest, this.#next(response, url));
                return false;
            }
            catch (error) {
                // Not being allowed to read the other repository is no failure: the blob is uploaded instead.
                if (error instanceof http_error/* HttpError */.j && !error.retriable && error.status !== undefined && error.status < 500)
                    return false;
                throw error;
            }
        });
    }
    async #isPresent(blob) {
        const size = await headBlob(this.#registry, this.#base, blob.digest, this.#scopes);
        return size === blob.size || Number.isNaN(size);
    }
    async #openSession(digest) {
        const opened = digest && this.#opened.get(digest);
        if (opened) {
            this.#opened.delete(digest);
            return opened;
        }
        const url = new URL('blobs/uploads/', this.#base);
        const response = await this.#registry.call({
            url,
            method: 'POST',
            headers: NO_BODY,
            scopes: this.#scopes,
            statuses: [202]
        });
        await response.discard();
        return this.#next(response, url);
    }
    /** Closes a session. Asked again by itself, since all the bytes are there already. */
    async #commit(session, blob) {
        const url = withQuery(session, `digest=${blob.digest}`);
        const put = { url, method: 'PUT', headers: { ...OCTETS, ...NO_BODY }, scopes: this.#scopes, statuses: [201, 204] };
        const committed = this.#registry.again(`completing ${blob.digest}`, async (attempt) => {
            if (attempt > 0 && (await this.#isPresent(blob)))
                return;
            await stored(await this.#registry.call(put), blob.digest);
        });
        await inSession(committed);
    }
    #next(response, url) {
        const { location } = response.headers;
        if (location !== undefined)
            return this.#registry.resolve(location, url);
        throw new http_error/* HttpError */.j(`${url.host} opened an upload without a Location`, { url, retriable: false });
    }
}
/** A session that the registry no longer knows is begun anew. */
async function inSession(exchange) {
    return exchange.catch((error) => {
        if (error instanceof http_error/* HttpError */.j && (error.status === 404 || error.status === 416))
            error.retriable = true;
        throw error;
    });
}
/** @throws DIGEST_MISMATCH if the registry says that it stored something else. */
async function stored(response, digest) {
    await response.discard();
    const answered = response.headers['docker-content-digest'];
    if (answered === undefined || answered === digest)
        return;
    throw (0,oci_digest/* mismatch */.J4)(digest, `was stored by ${response.url.host} as ${String(answered).slice(0, 80)}`);
}
/** `url` with one more parameter; what is there stays byte for byte, since registries sign it. */
function withQuery(url, parameter) {
    const extended = new URL(url);
    extended.search += `${extended.search ? '&' : '?'}${parameter}`;
    return extended;
}

;// CONCATENATED MODULE: ./oci/remote.js















/** A repository in a registry: https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md */
class RemoteRepository {
    name;
    #host;
    #base;
    #client;
    #registry;
    #log;
    #pull;
    #push;
    #uploader;
    #referrers;
    constructor({ host, repository }, options) {
        const { env, log = silentLog, insecure, backoff = retry/* DEFAULT_BACKOFF */.VU, credentials, ...http } = options;
        const origin = originOf(host, insecure);
        const client = new http_0/* HttpClient */.Qq({ env, ...http });
        const { signal } = options;
        const warn = (line) => log.warn(line);
        this.name = `${host}/${repository}`;
        this.#host = host;
        this.#base = new URL(`/v2/${repository}/`, origin);
        this.#client = client;
        this.#registry = new Registry({
            origin,
            name: this.name,
            client,
            credentials: async () => credentials ?? readCredentials(host, repository, { env, warn, ...(signal && { signal }) }),
            backoff,
            log,
            insecure: insecure ?? false,
            ...(signal && { signal })
        });
        this.#log = log;
        const place = { registry: this.#registry, base: this.#base, name: this.name };
        this.#pull = { ...place, scopes: [`repository:${repository}:pull`] };
        this.#push = { ...place, scopes: [`repository:${repository}:pull,push`] };
        this.#uploader = new Uploader(this.#registry, this.#base, this.#push.scopes);
        this.#referrers = new RemoteReferrers({ pull: this.#pull, push: this.#push, log });
    }
    async headBlob(digest) {
        return this.#registry.attempt(`looking for ${digest}`, () => headBlob(this.#registry, this.#base, digest, this.#pull.scopes));
    }
    async putBlob(blob, open) {
        return this.#uploader.put(blob, open);
    }
    async putStream(open) {
        return this.#uploader.putStream(open);
    }
    /** `fromRepository` is `REPOSITORY` or `HOST/REPOSITORY` with the same host. */
    async mountBlob(digest, fromRepository) {
        const own = `${this.#host}/`;
        const from = fromRepository.startsWith(own) ? fromRepository.slice(own.length) : fromRepository;
        return this.#uploader.mount(digest, from, [...this.#push.scopes, `repository:${from}:pull`]);
    }
    getBlob(blob) {
        return fetchBlob(this.#registry, this.#base, blob, this.#pull.scopes);
    }
    getRange(blob, range) {
        return fetchRange(this.#registry, this.#base, blob, range, this.#pull.scopes);
    }
    async locate({ digest }) {
        return this.#registry.locate(new URL(`blobs/${(0,oci_digest/* checkedDigest */.oM)(digest)}`, this.#base), this.#pull.scopes);
    }
    async getManifest(reference) {
        if (reference === undefined) {
            throw new errors/* SeedError */.uV('REFERENCE_INVALID', `${this.name} is a repository, not an image`, {
                hint: `Name the image by its digest: ${this.name}@sha256:…`
            });
        }
        return this.#registry.attempt(`reading the manifest ${reference}`, () => fetchManifest(this.#pull, reference));
    }
    async putManifest(bytes, mediaType, tags = []) {
        const digest = (0,oci_digest/* digestOf */.ol)(bytes);
        tags.forEach(oci_name/* checkedTag */.y3);
        for (const reference of [digest, ...tags]) {
            await this.#registry.attempt(`writing the manifest ${reference}`, async () => {
                const { subjectListed } = await pushManifest(this.#push, reference, bytes, mediaType);
                if (subjectListed)
                    this.#referrers.noteListed(digest);
            });
        }
        return { mediaType, digest, size: bytes.length };
    }
    async attach(subject, artifacts) {
        return (0,artifact/* attachArtifacts */.zA)(this, subject, artifacts, (...referrers) => this.#referrers.announce(...referrers));
    }
    async referrers(subject, artifactType, passedOver) {
        const entries = await this.#referrers.entries((0,oci_digest/* checkedDigest */.oM)(subject), artifactType);
        return describeReferrers(this, entries, { subject, artifactType, passedOver }, this.#log);
    }
    async close() {
        this.#client.close();
    }
}
/** Docker Hub is the one registry whose API has another host than its name. */
function originOf(host, insecure) {
    const url = new URL(`https://${host === 'docker.io' ? 'registry-1.docker.io' : host}`);
    if (insecure ?? (0,proxy/* isLoopback */.U9)(url.hostname))
        url.protocol = 'http:';
    return url;
}

;// CONCATENATED MODULE: ./oci/repository.js



/**
 * The repository that `name` points into, in a registry or on disk. Nothing is read or sent yet.
 *
 * @param options what a registry needs; a layout on disk takes only the signal and the log.
 * @throws REFERENCE_INVALID
 */
function openRepository(name, options) {
    const parsed = typeof name === 'string' ? (0,oci_name/* parseName */.$q)(name) : name;
    if (parsed.kind === 'registry')
        return new RemoteRepository(parsed, options);
    const { signal, log } = options;
    return new LayoutRepository(parsed.directory, { ...(signal && { signal }), ...(log && { log }) });
}

// EXTERNAL MODULE: ./cli/command.js + 1 modules
var cli_command = __nccwpck_require__(1856);
;// CONCATENATED MODULE: ./cli/installable.js

/** Splits at the first `#`; what is before is a flake reference, `.` by default. */
function splitInstallable(installable) {
    const hash = installable.indexOf('#');
    if (hash < 0)
        return { reference: installable };
    const attribute = installable.slice(hash + 1);
    if (attribute.includes('^')) {
        throw new errors/* SeedError */.uV('USAGE', 'an installable with outputs cannot be published', {
            resource: installable,
            hint: 'Leave out the part from ^ on.'
        });
    }
    return { reference: installable.slice(0, hash) || '.', ...(attribute === '' ? {} : { attribute }) };
}

;// CONCATENATED MODULE: ./cli/repository.js


/** How a command reaches the repository that it is given. */
function repositoryOptions({ ports }, args) {
    // Absent, not false: loopback addresses are spoken to in plain HTTP unless told otherwise.
    const insecure = args.flag('insecure') ? { insecure: true } : {};
    return { env: ports.env, signal: ports.signal, log: ports.log, ...insecure };
}
/** `name` without its tag. */
function withoutTag(name) {
    const { tag: _, ...rest } = name;
    return rest;
}
/**
 * The digest that `name` has.
 *
 * @param repository asked what the tag leads to; absent where nobody must be asked
 * @param action what only goes by digest: `is attested`
 * @throws SeedError USAGE where it has none, with the digest that its tag leads to now
 */
async function requireDigest(name, repository, action) {
    if (name.digest !== undefined)
        return name.digest;
    const found = await repository?.getManifest(name.tag).catch(() => undefined);
    const digest = found?.descriptor.digest;
    throw new errors/* SeedError */.uV('USAGE', `a seed ${action} by digest only, since a tag can be moved to another image`, {
        resource: (0,oci_name/* formatName */.nD)(name),
        hint: digest === undefined
            ? 'Use the reference that `nix-seed publish` printed.'
            : `Now it is ${(0,oci_name/* formatName */.nD)({ ...withoutTag(name), digest })}; use that if it is the image that you mean.`
    });
}

// EXTERNAL MODULE: ./seed/attestation.js
var attestation = __nccwpck_require__(898);
;// CONCATENATED MODULE: ./cli/signing-options.js
/** The options of commands that sign. What they mean is read where something is signed alone (`signing.ts`). */





const SIGNING_OPTIONS = {
    'fulcio-url': { value: 'URL', help: 'certificate authority (default: $SIGSTORE_FULCIO_URL, else the public one)' },
    'rekor-url': { value: 'URL', help: 'transparency log, or none (default: $SIGSTORE_REKOR_URL, else the public one)' },
    'rekor-version': { value: 'N', help: 'what the log speaks: 1 or 2 (default: 1)' },
    'timestamp-url': {
        value: 'URL',
        help: 'timestamp authority, or none (default: $SIGSTORE_TIMESTAMP_URL, else the public one)'
    },
    'oidc-audience': { value: 'NAME', help: 'whom the identity token is meant for (default: sigstore)' },
    'token-file': { value: 'FILE', help: 'read the identity token from here (default: ask the CI provider)' },
    key: { value: 'FILE|env:NAME', help: 'sign with a private key, in PEM; $NIX_SEED_KEY_PASSPHRASE opens it' },
    'sign-command': {
        value: 'COMMAND',
        help: 'sign with a program: SHA-256 digest on standard input, signature on standard output'
    },
    'public-key': { value: 'FILE', help: 'of --sign-command, in PEM' },
    'builder-id': { value: 'URI', help: 'whom the statement names as builder, where a key signs' },
    'bundle-dir': { value: 'DIR', help: 'where the signed bundle is kept (default: ~/.local/state/nix-seed)' }
};
/** What the help of every command that signs says about it. */
const SIGNING_DETAILS = [
    "Signing: the job's identity token (GitHub: permissions id-token: write; GitLab: id_tokens with SIGSTORE_ID_TOKEN; CircleCI: nothing, where the program circleci is there, as on its own machines; else SIGSTORE_ID_TOKEN) is exchanged for a certificate that lives for minutes; the flake has to be the commit that the job is of, without changes. The signature is entered in a log. Certificate and log are public, and name the repository and its workflow. Builders without an accepted identity sign with --key or --sign-command, and say with --builder-id who they are.",
    'A certificate authority other than the public one takes a log and a timestamp authority of its own choice: give all three addresses, or none for what there is not.'
];
/** Refuses options that only mean something to a command that signs. */
function refuseSigningOptions(command, args) {
    const given = Object.keys(SIGNING_OPTIONS).find(name => args.text(name) !== undefined);
    if (given !== undefined)
        throw (0,cli_command/* usage */.CI)(command, `--${given} needs --sign`);
}
/** The label that `--source` becomes. */
function sourceLabel(args) {
    const source = args.text('source');
    return source === undefined ? {} : { 'org.opencontainers.image.source': source };
}
const AGAIN = 'Run the same command again when that is put right.';
/** Whether what was signed is on disk, and only could not be attached. */
function isAttachable(error) {
    return error instanceof errors/* SeedError */.uV && error.message.startsWith(attestation/* SIGNED */.rv);
}
/** How to attach what has been signed. */
function attachLine(image, folder, digest) {
    const { bundle } = (0,attestation/* attestationFiles */.gH)(folder, digest);
    return `Or attach what has been signed, which moves no tag: nix-seed attest ${image} --bundle ${bundle}`;
}
/** The same failure, with further lines on what to do next. */
function withHint(error, ...lines) {
    const { code, message, resource, hint } = error;
    return new errors/* SeedError */.uV(code, message, {
        ...(resource !== undefined && { resource }),
        hint: [hint, ...lines].filter(line => line !== undefined).join('\n'),
        cause: error
    });
}
/** Where bundles are kept. */
function bundleFolder(args, { cwd, env }) {
    const given = args.text('bundle-dir');
    if (given !== undefined)
        return (0,external_node_path_.resolve)(cwd, given);
    const state = env['XDG_STATE_HOME'];
    return (0,external_node_path_.join)(state !== undefined && state.startsWith('/') ? state : (0,external_node_path_.join)(env['HOME'] ?? (0,external_node_os_.homedir)(), '.local/state'), 'nix-seed');
}
/** What was signed, for people. */
function describeAttestation(attestation) {
    const { identity, issuer, builderId, logIndex, logUrl, timestamp, files } = attestation;
    return [
        identity === undefined ? `signed with the key of ${builderId}` : `signed as ${identity} (issuer ${issuer})`,
        logIndex === undefined ? 'in no log' : `log index ${logIndex}${logUrl === undefined ? '' : `: ${logUrl}`}`,
        ...(timestamp === undefined ? [] : [`at ${timestamp}`]),
        `kept in ${files.bundle}`
    ];
}

;// CONCATENATED MODULE: ./cli/attest.js








const attestCommand = {
    name: 'attest',
    summary: 'sign the provenance of a published seed and attach it',
    synopsis: 'REFERENCE@DIGEST [INSTALLABLE] [OPTION]…',
    positionals: { min: 1, max: 2 },
    options: {
        ...SIGNING_OPTIONS,
        source: { value: 'URL', help: "the project's repository, if publish was given it" },
        'started-on': { value: 'TIME', help: "when the build began, in ISO 8601 (default: the CI job's start, else now)" },
        bundle: { value: 'FILE', help: 'sign nothing: attach this bundle, which was signed before' },
        bill: { value: 'FILE', help: 'with --bundle: its bill of materials (default: beside it)' },
        insecure: { help: 'speak plain HTTP to the registry (loopback addresses always are)' },
        json: { help: 'print the result as JSON' }
    },
    details: [
        'For pipelines that publish in another step; `nix-seed publish --sign` does both. INSTALLABLE is what was published, as publish takes it; the flake in this folder by default.',
        'A builder attests only what it built itself. So the seed is evaluated, built and packed here once more, which sends nothing and is quick where the store has it, and has to come out as the same digest: from the same lock, by the same version of nix-seed, with the same --source.',
        'Tags are not touched: `publish --sign` moves them once all is attached, and after a failure the same command may be run again. --bundle attaches to an image what was signed for it before, and does nothing else: no token is asked for, nothing is built, no tag is moved.',
        ...SIGNING_DETAILS
    ],
    examples: [
        { line: 'nix-seed attest ghcr.io/org/repo/seed@sha256:…', meaning: 'the seed of the flake in this folder' },
        {
            line: 'nix-seed attest HOST/seed@sha256:… --key env:SEED_KEY --builder-id https://ci.example.org/seed',
            meaning: 'with a key'
        },
        {
            line: 'nix-seed attest HOST/seed@sha256:… --bundle seed-0123456789abcdef.sigstore.json',
            meaning: 'attach what was signed'
        }
    ],
    run: runAttest
};
async function runAttest(args, io) {
    const started = new Date();
    const name = (0,oci_name/* parseName */.$q)(args.positionals[0] ?? '');
    const bundle = args.text('bundle');
    if (bundle === undefined && args.text('bill') !== undefined)
        throw (0,cli_command/* usage */.CI)(attestCommand, '--bill goes with --bundle');
    const repository = openRepository(name, repositoryOptions(io, args));
    try {
        const digest = await requireDigest(name, repository, 'is attested');
        if (bundle === undefined)
            await sign(name, digest, repository, started, args, io);
        else
            await attach(name, digest, repository, bundle, args, io);
    }
    finally {
        await repository.close();
    }
}
async function sign(name, digest, repository, started, args, io) {
    const { ports } = io;
    const startedOn = readStart(args, io.env, started);
    const { reference, attribute } = splitInstallable(args.positionals[1] ?? '.');
    const [{ readSigning }, { attestSeed, checkSigning }] = await Promise.all([
        Promise.all(/* import() */[__nccwpck_require__.e(137), __nccwpck_require__.e(154), __nccwpck_require__.e(282), __nccwpck_require__.e(839), __nccwpck_require__.e(762)]).then(__nccwpck_require__.bind(__nccwpck_require__, 9023)),
        Promise.all(/* import() */[__nccwpck_require__.e(137), __nccwpck_require__.e(154), __nccwpck_require__.e(282), __nccwpck_require__.e(839), __nccwpck_require__.e(829)]).then(__nccwpck_require__.bind(__nccwpck_require__, 6896))
    ]);
    const signing = await readSigning(attestCommand, args, io);
    const flake = await (0,nix_flake/* readFlake */.aH)(reference, ports, { cwd: io.cwd });
    const labels = sourceLabel(args);
    await checkSigning(signing, ports, { flake, labels });
    const { digest: _, ...bare } = withoutTag(name);
    const image = (0,oci_name/* formatName */.nD)({ ...bare, digest });
    const files = bundleFolder(args, io);
    const selected = { flake, labels, ...(attribute !== undefined && { attribute }) };
    const attestation = await attestSeed({ repository, name: (0,oci_name/* formatName */.nD)(bare), digest, startedOn, signing, files, ...selected }, ports).catch((error) => {
        throw isAttachable(error) ? withHint(error, AGAIN, attachLine(image, files, digest)) : error;
    });
    if (args.flag('json'))
        io.print(`${JSON.stringify({ reference: image, ...attestation }, null, 2)}\n`);
    else {
        for (const line of describeAttestation(attestation))
            ports.log.info(line);
        io.print(`${image}\n`);
    }
}
async function attach(name, digest, repository, bundle, args, io) {
    const unused = [...Object.keys(SIGNING_OPTIONS), 'source', 'started-on'].find(option => args.text(option) !== undefined);
    if (unused !== undefined)
        throw (0,cli_command/* usage */.CI)(attestCommand, `--${unused} is of no use with --bundle: nothing is signed`);
    if (args.positionals[1] !== undefined)
        throw (0,cli_command/* usage */.CI)(attestCommand, 'a flake is of no use with --bundle');
    const bill = args.text('bill');
    const files = { bundle: (0,external_node_path_.resolve)(io.cwd, bundle), ...(bill !== undefined && { bill: (0,external_node_path_.resolve)(io.cwd, bill) }) };
    const { attachFiles } = await Promise.all(/* import() */[__nccwpck_require__.e(137), __nccwpck_require__.e(291)]).then(__nccwpck_require__.bind(__nccwpck_require__, 9291));
    const attached = await attachFiles(repository, digest, files);
    const image = (0,oci_name/* formatName */.nD)({ ...withoutTag(name), digest });
    if (args.flag('json'))
        io.print(`${JSON.stringify({ reference: image, ...attached }, null, 2)}\n`);
    else {
        for (const [what, at] of [['bundle', attached.bundle], ['bill of materials', attached.bill]]) {
            if (at)
                io.ports.log.info(`${what} ${at.existed ? 'was attached already' : 'attached'}: ${at.descriptor.digest}`);
        }
        io.print(`${image}\n`);
    }
}
/** Variables in which CI providers tell when a job began. */
const START_VARIABLES = ['CI_JOB_STARTED_AT', 'CODEBUILD_START_TIME'];
function readStart(args, env, now) {
    const given = args.text('started-on');
    if (given !== undefined) {
        // Without a zone, it would mean another time on another machine.
        const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)$/.test(given)
            ? new Date(given)
            : NaN;
        if (Number.isNaN(Number(time)))
            throw (0,cli_command/* usage */.CI)(attestCommand, '--started-on is no time like 2026-01-31T12:00:00Z');
        if (Number(time) > Number(now))
            throw (0,cli_command/* usage */.CI)(attestCommand, '--started-on is in the future');
        return new Date(time);
    }
    for (const name of START_VARIABLES) {
        const text = env[name] ?? '';
        const time = new Date(/^\d+$/.test(text) ? Number(text) : text);
        if (!Number.isNaN(Number(time)) && time <= now)
            return time;
    }
    return now;
}

;// CONCATENATED MODULE: ./format.js
/** Amounts as people read them. */
/** `1.23 GB`, `45.6 MB`, `789 kB`, `12 B`: decimal units, three digits. */
function formatBytes(bytes) {
    const units = ['B', 'kB', 'MB', 'GB', 'TB'];
    let value = bytes;
    let unit = 0;
    while (value >= 999.5 && unit < units.length - 1) {
        value /= 1000;
        unit++;
    }
    return `${unit === 0 ? value : value.toPrecision(3)} ${units[unit]}`;
}
/** `0.42 s`, `12.3 s`, `2 min 5 s`. */
function formatDuration(milliseconds) {
    const seconds = milliseconds / 1000;
    if (seconds < 10)
        return `${seconds.toFixed(2)} s`;
    if (seconds < 100)
        return `${seconds.toFixed(1)} s`;
    const whole = Math.round(seconds);
    return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

;// CONCATENATED MODULE: ./cli/attestations.js




const attestationsCommand = {
    name: 'attestations',
    summary: 'list what is attached to a seed image, unverified',
    synopsis: 'REFERENCE@DIGEST [OPTION]…',
    positionals: { min: 1, max: 1 },
    options: {
        insecure: { help: 'speak plain HTTP to the registry (loopback addresses always are)' },
        json: { help: 'print all of it as JSON' }
    },
    details: [
        'Lists provenance, other attestations, bills of materials and whatever else hangs on the image, with what each says of itself. Nothing of it is verified: anyone who can write to the repository can attach anything, under any name.',
        'With --json, "attestations" is a list of objects with kind, digest, artifactType and size, and where they are known predicateType, signer (kind, identity, issuer, hint), logIndex, time and problem.'
    ],
    examples: [
        { line: 'nix-seed attestations ghcr.io/org/repo/seed@sha256:…', meaning: 'for a look' },
        {
            line: "nix-seed attestations oci:./seed@sha256:… --json | jq -r '.attestations[].signer.identity'",
            meaning: 'who claims to have signed'
        }
    ],
    run: runAttestations
};
async function runAttestations(args, io) {
    const name = (0,oci_name/* parseName */.$q)(args.positionals[0] ?? '');
    const repository = openRepository(name, repositoryOptions(io, args));
    try {
        const digest = await requireDigest(name, repository, 'is looked up');
        const { listAttestations } = await Promise.all(/* import() */[__nccwpck_require__.e(137), __nccwpck_require__.e(249)]).then(__nccwpck_require__.bind(__nccwpck_require__, 5249));
        const attestations = await listAttestations(repository, digest);
        const reference = (0,oci_name/* formatName */.nD)({ ...withoutTag(name), digest });
        if (args.flag('json'))
            io.print(`${JSON.stringify({ reference, verified: false, attestations }, null, 2)}\n`);
        else
            io.print(render(reference, attestations));
    }
    finally {
        await repository.close();
    }
}
function render(reference, attestations) {
    if (attestations.length === 0)
        return `nothing is attached to ${reference}\n`;
    const lines = [
        `${attestations.length} attached to ${reference}`,
        'Nothing of this is verified: it is what each says of itself.'
    ];
    for (const each of attestations) {
        const { kind, predicateType, artifactType, signer, logIndex, time, problem } = each;
        const rows = [
            ['digest', each.digest],
            ['type', predicateType ?? artifactType],
            [
                'signer',
                signer &&
                    (signer.identity ?? (signer.kind === 'key' ? `a key${signer.hint ? ` (${signer.hint})` : ''}` : 'not named'))
            ],
            ['issuer', signer?.issuer],
            ['log index', logIndex],
            ['time', time],
            ['size', formatBytes(each.size)],
            ['problem', problem]
        ];
        lines.push('', kind);
        for (const [label, value] of rows)
            if (value !== undefined)
                lines.push(`  ${label.padEnd(9)}  ${visible(value)}`);
    }
    return `${lines.join('\n')}\n`;
}
const MAX_CHARACTERS = 300;
/** What strangers wrote goes to a terminal: nothing that moves its cursor, and not endless. */
function visible(text) {
    const clean = text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '�');
    return clean.length <= MAX_CHARACTERS ? clean : `${clean.slice(0, MAX_CHARACTERS).toWellFormed()}…`;
}

// EXTERNAL MODULE: ./attest/verify/refusal.js
var verify_refusal = __nccwpck_require__(7128);
;// CONCATENATED MODULE: ./cli/error-data.js

function errorData(error) {
    const { code, message, resource, hint } = error;
    const refusal = error instanceof verify_refusal/* BundleRefusal */.dx ? error : undefined;
    return {
        code,
        message,
        ...(resource !== undefined && { resource }),
        ...(hint !== undefined && { hint }),
        ...(refusal && { reason: refusal.reason }),
        ...(refusal?.expected !== undefined && { expected: refusal.expected }),
        ...(refusal?.found !== undefined && { found: refusal.found })
    };
}

// EXTERNAL MODULE: ./seed/image.js
var seed_image = __nccwpck_require__(3181);
// EXTERNAL MODULE: ./nix/store-path.js
var store_path = __nccwpck_require__(4433);
;// CONCATENATED MODULE: ./seed/selection.js
/**
 * The part of a seed that some outputs of the flake need, found in the seed's table alone.
 *
 * A root that the table lists for no output is needed by every job: the source trees that evaluation reads, what it
 * builds, Nix itself. So a selection has these, the roots of the outputs that are named, and the closure of both.
 */


/** Names of outputs out of one text, with white space or commas between them. */
function splitNames(text) {
    return text.split(/[\s,]+/).filter(name => name !== '');
}
/**
 * What the outputs need that `names` stand for.
 *
 * @param names as one writes them for `nix build`: `hello`, `.#hello`, `packages.x86_64-linux.hello`. A short one stands
 *   for all outputs of that name, whether package, check, app or shell
 * @throws SeedError USAGE with the names of all outputs where the seed has none of a name
 */
function selection_select(seed, names) {
    const known = [...(seed.outputs?.keys() ?? [])];
    return selectOutputs(seed, sorted(names.flatMap(name => outputsOf(name, known))));
}
/** What the outputs with these attributes need. With none of them it is what every job needs. */
function selectOutputs(seed, attributes) {
    const needs = seed.outputs ?? new Map();
    const ofOutputs = new Set([...needs.values()].flat());
    const wanted = new Set(attributes.flatMap(attribute => needs.get(attribute) ?? []));
    const roots = seed.roots.filter(root => !ofOutputs.has(root) || wanted.has(root));
    const within = closureOf([...roots, ...(seed.nix === undefined ? [] : [seed.nix])], seed.closure);
    return {
        ...seed,
        roots,
        selected: attributes,
        closure: seed.closure.filter(({ path }) => within.has(path)),
        rest: seed.closure.filter(({ path }) => !within.has(path))
    };
}
/** The layers that hold some of a selection, by their place in the image, in ascending order. */
function layersOf({ closure, layerOf }) {
    return [...new Set(closure.map(({ path }) => layerOf.get(path) ?? 0))].sort((a, b) => a - b);
}
/** The attributes among `outputs` that one name stands for. */
function outputsOf(name, outputs) {
    const attribute = attributeOf(name);
    const found = outputs.filter(output => output === attribute || lastPart(output) === attribute);
    if (found.length > 0)
        return found;
    const known = outputs.length === 0 ? 'It has none.' : `Its outputs: ${sorted(outputs).join(', ')}`;
    throw new errors/* SeedError */.uV('USAGE', `the seed knows no output ${JSON.stringify(name)}`, { hint: known });
}
/** What stands behind `#` in an installable, or all of it where it has none; without quotes, and without `^out`. */
function attributeOf(installable) {
    const text = installable.slice(installable.indexOf('#') + 1).replace(/\^.*$/, '');
    const isWhole = text === '' || (text === installable && /^\.{1,2}(\/|$)/.test(text));
    return isWhole ? 'default' : text.replaceAll('"', '').replace(/^\./, '');
}
/** `hello` of `packages.x86_64-linux.hello`; a name may have dots itself. */
function lastPart(output) {
    return output.split('.').slice(2).join('.');
}
function closureOf(roots, paths) {
    const infos = new Map(paths.map(info => [info.path, info]));
    const found = new Set(roots);
    // Sets go on with what is added meanwhile.
    for (const path of found)
        for (const reference of infos.get(path)?.references ?? [])
            found.add(reference);
    return found;
}
function sorted(names) {
    return [...new Set(names)].sort(store_path/* compareText */.n6);
}

;// CONCATENATED MODULE: ./cli/inspect.js







const inspectCommand = {
    name: 'inspect',
    summary: 'show what a seed image holds, without fetching its layers',
    synopsis: 'REFERENCE [OPTION]…',
    positionals: { min: 1, max: 1 },
    options: {
        paths: { help: 'list every store path' },
        insecure: { help: 'speak plain HTTP to the registry (loopback addresses always are)' },
        json: { help: 'print all of it as JSON' }
    },
    details: [
        'REFERENCE is HOST/REPOSITORY or oci:DIR, with :TAG or @DIGEST. Only the image index, its manifest and its config are read.',
        'For each output of the flake it is shown what `nix-seed restore --for` it would fetch, and how much that is unpacked. Outputs share most of it.'
    ],
    examples: [
        { line: 'nix-seed inspect ghcr.io/org/repo/seed@sha256:…', meaning: 'layers, sizes and labels' },
        { line: "nix-seed inspect oci:./seed --json | jq '.paths | length'", meaning: 'for a script' }
    ],
    run: runInspect
};
async function runInspect(args, io) {
    const name = (0,oci_name/* parseName */.$q)(args.positionals[0] ?? '');
    const repository = openRepository(name, repositoryOptions(io, args));
    try {
        const reference = name.digest ?? name.tag;
        if (reference === undefined && name.kind === 'registry') {
            throw (0,cli_command/* usage */.CI)(inspectCommand, 'the reference has neither a tag nor a digest');
        }
        const inspection = inspect(await (0,seed_image/* readSeedImage */.zJ)(repository, reference));
        if (args.flag('json'))
            io.print(`${JSON.stringify(inspection, null, 2)}\n`);
        else
            io.print(inspect_render(inspection, args.flag('paths')));
    }
    finally {
        await repository.close();
    }
}
/** What is told of an image. */
function inspect(image) {
    const table = image.config[seed_image/* SEED_FIELD */.H8];
    const seed = (0,seed_image/* readTable */.xz)(table);
    const { closure, roots, layerOf } = seed;
    const paths = closure.map(info => ({
        path: info.path,
        narBytes: info.narSize,
        narHash: info.narHash,
        layer: layerOf.get(info.path) ?? 0
    }));
    const layers = image.layers.map((layer, i) => {
        const own = paths.filter(path => path.layer === i);
        return {
            digest: layer.digest,
            mediaType: layer.mediaType,
            bytes: layer.size,
            narBytes: own.reduce((sum, path) => sum + path.narBytes, 0),
            paths: own.length,
            content: layer.annotations?.[seed_image/* ANNOTATION_CONTENT */._l] ?? ''
        };
    });
    return {
        digest: image.index.digest,
        manifest: image.manifest.digest,
        name: table.name,
        system: table.system,
        annotations: image.indexAnnotations,
        labels: image.config.config?.Labels ?? {},
        env: image.config.config?.Env ?? [],
        bytes: layers.reduce((sum, layer) => sum + layer.bytes, 0),
        narBytes: paths.reduce((sum, path) => sum + path.narBytes, 0),
        erofsBytes: (image.erofs?.layers ?? []).reduce((sum, layer) => sum + layer.size, 0),
        layers,
        ...outputShares(image, seed),
        roots,
        paths
    };
}
function outputShares(image, seed) {
    if (seed.outputs === undefined)
        return {};
    const sizes = (layers = [], at) => at.reduce((sum, each) => sum + (layers[each]?.size ?? 0), 0);
    const share = (attributes) => {
        const selection = selectOutputs(seed, attributes);
        const layers = layersOf(selection);
        return {
            paths: selection.closure.length,
            narBytes: selection.closure.reduce((sum, { narSize }) => sum + narSize, 0),
            layers: layers.length,
            bytes: sizes(image.layers, layers),
            erofsBytes: sizes(image.erofs?.layers, layers)
        };
    };
    const outputs = [...seed.outputs.keys()].map((attribute) => [attribute, share([attribute])]);
    return { outputs: Object.fromEntries(outputs), shared: share([]) };
}
/** The same as text. */
function inspect_render(seed, allPaths) {
    const lines = [
        `${seed.name} for ${seed.system}`,
        `digest    ${seed.digest}`,
        `size      ${formatBytes(seed.bytes)} compressed, ${formatBytes(seed.narBytes)} unpacked${seed.erofsBytes === 0 ? '' : `, ${formatBytes(seed.erofsBytes)} as EROFS`}`,
        `content   ${seed.paths.length} store paths in ${seed.layers.length} layers`
    ];
    for (const [name, value] of Object.entries({ ...seed.annotations, ...seed.labels }))
        lines.push(`label     ${name}=${value}`);
    lines.push('', '  #  compressed    unpacked  paths  content');
    for (const [i, layer] of seed.layers.entries()) {
        const cells = [
            String(i).padStart(3),
            formatBytes(layer.bytes).padStart(10),
            formatBytes(layer.narBytes).padStart(10),
            String(layer.paths).padStart(5),
            layer.content
        ];
        lines.push(cells.join('  '));
    }
    if (seed.outputs && seed.shared) {
        lines.push('', 'compressed    unpacked  paths  layers  restore --for');
        const rows = [...Object.entries(seed.outputs), ['(what any of them takes)', seed.shared]];
        for (const [name, share] of rows) {
            const cells = [
                formatBytes(share.bytes).padStart(10),
                formatBytes(share.narBytes).padStart(10),
                String(share.paths).padStart(5),
                String(share.layers).padStart(6),
                name
            ];
            lines.push(cells.join('  '));
        }
    }
    if (allPaths) {
        lines.push('', '  #    unpacked  path');
        for (const path of seed.paths) {
            lines.push(`${String(path.layer).padStart(3)}  ${formatBytes(path.narBytes).padStart(10)}  ${path.path}`);
        }
    }
    return `${lines.join('\n')}\n`;
}

// EXTERNAL MODULE: ./seed/key.js
var seed_key = __nccwpck_require__(9075);
;// CONCATENATED MODULE: ./cli/key.js




const keyCommand = {
    name: 'key',
    summary: 'print the lock key of a flake',
    synopsis: '[FLAKE_DIR | FLAKE_LOCK]',
    positionals: { min: 0, max: 1 },
    options: { json: { help: 'print the result as JSON' } },
    details: [
        'The lock key is the SHA-256 of flake.lock without the seed-self input, written as canonical JSON. It changes exactly when a dependency of the flake does, and is how a seed is found for a lock. Nix is not needed.'
    ],
    examples: [
        { line: 'nix-seed key', meaning: 'of the flake in this folder' },
        { line: 'nix-seed key path/to/flake.lock', meaning: 'of a lock file' }
    ],
    run: runKey
};
async function runKey(args, io) {
    const place = (0,external_node_path_.resolve)(io.cwd, args.positionals[0] ?? '.');
    const file = (await isFolder(place)) ? (0,external_node_path_.join)(place, 'flake.lock') : place;
    const key = await (0,seed_key/* readLockKey */.tS)(file);
    io.print(args.flag('json') ? `${JSON.stringify({ lockKey: key, file })}\n` : `${key}\n`);
}
async function isFolder(path) {
    try {
        return (await (0,promises_.stat)(path)).isDirectory();
    }
    catch (error) {
        if ((0,errors/* systemCode */.xU)(error) === 'ENOENT')
            return false; // the lock reader says so, with what to do
        throw error;
    }
}

// EXTERNAL MODULE: ./attest/policy.js + 5 modules
var attest_policy = __nccwpck_require__(9832);
// EXTERNAL MODULE: ./cli/policy-file.js
var policy_file = __nccwpck_require__(7610);
// EXTERNAL MODULE: ./attest/statement.js
var statement = __nccwpck_require__(1953);
;// CONCATENATED MODULE: ./cli/policy-start.js
/** The policy that `policy init` writes: comments that explain, and builders as far as the git remotes tell them. */




const DEFAULT_BRANCH = 'main';
/**
 * The projects that the remotes of the git repository in `folder` lead to, `origin` first. None where there is no
 * repository, no remote or no git.
 *
 * @throws SeedError INTERRUPTED
 */
async function readProjects(folder, ports) {
    const remotes = (await git(['config', '--get-regexp', String.raw `^remote\..*\.url$`], folder, ports))
        .split('\n')
        .flatMap(line => {
        const [, name = '', url = ''] = /^remote\.(.*)\.url (.*)$/.exec(line) ?? [];
        const place = parseRemote(url);
        return place ? [{ name, ...place }] : [];
    })
        .sort((a, b) => Number(b.name === 'origin') - Number(a.name === 'origin'));
    const projects = [];
    for (const { name, host, path } of remotes) {
        const head = await git(['symbolic-ref', '--short', `refs/remotes/${name}/HEAD`], folder, ports);
        const branch = head.startsWith(`${name}/`) ? head.slice(name.length + 1).trim() : '';
        projects.push({ host, path, branch: /^[\w./-]+$/.test(branch) ? branch : DEFAULT_BRANCH });
    }
    return projects;
}
async function git(args, folder, { env, signal }) {
    try {
        return (await (0,process_0/* run */.eF)('git', args, { cwd: folder, env, signal })).stdout.toString();
    }
    catch (error) {
        const isAbsent = error instanceof errors/* SeedError */.uV && ['TOOL_MISSING', 'TOOL_FAILED'].includes(error.code);
        if (isAbsent)
            return '';
        throw error;
    }
}
/**
 * Host and path of a remote's URL, in each of the ways in which git takes it. Users and passwords are left out; what is on
 * no other machine is undefined.
 */
function parseRemote(url) {
    const [, host, path] = /^(?:https?|ssh|git):\/\/(?:[^/@]*@)?([^/:]+)(?::\d+)?\/(.+)$/.exec(url) ??
        /^(?:[^/@]*@)?([^/:]+):(?!\/\/)\/?(.+)$/.exec(url) ??
        [];
    const plain = path?.replace(/\/+$/, '').replace(/\.git$/, '');
    if (host === undefined || plain === undefined || !/^[\w.-]+(?:\/[\w.-]+)+$/.test(plain))
        return undefined;
    return { host: host.toLowerCase(), path: plain };
}
/**
 * The text of a policy to start from. What is not known stands in angle brackets, which no reader of policies accepts: a
 * name that is guessed could belong to somebody else.
 */
function policyStart(projects) {
    const at = (host, path) => projects.find(project => project.host === host) ?? { host, path, branch: DEFAULT_BRANCH };
    const { path: github, branch } = at('github.com', '<owner>/<repository>');
    const { path: gitlab, branch: gitlabBranch } = at('gitlab.com', '<group>/<project>');
    return `{
  "$schema": ${JSON.stringify(attest_policy.SCHEMA_ID)},

  // How many builders must have attested the same digest, and in what these must differ from each other. Also to be had:
  // "cloud", "operatorJurisdiction", "computeJurisdiction", "trustRoot", "repository".
  "threshold": ${attest_policy.DEFAULT_THRESHOLD},
  "dimensions": ["builder", "organisation", "issuer"],

  "predicateType": ${JSON.stringify(statement/* PROVENANCE_TYPE */.Ti)},
  // "maximumAgeDays": 90,

  // What is refused unless it is allowed here.
  "allowSelfHosted": false,
  "allowSandboxOff": false,
  "allowSeveralSubjects": false,

  // A builder that attests two digests for one commit: "fail" lets nothing pass, "discount" ignores that builder.
  "equivocation": "fail",

  // Everybody whose word counts. Issuer and identity are compared as a whole, character by character;
  // \`nix-seed attestations IMAGE@DIGEST\` shows those of seeds that are signed already.
  "builders": [
    {
      "id": "github",
      "organisation": "Microsoft",
      "operatorJurisdiction": "US",
      "cloud": "Azure",
      "issuer": "https://token.actions.githubusercontent.com",
      // Repository, workflow and ref. Of a reusable workflow these are its own, so add
      // "repository": "https://github.com/OWNER/REPOSITORY" for that which is built.
      "identity": "https://github.com/${github}/.github/workflows/seed.yml@refs/heads/${branch}"
    },
    {
      "id": "gitlab",
      "organisation": "GitLab",
      "operatorJurisdiction": "US",
      "computeJurisdiction": "US",
      "cloud": "Google Cloud",
      "issuer": "https://gitlab.com",
      // Two slashes, then the file and the ref.
      "identity": "https://gitlab.com/${gitlab}//.gitlab-ci.yml@refs/heads/${gitlabBranch}"
    },
    {
      "id": "circleci",
      "organisation": "CircleCI",
      "operatorJurisdiction": "US",
      // The ids are in Organization Settings, and in Project Settings. CircleCI builds on more than one cloud.
      "issuer": "https://oidc.circleci.com/org/<organization id>",
      "identity": "https://circleci.com/api/v2/projects/<project id>/pipeline-definitions/<definition id>"
    }
    // A builder that signs with a key of its own has neither issuer nor identity:
    // { "id": "own", "organisation": "…", "publicKey": "own.pub" }
  ]
}
`;
}

;// CONCATENATED MODULE: ./cli/policy.js







const DEFAULT_FILE = 'seed-policy.jsonc';
/** Of sets that can meet a policy, as many as anybody reads. */
const MAX_SETS = 20;
const policyCommand = {
    name: 'policy',
    summary: 'check a policy, or write one to start from',
    synopsis: 'check POLICY | init [FILE]',
    positionals: { min: 1, max: 2 },
    options: { json: { help: 'print the result of a check as JSON' } },
    details: [
        'A policy names the builders whose word counts for a seed, how many of them must agree on its digest, and in what these must differ. It is JSON, and comments are allowed.',
        policy_file.POLICY_DETAILS,
        'check tells everything that is wrong with a policy, with lines where it is a file. Of a sound policy it shows the builders, and which sets of them can meet it. The exit code is 0 for a policy that can be met, 3 for one that no set of its builders can meet, 2 for one that is not valid.',
        `init writes FILE (${DEFAULT_FILE}) with builders on GitHub, GitLab and CircleCI, filled in as far as the git remotes tell. It overwrites nothing. Nothing is sent anywhere.`
    ],
    examples: [
        { line: 'nix-seed policy init', meaning: `writes ${DEFAULT_FILE}` },
        { line: `nix-seed policy check ${DEFAULT_FILE}`, meaning: 'what is still wrong with it, or who can meet it' },
        { line: 'nix-seed policy check .#seedCfg.policy', meaning: 'one that is in the flake in this folder' },
        { line: `nix-seed policy check ${DEFAULT_FILE} --json | jq '.sets'`, meaning: 'for a script' }
    ],
    run: runPolicy
};
async function runPolicy(args, io) {
    const [verb, file] = args.positionals;
    if (verb === 'init') {
        if (args.flag('json'))
            throw (0,cli_command/* usage */.CI)(policyCommand, '--json goes with check');
        return init(file ?? DEFAULT_FILE, io);
    }
    if (verb !== 'check')
        throw (0,cli_command/* usage */.CI)(policyCommand, `${JSON.stringify(verb)} is neither check nor init`);
    if (file === undefined)
        throw (0,cli_command/* usage */.CI)(policyCommand, 'the policy is missing: which file, or which attribute of a flake?');
    await check(file, args.flag('json'), io);
}
async function init(file, io) {
    const path = (0,external_node_path_.resolve)(io.cwd, file);
    const text = policyStart(await readProjects(io.cwd, io.ports));
    try {
        await (0,promises_.writeFile)(path, text, { flag: 'wx' });
    }
    catch (error) {
        const isThere = (0,errors/* systemCode */.xU)(error) === 'EEXIST';
        throw new errors/* SeedError */.uV(isThere ? 'USAGE' : 'FILE_SYSTEM', isThere ? 'there is such a file already' : 'cannot write the policy', {
            resource: path,
            hint: isThere
                ? 'Name another file, or move that one away.'
                : 'The folder must be there, and you must be allowed to write to it.',
            cause: error
        });
    }
    for (const { line, path: field } of (0,attest_policy.examinePolicyText)(text).problems) {
        io.ports.log.info(`to be filled in: ${line === undefined ? '' : `line ${line}, `}${field}`);
    }
    io.ports.log.info(`Then run: nix-seed policy check ${(0,external_node_path_.relative)(io.cwd, path)}`);
    io.print(`${path}\n`);
}
async function check(text, asJson, io) {
    const { policy, problems, source } = await (0,policy_file.findPolicy)(text, io);
    // A policy that cannot be met is shown all the same: its table is what explains it. A script gets one document.
    if (policy && !(asJson && problems.length > 0)) {
        const outlook = (0,attest_policy.policyOutlook)(policy, MAX_SETS);
        io.print(asJson ? `${JSON.stringify(asData(source, policy, outlook), null, 2)}\n` : policy_render(policy, outlook));
    }
    if (problems.length > 0)
        throw new attest_policy.PolicyError(problems, source);
}
function asData(file, policy, { largest, sets, hasMore, roles }) {
    const builders = policy.builders.map(builder => ({ ...builder, inQuorum: roles.get(builder.id) }));
    return { file, ...policy, builders, largest, sets, hasMore };
}
const ROLES = { every: 'in every set', some: 'in some sets', none: 'in no set' };
function policy_render(policy, { largest, sets, hasMore, roles }) {
    const { builders, threshold } = policy;
    const dimensions = policy.dimensions.filter(dimension => dimension !== 'builder');
    const differ = dimensions.length > 0 ? `, different in ${dimensions.join(', ')}` : '';
    const count = sets.length === 1 && !hasMore ? '1 set' : `${hasMore ? 'more than ' : ''}${sets.length} sets`;
    return [
        `${threshold} of ${builders.length} builders must agree${differ}. At most ${largest} differ.`,
        '',
        ...grid([
            ['builder', ...dimensions, ''],
            ...builders.map(builder => [
                builder.id,
                ...dimensions.map(dimension => (0,attest_policy.dimensionValue)(builder, dimension)),
                ROLES[roles.get(builder.id) ?? 'none']
            ])
        ]),
        '',
        ...grid([
            ['builder', 'signs as'],
            ...builders.map(({ id, identity, identityPattern, publicKey = '' }) => [
                id,
                identity ?? (identityPattern === undefined ? `key ${keyName(publicKey)}` : `pattern ${identityPattern}`)
            ])
        ]),
        '',
        sets.length === 0 ? 'No set of builders can meet it.' : `${count} of builders can meet it:`,
        ...sets.map(set => `  ${set.join(', ')}`),
        ...(hasMore ? ['  …'] : []),
        ''
    ].join('\n');
}
const keyName = (publicKey) => (publicKey.startsWith('-----') ? 'in the policy' : publicKey);
function grid(rows) {
    const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => (row[column] ?? '').length)));
    return rows.map(row => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd());
}

// EXTERNAL MODULE: ./nix/evaluate.js
var evaluate = __nccwpck_require__(3145);
// EXTERNAL MODULE: ./nix/closure.js
var nix_closure = __nccwpck_require__(1489);
// EXTERNAL MODULE: external "node:stream"
var external_node_stream_ = __nccwpck_require__(7075);
// EXTERNAL MODULE: external "node:stream/promises"
var external_node_stream_promises_ = __nccwpck_require__(6466);
;// CONCATENATED MODULE: external "node:zlib"
const external_node_zlib_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:zlib");
;// CONCATENATED MODULE: ./oci/untar.js
/**
 * A streaming tar reader: ustar, pax extended headers, GNU long names and base-256 sizes, which is what image builders
 * write. Names are bytes. It checks header checksums and the archive's end, so that a truncated layer is an error.
 */

const BLOCK = 512;
const MAX_EXTENSION = 1024 * 1024;
/**
 * Reads a tar archive from `source` into `sink`, holding one header at most.
 *
 * @throws SeedError CONTENT_INVALID for what is no tar archive or ends early.
 */
async function untar_readTar(source, sink) {
    const parser = new TarParser(sink);
    for await (const piece of source)
        parser.push(Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength));
    parser.finish();
}
class TarParser {
    #sink;
    #header = Buffer.alloc(BLOCK);
    #headerFilled = 0;
    #remaining = 0; // bytes of content still to come
    #padding = 0;
    #ended = false;
    #member;
    #extension;
    #pax = new Map();
    #offset = 0;
    constructor(sink) {
        this.#sink = sink;
    }
    push(input) {
        let at = 0;
        while (at < input.length) {
            if (this.#remaining > 0) {
                const take = Math.min(this.#remaining, input.length - at);
                this.#content(input.subarray(at, at + take));
                at += take;
            }
            else if (this.#padding > 0) {
                const take = Math.min(this.#padding, input.length - at);
                this.#padding -= take;
                at += take;
            }
            else {
                const take = Math.min(BLOCK - this.#headerFilled, input.length - at);
                input.copy(this.#header, this.#headerFilled, at, at + take);
                this.#headerFilled += take;
                at += take;
                if (this.#headerFilled === BLOCK) {
                    this.#headerFilled = 0;
                    this.#block(this.#header, this.#offset + at);
                }
            }
        }
        this.#offset += input.length;
    }
    finish() {
        if (!this.#ended || this.#remaining > 0 || this.#member)
            throw this.#invalid('the archive ends early');
    }
    #content(piece) {
        this.#remaining -= piece.length;
        if (this.#extension)
            this.#extension.parts.push(Buffer.from(piece));
        else
            this.#sink.data(piece);
        if (this.#remaining === 0)
            this.#close();
    }
    #close() {
        if (this.#extension) {
            const { flag, parts } = this.#extension;
            this.#extension = undefined;
            this.#extend(flag, Buffer.concat(parts));
        }
        else if (this.#member) {
            this.#member = undefined;
            this.#sink.end();
        }
    }
    #extend(flag, body) {
        if (flag === 'L')
            this.#pax.set('path', cString(body));
        else if (flag === 'K')
            this.#pax.set('linkpath', cString(body));
        else if (flag === 'x')
            for (const [key, value] of this.#paxRecords(body))
                this.#pax.set(key, value);
        // 'g': global headers carry nothing that concerns names or sizes in image layers
    }
    #block(block, end) {
        if (block.every(byte => byte === 0)) {
            this.#ended = true; // the second zero block, and what blocking adds, are accepted without counting
            return;
        }
        if (this.#ended)
            throw this.#invalid('data after the end of the archive');
        if (!hasValidChecksum(block))
            throw this.#invalid('a header has a wrong checksum');
        const flag = String.fromCharCode(block[156] ?? 0);
        const size = parseNumber(block, 124, 12);
        if (flag === 'x' || flag === 'g' || flag === 'L' || flag === 'K') {
            if (size > MAX_EXTENSION)
                throw this.#invalid('an extended header is too large');
            this.#extension = { flag, parts: [] };
            this.#start(size);
            return;
        }
        this.#member = this.#toMember(block, flag, size, end);
        this.#pax.clear();
        this.#sink.begin(this.#member);
        this.#start(this.#member.type === 'file' ? this.#member.size : 0);
    }
    #start(size) {
        if (!Number.isSafeInteger(size) || size < 0)
            throw this.#invalid('a member has no valid size');
        this.#remaining = size;
        this.#padding = (BLOCK - (size % BLOCK)) % BLOCK;
        if (size === 0)
            this.#close();
    }
    #toMember(block, flag, size, offset) {
        const prefix = block.toString('latin1', 257, 262) === 'ustar' ? cString(block.subarray(345, 500)) : Buffer.alloc(0);
        const name = cString(block.subarray(0, 100));
        const path = this.#pax.get('path') ?? (prefix.length > 0 ? Buffer.concat([prefix, Buffer.from('/'), name]) : name);
        const paxSize = this.#pax.get('size');
        return {
            path: normalised(path),
            type: memberType(flag),
            mode: parseNumber(block, 100, 8) & 0o7777,
            size: paxSize ? Number(paxSize.toString('latin1')) : size,
            offset,
            target: this.#pax.get('linkpath') ?? cString(block.subarray(157, 257))
        };
    }
    *#paxRecords(body) {
        for (let at = 0; at < body.length;) {
            const blank = body.indexOf(0x20, at);
            const length = blank < 0 ? NaN : Number(body.toString('latin1', at, blank));
            const equals = body.indexOf(0x3d, blank);
            const end = at + length;
            if (!(Number.isSafeInteger(length) && equals > blank && end <= body.length && equals < end)) {
                throw this.#invalid('an extended header is malformed');
            }
            yield [body.toString('latin1', blank + 1, equals), Buffer.from(body.subarray(equals + 1, end - 1))];
            at = end;
        }
    }
    #invalid(what) {
        return new errors/* SeedError */.uV('CONTENT_INVALID', `not a valid tar archive: ${what} (near byte ${this.#offset})`);
    }
}
function memberType(flag) {
    switch (flag) {
        case '0':
        case '\0':
        case '7':
            return 'file';
        case '1':
            return 'hardlink';
        case '2':
            return 'symlink';
        case '5':
            return 'directory';
        default:
            return 'other';
    }
}
function cString(field) {
    const end = field.indexOf(0);
    return Buffer.from(end < 0 ? field : field.subarray(0, end));
}
/** Octal, or GNU's base-256 where the first byte has its high bit set. */
function parseNumber(block, offset, width) {
    const field = block.subarray(offset, offset + width);
    if (((field[0] ?? 0) & 0x80) === 0) {
        const digits = cString(field).toString('latin1').trim();
        return digits === '' ? 0 : /^[0-7]+$/.test(digits) ? parseInt(digits, 8) : NaN;
    }
    let value = (field[0] ?? 0) & 0x7f;
    for (const byte of field.subarray(1))
        value = value * 256 + byte;
    return value;
}
function hasValidChecksum(block) {
    let sum = 8 * 0x20;
    for (let i = 0; i < BLOCK; i++)
        if (i < 148 || i >= 156)
            sum += block[i] ?? 0;
    return parseNumber(block, 148, 8) === sum;
}
function normalised(path) {
    let start = 0;
    let end = path.length;
    while (end > start && path[end - 1] === 0x2f)
        end--;
    for (;;) {
        if (path[start] === 0x2f && start < end)
            start++;
        else if (path[start] === 0x2e && path[start + 1] === 0x2f && start + 1 < end)
            start += 2;
        else
            break;
    }
    if (end - start === 1 && path[start] === 0x2e)
        start = end;
    return Buffer.from(path.subarray(start, end));
}

;// CONCATENATED MODULE: ./seed/docker-archive.js
/**
 * Images that Nix built without a descriptor: docker archives, as `dockerTools.buildImage` and `buildLayeredImage` make
 * them. They are published as they are, layer by layer, with the config's bytes unchanged.
 */











const MAX_DOCUMENT_BYTES = 64 * 1024 * 1024;
/**
 * Publishes the docker archive at `file`.
 *
 * @param annotations of the image index
 * @throws SeedError NOT_A_SEED if it is no docker archive of one image, or what the repository throws
 */
async function publishDockerArchive(file, repository, annotations, tags, ports) {
    const scratch = await (0,promises_.mkdtemp)((0,external_node_path_.join)((0,external_node_os_.tmpdir)(), 'nix-seed-archive-'));
    try {
        const archive = await readArchive(await plainTar(file, scratch, ports), file);
        return await publishArchive(archive, repository, annotations, tags, ports);
    }
    finally {
        await (0,promises_.rm)(scratch, { recursive: true, force: true });
    }
}
async function publishArchive(archive, repository, annotations, tags, ports) {
    const configBytes = await readEntry(archive, archive.config);
    const config = JSON.parse(configBytes.toString('utf8'));
    const diffIds = config.rootfs.diff_ids;
    if (diffIds.length !== archive.layers.length)
        throw notArchive(archive.file, 'its layers do not match its config');
    const layers = [];
    for (const [i, name] of archive.layers.entries()) {
        ports.signal.throwIfAborted();
        ports.progress.update('pushing', i, archive.layers.length);
        const { size } = docker_archive_entryOf(archive, name);
        const digest = diffIds[i];
        await repository.putBlob({ digest, size }, () => readStream(archive, name));
        layers.push({ mediaType: types/* MEDIA_TYPE */.A.layerTar, digest, size });
    }
    ports.progress.end('pushing');
    const configBlob = { digest: (0,oci_digest/* digestOf */.ol)(configBytes), size: configBytes.length };
    await repository.putBlob(configBlob, async function* () {
        yield configBytes;
    });
    const manifest = {
        schemaVersion: 2,
        mediaType: types/* MEDIA_TYPE */.A.manifest,
        config: { mediaType: types/* MEDIA_TYPE */.A.config, ...configBlob },
        layers
    };
    const manifestDescriptor = await repository.putManifest(Buffer.from(JSON.stringify(manifest)), types/* MEDIA_TYPE */.A.manifest);
    const platform = { os: config.os, architecture: config.architecture };
    const index = {
        schemaVersion: 2,
        mediaType: types/* MEDIA_TYPE */.A.index,
        manifests: [{ ...manifestDescriptor, platform }],
        annotations
    };
    const bytes = layers.reduce((sum, layer) => sum + layer.size, 0);
    return {
        index: await repository.putManifest(Buffer.from(JSON.stringify(index)), types/* MEDIA_TYPE */.A.index, tags),
        layers,
        knownLayers: 0,
        narBytes: bytes,
        layerBytes: bytes,
        erofsBytes: 0
    };
}
/** The archive as a plain tar on disk, so that layers can be read again for a retry: itself, or a decompressed copy. */
async function plainTar(file, scratch, ports) {
    const decompress = await decompressorOf(file);
    if (!decompress)
        return file;
    const plain = (0,external_node_path_.join)(scratch, 'image.tar');
    await (0,external_node_stream_promises_.pipeline)((0,external_node_fs_.createReadStream)(file), decompress, (0,external_node_fs_.createWriteStream)(plain, { mode: 0o600 }), {
        signal: ports.signal
    });
    return plain;
}
async function decompressorOf(file) {
    const handle = await (0,promises_.open)(file, 'r');
    try {
        const magic = Buffer.alloc(4);
        await handle.read(magic, 0, 4, 0);
        if (magic.readUInt16BE(0) === 0x1f8b)
            return (0,external_node_zlib_namespaceObject.createGunzip)();
        if (magic.readUInt32LE(0) === 0xfd2fb528)
            return (0,external_node_zlib_namespaceObject.createZstdDecompress)();
        return undefined;
    }
    finally {
        await handle.close();
    }
}
async function readArchive(tar, original) {
    const archive = { file: tar, entries: new Map(), config: '', layers: [] };
    const { entries } = archive;
    const index = (member) => {
        const path = member.path.toString();
        if (member.type === 'file')
            entries.set(path, { offset: member.offset, size: member.size });
        // Docker links layers that are equal; only links to what came before can be such.
        const base = member.type === 'symlink' ? external_node_path_.posix.dirname(path) : '';
        const linked = entries.get(external_node_path_.posix.join(base, member.target.toString()));
        if ((member.type === 'symlink' || member.type === 'hardlink') && linked)
            entries.set(path, linked);
    };
    try {
        await untar_readTar((0,external_node_fs_.createReadStream)(tar), { begin: index, data() { }, end() { } });
    }
    catch (cause) {
        if (cause instanceof errors/* SeedError */.uV)
            throw notArchive(original, cause.message);
        throw cause;
    }
    const images = entries.has('manifest.json') ? parseImages(await readEntry(archive, 'manifest.json')) : undefined;
    const [image, ...others] = images ?? [];
    if (!image || others.length > 0)
        throw notArchive(original, 'it holds no manifest.json of exactly one image');
    return { ...archive, config: image.Config, layers: image.Layers };
}
function parseImages(document) {
    try {
        const value = JSON.parse(document.toString('utf8'));
        return Array.isArray(value) ? value : undefined;
    }
    catch {
        return undefined;
    }
}
function docker_archive_entryOf(archive, name) {
    const entry = archive.entries.get(name);
    if (!entry)
        throw notArchive(archive.file, `it does not hold ${name}`);
    return entry;
}
function readStream(archive, name) {
    const { offset, size } = docker_archive_entryOf(archive, name);
    return size === 0 ? external_node_stream_.Readable.from([]) : (0,external_node_fs_.createReadStream)(archive.file, { start: offset, end: offset + size - 1 });
}
function notArchive(file, what) {
    return new errors/* SeedError */.uV('NOT_A_SEED', `neither a seed nor a docker archive: ${what}`, {
        resource: file,
        hint: 'Publish a seed made with `lib.mkSeed`, or an image made with `dockerTools.buildLayeredImage`.'
    });
}
async function readEntry(archive, name) {
    if (docker_archive_entryOf(archive, name).size > MAX_DOCUMENT_BYTES)
        throw notArchive(archive.file, `${name} is too large`);
    const pieces = [];
    for await (const piece of readStream(archive, name))
        pieces.push(piece);
    return Buffer.concat(pieces);
}

// EXTERNAL MODULE: ./seed/facts.js + 5 modules
var facts = __nccwpck_require__(2676);
// EXTERNAL MODULE: ./seed/memo.js
var memo = __nccwpck_require__(9544);
// EXTERNAL MODULE: ./seed/pack.js + 8 modules
var pack = __nccwpck_require__(2569);
// EXTERNAL MODULE: ./seed/source.js + 6 modules
var seed_source = __nccwpck_require__(2005);
;// CONCATENATED MODULE: ./seed/publish.js
/** Publish: from a flake to the digest of its seed image. */








/** The tag that leads from a lock to its seed. A pointer, that anyone who can write to the registry can move. */
function lockTag(lockKey, system) {
    return `lock-${lockKey}-${system}`;
}
/** The tag of the seed that was published last: where layers that did not change are found. */
function newestTag(system) {
    return `newest-${system}`;
}
function commitTag(commit, system) {
    return `commit-${commit}-${system}`;
}
/**
 * Publishes the seed of a flake, unless the repository has the image of the same lock and derivation already.
 *
 * @throws SeedError of every stage; whatever happens, no tag points to a half image
 */
async function publish(request, ports) {
    const { flake, system, repository, labels } = request;
    const started = performance.now();
    const source = await (0,seed_source/* resolveSource */.e)(flake, request.attribute, system, ports);
    if (source.kind === 'archive' && request.archives === false)
        throw notAttestable(flake);
    const evaluated = performance.now();
    const tags = unique([
        lockTag(source.lockKey, system),
        ...(flake.rev === undefined ? [] : [commitTag(flake.rev, system)]),
        newestTag(system),
        ...request.tags
    ]);
    const annotations = {
        ...labels,
        [seed_image/* ANNOTATION_IDENTITY */.Rb]: source.identity,
        [seed_image/* ANNOTATION_LOCK_KEY */.WV]: source.lockKey,
        [seed_image/* ANNOTATION_SYSTEM */.Cu]: system
    };
    const result = { kind: source.kind, system, lockKey: source.lockKey, tags };
    const found = await findPublished(repository, lockTag(source.lockKey, system), annotations, request.format);
    const present = found && (request.isKnown?.(found.descriptor.digest) ?? true) ? found : undefined;
    if (found && !present)
        ports.log.info(`${found.descriptor.digest} has the tag of this lock, and is not known: built anew`);
    if (present) {
        const nothing = { paths: 0, narBytes: 0, layers: 0, knownLayers: 0, layerBytes: 0, erofsBytes: 0 };
        const milliseconds = { evaluate: Math.round(evaluated - started), build: 0, pack: 0, total: since(started) };
        const published = { ...result, digest: present.descriptor.digest, reused: true, ...nothing, milliseconds };
        await request.beforeTags?.(published);
        await addTags(repository, present, tags);
        milliseconds.total = since(started);
        return published;
    }
    const content = await source.build();
    const built = performance.now();
    const { packed, paths } = await store(content, source, request, annotations, request.beforeTags ? [] : tags, ports);
    const published = {
        ...result,
        digest: packed.index.digest,
        reused: false,
        paths,
        narBytes: packed.narBytes,
        layers: packed.layers.length,
        layerBytes: packed.layerBytes,
        erofsBytes: packed.erofsBytes,
        knownLayers: packed.knownLayers,
        ...(content.kind === 'seed' && { built: (0,facts/* builtSeed */.CL)(source.derivation, content, packed.erofsBytes > 0) }),
        milliseconds: {
            evaluate: Math.round(evaluated - started),
            build: Math.round(built - evaluated),
            pack: since(built),
            total: since(started)
        }
    };
    if (request.beforeTags) {
        await request.beforeTags(published);
        await addTags(repository, await publish_stored(repository, packed.index.digest), tags);
        published.milliseconds.total = since(started);
    }
    return published;
}
async function store(content, source, request, annotations, tags, ports) {
    const { repository } = request;
    if (content.kind === 'archive') {
        return { packed: await publishDockerArchive(content.file, repository, annotations, tags, ports), paths: 0 };
    }
    const { descriptor, roots } = content;
    if (descriptor.system !== request.system) {
        throw new errors/* SeedError */.uV('NOT_A_SEED', `the seed is for ${descriptor.system}, this machine is ${request.system}`, {
            hint: `Publish it on a machine of that kind, or name the attribute of ${request.system}.`
        });
    }
    const closure = await (0,nix_closure/* queryClosure */.K)(roots, ports);
    const { identity, lockKey } = source;
    const format = request.format && { format: request.format };
    const memo = await readMemo(request, ports);
    const options = { identity, lockKey, labels: request.labels, tags, memo, ...format };
    return { packed: await (0,pack/* packSeed */.H)(descriptor, roots, closure, repository, options, ports), paths: closure.length };
}
async function readMemo({ repository, previous, isKnown, system }, ports) {
    if (previous === undefined && isKnown)
        return memo/* NO_MEMO */.h2;
    try {
        return (0,memo/* memoOf */.Q0)(await (0,seed_image/* readSeedImage */.zJ)(repository, previous ?? newestTag(system)));
    }
    catch (error) {
        if (!(error instanceof errors/* SeedError */.uV) || !['NOT_FOUND', 'NOT_A_SEED', 'DIGEST_MISMATCH'].includes(error.code))
            throw error;
        ports.log[previous === undefined ? 'debug' : 'warn'](`every layer is made anew: ${error.message}`);
        return memo/* NO_MEMO */.h2;
    }
}
/** The index that `tag` points to, if it was made from the same things, and in `format` if one is asked for. */
async function findPublished(repository, tag, annotations, format) {
    const raw = await repository.getManifest(tag);
    if (!raw)
        return undefined;
    const index = JSON.parse(raw.bytes.toString('utf8'));
    const found = index.annotations ?? {};
    const same = Object.keys(found).length === Object.keys(annotations).length &&
        Object.entries(annotations).every(([name, value]) => found[name] === value);
    return same && (format === undefined || format === formatOf(index)) ? raw : undefined;
}
function formatOf(index) {
    return (0,seed_image/* erofsEntry */.kH)(index.manifests ?? []) ? 'oci,erofs' : 'oci';
}
async function publish_stored(repository, digest) {
    const raw = await repository.getManifest(digest);
    if (raw)
        return raw;
    throw new errors/* SeedError */.uV('NOT_FOUND', 'the image is gone again', {
        resource: `${repository.name}@${digest}`,
        hint: 'Something removes images without tags; publish it again.'
    });
}
function notAttestable(flake) {
    return new errors/* SeedError */.uV('NOT_A_SEED', 'a docker archive cannot be signed: nothing is known of what it was made from', {
        resource: flake.url,
        hint: 'Name a seed made with `lib.mkSeed`, or none at all for the automatic cut; or publish the archive unsigned.'
    });
}
/** Points `tags` to an index that is there; those that do already are left alone. */
async function addTags(repository, index, tags) {
    const missing = [];
    for (const tag of tags) {
        const raw = await repository.getManifest(tag);
        if (raw?.descriptor.digest !== index.descriptor.digest)
            missing.push(tag);
    }
    if (missing.length > 0)
        await repository.putManifest(index.bytes, index.descriptor.mediaType, missing);
}
function since(start) {
    return Math.round(performance.now() - start);
}
function unique(items) {
    return [...new Set(items)];
}

;// CONCATENATED MODULE: ./cli/publish.js












const publishCommand = {
    name: 'publish',
    summary: 'build the seed of a flake and publish it as an OCI image',
    synopsis: '[INSTALLABLE] --to REFERENCE [OPTION]…',
    positionals: { min: 0, max: 1 },
    options: {
        to: { value: 'REFERENCE', help: 'HOST/REPOSITORY[:TAG], or oci:DIR[:TAG] for an image layout on disk' },
        tag: { value: 'TAG', short: 't', multiple: true, help: 'a further tag, beside those of lock and commit' },
        source: { value: 'URL', help: "the project's repository; becomes the label org.opencontainers.image.source" },
        format: {
            value: 'oci[,erofs]',
            help: 'whether layers are published as EROFS images too, which are mounted unpacked'
        },
        previous: { value: 'TAG|DIGEST', help: 'an earlier seed there, whose unchanged layers are taken over' },
        sign: { help: 'sign its provenance and attach it, before any tag points to it' },
        ...SIGNING_OPTIONS,
        insecure: { help: 'speak plain HTTP to the registry (loopback addresses always are)' },
        json: { help: 'print the result as JSON' }
    },
    details: [
        'INSTALLABLE is a flake reference, with or without an attribute. Without one, the attribute is packages.SYSTEM.seed; a flake that has none is seeded all the same, with what its packages, checks, apps and dev shells need before they can build.',
        'An image that was made from the same lock and the same derivation is reused: nothing is built and nothing is sent. Layers go straight from the store to the registry, compressed on the way; there is no archive on disk.',
        'By default the layers are published twice where the mkfs.erofs of the package set can do it: as every client takes them, and as EROFS images. --format oci leaves these out, --format oci,erofs insists on them; an image in the other format is then not reused.',
        'Layers that did not change since the newest seed of this system in the repository, or the one of --previous, are neither packed nor sent. That takes the word of whoever can write there, so with --sign nothing is taken over but from a seed that --previous names by its digest.',
        'Credentials are those of docker login or podman login.',
        'With --sign, the seed is always built and packed: a builder attests only what it built itself.',
        ...SIGNING_DETAILS
    ],
    examples: [
        { line: 'nix-seed publish --to ghcr.io/org/repo/seed', meaning: 'the seed of the flake in this folder' },
        { line: 'nix-seed publish --to ghcr.io/org/repo/seed --sign', meaning: 'and sign its provenance' },
        { line: 'nix-seed publish .#seed --to oci:./seed --json', meaning: 'a declared seed, into a folder' },
        { line: 'nix-seed publish github:org/repo --to localhost:5000/seed --tag try', meaning: 'a flake from elsewhere' }
    ],
    run: runPublish
};
async function runPublish(args, io) {
    const startedOn = new Date();
    const to = args.text('to');
    if (to === undefined)
        throw (0,cli_command/* usage */.CI)(publishCommand, '--to is missing: where should the image go?');
    const name = (0,oci_name/* parseName */.$q)(to);
    if (name.digest !== undefined)
        throw (0,cli_command/* usage */.CI)(publishCommand, '--to takes no digest: the digest is the result');
    const tags = [...(name.tag === undefined ? [] : [name.tag]), ...args.list('tag')];
    for (const tag of tags) {
        if (!(0,oci_name/* isTag */.dz)(tag))
            throw (0,cli_command/* usage */.CI)(publishCommand, `${JSON.stringify(tag)} is not a tag`);
    }
    const previous = readPrevious(args);
    const format = readFormat(args.text('format'));
    const { reference, attribute } = splitInstallable(args.positionals[0] ?? '.');
    const { ports } = io;
    const labels = sourceLabel(args);
    const signing = args.flag('sign') ? await readSigning(args, io) : undefined;
    if (!signing)
        refuseSigningOptions(publishCommand, args);
    const [flake, system] = await Promise.all([(0,nix_flake/* readFlake */.aH)(reference, ports, { cwd: io.cwd }), (0,evaluate/* currentSystem */.tX)(ports)]);
    // Whether this job can sign that is found out before anything that takes long.
    if (signing)
        await (await Promise.all(/* import() */[__nccwpck_require__.e(137), __nccwpck_require__.e(154), __nccwpck_require__.e(282), __nccwpck_require__.e(839), __nccwpck_require__.e(829)]).then(__nccwpck_require__.bind(__nccwpck_require__, 6896))).checkSigning(signing, ports, { flake, labels });
    const repository = openRepository(name, repositoryOptions(io, args));
    try {
        let attestation;
        const bare = withoutTag(name);
        const signed = signing && {
            isKnown: () => false,
            archives: false,
            beforeTags: async ({ digest, built }) => {
                const files = bundleFolder(args, io);
                const subject = { name: (0,oci_name/* formatName */.nD)(bare), digest, ...(built && { built }) };
                attestation = await attest({ ...subject, repository, flake, startedOn, signing, files }, ports);
            }
        };
        const published = await publish({
            flake,
            system,
            repository,
            tags,
            labels,
            ...(attribute === undefined ? {} : { attribute }),
            ...(format && { format }),
            ...(previous !== undefined && { previous }),
            ...signed
        }, ports);
        const pinned = (0,oci_name/* formatName */.nD)({ ...bare, digest: published.digest });
        if (args.flag('json')) {
            io.print(`${JSON.stringify({ reference: pinned, ...published, ...(attestation && { attestation }) }, null, 2)}\n`);
        }
        else {
            ports.log.info(describe(published));
            if (attestation)
                for (const line of describeAttestation(attestation))
                    ports.log.info(line);
            io.print(`${pinned}\n`);
        }
    }
    finally {
        await repository.close();
    }
}
function readFormat(text) {
    const formats = text?.split(',').sort().join();
    if (formats === undefined || formats === 'oci')
        return formats;
    if (formats === 'erofs,oci')
        return 'oci,erofs';
    throw (0,cli_command/* usage */.CI)(publishCommand, `--format takes oci or oci,erofs, not ${JSON.stringify(text)}`);
}
function readPrevious(args) {
    const previous = args.text('previous');
    if (previous === undefined || (0,oci_digest/* isDigest */.Bc)(previous))
        return previous;
    if (!(0,oci_name/* isTag */.dz)(previous))
        throw (0,cli_command/* usage */.CI)(publishCommand, `${JSON.stringify(previous)} is neither a tag nor a digest`);
    if (!args.flag('sign'))
        return previous;
    throw (0,cli_command/* usage */.CI)(publishCommand, 'with --sign, --previous takes a digest: anyone who can write there can move a tag');
}
async function readSigning(args, io) {
    return (await Promise.all(/* import() */[__nccwpck_require__.e(137), __nccwpck_require__.e(154), __nccwpck_require__.e(282), __nccwpck_require__.e(839), __nccwpck_require__.e(762)]).then(__nccwpck_require__.bind(__nccwpck_require__, 9023))).readSigning(publishCommand, args, io);
}
/** The image is there when this fails, and its reader has to know that and what it is called. */
async function attest(request, ports) {
    const { attestSeed } = await Promise.all(/* import() */[__nccwpck_require__.e(137), __nccwpck_require__.e(154), __nccwpck_require__.e(282), __nccwpck_require__.e(839), __nccwpck_require__.e(829)]).then(__nccwpck_require__.bind(__nccwpck_require__, 6896));
    try {
        return await attestSeed(request, ports);
    }
    catch (failure) {
        const isInterruption = ports.signal.aborted && !(failure instanceof errors/* SeedError */.uV);
        const error = isInterruption ? new errors/* SeedError */.uV('INTERRUPTED', 'interrupted', { cause: failure }) : failure;
        if (!(error instanceof errors/* SeedError */.uV))
            throw error;
        const image = `${request.name}@${request.digest}`;
        const isSigned = isAttachable(error);
        const told = new errors/* SeedError */.uV(error.code, `published, ${isSigned ? '' : 'not signed: '}${error.message}`, {
            resource: error.resource ?? image,
            ...(error.hint !== undefined && { hint: error.hint }),
            cause: error
        });
        const next = isSigned ? [attachLine(image, request.files, request.digest)] : [];
        throw withHint(told, `The image is ${image}; no tag points to it.`, AGAIN, ...next);
    }
}
function describe(published) {
    const { milliseconds } = published;
    if (published.reused) {
        return `reused: lock and seed derivation are unchanged, nothing built or sent (${formatDuration(milliseconds.total)})`;
    }
    const known = published.knownLayers === 0 ? '' : `, ${published.knownLayers} of them known`;
    const content = published.paths === 0 ? 'the archive' : `${published.paths} store paths`;
    return (`published ${content} in ${published.layers} layers${known}: ` +
        `${formatBytes(published.narBytes)}, ${formatBytes(published.layerBytes)} compressed` +
        `${published.erofsBytes === 0 ? '' : `, ${formatBytes(published.erofsBytes)} as EROFS`} ` +
        `(evaluate ${formatDuration(milliseconds.evaluate)}, build ${formatDuration(milliseconds.build)}, ` +
        `pack and send ${formatDuration(milliseconds.pack)})`);
}

;// CONCATENATED MODULE: ./seed/mount/mounts.js
/** The kernel's mounts: what there is, and the program that makes and unmakes them. */


/** All mounts that this process sees, in the order of their making: https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html */
async function readMounts() {
    const lines = (await (0,promises_.readFile)('/proc/self/mountinfo', 'latin1')).split('\n').slice(0, -1);
    return lines.map(line => {
        const [head = '', tail = ''] = line.split(' - ');
        const [type = '', source = ''] = tail.split(' ');
        return { target: mounts_unescape(head.split(' ')[4] ?? ''), type, source: mounts_unescape(source) };
    });
}
/** What is mounted in `folder` and on it, in the order in which it can be unmounted. */
async function mountsBelow(folder) {
    const targets = (await readMounts()).map(({ target }) => target);
    return targets.filter(target => target === folder || target.startsWith(`${folder}/`)).reverse();
}
/** Runs `mount`. It takes no time, and is never cut short: what it has done is for the caller to know. */
async function mount(args, ports, cwd = '/') {
    // The newer interface takes no string of 256 bytes, such as a list of many layers.
    await (0,process_0/* run */.eF)('mount', args, { env: environment(ports, { LIBMOUNT_FORCE_MOUNT2: 'always' }), signal: never(), cwd });
}
/** Mounts many file systems of one type with one program, by a table that is written to `table`. */
async function mountAll(entries, type, options, table, ports) {
    const lines = entries.map(({ source, target }) => `${mounts_escape(source)} ${mounts_escape(target)} ${type} ${options} 0 0\n`);
    await (0,promises_.writeFile)(table, lines.join(''), { mode: 0o600 });
    await (0,process_0/* run */.eF)('mount', ['--all', '--fstab', table], { env: environment(ports), signal: never() });
}
/** Unmounts `targets` one after the other; of several mounts on one of them, the last. */
async function unmount(targets, ports, options = []) {
    if (targets.length > 0)
        await (0,process_0/* run */.eF)('umount', [...options, ...targets], { env: environment(ports), signal: never() });
}
/** Messages that can be recognized, and the programs of root, which may not be on the PATH of an ordinary user. */
function environment({ env }, extra = {}) {
    const path = [env['PATH'], '/usr/sbin:/usr/bin:/sbin:/bin'].filter(part => part !== undefined && part !== '');
    return { PATH: path.join(':'), LC_ALL: 'C', ...extra };
}
function never() {
    return new AbortController().signal;
}
/** https://man7.org/linux/man-pages/man3/getmntent.3.html */
function mounts_escape(text) {
    return text.replace(/[ \t\n\\#]/g, character => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`);
}
function mounts_unescape(text) {
    return Buffer.from(text.replace(/\\([0-7]{3})/g, (_, digits) => String.fromCharCode(parseInt(digits, 8))), 'latin1').toString();
}

;// CONCATENATED MODULE: ./seed/mount/owner.js
/**
 * Whose a folder is, in its name: so that what a killed process has left is known from what a live one works with, also
 * where processes of several containers share the folder.
 */



/** What processes of another container have not touched for so long is taken for left behind. */
const FOREIGN_LEFT_BEHIND_MS = 24 * 60 * 60 * 1000;
/** A name of a process's own: `NAMESPACE-PID-START-RANDOM`. A number of a process that is used again has another start. */
async function newOwnedName(pid = process.pid) {
    return `${await pidNamespace()}-${pid}-${(await owner_startOf(pid)) ?? 0}-${(0,external_node_crypto_.randomBytes)(4).toString('hex')}`;
}
/**
 * Whether the process that made up `name` is no more.
 *
 * @param path of something that it touched last, for a process that cannot be seen from here
 */
async function isLeftBehind(name, path) {
    const [namespace, pid, start] = name.split('-');
    if (namespace === (await pidNamespace()))
        return (await owner_startOf(Number(pid))) !== start;
    return (0,promises_.stat)(path).then(({ mtimeMs }) => Date.now() - mtimeMs > FOREIGN_LEFT_BEHIND_MS, () => false);
}
async function pidNamespace() {
    return (await (0,promises_.readlink)('/proc/self/ns/pid')).replace(/\D/g, '');
}
/** When a process started, in clock ticks after the system: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
async function owner_startOf(pid) {
    if (!Number.isInteger(pid) || pid <= 0)
        return undefined;
    try {
        const text = await (0,promises_.readFile)(`/proc/${pid}/stat`, 'latin1');
        const [state, ...fields] = text.slice(text.lastIndexOf(')') + 2).split(' ');
        return state === 'Z' || state === 'X' ? undefined : fields[18];
    }
    catch (error) {
        if ((0,errors/* systemCode */.xU)(error) === 'ENOENT' || (0,errors/* systemCode */.xU)(error) === 'ESRCH')
            return undefined;
        throw error;
    }
}

;// CONCATENATED MODULE: ./seed/mount/state.js
/**
 * What a mount restore has made, so that all of it can be taken back: a folder beside the store, which is there before
 * anything else is, and goes last.
 *
 *     state.json    this state
 *     mounts/N      the layers, while they are mounted
 *     mounts/old    the store that was there before, likewise; mask: what of the seed it hides
 *     mounts/merged the new store, until it is moved to its place
 *     upper, work   what is written below `/nix` meanwhile
 */




const VERSION = 1;
/** Of the store below `root`. Its file system is the one that what is written below `/nix` lands on. */
function stateFolder(root) {
    return root === '/' ? '/var/lib/nix-seed' : (0,external_node_path_.join)(root, '.nix-seed');
}
/** @returns undefined where there is none */
async function readState(folder) {
    try {
        return JSON.parse(await (0,promises_.readFile)((0,external_node_path_.join)(folder, 'state.json'), 'utf8'));
    }
    catch (error) {
        if ((0,errors/* systemCode */.xU)(error) === 'ENOENT')
            return undefined;
        if (error instanceof SyntaxError)
            return { version: VERSION, owner: '', digest: '', madeFolder: false, isComplete: false };
        throw error;
    }
}
/** Makes the folder with its state at once. @returns false where there is one already */
async function beginState(folder, state) {
    await (0,promises_.mkdir)((0,external_node_path_.dirname)(folder), { recursive: true });
    const temporary = `${folder}.${state.owner}`;
    await (0,promises_.mkdir)(temporary, { mode: 0o700 });
    try {
        await write(temporary, { ...state, version: VERSION, isComplete: false });
        await (0,promises_.rename)(temporary, folder);
        return true;
    }
    catch (error) {
        await (0,promises_.rm)(temporary, { recursive: true, force: true });
        if ((0,errors/* systemCode */.xU)(error) === 'ENOTEMPTY' || (0,errors/* systemCode */.xU)(error) === 'EEXIST')
            return false;
        throw error;
    }
}
async function completeState(folder) {
    const state = await readState(folder);
    if (state !== undefined)
        await write(folder, { ...state, isComplete: true });
}
/** Removes the folder, the state last. Nothing may be mounted in it. */
async function removeState(folder) {
    const names = await (0,promises_.readdir)(folder).catch((error) => {
        if ((0,errors/* systemCode */.xU)(error) === 'ENOENT')
            return [];
        throw error;
    });
    for (const name of names)
        if (name !== 'state.json')
            await (0,promises_.rm)((0,external_node_path_.join)(folder, name), { recursive: true, force: true });
    await (0,promises_.rm)(folder, { recursive: true, force: true });
    await sweepState(folder);
}
/** Removes what was killed before the folder had its name, or after its state was gone. */
async function sweepState(folder) {
    await (0,promises_.rmdir)(folder).catch(() => { }); // it is not there, or has a state
    const prefix = `${(0,external_node_path_.basename)(folder)}.`;
    for (const name of await (0,promises_.readdir)((0,external_node_path_.dirname)(folder)).catch(() => [])) {
        const path = (0,external_node_path_.join)((0,external_node_path_.dirname)(folder), name);
        if (name.startsWith(prefix) && (await isLeftBehind(name.slice(prefix.length), path))) {
            await (0,promises_.rm)(path, { recursive: true, force: true });
        }
    }
}
async function write(folder, state) {
    const temporary = (0,external_node_path_.join)(folder, 'state.json.new');
    await (0,promises_.writeFile)(temporary, JSON.stringify(state), { mode: 0o600 });
    await (0,promises_.rename)(temporary, (0,external_node_path_.join)(folder, 'state.json'));
}

;// CONCATENATED MODULE: ./seed/mount/undo.js
/** Takes a mount restore back, whole or in the middle of its making: the mounts first, then what is on disk. */






/** What the overlay is mounted from, which tells it from others in the list of mounts. */
const MOUNT_SOURCE = 'nix-seed';
/**
 * Takes back what a mount restore has made at `root`: the store is then as it was before, and what was written to it
 * meanwhile is gone.
 *
 * @returns whether there was anything
 * @throws SeedError NO_PRIVILEGE; FILE_SYSTEM where another process is restoring there, or a mount cannot be removed
 */
async function undoMount(root, ports) {
    const place = (0,external_node_path_.resolve)(root);
    const folder = stateFolder(place);
    const state = await readState(folder);
    const target = (0,external_node_path_.join)(place, 'nix');
    if (state === undefined && (await storeMount(target)) === undefined) {
        if (process.getuid?.() === 0)
            await sweepState(folder);
        return false;
    }
    if (process.getuid?.() !== 0) {
        throw new errors/* SeedError */.uV('NO_PRIVILEGE', 'only root can take mounts back', { resource: target, hint: 'Run it as root.' });
    }
    if (state !== undefined && !state.isComplete && !(await isLeftBehind(state.owner, folder)))
        throw underWay(target);
    await takeBack(place, ports);
    return true;
}
/** Takes back what was begun at `root` by a process that was killed; a complete one stays. @throws as {@link undoMount} */
async function undoAbandoned(root, ports) {
    const folder = stateFolder(root);
    const state = await readState(folder);
    if (state === undefined)
        return;
    const target = (0,external_node_path_.join)(root, 'nix');
    // After a restart of the system the state of a complete one is still there, and its mounts are not.
    if (state.isComplete && (await storeMount(target)) !== undefined)
        return;
    if (!state.isComplete && !(await isLeftBehind(state.owner, folder)))
        throw underWay(target);
    ports.log.info(`${target}: taking back what an interrupted restore has left`);
    await takeBack(root, ports);
}
/** Of this process's own, or of one that is gone. May be called again after it was killed itself. */
async function takeBack(root, ports) {
    const folder = stateFolder(root);
    const target = (0,external_node_path_.join)(root, 'nix');
    const state = await readState(folder);
    while ((await storeMount(target)) !== undefined)
        await detach([target], ports);
    const place = (0,external_node_path_.join)(folder, 'mounts');
    // All of them at once, where that can be.
    if ((await mountsBelow(place)).includes(place))
        await unmount([place], ports, ['--lazy']);
    await detach(await mountsBelow(place), ports);
    const [left] = await mountsBelow(place);
    if (left !== undefined) {
        throw new errors/* SeedError */.uV('FILE_SYSTEM', 'it cannot be unmounted', { resource: left, hint: 'Unmount it by hand.' });
    }
    if (state?.madeFolder === true)
        await (0,promises_.rmdir)(target).catch(() => { }); // somebody else uses it by now
    await removeState(folder);
}
/** The seed that is mounted at `target`, if it is what one sees there. */
async function storeMount(target) {
    const top = (await readMounts()).findLast(mount => mount.target === target);
    return top?.type === 'overlay' && top.source === MOUNT_SOURCE ? top : undefined;
}
/** What is in use is taken out of the tree at once, and goes when its last user does. */
async function detach(targets, ports) {
    for (const target of targets) {
        try {
            await unmount([target], ports);
        }
        catch (error) {
            ports.log.debug(`${target} is in use: ${error instanceof Error ? error.message : String(error)}`);
            await unmount([target], ports, ['--lazy']);
        }
    }
}
function underWay(target) {
    return new errors/* SeedError */.uV('FILE_SYSTEM', 'another process is restoring a seed there', {
        resource: target,
        hint: 'Wait for it to end, or choose another place with --root.'
    });
}

// EXTERNAL MODULE: ./nix/schema.js
var nix_schema = __nccwpck_require__(6317);
;// CONCATENATED MODULE: ./nix/store-database.js




/** How long to wait for another program that writes. Nix keeps its transactions short. */
const BUSY_TIMEOUT_MS = 30_000;
/** https://www.sqlite.org/rescode.html */
const SQLITE_FULL = 13;
/**
 * The paths that are valid in a store.
 *
 * @param folder the store's `/nix/var/nix/db`
 * @returns `undefined` if there is no database
 * @throws SeedError STORE_INVALID where Nix itself would have to upgrade or refuse the database, DISK_FULL, FILE_SYSTEM
 */
async function readValidPaths(folder) {
    if (!(await hasDatabase(folder)))
        return undefined;
    return withDatabase(folder, database => {
        const rows = database.prepare('select path from ValidPaths').all();
        return new Set(rows.map(({ path }) => String(path)));
    });
}
/**
 * Makes paths valid whose files are in place, all or none of them. Those that are valid already stay as they are.
 *
 * @param paths each reference is one of them or valid already
 * @throws as {@link readValidPaths}
 */
async function registerPaths(folder, paths) {
    withDatabase(folder, database => transaction(database, () => insert(database, paths)));
}
/**
 * Makes the database of a new store, with its folder.
 *
 * @throws as {@link readValidPaths}
 */
async function createDatabase(folder, paths) {
    await (0,promises_.mkdir)(folder, { mode: 0o755 });
    await (0,promises_.writeFile)((0,external_node_path_.join)(folder, 'schema'), nix_schema/* schemaVersion */.CZ);
    withDatabase(folder, database => {
        database.exec('pragma journal_mode = wal');
        transaction(database, () => {
            database.exec(nix_schema/* tables */.um);
            insert(database, paths);
            database.exec(nix_schema/* indexes */.DU);
        });
    });
}
async function hasDatabase(folder) {
    if ((await unlessMissing((0,promises_.lstat)((0,external_node_path_.join)(folder, 'db.sqlite')))) === undefined)
        return false;
    const schema = (await unlessMissing((0,promises_.readFile)((0,external_node_path_.join)(folder, 'schema'), 'utf8')))?.trim() ?? 'none';
    if (schema === nix_schema/* schemaVersion */.CZ)
        return true;
    throw new errors/* SeedError */.uV('STORE_INVALID', `the schema of the store's database is ${schema}; known is ${nix_schema/* schemaVersion */.CZ}`, {
        resource: folder,
        hint: 'An old one is upgraded by any command of a present Nix, for example: nix-store --verify'
    });
}
async function unlessMissing(found) {
    return found.catch((error) => {
        if ((0,errors/* systemCode */.xU)(error) === 'ENOENT')
            return undefined;
        throw error;
    });
}
function withDatabase(folder, action) {
    // Only here: before 24.15, Node.js warns about it as soon as it is loaded.
    const sqlite = process.getBuiltinModule('node:sqlite');
    let database;
    try {
        database = new sqlite.DatabaseSync((0,external_node_path_.join)(folder, 'db.sqlite'), { timeout: BUSY_TIMEOUT_MS });
        return action(database);
    }
    catch (error) {
        throw databaseFailure(error, folder);
    }
    finally {
        database?.close();
    }
}
function databaseFailure(error, folder) {
    if ((0,errors/* systemCode */.xU)(error) !== 'ERR_SQLITE_ERROR')
        return error;
    const { errcode, message } = error;
    const code = errcode === SQLITE_FULL ? 'DISK_FULL' : 'FILE_SYSTEM';
    return new errors/* SeedError */.uV(code, `the store's database: ${message}`, {
        resource: folder,
        hint: 'Check the store with "nix-store --verify", and that this user may write there.',
        cause: error
    });
}
function transaction(database, action) {
    database.exec('begin immediate');
    try {
        action();
        database.exec('commit');
    }
    catch (error) {
        if (database.isTransaction)
            database.exec('rollback');
        throw error;
    }
}
function insert(database, paths) {
    const now = Math.floor(Date.now() / 1000);
    const valid = database.prepare(`
    insert into ValidPaths (path, hash, registrationTime, narSize, ca) values (?, ?, ?, ?, ?)
    on conflict (path) do nothing`);
    for (const { path, narHash, narSize, ca } of paths)
        valid.run(path, narHash, now, narSize, ca ?? null);
    // A reference that is not valid violates its column: a scalar subquery of no rows is null.
    const refers = database.prepare(`
    insert into Refs (referrer, reference)
    values ((select id from ValidPaths where path = ?), (select id from ValidPaths where path = ?))
    on conflict (referrer, reference) do nothing`);
    for (const { path, references } of paths)
        for (const reference of references)
            refers.run(path, reference);
}

;// CONCATENATED MODULE: ./removal.js


/**
 * Removes a file, link or tree whose folders may be read-only, as those of the Nix store are. What is not there is
 * removed already. Links are removed, never followed.
 *
 * @throws the system's own error, where the path may not be removed
 */
async function removeTree(path) {
    try {
        if (process.getuid?.() !== 0)
            await makeWritable(Buffer.from(path));
    }
    catch (error) {
        if ((0,errors/* systemCode */.xU)(error) === 'ENOENT')
            return;
        throw error;
    }
    await (0,promises_.rm)(path, { recursive: true, force: true });
}
/** Works on bytes, since names in a store need not be UTF-8. */
async function makeWritable(path) {
    if (!(await (0,promises_.lstat)(path)).isDirectory())
        return;
    await (0,promises_.chmod)(path, 0o700);
    for (const entry of await (0,promises_.readdir)(path, { withFileTypes: true, encoding: 'buffer' })) {
        if (entry.isDirectory())
            await makeWritable(Buffer.concat([path, Buffer.from('/'), entry.name]));
    }
}

;// CONCATENATED MODULE: ./stage-name.js
/** Names of stages: folders below `/nix` where things arrive before they are moved into place. */


const PREFIX = '.nix-seed-';
/** A name of this process's own, that tells others whose it is. */
function newStageName() {
    return `${PREFIX}${process.pid}-${(0,external_node_crypto_.randomBytes)(4).toString('hex')}`;
}
/** Whether it is the stage of a process that is no more. */
function stage_name_isAbandoned(name) {
    const pid = name.startsWith(PREFIX) ? Number(name.slice(PREFIX.length).split('-')[0]) : NaN;
    if (!Number.isInteger(pid) || pid <= 0)
        return false;
    try {
        process.kill(pid, 0);
        return false;
    }
    catch (error) {
        return (0,errors/* systemCode */.xU)(error) !== 'EPERM';
    }
}

;// CONCATENATED MODULE: ./seed/stage.js
/**
 * The stage: a folder beside the store, on the same file system, where a seed arrives. What is on it is nothing to Nix;
 * when it is complete, it is renamed into place.
 */






/**
 * Runs `action` with a stage in `nixFolder`, which is made, with its store, where it is missing. The stage is removed in
 * the end, and so are those of runs that were killed.
 *
 * @throws the system's own error, EACCES or EROFS among them
 */
async function onStage(nixFolder, action) {
    await makeFolders(nixFolder);
    await sweepStages(nixFolder);
    const stage = (0,external_node_path_.join)(nixFolder, newStageName());
    try {
        await (0,promises_.mkdir)(stage, { mode: 0o700 });
        return await action(stage);
    }
    finally {
        await removeTree(stage);
    }
}
/** The name of a store path, by which it is known on the stage. */
function nameOf(storePath) {
    return storePath.slice(store_path/* storeDir */.rT.length + 1);
}
async function exists(path) {
    try {
        await (0,promises_.lstat)(path);
        return true;
    }
    catch (error) {
        if ((0,errors/* systemCode */.xU)(error) === 'ENOENT')
            return false;
        throw error;
    }
}
/** One by one: of a place that cannot be written to, Node.js's recursive mkdir says that it does not exist. */
async function makeFolders(nixFolder) {
    await (0,promises_.mkdir)((0,external_node_path_.dirname)(nixFolder), { recursive: true });
    for (const folder of [nixFolder, (0,external_node_path_.join)(nixFolder, 'store')]) {
        if (!(await exists(folder)))
            await (0,promises_.mkdir)(folder, { mode: 0o755 });
    }
}
async function sweepStages(nixFolder) {
    for (const name of await (0,promises_.readdir)(nixFolder))
        if (stage_name_isAbandoned(name))
            await removeTree((0,external_node_path_.join)(nixFolder, name));
}

;// CONCATENATED MODULE: external "node:worker_threads"
const external_node_worker_threads_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:worker_threads");
// EXTERNAL MODULE: external "node:url"
var external_node_url_ = __nccwpck_require__(3136);
;// CONCATENATED MODULE: ./thread-entry.js



/** The program of a thread. The bundle of it stands beside the one that this is part of; without bundles it is the source. */
function threadEntry(name) {
    const here = (0,external_node_path_.dirname)((0,external_node_url_.fileURLToPath)(import.meta.url));
    const bundle = (0,external_node_path_.join)(here, '..', name, 'index.js');
    return (0,external_node_fs_.existsSync)(bundle) ? bundle : (0,external_node_path_.join)(here, `${name}.ts`);
}

;// CONCATENATED MODULE: ./seed/unpack.js
/** One layer's archive, from its compressed bytes to store paths on a stage. Runs in a thread of its own (`seed/unpacker`). */






const STORE_PREFIX = 'nix/store/';
/** The Nix store's modification time, in seconds: one for everything. */
const STORE_TIME = 1;
/** Each piece costs a way to another thread and back; Node.js's own 16 KiB take half as long again. */
const CHUNK_BYTES = (/* unused pure expression or super */ null && (256 * 1024));
/**
 * Unpacks `layer`, which whoever sends it has to compare with its digest.
 *
 * @returns names of the store paths that were written
 * @throws SeedError CONTENT_INVALID for members that do not belong there, or what the disk or the decompressor throws
 */
async function unpack_unpackLayer(layer, task) {
    const sink = new StoreSink(task.folder, task.expected, task.wanted);
    const read = (tar) => readTar(released(tar), sink);
    const decompress = decompressor(task.mediaType);
    try {
        if (decompress)
            await pipeline(layer, decompress, read);
        else
            await pipeline(layer, read);
    }
    finally {
        sink.close();
    }
    return sink.written;
}
/**
 * Passes `pieces` on, and gives each piece's memory back as soon as it was used. Left to the garbage collector, which
 * counts only what it manages itself, some 60 MB would gather in each thread.
 */
async function* released(pieces) {
    for await (const piece of pieces) {
        yield piece;
        const { buffer, byteOffset, byteLength } = piece;
        // A decompressor fills its memory in several pieces and takes new memory after the one that ends it.
        if (buffer instanceof ArrayBuffer && byteOffset + byteLength === buffer.byteLength)
            buffer.transfer(0);
    }
}
function decompressor(mediaType) {
    switch (mediaType) {
        case MEDIA_TYPE.layerTarZstd:
            return createZstdDecompress({ chunkSize: CHUNK_BYTES });
        case MEDIA_TYPE.layerTarGzip:
            return createGunzip({ chunkSize: CHUNK_BYTES });
        case MEDIA_TYPE.layerTar:
            return undefined;
        default:
            throw new SeedError('CONTENT_INVALID', `layers of type ${mediaType} cannot be unpacked`);
    }
}
/**
 * Writes members with plain synchronous calls: most files of a store are small, and a round trip through the thread pool
 * for each costs more than the write.
 */
class StoreSink {
    written = new Set();
    #folder;
    #expected;
    #wanted;
    /** Folders that this layer made, by archive path: nothing is ever written through anything else, such as a link. */
    #folders = new Map();
    #file;
    #mode = 0;
    constructor(folder, expected, wanted) {
        this.#folder = folder;
        this.#expected = expected;
        this.#wanted = wanted;
    }
    begin(member) {
        // latin1 keeps bytes as they are, whatever their encoding
        const path = member.path.toString('latin1');
        if (path === 'nix' || path === 'nix/store')
            return;
        const parts = path.startsWith(STORE_PREFIX) ? path.slice(STORE_PREFIX.length).split('/') : [];
        const name = parts[0] ?? '';
        if (!this.#expected.has(name) || parts.some(part => part === '' || part === '.' || part === '..')) {
            throw unexpected(path, 'it does not belong to the store paths of its layer');
        }
        if (!this.#wanted.has(name))
            return;
        const target = this.#target(path, parts);
        if (parts.length === 1)
            this.written.add(name);
        this.#mode = member.mode & 0o111 ? 0o555 : 0o444;
        switch (member.type) {
            case 'directory':
                mkdirSync(target, 0o700);
                this.#folders.set(path, target);
                break;
            case 'symlink':
                symlinkSync(member.target, target);
                lutimesSync(target, STORE_TIME, STORE_TIME);
                break;
            case 'file':
                this.#file = openSync(target, 'wx', 0o600);
                break;
            default:
                throw unexpected(path, 'the Nix store holds only files, directories and symbolic links');
        }
    }
    data(piece) {
        if (this.#file === undefined)
            return;
        for (let at = 0; at < piece.length;)
            at += writeSync(this.#file, piece, at);
    }
    end() {
        if (this.#file === undefined)
            return;
        fchmodSync(this.#file, this.#mode);
        futimesSync(this.#file, STORE_TIME, STORE_TIME);
        closeSync(this.#file);
        this.#file = undefined;
    }
    /** Gives folders their final times and modes; not before, since writing into them changes both. */
    close() {
        if (this.#file !== undefined)
            closeSync(this.#file);
        this.#file = undefined;
        for (const [path, target] of this.#folders) {
            utimesSync(target, STORE_TIME, STORE_TIME);
            // The top one stays writable until it stands in the store: moving a folder needs that right.
            if (path.lastIndexOf('/') >= STORE_PREFIX.length)
                chmodSync(target, 0o555);
        }
        this.#folders.clear();
    }
    #target(path, parts) {
        const leaf = Buffer.from(parts.at(-1) ?? '', 'latin1');
        if (parts.length === 1)
            return Buffer.concat([Buffer.from(`${this.#folder}/`), leaf]);
        const parent = this.#folders.get(path.slice(0, path.lastIndexOf('/')));
        if (!parent)
            throw unexpected(path, 'its folder does not precede it');
        return Buffer.concat([parent, Buffer.from('/'), leaf]);
    }
}
function unexpected(path, why) {
    return new SeedError('CONTENT_INVALID', `a layer holds ${JSON.stringify(path)}: ${why}`, {
        hint: 'The image was not made by `nix-seed publish`; do not use it.'
    });
}

;// CONCATENATED MODULE: ./seed/unpacker.js
/**
 * A thread that unpacks layers, one after another. Writing files and parsing archives keeps one processor busy, and what
 * fetches and hashes another: each layer that is unpacked at the same time has a thread of its own for the former.
 */





/** Compressed bytes on their way to the thread: enough that it never waits for the next message. */
const WINDOW_BYTES = 1024 * 1024;
class Unpacker {
    #worker;
    #underway = 0;
    #onAnswer;
    #outcome = newOutcome();
    constructor() {
        this.#worker = new external_node_worker_threads_namespaceObject.Worker(threadEntry('unpack'));
        this.#worker.on('message', (answer) => {
            this.#answered(answer);
        });
        this.#worker.on('error', error => {
            this.#outcome.reject(error);
        });
        this.#worker.on('exit', () => {
            this.#outcome.reject(new Error('the thread that unpacks has ended'));
        });
    }
    /**
     * Unpacks one layer; to be called again when it is done.
     *
     * @param blob the layer's bytes, which throws where they are not those of its digest
     * @returns names of the store paths that were written
     * @throws what `unpackLayer` throws; whatever `blob` throws; the reason of `signal`
     */
    async unpack(task, blob, signal) {
        const { promise } = (this.#outcome = newOutcome());
        this.#underway = 0;
        this.#order({ task });
        let isOver = false;
        const send = async () => {
            for await (const bytes of blob) {
                // A task that is done takes no more; but the blob is read to its end, which is where its digest is checked.
                while (this.#underway >= WINDOW_BYTES && !(await Promise.race([promise, this.#nextAnswer()])))
                    ;
                if (isOver)
                    return;
                this.#underway += bytes.byteLength;
                const piece = owned(bytes);
                this.#order({ piece }, piece.buffer);
            }
            this.#order({ end: true });
        };
        // Whoever sends may be silent for long: neither a failure here nor an abort waits for it.
        const aborted = Promise.withResolvers();
        const onAbort = () => {
            aborted.reject(signal.reason);
        };
        signal.addEventListener('abort', onAbort);
        try {
            signal.throwIfAborted();
            await Promise.race([Promise.all([send(), promise]), aborted.promise]);
            return await promise;
        }
        finally {
            isOver = true;
            signal.removeEventListener('abort', onAbort);
        }
    }
    /** Ends the thread, whatever it does; nothing is written when this has returned. */
    async close() {
        await this.#worker.terminate();
    }
    #order(order, ...transferred) {
        this.#worker.postMessage(order, transferred);
    }
    #nextAnswer() {
        return new Promise(resolve => {
            this.#onAnswer = () => {
                resolve(undefined);
            };
        });
    }
    #answered(answer) {
        if ('taken' in answer)
            this.#underway -= answer.taken;
        else if ('written' in answer)
            this.#outcome.resolve(answer.written);
        else
            this.#outcome.reject(errorOf(answer.failure));
        this.#onAnswer?.();
    }
}
function newOutcome() {
    const outcome = Promise.withResolvers();
    outcome.promise.catch(() => { }); // it may come when nobody asks yet, or any more
    return outcome;
}
/** The thread's side: what `src/unpack.ts` runs. */
function serveUnpacking(port) {
    const answer = (message) => {
        port.postMessage(message);
    };
    let layer;
    port.on('message', (order) => {
        if ('piece' in order)
            layer?.push(Buffer.from(order.piece.buffer));
        else if ('end' in order)
            layer?.push(null);
        else {
            const source = new Readable({ read() { } }); // the sender keeps to the window
            layer = source;
            const taken = Readable.from(reported(source, bytes => {
                answer({ taken: bytes });
            }));
            unpackLayer(taken, order.task).then(written => {
                answer({ written });
            }, (error) => {
                answer({ failure: failureOf(error) });
            });
        }
    });
}
async function* reported(source, onBytes) {
    for await (const piece of source) {
        const bytes = piece.byteLength;
        yield piece;
        onBytes(bytes);
    }
}
/** Bytes whose memory can be handed over: a piece of something larger, or of memory that threads share, is copied. */
function owned(bytes) {
    const isWhole = bytes.buffer instanceof ArrayBuffer && bytes.byteLength === bytes.buffer.byteLength;
    return isWhole ? bytes : new Uint8Array(bytes);
}
function failureOf(error) {
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof SeedError) {
        return { message, seedCode: error.code, ...(error.hint !== undefined && { hint: error.hint }) };
    }
    const code = systemCode(error);
    return { message, ...(code !== undefined && { systemCode: code }) };
}
function errorOf({ message, seedCode, systemCode, hint }) {
    if (seedCode !== undefined)
        return new errors/* SeedError */.uV(seedCode, message, hint === undefined ? {} : { hint });
    return Object.assign(new Error(message), systemCode === undefined ? {} : { code: systemCode });
}

;// CONCATENATED MODULE: ./seed/layers.js




/** Threads at most: each takes some 30 MB, and a single one fetches and hashes for all of them. */
const MAX_THREADS = 3;
/**
 * Streams every layer that holds a wanted path into the stage, several at a time.
 *
 * @returns the bytes that were fetched, and how many layers
 * @throws SeedError CONTENT_INVALID where the layers do not hold what the table says; what the repository throws; the
 *   signal's reason
 */
async function fetchLayers(image, repository, seed, wanted, stage, ports) {
    const wantedNames = new Set(wanted.map(info => nameOf(info.path)));
    const queue = layerJobs(image, seed, wantedNames);
    const layers = queue.length;
    const total = queue.reduce((sum, { layer }) => sum + layer.size, 0);
    let done = 0;
    const missing = new Set(wantedNames);
    const abort = new AbortController();
    const signal = AbortSignal.any([ports.signal, abort.signal]);
    async function* fetched(layer) {
        for await (const piece of repository.getBlob(layer)) {
            done += piece.byteLength;
            ports.progress.update('restoring', done, total);
            yield piece;
        }
    }
    const work = async (unpacker) => {
        for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
            signal.throwIfAborted();
            const { layer, names } = job;
            const wanted = new Set([...names].filter(name => wantedNames.has(name)));
            const task = { mediaType: layer.mediaType, expected: names, wanted, folder: stage };
            for (const name of await unpacker.unpack(task, fetched(layer), signal))
                missing.delete(name);
        }
    };
    const threads = Math.min(Math.max(2, (0,external_node_os_.availableParallelism)()), MAX_THREADS, queue.length);
    const unpackers = Array.from({ length: threads }, () => new Unpacker());
    const works = unpackers.map(unpacker => work(unpacker).catch((error) => {
        abort.abort(error);
    }));
    await Promise.all(works);
    await Promise.all(unpackers.map(unpacker => unpacker.close()));
    ports.progress.end('restoring');
    ports.signal.throwIfAborted();
    if (abort.signal.aborted)
        throw abort.signal.reason;
    if (missing.size > 0) {
        throw new errors/* SeedError */.uV('CONTENT_INVALID', `the layers do not hold ${[...missing][0]} (and ${missing.size - 1} more)`, {
            resource: repository.name,
            hint: 'The image is damaged; publish the seed again.'
        });
    }
    return { bytes: done, layers };
}
/** The layers with a wanted path, largest first, so that the last one to end is a small one. */
function layerJobs(image, seed, wanted) {
    const names = new Map();
    const needed = new Set();
    for (const [path, layer] of seed.layerOf) {
        const known = names.get(layer) ?? new Set();
        names.set(layer, known.add(nameOf(path)));
        if (wanted.has(nameOf(path)))
            needed.add(layer);
    }
    return [...needed]
        .flatMap(at => {
        const layer = image.layers[at];
        return layer === undefined ? [] : [{ layer, names: names.get(at) ?? new Set() }];
    })
        .sort((a, b) => b.layer.size - a.layer.size);
}

;// CONCATENATED MODULE: ./seed/mount/full-disk.js
/** A disk that is full, told from the store's: layers are kept in a folder that may be on another one. */

/** What fails for want of room in the cache `folder`; all else stays what it is. For use as `.catch(explainFull(folder))`. */
function explainFull(folder) {
    return error => {
        throw isFull(error) ? diskFull(folder, 'the disk became full', error) : error;
    };
}
function diskFull(folder, message, cause) {
    return new errors/* SeedError */.uV('DISK_FULL', message, {
        resource: folder,
        hint: 'Free some space, or name a folder on another disk with --cache.',
        ...(cause !== undefined && { cause })
    });
}
function isFull(error) {
    const code = (0,errors/* systemCode */.xU)(error);
    return code === 'ENOSPC' || code === 'EDQUOT';
}

;// CONCATENATED MODULE: ./seed/mount/probe.js
/** Whether this machine mounts seeds, found out by mounting a very small one, exactly as a large one would be. */








/** Why there can be no mounts here. */
class MountRefused extends Error {
}
/** Of an overlay that is thrown away in the end: nothing of it has to reach the disk, and folders can be renamed. */
const OVERLAY_OPTIONS = 'nosuid,nodev,volatile,redirect_dir=on';
const EROFS_OPTIONS = 'ro,nosuid,nodev';
/**
 * An EROFS image with one file of 16 KiB, compressed with zstd: `mkfs.erofs -zzstd -C16384 -T1 --all-root -Uclear`, and
 * gzip.
 */
const IMAGE = 'H4sIAAAAAAACA+3SMQrCMBTG8S9RrINDj9DBYgepR1AP4O4iiOBaRfAAnsPBxSt4Ai+i7o5OIppK0CIouAn+fxDykjxe8iASgH912J92g+V2' +
    'XnJxTbGs3zeFHPtFvbxO9Yv8ihR8Oi+7cexaNf366hTfFvu57l4ZP/asEh83XCdpmk5nk9H4zf1aL1zFzrPv136DvKvQJPezyESWbwMAAAAAAAAA' +
    'AIBfkGxal6HaPSnMMqPzKujfAK1tX30AIAAA';
/** In a mount namespace that ends with it, so that nothing is left, whatever happens. The options of both mounts, and the image. */
const SCRIPT = `
mount -t erofs -o "$1" "$3" layer &&
mount -t overlay -o "lowerdir=layer,upperdir=upper,workdir=work,$2" probe merged &&
test "$(head -c 1 merged/probe)" = n &&
: > merged/written`;
/**
 * @param cacheFolder where the images are
 * @param stateFolder beside which what is written will land
 * @throws MountRefused with the kernel's reason; SeedError DISK_FULL where the cache has no room even for that; the
 *   system's own error where the folders cannot be used
 */
async function probeMounts(cacheFolder, stateFolder, ports) {
    if (process.platform !== 'linux')
        throw new MountRefused('only Linux mounts EROFS');
    if (process.getuid?.() !== 0)
        throw new MountRefused('only root may mount');
    const name = await newOwnedName();
    const [images, writes] = [(0,external_node_path_.join)(cacheFolder, 'runs', name), `${stateFolder}.${name}`];
    try {
        await (0,promises_.mkdir)(images, { recursive: true, mode: 0o700 }).catch(explainFull(cacheFolder));
        await (0,promises_.mkdir)((0,external_node_path_.dirname)(writes), { recursive: true });
        await (0,promises_.mkdir)(writes, { mode: 0o700 });
        for (const folder of ['layer', 'upper', 'work', 'merged'])
            await (0,promises_.mkdir)((0,external_node_path_.join)(writes, folder));
        const image = (0,external_node_zlib_namespaceObject.gunzipSync)(Buffer.from(IMAGE, 'base64'));
        await (0,promises_.writeFile)((0,external_node_path_.join)(images, 'image'), image).catch(explainFull(cacheFolder));
        const refusals = [];
        for (const backing of ['file', 'loop']) {
            const refusal = await attempt((0,external_node_path_.join)(images, 'image'), erofsOptions(backing), writes, ports);
            if (refusal === undefined)
                return backing;
            refusals.push(refusal);
        }
        throw new MountRefused(refusals[0] ?? 'the kernel refuses');
    }
    finally {
        await (0,promises_.rm)(images, { recursive: true, force: true });
        await (0,promises_.rm)(writes, { recursive: true, force: true });
    }
}
function erofsOptions(backing) {
    return backing === 'loop' ? `${EROFS_OPTIONS},loop` : EROFS_OPTIONS;
}
/** @returns why it fails; undefined where it does not */
async function attempt(image, options, cwd, ports) {
    const command = ['--mount', '--propagation', 'private', 'sh', '-c', SCRIPT, 'sh', options, OVERLAY_OPTIONS, image];
    try {
        await (0,process_0/* run */.eF)('unshare', command, {
            env: environment(ports, { LIBMOUNT_FORCE_MOUNT2: 'always' }),
            signal: never(),
            cwd
        });
        return undefined;
    }
    catch (error) {
        if (error instanceof process_0/* ToolFailure */.XY)
            return reasonOf(error);
        if (error instanceof errors/* SeedError */.uV && error.code === 'TOOL_MISSING')
            return error.message;
        throw error;
    }
}
/** The line that says it; `mount` also prints where to look for more. */
function reasonOf({ stderr, message }) {
    const line = stderr.split('\n').find(text => /^(?:mount|unshare|losetup)\S*: /.test(text));
    return (line ?? message).replace(/\s+/g, ' ').replace(/\.$/, '');
}

// EXTERNAL MODULE: external "node:net"
var external_node_net_ = __nccwpck_require__(7030);
;// CONCATENATED MODULE: ./place.js
/** The folder `/nix` of this machine: whether it is there, whose it is, and how to write to it. */







/**
 * Makes `/nix` where it is missing, and finds out how it can be written to: by writing to it. An ordinary user with
 * sudo gets a missing or empty one as owner, which is a store for one user; a store of root stays root's.
 *
 * @param folder another one than `/nix`, for tests
 * @throws SeedError NO_PRIVILEGE, FILE_SYSTEM, DISK_FULL, INTERRUPTED; what was there is then as it was
 */
async function preparePlace(ports, folder = '/nix') {
    throwIfInterrupted(folder, ports);
    const found = await contentOf(folder);
    if (found === undefined)
        await makeFolder(folder, ports);
    let access;
    try {
        access = await findAccess(folder, found?.length === 0, ports);
        throwIfInterrupted(folder, ports);
    }
    catch (error) {
        if (found === undefined)
            await rmdir(folder).catch(() => { });
        throw error;
    }
    return {
        folder,
        access,
        hasStore: await place_exists(join(folder, 'var/nix/db/db.sqlite')),
        daemon: await hasDaemon(folder)
    };
}
/**
 * Runs a program as root: through sudo, without a password being asked.
 *
 * Its arguments are visible to every user of the machine, and sudo logs them: what is secret goes by `input`. It always
 * runs to its end: nobody but root may send a signal to what sudo runs, and it would go on while this process takes back
 * what it did. So it is for what takes no time.
 *
 * @throws SeedError NO_PRIVILEGE where sudo is missing or refuses; ToolFailure where the program fails
 */
async function sudo(command, ports, options = {}) {
    const { signal } = new AbortController();
    try {
        return await run('sudo', ['-n', '--', ...command], { env: plainEnv(ports), signal, ...options });
    }
    catch (error) {
        throw sudoFailure(error);
    }
}
/**
 * Runs a program as the owner of the place: as this user, or as root. Of the variables of Nix it has only those given.
 *
 * @throws as {@link sudo}; INTERRUPTED where it runs as this user
 */
async function runAsOwner(place, command, ports, options = {}) {
    const { variables = {}, ...rest } = options;
    if (place.access === 'elevated') {
        const assignments = Object.entries({ LC_ALL: 'C', ...variables }).map(([name, value]) => `${name}=${value}`);
        return sudo(['env', ...assignments, ...command], ports, rest);
    }
    const [tool, ...args] = command;
    return run(tool, args, { env: { ...plainEnv(ports), ...variables }, signal: ports.signal, ...rest });
}
function throwIfInterrupted(folder, { signal }) {
    if (!signal.aborted)
        return;
    throw new SeedError('INTERRUPTED', 'interrupted; nothing was changed', { resource: folder, hint: 'Run it again.' });
}
/** Messages that can be recognized, and nothing of Nix, whose variables may point anywhere. */
function plainEnv({ env }) {
    const kept = Object.entries(env).filter(([name]) => !name.startsWith('NIX_'));
    return { ...Object.fromEntries(kept), LC_ALL: 'C' };
}
async function contentOf(folder) {
    try {
        const found = await lstat(folder);
        if (found.isDirectory())
            return await readdir(folder);
        throw new SeedError('FILE_SYSTEM', `it is ${found.isSymbolicLink() ? 'a symbolic link' : 'no folder'}`, {
            resource: folder,
            hint: 'Nix wants a folder there: remove it, or mount or bind the real place over a folder.'
        });
    }
    catch (error) {
        const code = systemCode(error);
        if (code === 'ENOENT')
            return undefined;
        if (code === undefined)
            throw error;
        throw refusal(folder, error);
    }
}
async function makeFolder(folder, ports) {
    try {
        await mkdir(folder, { mode: 0o755 });
    }
    catch (error) {
        // The root of macOS is sealed, also for root.
        if (process.platform === 'darwin' && folder === '/nix')
            return makeDarwinVolume(asRoot(ports));
        if (isRoot() || systemCode(error) !== 'EACCES')
            throw refusal(folder, error);
        await own(folder, ports);
    }
}
async function findAccess(folder, isEmpty, ports) {
    const probes = [folder, join(folder, 'store'), join(folder, 'var/nix/db')];
    const places = [folder, ...(await present(probes.slice(1)))];
    try {
        for (const place of places)
            await probe(place);
        return 'own';
    }
    catch (error) {
        if (isRoot() || systemCode(error) !== 'EACCES')
            throw refusal(folder, error);
    }
    if (isEmpty) {
        await own(folder, ports);
        return 'own';
    }
    for (const place of places) {
        const name = probeName(place);
        await elevated(folder, ['mkdir', '--', name], ports);
        await elevated(folder, ['rmdir', '--', name], ports);
    }
    return 'elevated';
}
/** Whether a folder can be written to is not in its mode alone: mounts, quotas and security modules have a say. */
async function probe(folder) {
    const name = probeName(folder);
    await mkdir(name);
    await rmdir(name);
}
function probeName(folder) {
    return join(folder, `.nix-seed-probe-${randomBytes(4).toString('hex')}`);
}
/** Makes an empty folder, or one that is missing, this user's. */
async function own(folder, ports) {
    const owner = ['-o', `${process.getuid?.()}`, '-g', `${process.getgid?.()}`];
    await elevated(folder, ['install', '-d', '-m', '0755', ...owner, folder], ports);
}
async function elevated(folder, command, ports) {
    try {
        await sudo(command, ports);
    }
    catch (error) {
        throw error instanceof ToolFailure ? refusal(folder, error) : error;
    }
}
/** One way to run a program as root, for root and for others. */
function asRoot(ports) {
    return (command, input) => runAsOwner({ access: isRoot() ? 'own' : 'elevated' }, command, ports, input === undefined ? {} : { input });
}
function isRoot() {
    return process.getuid?.() === 0;
}
function refusal(folder, cause) {
    const code = systemCode(cause);
    const text = cause instanceof ToolFailure ? cause.stderr : (code ?? '');
    if (code === 'ENOSPC' || code === 'EDQUOT' || /No space left|quota exceeded/i.test(text)) {
        return new SeedError('DISK_FULL', 'there is no room for Nix', { resource: folder, hint: 'Free some space.', cause });
    }
    if (code === 'EROFS' || /Read-only file system/.test(text)) {
        return new SeedError('FILE_SYSTEM', 'the file system is read-only', {
            resource: folder,
            hint: `Mount a folder that can be written to at ${folder}.`,
            cause
        });
    }
    if (code === undefined && !(cause instanceof ToolFailure))
        return cause;
    return new SeedError('FILE_SYSTEM', `it cannot be written to${code === undefined ? '' : ` (${code})`}`, {
        resource: folder,
        hint: `Let this user write to ${folder}, or run the job as root.`,
        cause
    });
}
function sudoFailure(error) {
    const hint = 'Run the job as root, let sudo work without a password, or make /nix beforehand, owned by the user of the job.';
    if (error instanceof ToolFailure) {
        // A program that fails speaks for itself; sudo's own refusals begin with its name.
        const line = error.stderr.split('\n').find(text => /^sudo(-rs)?: /.test(text));
        if (line === undefined)
            return error;
        if (/command not found/.test(line))
            return new SeedError('TOOL_MISSING', line, { cause: error });
        return new SeedError('NO_PRIVILEGE', `root is needed, and sudo refuses: ${line}`, { hint, cause: error });
    }
    if (error instanceof SeedError && error.code === 'TOOL_MISSING') {
        return new SeedError('NO_PRIVILEGE', 'root is needed, and there is no sudo', { hint, cause: error });
    }
    return error;
}
async function present(paths) {
    const found = await Promise.all(paths.map(place_exists));
    return paths.filter((_, at) => found[at]);
}
async function place_exists(path) {
    return (0,promises_.lstat)(path).then(() => true, () => false);
}
const ANSWER_TIMEOUT_MS = 2000;
/** Whether a Nix daemon answers for a store. */
function hasDaemon(folder = '/nix') {
    return answers((0,external_node_path_.join)(folder, 'var/nix/daemon-socket/socket'));
}
/** Whether somebody listens on a socket; the file alone may be a leftover. */
async function answers(socket) {
    if (!(await place_exists(socket)))
        return false;
    return new Promise(resolve => {
        const connection = (0,external_node_net_.createConnection)(socket);
        const end = (answer) => {
            connection.destroy();
            resolve(answer);
        };
        connection.setTimeout(ANSWER_TIMEOUT_MS, () => end(false));
        connection.once('connect', () => end(true));
        connection.once('error', () => end(false));
    });
}

;// CONCATENATED MODULE: ./seed/placement.js
/** From the stage into the store. */






/**
 * Moves staged paths into the store and calls `register`; takes everything back if any of it fails.
 *
 * @param wanted paths that are not valid in the store
 */
async function placePaths(wanted, stage, nixFolder, register) {
    const moved = [];
    try {
        for (const { path } of wanted) {
            const source = (0,external_node_path_.join)(stage, nameOf(path));
            const target = (0,external_node_path_.join)(nixFolder, 'store', nameOf(path));
            // What stands there is not valid, or it would not be wanted: a leftover of an interrupted build or restore.
            if (await exists(target))
                await removeTree(target);
            const isFolder = (await (0,promises_.lstat)(source)).isDirectory();
            moved.push(target);
            await (0,promises_.rename)(source, target);
            if (isFolder)
                await (0,promises_.chmod)(target, 0o555);
        }
        await register();
    }
    catch (error) {
        for (const target of moved)
            await removeTree(target);
        throw error;
    }
}
/** Makes the database of a store that has none: complete on the stage, then renamed. */
async function placeDatabase(closure, stage, nixFolder) {
    const staged = (0,external_node_path_.join)(stage, 'db');
    await createDatabase(staged, closure);
    await (0,promises_.mkdir)((0,external_node_path_.join)(nixFolder, 'var/nix'), { recursive: true });
    const target = (0,external_node_path_.join)(nixFolder, 'var/nix/db');
    await removeTree(target); // without a database in it, or this would not be a fresh store
    await (0,promises_.rename)(staged, target);
}
/** Keeps Nix's garbage collector away from the seed. */
async function placeRoots(nixFolder, roots) {
    const folder = (0,external_node_path_.join)(nixFolder, 'var/nix/gcroots/nix-seed');
    await (0,promises_.mkdir)(folder, { recursive: true });
    for (const root of roots)
        await placeLink(root, (0,external_node_path_.join)(folder, nameOf(root)));
}
/** Where there is no default profile yet, Nix itself becomes it, so that `/nix/var/nix/profiles/default/bin` is on PATH. */
async function placeProfile(nixFolder, nixPath) {
    await (0,promises_.mkdir)((0,external_node_path_.join)(nixFolder, 'var/nix/profiles'), { recursive: true });
    await placeLink(nixPath, (0,external_node_path_.join)(nixFolder, 'var/nix/profiles/default'));
}
async function placeLink(target, link) {
    try {
        await (0,promises_.symlink)(target, link);
    }
    catch (error) {
        if ((0,errors/* systemCode */.xU)(error) !== 'EEXIST')
            throw error;
    }
}

;// CONCATENATED MODULE: ./seed/mount/partial-file.js
/**
 * A blob on its way to disk, in segments that arrive side by side. What has arrived is noted beside it, so that the next
 * run goes on where a killed one stopped; whether the bytes are right, the digest tells in the end.
 */


const WRITE_BYTES = 1024 * 1024;
/** So much is fetched again, at most, for each connection of a killed run. */
const NOTE_BYTES = 8 * 1024 * 1024;
const NOTES_SUFFIX = '.notes';
class PartialFile {
    path;
    segments;
    /** Bytes that were there when it was opened. */
    found;
    #blob;
    #file;
    #notes;
    #hashing;
    #hash;
    #digest;
    constructor({ blob, path }, [file, notes], hashing, segments) {
        this.path = path;
        this.#blob = blob;
        this.#file = file;
        this.#notes = notes;
        this.#hashing = hashing;
        this.segments = segments;
        this.found = this.segments.reduce((sum, { start, written }) => sum + written - start, 0);
    }
    /** Opens what an earlier run has left, also one with segments of another size, or begins. */
    static async open(target, segmentBytes, hashing) {
        const { blob, path } = target;
        const found = await partial_file_unlessMissing((0,promises_.open)(path, 'r+'));
        const noted = found && (await partial_file_unlessMissing((0,promises_.readFile)(path + NOTES_SUFFIX, 'utf8')));
        const file = found ?? (await (0,promises_.open)(path, 'w+', 0o600));
        try {
            const notes = await (0,promises_.open)(path + NOTES_SUFFIX, 'a', 0o600);
            if (noted === undefined)
                await notes.truncate(0);
            let { size } = await file.stat();
            // Of something else: nothing would take away what is too much.
            if (size > blob.size)
                await file.truncate((size = 0));
            const segments = segmentsOf(blob.size, segmentBytes, noted ?? '', size);
            return new PartialFile(target, [file, notes], hashing, segments);
        }
        catch (error) {
            await file.close();
            throw error;
        }
    }
    get isComplete() {
        return this.segments.every(({ end, written }) => written === end);
    }
    /** Writes what comes into a segment, in large pieces. */
    async write(segment, bytes, onBytes) {
        let pieces = [];
        let size = 0;
        let noted = segment.written;
        let writing = Promise.resolve();
        const flush = async () => {
            await writing;
            const [batch, count] = [pieces, size];
            pieces = [];
            size = 0;
            writing = this.#append(segment, batch, count);
            writing.catch(() => { }); // it is awaited with the next piece
        };
        try {
            for await (const piece of bytes) {
                pieces.push(piece);
                size += piece.length;
                onBytes(piece.length);
                if (size < WRITE_BYTES)
                    continue;
                await flush();
                if (segment.written - noted < NOTE_BYTES)
                    continue;
                noted = segment.written;
                await this.#note(segment);
            }
        }
        finally {
            await flush();
            await writing;
            await this.#note(segment);
        }
    }
    /**
     * Has what a segment lacks received, as far as that goes, and notes how far. Of a file that is received in one go the
     * digest is known at once.
     */
    async receive(segment, from, receiving, signal, onBytes) {
        const { size } = this.#blob;
        const { written: start, end } = segment;
        const isHashed = start === 0 && end === size;
        const came = (count) => {
            segment.written += count;
            onBytes(count);
            if (!isHashed)
                this.#follow();
        };
        let noting = Promise.resolve();
        const onCame = (count) => {
            came(count);
            noting = noting.then(() => this.#note(segment));
            noting.catch(() => { }); // it is awaited in the end
        };
        try {
            const order = { from, size, start, end, file: this.path, isHashed };
            const received = await receiving.receive(order, onCame, signal);
            came(start + received.bytes - segment.written);
            if (received.hex !== undefined)
                this.#digest = `sha256:${received.hex}`;
            return received;
        }
        finally {
            await noting;
            await this.#note(segment);
        }
    }
    /** Forgets all that has arrived. */
    async restart() {
        await this.#notes.truncate(0);
        await this.#file.truncate(0);
        for (const segment of this.segments)
            segment.written = segment.start;
        this.#hash = undefined;
        this.#digest = undefined;
    }
    /** The digest of the complete file. */
    async digest() {
        return this.#digest ?? (this.#hash ??= this.#hashing.follow(this.path)).finish(this.#blob.size);
    }
    async close() {
        await this.#file.close();
        await this.#notes.close();
    }
    async #append(segment, pieces, count) {
        if (count === 0)
            return;
        if (segment.written + count > segment.end)
            throw new Error('more bytes came than were asked for');
        const { bytesWritten } = await this.#file.writev([...pieces], segment.written);
        if (bytesWritten < count) {
            const rest = Buffer.concat(pieces).subarray(bytesWritten);
            for (let at = 0; at < rest.length;) {
                at += (await this.#file.write(rest, at, rest.length - at, segment.written + bytesWritten + at)).bytesWritten;
            }
        }
        segment.written += count;
        this.#follow();
    }
    /** Has the hash follow what is written from the beginning on. */
    #follow() {
        this.#hash ??= this.#hashing.follow(this.path);
        this.#hash.advance(this.#prefix());
    }
    async #note({ start, written }) {
        await this.#notes.write(`${start} ${written}\n`);
    }
    /** Bytes from the beginning on that are all there. */
    #prefix() {
        for (const { end, written } of this.segments)
            if (written < end)
                return written;
        return this.#blob.size;
    }
}
/** Removes a file with its notes. */
async function removePartial(path) {
    for (const each of [path, path + NOTES_SUFFIX])
        await (0,promises_.rm)(each, { recursive: true, force: true });
}
/**
 * @param noted lines of a segment's start and how far it was written; the last one may be torn
 * @param there size of the file: a power cut may take bytes of it and leave the notes
 */
function segmentsOf(size, segmentBytes, noted, there) {
    const written = new Map();
    for (const line of noted.split('\n').slice(0, -1)) {
        const [start, end] = line.split(' ').map(Number);
        if (Number.isSafeInteger(start) && Number.isSafeInteger(end))
            written.set(start ?? 0, end ?? 0);
    }
    return Array.from({ length: Math.ceil(size / segmentBytes) }, (_, at) => {
        const start = at * segmentBytes;
        const end = Math.min(size, start + segmentBytes);
        return { start, end, written: Math.min(end, Math.max(start, Math.min(there, written.get(start) ?? start))) };
    });
}
async function partial_file_unlessMissing(found) {
    return found.catch((error) => {
        if ((0,errors/* systemCode */.xU)(error) === 'ENOENT')
            return undefined;
        throw error;
    });
}

;// CONCATENATED MODULE: ./seed/mount/download.js
/** Blobs from a repository to disk: several connections at once, large blobs in parts, all of it hashed on the way. */


/** What one connection to a registry carries is limited, by distance if by nothing else. */
const CONNECTIONS = 8;
/** Of these, the ones that begin with the smallest blobs: what those wait for is answers, and the others want bytes. */
const FROM_SMALLEST = 2;
/**
 * Downloads blobs, the largest first and the smallest beside them.
 *
 * @returns bytes that came over the network
 * @throws DIGEST_MISMATCH; what the repository throws; the system's own errors; the signal's reason
 */
async function downloadBlobs(repository, targets, { hashing, receiving, segmentBytes, signal, onComplete, onBytes, onProblem }) {
    let fetched = 0;
    const abort = new AbortController();
    const stop = AbortSignal.any([signal, abort.signal]);
    const count = (bytes) => {
        fetched += bytes;
        onBytes(bytes);
    };
    const download = async ({ target: { blob }, file, segment }) => {
        if (segment.written < segment.end && receiving.isOpen) {
            const from = await repository.locate(blob);
            const received = from && (await file.receive(segment, from, receiving, stop, count));
            if (received?.problem !== undefined)
                onProblem(received.problem);
        }
        const range = { start: segment.written, end: segment.end };
        if (range.start < range.end)
            await file.write(segment, until(stop, repository.getRange(blob, range)), count);
    };
    const complete = async (job) => {
        const { target, file } = job;
        let digest = await file.digest();
        if (digest !== target.blob.digest && file.found > 0) {
            // What the earlier run has left may be torn by a power cut: that is no fault of the repository.
            await file.restart();
            for (const segment of file.segments)
                await download({ target, file, segment });
            digest = await file.digest();
        }
        if (digest !== target.blob.digest)
            throw (0,oci_digest/* mismatch */.J4)(target.blob.digest, `has other content: ${digest}`, repository.name);
        await onComplete(target);
    };
    const files = [];
    try {
        const jobs = [];
        for (const target of [...targets].sort((a, b) => b.blob.size - a.blob.size)) {
            const file = await PartialFile.open(target, segmentBytes, hashing);
            files.push(file);
            onBytes(file.found);
            for (const segment of file.segments)
                jobs.push({ target, file, segment });
        }
        const pending = new Map(files.map(file => [file, file.segments.length]));
        const work = async (take) => {
            for (let job = take(); job !== undefined; job = take()) {
                stop.throwIfAborted();
                await download(job);
                const left = (pending.get(job.file) ?? 0) - 1;
                pending.set(job.file, left);
                if (left === 0)
                    await complete(job);
            }
        };
        await Promise.all(Array.from({ length: CONNECTIONS }, (_, at) => work(() => (at < FROM_SMALLEST ? jobs.pop() : jobs.shift())).catch((error) => {
            abort.abort(error);
        })));
    }
    finally {
        for (const file of files)
            await file.close();
    }
    stop.throwIfAborted();
    return fetched;
}
async function* until(signal, bytes) {
    for await (const piece of bytes) {
        signal.throwIfAborted();
        yield piece;
    }
}

;// CONCATENATED MODULE: ./seed/mount/hashing.js
/**
 * SHA-256 of files, in threads of its own: a hash follows a file while it is still being written, from the pages that the
 * kernel just got, and the thread that reads from the network is left to that.
 */


const hashing_MAX_THREADS = 2;
/** Hashes of files, several at once. To be closed in the end. */
class Hashing {
    #threads = [];
    #waiting = new Map();
    #next = 0;
    /** Begins to hash a file. */
    follow(file) {
        const id = this.#next++;
        const thread = this.#thread(id);
        let at = 0;
        const tell = (until, isLast) => thread.postMessage({ id, file, until, isLast });
        return {
            advance: until => {
                if (until <= at)
                    return;
                at = until;
                tell(until, false);
            },
            finish: async (size) => {
                const hex = await new Promise((resolve, reject) => {
                    this.#waiting.set(id, { resolve, reject });
                    tell(size, true);
                });
                return `sha256:${hex}`;
            }
        };
    }
    async close() {
        await Promise.all(this.#threads.map(thread => thread.terminate()));
    }
    #thread(id) {
        const at = id % Math.min(hashing_MAX_THREADS, (0,external_node_os_.availableParallelism)());
        return (this.#threads[at] ??= this.#start());
    }
    #start() {
        // As text, since the program is one file wherever it runs.
        const thread = new external_node_worker_threads_namespaceObject.Worker(`(${hashInThread.toString()})()`, { eval: true, env: {}, execArgv: [] });
        thread.on('message', ({ id, hex, failure }) => {
            const waiting = this.#waiting.get(id);
            this.#waiting.delete(id);
            if (hex !== undefined)
                waiting?.resolve(hex);
            else
                waiting?.reject(new Error(failure));
        });
        thread.on('error', (error) => {
            for (const waiting of this.#waiting.values())
                waiting.reject(error);
        });
        return thread;
    }
}
/** What a thread does. It may refer to nothing outside of itself. */
function hashInThread() {
    const { parentPort } = process.getBuiltinModule('node:worker_threads');
    const { createHash } = process.getBuiltinModule('node:crypto');
    const { closeSync, openSync, readSync } = process.getBuiltinModule('node:fs');
    const files = new Map();
    const buffer = Buffer.allocUnsafeSlow(512 * 1024);
    parentPort?.on('message', ({ id, file, until, isLast }) => {
        try {
            const entry = files.get(id) ?? { descriptor: openSync(file, 'r'), hash: createHash('sha256'), at: 0 };
            files.set(id, entry);
            while (entry.at < until) {
                const count = readSync(entry.descriptor, buffer, 0, Math.min(buffer.length, until - entry.at), entry.at);
                if (count === 0)
                    throw new Error(`${file} ended after ${entry.at} of ${until} bytes`);
                entry.hash.update(buffer.subarray(0, count));
                entry.at += count;
            }
            if (!isLast)
                return;
            closeSync(entry.descriptor);
            files.delete(id);
            parentPort.postMessage({ id, hex: entry.hash.digest('hex') });
        }
        catch (error) {
            parentPort.postMessage({ id, failure: String(error) });
        }
    });
}

;// CONCATENATED MODULE: ./seed/mount/cache.js
/**
 * Blobs on disk, by digest, for this restore and the next ones. Any number of processes work with one folder:
 *
 *     blobs/HEX       whole, and right when it was put there
 *     verified/HEX    what a blob was like when it was hashed last; its time is that of the last use
 *     partial/HEX     what interrupted runs have left, with notes of what is there
 *     runs/OWNER/     what one run works with: hard links to blobs, so that nobody takes them away, and files that arrive
 *
 * A blob is hashed before it is used, unless the same file was found right since the system started and has not been
 * written to since. A power cut, which may tear files, makes all of them be hashed again.
 */











/**
 * In parts come only blobs that everything else would wait for: those are read once more to be hashed, since a hash takes
 * bytes in their order.
 */
const MIN_SEGMENT_BYTES = 64 * 1024 * 1024;
/**
 * Runs `action` with files of all `blobs`: those of the cache, and those that are missing there from `repository`.
 *
 * @throws SeedError DIGEST_MISMATCH, DISK_FULL, INTERRUPTED or what the repository throws; what the action throws; the
 *   system's own error where the folder cannot be used
 */
async function withBlobs(cache, blobs, repository, receiving, ports, action) {
    const run = await CacheRun.begin(cache, blobs).catch(explainFull(cache.folder));
    try {
        return await action(await run.fetch(repository, receiving, ports).catch(explainFull(cache.folder)));
    }
    finally {
        await run.end();
    }
}
/** Whether all of `blobs` stand in the cache, right or wrong. */
async function hasBlobs({ folder }, blobs) {
    const found = await Promise.all(blobs.map(({ digest }) => exists((0,external_node_path_.join)(folder, 'blobs', hexOf(digest)))));
    return !found.includes(false);
}
class CacheRun {
    #cache;
    #blobs;
    #order;
    #folder;
    constructor(cache, blobs, name) {
        this.#cache = cache;
        this.#order = blobs.map(({ digest }) => hexOf(digest));
        this.#blobs = new Map(blobs.map(blob => [hexOf(blob.digest), blob]));
        this.#folder = (0,external_node_path_.join)(cache.folder, 'runs', name);
    }
    static async begin(cache, blobs) {
        const run = new CacheRun(cache, blobs, await newOwnedName());
        for (const name of ['blobs', 'verified', 'partial', 'runs']) {
            await (0,promises_.mkdir)((0,external_node_path_.join)(cache.folder, name), { recursive: true, mode: 0o700 });
        }
        await run.#sweep();
        await (0,promises_.mkdir)(run.#folder, { mode: 0o700 });
        return run;
    }
    async fetch(repository, receiving, ports) {
        const hashing = new Hashing();
        try {
            const { missing, reused } = await this.#reuse(hashing, ports);
            await this.#makeRoom(missing);
            const fetched = await this.#download(missing, repository, { hashing, receiving }, ports);
            const now = new Date();
            for (const hex of this.#blobs.keys())
                await (0,promises_.utimes)(this.#verified(hex), now, now).catch(() => { });
            return { files: this.#order.map(hex => (0,external_node_path_.join)(this.#folder, hex)), fetched, reused };
        }
        finally {
            await hashing.close();
        }
    }
    /** What has not arrived whole is left to the next run. */
    async end() {
        await keepPartials(this.#folder, (0,external_node_path_.join)(this.#cache.folder, 'partial'));
        await (0,promises_.rm)(this.#folder, { recursive: true, force: true });
    }
    /** Links the blobs that are there and right into the folder of this run, and the partial ones of earlier runs. */
    async #reuse(hashing, { signal }) {
        const missing = [];
        let reused = 0;
        const boot = await bootId();
        await inParallel([...this.#blobs], async ([hex, blob]) => {
            signal.throwIfAborted();
            const own = (0,external_node_path_.join)(this.#folder, hex);
            await removeUnlessFile(this.#blob(hex));
            if ((await arrived((0,promises_.link)(this.#blob(hex), own))) && (await this.#isRight(hex, blob, boot, hashing))) {
                reused += blob.size;
                return;
            }
            await (0,promises_.rm)(own, { force: true });
            await (0,promises_.rm)(this.#blob(hex), { force: true });
            for (const suffix of ['', NOTES_SUFFIX]) {
                const kept = (0,external_node_path_.join)(this.#cache.folder, 'partial', hex + suffix);
                await removeUnlessFile(kept);
                await arrived((0,promises_.rename)(kept, this.#arriving(hex) + suffix));
            }
            missing.push(blob);
        });
        return { missing, reused };
    }
    async #isRight(hex, { digest, size }, boot, hashing) {
        const file = (0,external_node_path_.join)(this.#folder, hex);
        const now = await stateOf(file, boot);
        if (now.size !== size)
            return false;
        const then = await (0,promises_.readFile)(this.#verified(hex), 'utf8').catch(() => '');
        if (then === JSON.stringify(now))
            return true;
        const found = await hashing.follow(file).finish(size);
        if (found !== digest)
            return false;
        await this.#note(hex, now);
        return true;
    }
    async #download(missing, repository, threads, ports) {
        const total = missing.reduce((sum, { size }) => sum + size, 0);
        const targets = missing.map(blob => ({ blob, path: this.#arriving(hexOf(blob.digest)) }));
        const boot = await bootId();
        let done = 0;
        try {
            return await downloadBlobs(repository, targets, {
                ...threads,
                segmentBytes: this.#cache.segmentBytes ?? Math.max(MIN_SEGMENT_BYTES, Math.ceil(total / 2)),
                signal: ports.signal,
                onComplete: target => this.#keep(target, boot),
                onProblem: problem => {
                    ports.log.debug(`${problem}; asked for again`);
                },
                onBytes: count => {
                    done += count;
                    ports.progress.update('restoring', Math.min(done, total), total);
                }
            });
        }
        catch (error) {
            const isUseless = error instanceof errors/* SeedError */.uV && error.code === 'DIGEST_MISMATCH';
            // Bytes that are wrong, or that fill the disk, are of no use to the next run.
            if (isUseless || isFull(error))
                for (const { path } of targets)
                    await removePartial(path);
            throw error;
        }
        finally {
            ports.progress.end('restoring');
        }
    }
    /** Puts a blob that has arrived where others find it, too. */
    async #keep({ blob, path }, boot) {
        const hex = hexOf(blob.digest);
        const own = (0,external_node_path_.join)(this.#folder, hex);
        await (0,promises_.rename)(path, own);
        await removePartial(path);
        // By way of another name: what stands in its place was found wrong, or another run has put it there just now.
        const temporary = `${own}.link`;
        await (0,promises_.link)(own, temporary);
        await (0,promises_.rename)(temporary, this.#blob(hex));
        await (0,promises_.rm)(temporary, { force: true }); // renaming a link onto the same file leaves both
        await this.#note(hex, await stateOf(own, boot));
    }
    async #note(hex, state) {
        const temporary = (0,external_node_path_.join)(this.#folder, `${hex}.verified`);
        await (0,promises_.writeFile)(temporary, JSON.stringify(state), { mode: 0o600 });
        await removeUnlessFile(this.#verified(hex));
        await (0,promises_.rename)(temporary, this.#verified(hex));
    }
    /** Takes away what was not used for longest, until the missing blobs have room below the bound and on the disk. */
    async #makeRoom(missing) {
        const there = await Promise.all(missing.map(({ digest }) => bytesOnDisk(this.#arriving(hexOf(digest)))));
        const needed = missing.reduce((sum, { size }, at) => sum + Math.max(0, size - (there[at] ?? 0)), 0);
        const known = await this.#content();
        let total = missing.reduce((sum, { size }) => sum + size, 0);
        for (const { size } of known)
            total += size;
        const others = known.filter(({ hex }) => !this.#blobs.has(hex)).sort((a, b) => a.usedMs - b.usedMs);
        const free = async () => {
            const { bavail, bsize } = await (0,promises_.statfs)(this.#folder);
            return bavail * bsize;
        };
        for (const { hex, folder, size } of others) {
            if (total <= this.#cache.maxBytes && needed <= (await free()))
                break;
            await removePartial((0,external_node_path_.join)(folder, hex));
            await (0,promises_.rm)(this.#verified(hex), { force: true });
            total -= size;
        }
        if (needed > (await free()))
            throw diskFull(this.#cache.folder, `the seed needs ${formatBytes(needed)}`);
    }
    async #content() {
        const folders = ['partial', 'blobs'].map(name => (0,external_node_path_.join)(this.#cache.folder, name));
        const lists = await Promise.all(folders.map(async (folder) => {
            const names = (await (0,promises_.readdir)(folder)).filter(name => /^[0-9a-f]{64}$/.test(name));
            return Promise.all(names.map(async (hex) => {
                const size = await bytesOnDisk((0,external_node_path_.join)(folder, hex));
                const usedMs = await (0,promises_.stat)(this.#verified(hex)).then(found => found.mtimeMs, () => 0);
                return { hex, folder, size, usedMs };
            }));
        }));
        return lists.flat();
    }
    /** What killed runs have left. */
    async #sweep() {
        const runs = (0,external_node_path_.join)(this.#cache.folder, 'runs');
        for (const name of await (0,promises_.readdir)(runs)) {
            const folder = (0,external_node_path_.join)(runs, name);
            if (!(await isLeftBehind(name, folder)))
                continue;
            await keepPartials(folder, (0,external_node_path_.join)(this.#cache.folder, 'partial'));
            await (0,promises_.rm)(folder, { recursive: true, force: true });
        }
    }
    #blob(hex) {
        return (0,external_node_path_.join)(this.#cache.folder, 'blobs', hex);
    }
    #verified(hex) {
        return (0,external_node_path_.join)(this.#cache.folder, 'verified', hex);
    }
    #arriving(hex) {
        return (0,external_node_path_.join)(this.#folder, `${hex}${ARRIVING_SUFFIX}`);
    }
}
const ARRIVING_SUFFIX = '.part';
/** Moves files that have arrived in part to where the next run looks for them, notes first: alone they do no harm. */
async function keepPartials(run, partial) {
    const names = await (0,promises_.readdir)(run).catch(() => []);
    for (const name of names.filter(name => name.endsWith(ARRIVING_SUFFIX))) {
        const kept = (0,external_node_path_.join)(partial, name.slice(0, -ARRIVING_SUFFIX.length));
        await arrived((0,promises_.rename)((0,external_node_path_.join)(run, name + NOTES_SUFFIX), kept + NOTES_SUFFIX));
        await arrived((0,promises_.rename)((0,external_node_path_.join)(run, name), kept));
    }
}
/** Where a file is expected, nothing else is of any use: a link may lead anywhere. */
async function removeUnlessFile(path) {
    const isOther = await (0,promises_.lstat)(path).then(found => !found.isFile(), () => false);
    if (isOther)
        await (0,promises_.rm)(path, { recursive: true, force: true });
}
/** Of a partial file, what is on the disk: it may have holes. */
function bytesOnDisk(path) {
    return (0,promises_.stat)(path).then(found => Math.min(found.size, found.blocks * 512), () => 0);
}
/** Whether it could be done, since what it is done with was there. */
async function arrived(done) {
    try {
        await done;
        return true;
    }
    catch (error) {
        if ((0,errors/* systemCode */.xU)(error) === 'ENOENT')
            return false;
        throw error;
    }
}
async function stateOf(file, boot) {
    const { ino, mtimeNs, size } = await (0,promises_.stat)(file, { bigint: true });
    return { boot, inode: String(ino), modified: String(mtimeNs), size: Number(size) };
}
async function bootId() {
    return (await (0,promises_.readFile)('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
}
const AT_ONCE = 8;
async function inParallel(items, action) {
    const queue = [...items];
    const work = async () => {
        for (let item = queue.shift(); item !== undefined; item = queue.shift())
            await action(item);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
}
function hexOf(digest) {
    return (0,oci_digest/* checkedDigest */.oM)(digest).slice('sha256:'.length);
}

;// CONCATENATED MODULE: external "node:tls"
const external_node_tls_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:tls");
;// CONCATENATED MODULE: ./http/response-head.js
/** The head of a response of HTTP/1.1, as the one who receives bodies by the gigabyte needs it: https://www.rfc-editor.org/rfc/rfc9112 */
/** A head of more bytes is none. */
const response_head_MAX_HEAD_BYTES = (/* unused pure expression or super */ null && (64 * 1024));
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: [^\r\n]*)?$/;
const FIELD = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/;
const response_head_NO_BODY = new Set([204, 304]);
/**
 * Parses a head strictly: what a lenient reader would put right is left to a client of all trades.
 *
 * @param text from the status line to the last field, without the empty line
 * @returns undefined if it is none, or ambiguous
 */
function response_head_parseResponseHead(text) {
    const [first = '', ...lines] = text.split('\r\n');
    const [, minor, status] = STATUS_LINE.exec(first) ?? [];
    if (status === undefined || /[\r\n\0]/.test(text.replaceAll('\r\n', '')))
        return undefined;
    const headers = new Map();
    for (const line of lines) {
        const [, name, value = ''] = FIELD.exec(line) ?? [];
        if (name === undefined)
            return undefined;
        const known = headers.get(name.toLowerCase());
        headers.set(name.toLowerCase(), known === undefined ? value : `${known}, ${value}`);
    }
    const length = headers.get('content-length');
    if (length !== undefined && !/^\d{1,15}$/.test(length))
        return undefined;
    // Both together are how requests are smuggled: https://www.rfc-editor.org/rfc/rfc9112#section-6.3
    if (length !== undefined && headers.has('transfer-encoding'))
        return undefined;
    const closes = (headers.get('connection') ?? '')
        .toLowerCase()
        .split(/\s*,\s*/)
        .includes('close');
    return {
        status: Number(status),
        headers: Object.fromEntries(headers),
        length: response_head_NO_BODY.has(Number(status)) ? 0 : length === undefined ? undefined : Number(length),
        isReusable: minor === '1' && !closes
    };
}

;// CONCATENATED MODULE: ./http/receiver.js
/**
 * Receives bodies from servers to files and hashes them on the way, in a thread that does nothing else. Bytes come into
 * one buffer a connection, are hashed and written there and then, and no stream or event stands between: that costs a
 * third of what node:http does. It speaks the one exchange that is worth it, a GET whose answer tells its length. All else,
 * and each failure, is left to the client that knows about retries, credentials and proxies.
 */






/** What fits into a processor's own memory: the bytes are read three times. */
const BUFFER_BYTES = (/* unused pure expression or super */ null && (256 * 1024));
/** Whatever is wrong with the network or the server: somebody else is to try. */
class Unreceived extends (/* unused pure expression or super */ null && (Error)) {
}
/** Keeps connections for the next order. */
class receiver_Receiver {
    #idle = new Map();
    /**
     * @param onBytes called with the bytes that were written since the last call
     * @throws the system's error where the file cannot be written
     */
    async receive(order, onBytes) {
        const sink = new FileSink(order, onBytes);
        try {
            await this.#get(order, sink);
            return { bytes: sink.bytes, ...(order.isHashed && { hex: sink.digest() }) };
        }
        catch (error) {
            if (!(error instanceof Unreceived))
                throw error;
            return { bytes: sink.bytes, problem: error.message };
        }
        finally {
            sink.close();
        }
    }
    /** Gives up all connections. */
    close() {
        for (const connection of [...this.#idle.values()].flat())
            connection.close();
        this.#idle.clear();
    }
    async #get(order, sink) {
        const { from, size, start, end } = order;
        const range = start === 0 && end === size ? {} : { range: `bytes=${start}-${end - 1}` };
        let url = new URL(from.url);
        let headers = { ...from.headers, ...range };
        for (let redirects = 0;; redirects++) {
            const head = await this.#ask(url, headers, from, sink, answer => isWanted(answer, order));
            if (head === undefined)
                return;
            const { location } = head.headers;
            if (!REDIRECT_STATUSES.includes(head.status) || location === undefined) {
                throw new Unreceived(`${url.host} answered with status ${head.status}`);
            }
            if (redirects === MAX_REDIRECTS)
                throw new Unreceived(`${url.host} redirects too often`);
            const next = follow(location, url, from.mayLeaveHttps);
            // Credentials belong to one origin.
            if (next.origin !== url.origin)
                headers = { 'user-agent': from.headers['user-agent'] ?? '', ...range };
            url = next;
        }
    }
    /** @returns the head of an answer that is not wanted; undefined once a wanted one is in the sink */
    async #ask(url, headers, from, sink, wants) {
        const kept = this.#idle.get(url.origin)?.pop();
        const connection = kept ?? (await Connection.open(url, from));
        try {
            const head = await connection.get(url, headers, head => (wants(head) ? sink : undefined));
            if (connection.isReusable)
                this.#idle.set(url.origin, [...(this.#idle.get(url.origin) ?? []), connection]);
            else
                connection.close();
            return wants(head) ? undefined : head;
        }
        catch (error) {
            connection.close();
            // One that was kept may have been closed meanwhile, which says nothing about the server.
            if (kept !== undefined && error instanceof Unreceived && !connection.hasAnswered) {
                return this.#ask(url, headers, from, sink, wants);
            }
            throw error;
        }
    }
}
function follow(location, base, mayLeaveHttps) {
    try {
        return redirectTarget(location, base, mayLeaveHttps);
    }
    catch (error) {
        throw new Unreceived(error.message);
    }
}
/** Whether the answer is just the bytes that were asked for. https://www.rfc-editor.org/rfc/rfc9110#section-14.4 */
function isWanted({ status, headers, length }, { size, start, end }) {
    if (length !== end - start || (headers['content-encoding'] ?? 'identity') !== 'identity')
        return false;
    if (status === 200)
        return start === 0 && end === size;
    return (status === 206 &&
        [`bytes ${start}-${end - 1}/${size}`, `bytes ${start}-${end - 1}/*`].includes(headers['content-range'] ?? ''));
}
class FileSink {
    bytes = 0;
    #file;
    #start;
    #hash;
    #onBytes;
    constructor({ file, start, isHashed }, onBytes) {
        this.#file = openSync(file, 'r+');
        this.#start = start;
        this.#hash = isHashed ? createHash('sha256') : undefined;
        this.#onBytes = onBytes;
    }
    write(bytes) {
        this.#hash?.update(bytes);
        for (let at = 0; at < bytes.length;) {
            const count = writeSync(this.#file, bytes, at, bytes.length - at, this.#start + this.bytes);
            at += count;
            this.bytes += count;
        }
        this.#onBytes(bytes.length);
    }
    digest() {
        return this.#hash?.digest('hex') ?? '';
    }
    close() {
        closeSync(this.#file);
    }
}
/** One connection, for one exchange after another. */
class Connection {
    #socket;
    #idleTimeoutMs;
    #host;
    #exchange;
    #isOver = false;
    /** Whether the last exchange has got any answer. */
    hasAnswered = false;
    constructor(url, { connectTimeoutMs, idleTimeoutMs }) {
        this.#host = url.host;
        this.#idleTimeoutMs = idleTimeoutMs;
        const isPlain = url.protocol === 'http:';
        const host = url.hostname.replace(/^\[|\]$/g, '');
        const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
        const callback = (count) => {
            this.#received(buffer.subarray(0, count));
            return true;
        };
        const options = { host, port: Number(url.port || (isPlain ? 80 : 443)), onread: { buffer, callback } };
        // A server's name is no address: https://www.rfc-editor.org/rfc/rfc6066#section-3
        const secure = { ...options, ALPNProtocols: ['http/1.1'], ...(isIP(host) === 0 && { servername: host }) };
        this.#socket = isPlain ? connectTcp(options) : connectTls(secure);
        this.#socket.setNoDelay(true).setTimeout(connectTimeoutMs);
        this.#socket.on('timeout', () => {
            this.#fail(`nothing came from ${url.host} in time`);
        });
        this.#socket.on('error', (error) => {
            this.#fail(`the connection to ${url.host} broke (${error.code ?? error.name})`);
        });
        this.#socket.on('close', () => {
            this.#fail(`${url.host} closed the connection`);
        });
    }
    static async open(url, from) {
        const connection = new Connection(url, from);
        const opened = Promise.withResolvers();
        const resolve = () => {
            connection.#exchange = undefined;
            opened.resolve({ status: 0, headers: {}, length: 0, isReusable: true });
        };
        connection.#exchange = { head: Buffer.alloc(0), left: 0, choose: () => undefined, resolve, reject: opened.reject };
        connection.#socket.once(url.protocol === 'http:' ? 'connect' : 'secureConnect', resolve);
        await opened.promise;
        return connection;
    }
    get isReusable() {
        return !this.#isOver && this.#exchange === undefined;
    }
    /**
     * @param choose where the body goes, by the head of the answer; a short one is passed over, for a long one the
     *   connection is given up
     */
    get(url, headers, choose) {
        const { promise, resolve, reject } = Promise.withResolvers();
        this.hasAnswered = false;
        if (this.#isOver)
            reject(new Unreceived(`${this.#host} closed the connection`));
        else {
            this.#exchange = { head: Buffer.alloc(0), left: 0, choose, resolve, reject };
            const fields = Object.entries({ host: url.host, accept: '*/*', 'accept-encoding': 'identity', ...headers });
            const lines = [`GET ${url.pathname}${url.search} HTTP/1.1`, ...fields.map(([name, value]) => `${name}: ${value}`)];
            // A line break in a value would begin another request. URLs have none.
            if (fields.some(([, value]) => /[\r\n\0]/.test(value)))
                this.#fail('a header has a line break');
            else
                this.#socket.setTimeout(this.#idleTimeoutMs).write(`${lines.join('\r\n')}\r\n\r\n`);
        }
        return promise;
    }
    close() {
        this.#isOver = true;
        this.#socket.destroy();
    }
    #received(bytes) {
        const exchange = this.#exchange;
        if (exchange === undefined || this.#isOver) {
            this.close(); // nothing was asked for
            return;
        }
        try {
            this.hasAnswered = true;
            const body = exchange.answer === undefined ? this.#takeHead(exchange, bytes) : bytes;
            if (exchange.answer !== undefined)
                this.#takeBody(exchange, exchange.answer, body);
        }
        catch (error) {
            this.#isOver = true;
            this.#exchange = undefined;
            this.#socket.destroy();
            exchange.reject(error);
        }
    }
    /** @returns what of the body has come with the head's end */
    #takeHead(exchange, bytes) {
        let text = Buffer.concat([exchange.head, bytes]);
        for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
            const head = parseResponseHead(text.toString('latin1', 0, end));
            if (head === undefined)
                break;
            text = text.subarray(end + 4);
            if (head.status < 200)
                continue; // https://www.rfc-editor.org/rfc/rfc9110#section-15.2
            exchange.answer = head;
            exchange.sink = exchange.choose(head);
            exchange.left = head.length ?? Infinity;
            return text;
        }
        if (text.length > MAX_HEAD_BYTES || text.indexOf('\r\n\r\n') >= 0) {
            throw new Unreceived(`${this.#host} answered with something else than HTTP/1.1`);
        }
        exchange.head = text;
        return text.subarray(text.length);
    }
    #takeBody(exchange, answer, bytes) {
        const isTooLong = exchange.sink === undefined && exchange.left > MAX_HEAD_BYTES;
        const body = bytes.subarray(0, exchange.left);
        exchange.sink?.write(body);
        exchange.left -= body.length;
        if (exchange.left > 0 && !isTooLong)
            return;
        this.#isOver ||= isTooLong || !answer.isReusable || body.length < bytes.length;
        this.#exchange = undefined;
        exchange.resolve(answer);
    }
    #fail(problem) {
        this.#isOver = true;
        this.#socket.destroy();
        const exchange = this.#exchange;
        this.#exchange = undefined;
        exchange?.reject(new Unreceived(problem));
    }
}

;// CONCATENATED MODULE: ./seed/mount/receiving.js
/** Threads that receive blobs, each with connections of its own; see http/receiver.ts for what they do. */





/** More do not help: what a thread receives is about what a fast network brings. */
const receiving_MAX_THREADS = 4;
/** After so many failures in a row, a server is not made for this. */
const MAX_FAILURES = 3;
const REPORT_BYTES = (/* unused pure expression or super */ null && (4 * 1024 * 1024));
/** To be closed in the end. */
class Receiving {
    #threads = [];
    #waiting = new Map();
    #next = 0;
    #failures = 0;
    /** Whether it is worth another try. */
    get isOpen() {
        return this.#failures < MAX_FAILURES;
    }
    /** Starts the threads before there is anything for them to do, since that takes a moment. */
    start() {
        for (let id = 0; id < threadCount(); id++)
            this.#thread(id);
    }
    /**
     * @param onBytes called with the bytes that were written since the last call, some megabytes at a time; those of the
     *   result are more than it was told of
     * @throws the system's error where the file cannot be written; the reason of `signal`
     */
    async receive(order, onBytes, signal) {
        signal.throwIfAborted();
        const id = this.#next++;
        const { promise, resolve, reject } = Promise.withResolvers();
        const onAbort = () => {
            reject(signal.reason);
        };
        signal.addEventListener('abort', onAbort, { once: true });
        this.#waiting.set(id, { onBytes, resolve, reject });
        try {
            this.#thread(id).postMessage({ id, order });
            const received = await promise;
            this.#failures = received.problem === undefined ? 0 : this.#failures + 1;
            return received;
        }
        finally {
            this.#waiting.delete(id);
            signal.removeEventListener('abort', onAbort);
        }
    }
    /** Ends the threads, whatever they do; nothing is written when this has returned. */
    async close() {
        await Promise.all(this.#threads.map(thread => thread.terminate()));
    }
    #thread(id) {
        const at = id % threadCount();
        return (this.#threads[at] ??= this.#start());
    }
    #start() {
        const thread = new external_node_worker_threads_namespaceObject.Worker(threadEntry('receive'));
        thread.on('message', (answer) => {
            const waiting = this.#waiting.get(answer.id);
            if (waiting === undefined)
                return;
            if ('came' in answer)
                waiting.onBytes(answer.came);
            else if ('received' in answer)
                waiting.resolve(answer.received);
            else
                waiting.reject(receiving_errorOf(answer.failure));
        });
        thread.on('error', error => {
            for (const { reject } of this.#waiting.values())
                reject(error);
        });
        return thread;
    }
}
function threadCount() {
    return Math.min(receiving_MAX_THREADS, (0,external_node_os_.availableParallelism)());
}
function receiving_errorOf({ message, systemCode: code }) {
    return Object.assign(new Error(message), code === undefined ? {} : { code });
}
/** The thread's side: what `src/receive.ts` runs. */
function serveReceiving(port) {
    const receiver = new Receiver();
    const answer = (message) => {
        port.postMessage(message);
    };
    port.on('message', ({ id, order }) => {
        let came = 0;
        const onBytes = (count) => {
            came += count;
            if (came < REPORT_BYTES)
                return;
            answer({ id, came });
            came = 0;
        };
        receiver.receive(order, onBytes).then(received => {
            answer({ id, received });
        }, (error) => {
            const code = systemCode(error);
            const message = error instanceof Error ? error.message : String(error);
            answer({ id, failure: { message, ...(code !== undefined && { systemCode: code }) } });
        });
    });
}

;// CONCATENATED MODULE: ./seed/mount/restore.js
/**
 * The mount strategy: layers stay as they are, each is mounted, and an overlay over all of them becomes `/nix`. It is put
 * together in a place that nobody looks at, and moved to `/nix` in one step when it is complete. Then that one mount is
 * all there is: an overlay keeps its layers alive by itself.
 */

















/** What the kernel allows, in number and in the one page that all options have: short relative names are used. */
const MAX_LAYERS = 500;
const DATABASE_CONTENT = 'store database';
/**
 * Mounts a seed at `root/nix`, over a store that may be there.
 *
 * @param root absolute; what a killed restore has left there has been taken back
 * @returns undefined where all that is selected is there already
 * @throws MountRefused where this machine does not mount it; SeedError or the system's own error for other failures. The
 *   store is then as it was before
 */
async function mountSeed(image, seed, repository, root, { cache, owner }, ports) {
    const target = (0,external_node_path_.join)(root, 'nix');
    const valid = await readValidPaths((0,external_node_path_.join)(target, 'var/nix/db'));
    const wanted = seed.closure.filter(({ path }) => valid?.has(path) !== true);
    if (wanted.length === 0)
        return undefined;
    const present = seed.closure.length - wanted.length;
    // The database in the seed is that of all of it.
    const layers = layersFor(image, seed, wanted, valid === undefined && seed.rest.length === 0);
    await refuseSurroundings(target);
    const blobs = layers.map(({ descriptor }) => descriptor);
    const receiving = new Receiving();
    try {
        // Its threads start while the machine is probed.
        if (!(await hasBlobs(cache, blobs)))
            receiving.start();
        const backing = await probeMounts(cache.folder, stateFolder(root), ports);
        return await withBlobs(cache, blobs, repository, receiving, ports, async (found) => {
            ports.signal.throwIfAborted();
            const making = new Making(root, layers, found, backing, ports);
            await making.run(image.index.digest, seed, wanted, valid, owner);
            return { present, layers: layers.length, bytes: found.fetched, cached: found.reused, backing: making.backing };
        });
    }
    finally {
        await receiving.close();
    }
}
/** The layers with a wanted path, and the one with the database if that is asked for. */
function layersFor(image, seed, wanted, withDatabase) {
    if (image.erofs === undefined)
        throw new MountRefused('the image has no EROFS layers');
    const names = image.erofs.layers.map(() => new Set());
    for (const [path, layer] of seed.layerOf)
        names[layer]?.add(nameOf(path));
    const needed = new Set(wanted.map(({ path }) => seed.layerOf.get(path)));
    const layers = image.erofs.layers.flatMap((descriptor, at) => {
        const isDatabase = withDatabase && image.layers[at]?.annotations?.[seed_image/* ANNOTATION_CONTENT */._l] === DATABASE_CONTENT;
        return needed.has(at) || isDatabase ? [{ descriptor, names: names[at] ?? new Set() }] : [];
    });
    if (layers.length > MAX_LAYERS - 2)
        throw new MountRefused(`an overlay takes ${MAX_LAYERS} layers at most`);
    return layers;
}
/** What an overlay over `target` would hide, or part from its files. */
async function refuseSurroundings(target) {
    if ((await storeMount(target)) !== undefined)
        throw new MountRefused('a seed is mounted there already');
    const inside = (await readMounts()).find(({ target: other }) => other.startsWith(`${target}/`));
    if (inside !== undefined)
        throw new MountRefused(`${inside.target} is a mount of its own`);
    // It would write to the database that it has open, below the overlay, and have what it builds land above it.
    if (await hasDaemon(target))
        throw new MountRefused('a Nix daemon serves the store that is there');
}
/** The making of one mounted store, step by step. What it leaves when it fails or is killed, `takeBack` takes back. */
class Making {
    #root;
    #target;
    #folder;
    #layers;
    #found;
    /** Older programs take a loop device where the kernel would not need one. */
    backing;
    #ports;
    constructor(root, layers, found, backing, ports) {
        this.#root = root;
        this.#target = (0,external_node_path_.join)(root, 'nix');
        this.#folder = stateFolder(root);
        this.#layers = layers;
        this.#found = found;
        this.backing = backing;
        this.#ports = ports;
    }
    async run(digest, seed, wanted, valid, owner) {
        const madeFolder = !(await exists(this.#target));
        if (!(await beginState(this.#folder, { owner: await newOwnedName(), digest, madeFolder }))) {
            throw new errors/* SeedError */.uV('FILE_SYSTEM', 'another process is restoring a seed there', {
                resource: this.#target,
                hint: 'Wait for it to end, or choose another place with --root.'
            });
        }
        try {
            await this.#mountLayers();
            await this.#mountStore(wanted, valid);
            this.#ports.signal.throwIfAborted();
            await this.#register(seed, wanted, valid !== undefined);
            if (owner !== undefined && valid === undefined)
                await giveStore(this.#path('mounts/merged'), owner);
            this.#ports.signal.throwIfAborted();
            if (madeFolder)
                await (0,promises_.mkdir)(this.#target, { recursive: true });
            await mount(['--move', this.#path('mounts/merged'), this.#target], this.#ports);
            // With all that is mounted below: one step, where a hundred layers take a quarter of a second one by one.
            await unmount([this.#path('mounts')], this.#ports, ['--lazy']);
            await completeState(this.#folder);
        }
        catch (error) {
            await takeBack(this.#root, this.#ports);
            throw error instanceof process_0/* ToolFailure */.XY ? new MountRefused(reasonOf(error), { cause: error }) : error;
        }
    }
    /** Below a mount of our own, which nothing spreads from: a mount can only be moved away from such a one. */
    async #mountLayers() {
        const place = this.#path('mounts');
        await (0,promises_.mkdir)(place);
        await mount(['--bind', '--make-private', place, place], this.#ports);
        const entries = this.#found.files.map((source, at) => ({ source, target: this.#path(`mounts/${at}`) }));
        for (const { target } of entries)
            await (0,promises_.mkdir)(target);
        await mountAll(entries, 'erofs', erofsOptions(this.backing), this.#path('table'), this.#ports);
        const first = (await readMounts()).find(({ target }) => target === entries[0]?.target);
        if (first?.source.startsWith('/dev/loop'))
            this.backing = 'loop';
        for (const [at, { descriptor, names }] of this.#layers.entries()) {
            await checkLayer(this.#path(`mounts/${at}`), names, descriptor);
        }
    }
    /** From the top: what is written, the store that was there, what it hides of the seed, and the seed. */
    async #mountStore(wanted, valid) {
        for (const name of ['upper', 'work', 'mounts/merged'])
            await (0,promises_.mkdir)(this.#path(name), { mode: 0o755 });
        const lower = this.#layers.map((_, at) => `${at}/nix`).reverse();
        if (await this.#mask(wanted))
            lower.unshift('../mask');
        if (valid !== undefined) {
            await this.#removeLeftovers(wanted);
            await (0,promises_.mkdir)(this.#path('mounts/old'));
            await mount(['--bind', this.#target, this.#path('mounts/old')], this.#ports);
            lower.unshift('old');
        }
        const options = `lowerdir=${lower.join(':')},upperdir=../upper,workdir=../work,${OVERLAY_OPTIONS}`;
        await mount(['-t', 'overlay', '-o', options, MOUNT_SOURCE, 'merged'], this.#ports, this.#path('mounts'));
    }
    /** What an interrupted build has left in the place of a path would become one with it in an overlay. */
    async #removeLeftovers(wanted) {
        for (const { path } of wanted) {
            const place = (0,external_node_path_.join)(this.#target, 'store', nameOf(path));
            if (await exists(place))
                await removeTree(place);
        }
    }
    /**
     * Hides what the layers have beside wanted paths. Of valid ones they need not have the same to the byte, and a folder that
     * several layers have is one with the content of all. Others are not registered, so that Nix would want to remove them.
     *
     * @returns whether there is anything to hide
     */
    async #mask(wanted) {
        const shown = new Set(wanted.map(({ path }) => nameOf(path)));
        const names = this.#layers.flatMap(layer => [...layer.names].filter(name => !shown.has(name)));
        if (names.length === 0)
            return false;
        await (0,promises_.mkdir)(this.#path('mask/store'), { recursive: true });
        // https://docs.kernel.org/filesystems/overlayfs.html#whiteouts-and-opaque-directories
        const whiteout = this.#path('whiteout');
        await (0,process_0/* run */.eF)('mknod', [whiteout, 'c', '0', '0'], { env: environment(this.#ports), signal: never() });
        for (const name of names)
            await (0,promises_.link)(whiteout, this.#path(`mask/store/${name}`));
        return true;
    }
    async #register(seed, wanted, isBeside) {
        const merged = this.#path('mounts/merged');
        const database = (0,external_node_path_.join)(merged, 'var/nix/db');
        if (isBeside)
            await registerPaths(database, wanted);
        else if (!(await exists((0,external_node_path_.join)(database, 'db.sqlite')))) {
            await (0,promises_.mkdir)((0,external_node_path_.join)(merged, 'var/nix'), { recursive: true });
            await createDatabase(database, wanted);
        }
        await placeRoots(merged, seed.roots);
        if (seed.nix !== undefined)
            await placeProfile(merged, seed.nix);
    }
    #path(name) {
        return (0,external_node_path_.join)(this.#folder, name);
    }
}
/** @throws SeedError CONTENT_INVALID where a layer does not hold what the table says */
async function checkLayer(folder, names, { digest }) {
    const found = await (0,promises_.readdir)((0,external_node_path_.join)(folder, 'nix/store')).catch((error) => {
        if ((0,errors/* systemCode */.xU)(error) === 'ENOENT')
            return [];
        throw error;
    });
    const has = new Set(found);
    const wrong = found.find(name => !names.has(name)) ?? [...names].find(name => !has.has(name));
    if (wrong === undefined)
        return;
    throw new errors/* SeedError */.uV('CONTENT_INVALID', `a layer ${has.has(wrong) ? 'holds' : 'lacks'} ${wrong}`, {
        resource: digest,
        hint: 'The image was not made by `nix-seed publish`; do not use it.'
    });
}
/** Gives away the folder of the store and all of Nix's state, but no store path: those are read, and replaced by none. */
async function giveStore(nixFolder, { uid, gid }) {
    const state = await (0,promises_.readdir)((0,external_node_path_.join)(nixFolder, 'var'), { recursive: true });
    const paths = ['', 'store', 'var', ...state.map(name => (0,external_node_path_.join)('var', name))];
    for (const path of paths)
        await (0,promises_.lchown)((0,external_node_path_.join)(nixFolder, path), uid, gid);
}

;// CONCATENATED MODULE: ./seed/restore.js
/**
 * Restore: puts a seed under `ROOT/nix`, by one of two strategies.
 *
 * `mount` leaves layers as they are, and mounts them (see mount/restore.ts). `unpack` works everywhere: layers are unpacked
 * onto a stage beside the store, moved into place path by path when all of them have arrived and been checked, and
 * registered in Nix's database last of all. Nix goes by its database, so at every moment a path is either complete and
 * known or not there for Nix.
 */













const DEFAULT_CACHE = { folder: '/var/cache/nix-seed', maxBytes: 10e9 };
/**
 * Restores a seed to `root/nix`, beside whatever valid paths a store there already has. One line in the log says how, and
 * why.
 *
 * @param root absolute or relative folder; `/` for the machine itself
 * @throws SeedError USAGE where the seed has no such output, PLATFORM where it cannot be mounted and has to be, DISK_FULL, FILE_SYSTEM, CONTENT_INVALID,
 *   INTERRUPTED, or what the repository throws; the store is then as it was before
 */
async function restoreSeed(image, repository, root, ports, options = {}) {
    const started = performance.now();
    const seed = selection(image, options.for ?? [], ports);
    const place = (0,external_node_path_.resolve)(root);
    const nixFolder = (0,external_node_path_.join)(place, 'nix');
    try {
        await undoAbandoned(place, ports);
        const outcome = await restoreSomehow(image, seed, repository, place, ports, options);
        const how = outcome.strategy === 'mount' ? 'mounted' : 'unpacked';
        ports.log.info(`${nixFolder}: ${isThere(outcome, seed) ? '' : `${how}, since `}${outcome.why}`);
        return {
            ...outcome,
            root: place,
            ...(seed.selected && { selected: seed.selected }),
            paths: seed.closure.length,
            seedPaths: seed.closure.length + seed.rest.length,
            milliseconds: Math.round(performance.now() - started),
            ...(seed.nix === undefined ? {} : { nixBin: `${seed.nix}/bin` })
        };
    }
    catch (error) {
        throw explain(error, nixFolder, ports.signal);
    }
}
function selection(image, names, ports) {
    const all = (0,seed_image/* readTable */.xz)(image.config[seed_image/* SEED_FIELD */.H8]);
    if (names.length === 0)
        return { ...all, rest: [] };
    if (all.outputs)
        return selection_select(all, names);
    ports.log.warn('the seed does not tell what each output needs, so all of it is restored: publish it again for that');
    return { ...all, rest: [] };
}
function isThere({ present }, { closure }) {
    return present === closure.length;
}
async function restoreSomehow(image, seed, repository, place, ports, { strategy = 'unpack', cache, owner }) {
    const nixFolder = (0,external_node_path_.join)(place, 'nix');
    const unpack = async (why) => ({
        strategy: 'unpack',
        why,
        cached: 0,
        ...(await unpackSeed(image, seed, repository, nixFolder, ports))
    });
    if (strategy === 'unpack')
        return unpack('that was asked for');
    // Who restores to a folder, to look at it or to copy it, expects files that can be removed again.
    if (strategy === 'auto' && place !== '/')
        return unpack('this is not the store of the machine');
    try {
        const settings = { cache: { ...DEFAULT_CACHE, ...cache }, ...(owner && { owner }) };
        const mounted = await mountSeed(image, seed, repository, place, settings, ports);
        if (mounted === undefined) {
            const strategy = (await storeMount(nixFolder)) ? 'mount' : 'unpack';
            return { ...(await unpack('all of it was there already')), strategy };
        }
        const { backing, ...counts } = mounted;
        const why = `this machine mounts EROFS images ${backing === 'file' ? 'as files' : 'by loop devices'}`;
        return { strategy: 'mount', why, ...counts };
    }
    catch (error) {
        if (!(error instanceof MountRefused))
            throw error;
        if (strategy === 'mount')
            throw notMounted(error, nixFolder);
        return unpack(`it cannot be mounted: ${error.message}`);
    }
}
async function unpackSeed(image, seed, repository, nixFolder, ports) {
    const counts = await onStage(nixFolder, async (stage) => {
        const databaseFolder = (0,external_node_path_.join)(nixFolder, 'var/nix/db');
        const valid = await readValidPaths(databaseFolder);
        const wanted = seed.closure.filter(info => valid?.has(info.path) !== true);
        await checkSpace(nixFolder, wanted);
        const fetched = await fetchLayers(image, repository, seed, wanted, stage, ports);
        await placePaths(wanted, stage, nixFolder, () => valid === undefined ? placeDatabase(seed.closure, stage, nixFolder) : registerPaths(databaseFolder, wanted));
        return { present: seed.closure.length - wanted.length, ...fetched };
    });
    await placeRoots(nixFolder, seed.roots);
    if (seed.nix !== undefined)
        await placeProfile(nixFolder, seed.nix);
    return counts;
}
function notMounted(error, resource) {
    return new errors/* SeedError */.uV('PLATFORM', `the seed cannot be mounted: ${error.message}`, {
        resource,
        hint: 'Use --strategy auto, which unpacks it where it cannot be mounted.',
        cause: error
    });
}
/** Refuses before the first byte is fetched; a margin is left for the blocks that small files fill only in part. */
async function checkSpace(folder, wanted) {
    const bytes = wanted.reduce((sum, info) => sum + info.narSize, 0);
    const { bavail, bsize } = await (0,promises_.statfs)(folder);
    if (bytes > bavail * bsize) {
        throw new errors/* SeedError */.uV('DISK_FULL', `the seed needs ${megabytes(bytes)}, and ${megabytes(bavail * bsize)} are free`, {
            resource: folder,
            hint: 'Free some space, or choose another place with --root.'
        });
    }
}
function megabytes(bytes) {
    return `${Math.ceil(bytes / 1e6)} MB`;
}
function explain(error, folder, signal) {
    if (signal.aborted) {
        return new errors/* SeedError */.uV('INTERRUPTED', 'interrupted; nothing was changed', {
            resource: folder,
            hint: 'Run it again.',
            cause: error
        });
    }
    if (error instanceof errors/* SeedError */.uV)
        return error;
    const code = (0,errors/* systemCode */.xU)(error);
    if (isFull(error)) {
        return new errors/* SeedError */.uV('DISK_FULL', 'the disk became full; what was written has been removed', {
            resource: folder,
            hint: 'Free some space, or choose another place with --root.',
            cause: error
        });
    }
    if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
        return new errors/* SeedError */.uV('FILE_SYSTEM', `cannot write (${code})`, {
            resource: folder,
            hint: 'Run as a user who may write there, or choose another place with --root.',
            cause: error
        });
    }
    if (code === undefined)
        return error;
    return new errors/* SeedError */.uV('FILE_SYSTEM', error instanceof Error ? error.message : code, { resource: folder, cause: error });
}

;// CONCATENATED MODULE: ./cli/restore.js











const restoreCommand = {
    name: 'restore',
    summary: 'put a seed under /nix',
    synopsis: 'REFERENCE@DIGEST [OPTION]… | --undo [--root DIR]',
    positionals: { min: 0, max: 1 },
    options: {
        for: {
            value: 'INSTALLABLE',
            multiple: true,
            help: 'only what this output of the flake needs; or several, with commas between'
        },
        root: { value: 'DIR', help: 'restore to DIR/nix instead of /nix' },
        strategy: { value: 'NAME', help: 'how: mount, unpack, or auto (the default), which mounts at / where that can be' },
        cache: { value: 'DIR', help: 'where layers are kept that are mounted (default: /var/cache/nix-seed)' },
        'cache-size': { value: 'SIZE', help: 'what they may take there, such as 500M or 20G (default: 10G)' },
        owner: { value: 'UID:GID', help: 'who may write to a store that is new and mounted (default: root)' },
        undo: { help: 'take a mounted seed back: the store is as it was before it' },
        insecure: { help: 'speak plain HTTP to the registry (loopback addresses always are)' },
        json: { help: 'print the result as JSON' }
    },
    details: [
        'REFERENCE is HOST/REPOSITORY@sha256:… or oci:DIR@sha256:…; a tag of a registry is refused, since it can be moved to another image. An image layout on disk may be given with a tag, or with nothing if it holds a single image.',
        'Every byte is checked against its digest. Valid store paths that are there already are kept and not fetched again. If it fails or is interrupted, the store is left as it was.',
        '--for takes names as `nix build` does: hello, .#hello, packages.x86_64-linux.hello. A short one stands for every output of that name: package, check, app and shell. What evaluation reads, and Nix itself, is always restored. `nix-seed inspect` lists the outputs and what each would fetch.',
        'Mounting takes root, Linux 6.10 and an image with EROFS layers. Nothing is unpacked then, and what is written below /nix meanwhile is kept apart: --undo removes it together with the seed.'
    ],
    examples: [
        { line: 'nix-seed restore ghcr.io/org/repo/seed@sha256:…', meaning: 'on a machine with an empty /nix' },
        { line: 'nix-seed restore oci:./seed@sha256:… --root /tmp/try', meaning: 'into a folder, to look at it' },
        { line: 'nix-seed restore ghcr.io/org/repo/seed@sha256:… --for .#docs', meaning: 'for a job that builds no more' },
        { line: 'nix-seed restore --undo', meaning: 'and take it away again, if it was mounted' }
    ],
    run: runRestore
};
const STRATEGIES = ['auto', 'mount', 'unpack'];
async function runRestore(args, io) {
    const root = (0,external_node_path_.resolve)(io.cwd, args.text('root') ?? '/');
    const [reference] = args.positionals;
    if (args.flag('undo')) {
        if (reference !== undefined)
            throw (0,cli_command/* usage */.CI)(restoreCommand, '--undo takes no reference');
        return undo(root, args, io);
    }
    if (reference === undefined)
        throw (0,cli_command/* usage */.CI)(restoreCommand, 'an argument is missing');
    await restore(reference, root, restoreOptions(args, io), args, io);
}
async function undo(root, args, io) {
    const undone = await undoMount(root, io.ports);
    if (args.flag('json'))
        io.print(`${JSON.stringify({ root, undone }, null, 2)}\n`);
    else
        io.print(undone ? `took back the seed at ${root}\n` : `no seed is mounted at ${root}\n`);
}
function restoreOptions(args, io) {
    const strategy = STRATEGIES.find(name => name === (args.text('strategy') ?? 'auto'));
    if (strategy === undefined) {
        const given = JSON.stringify(args.text('strategy'));
        throw (0,cli_command/* usage */.CI)(restoreCommand, `unknown strategy ${given}; known: ${STRATEGIES.join(', ')}`);
    }
    const [folder, size, owner] = [args.text('cache'), args.text('cache-size'), args.text('owner')];
    return {
        strategy,
        for: args.list('for').flatMap(splitNames),
        ...(owner !== undefined && { owner: parseOwner(owner) }),
        cache: {
            ...(folder !== undefined && { folder: (0,external_node_path_.resolve)(io.cwd, folder) }),
            ...(size !== undefined && { maxBytes: parseSize(size) })
        }
    };
}
function parseOwner(text) {
    const [, uid, gid] = /^(\d+):(\d+)$/.exec(text) ?? [];
    if (uid === undefined)
        throw (0,cli_command/* usage */.CI)(restoreCommand, `${JSON.stringify(text)} is no owner; write numbers, as in 1000:1000`);
    return { uid: Number(uid), gid: Number(gid) };
}
const UNITS = { '': 1, K: 1e3, M: 1e6, G: 1e9, T: 1e12 };
/** @returns bytes */
function parseSize(text) {
    const [, number, unit = ''] = /^(\d+(?:\.\d+)?)([KMGT]?)B?$/i.exec(text) ?? [];
    if (number === undefined)
        throw (0,cli_command/* usage */.CI)(restoreCommand, `${JSON.stringify(text)} is no size; write 500M or 20G`);
    return Number(number) * (UNITS[unit.toUpperCase()] ?? 1);
}
async function restore(reference, root, options, args, io) {
    const name = (0,oci_name/* parseName */.$q)(reference);
    const { ports } = io;
    const repository = openRepository(name, repositoryOptions(io, args));
    try {
        if (name.digest === undefined && name.kind === 'registry') {
            throw new errors/* SeedError */.uV('USAGE', 'a seed is restored by digest only, since a tag can be moved to another image', {
                resource: reference,
                hint: 'Use the reference that `nix-seed publish` printed, or find the digest with `nix-seed inspect`.'
            });
        }
        const image = await (0,seed_image/* readSeedImage */.zJ)(repository, name.digest ?? name.tag);
        const restored = await restoreSeed(image, repository, root, ports, options);
        if (args.flag('json'))
            io.print(`${JSON.stringify({ digest: image.index.digest, ...restored }, null, 2)}\n`);
        else {
            io.print(`restored ${restored.paths - restored.present} of ${restored.paths} store paths to ${restored.root} ` +
                `(${restored.strategy}, ${formatBytes(restored.bytes)}, ${formatDuration(restored.milliseconds)})` +
                `${restored.selected ? `; the seed has ${restored.seedPaths}` : ''}\n`);
            if (restored.nixBin !== undefined && restored.root === '/') {
                ports.log.info('Nix came with it: export PATH=/nix/var/nix/profiles/default/bin:$PATH');
            }
        }
    }
    finally {
        await repository.close();
    }
}

// EXTERNAL MODULE: ./cli/secrets.js
var secrets = __nccwpck_require__(1756);
;// CONCATENATED MODULE: ./cli/terminal.js
/** Messages and progress on standard error: one moving line on a terminal, plain lines at long intervals in a log. */

/** In a log, a line at most every this often. */
const LOG_INTERVAL_MS = 10_000;
/** On a terminal, redrawn at most every this often. */
const DRAW_INTERVAL_MS = 100;
function terminal(output, verbosity, now = Date.now) {
    const live = output.isTTY === true && verbosity !== 'quiet';
    let shown = ''; // the moving line, if one is on the screen
    const last = new Map();
    const started = new Map();
    const clear = () => {
        if (shown !== '')
            output.write('\r\x1b[K');
        shown = '';
    };
    const line = (text) => {
        clear();
        output.write(`${text}\n`);
    };
    return {
        debug: text => {
            if (verbosity === 'verbose')
                line(text);
        },
        info: text => {
            if (verbosity !== 'quiet')
                line(text);
        },
        warn: text => line(`warning: ${text}`),
        update: (label, done, total) => {
            if (verbosity === 'quiet')
                return;
            const time = now();
            if (!started.has(label))
                started.set(label, time);
            // In a log, the first line comes after one interval: short tasks stay silent.
            const since = time - (last.get(label) ?? (live ? 0 : (started.get(label) ?? time)));
            if (since < (live ? DRAW_INTERVAL_MS : LOG_INTERVAL_MS))
                return;
            last.set(label, time);
            const text = terminal_describe(label, done, total, (time - (started.get(label) ?? time)) / 1000);
            if (!live)
                return line(text);
            clear();
            shown = text.slice(0, (output.columns ?? 80) - 1);
            output.write(shown);
        },
        end: label => {
            last.delete(label);
            started.delete(label);
            clear();
        }
    };
}
function terminal_describe(label, done, total, seconds) {
    // What is waited for has no size.
    if (done === 0 && total === undefined)
        return `${label}: ${Math.round(seconds)} s`;
    const percent = total === undefined || total === 0 ? '' : ` ${Math.floor((100 * done) / total)} %`;
    const amount = total !== undefined && total < 10_000 ? `${done} of ${total}` : amountOf(done, total);
    return `${label}:${percent} (${amount}, ${Math.round(seconds)} s)`;
}
function amountOf(done, total) {
    return total === undefined ? formatBytes(done) : `${formatBytes(done)} of ${formatBytes(total)}`;
}

;// CONCATENATED MODULE: external "node:v8"
const external_node_v8_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:v8");
;// CONCATENATED MODULE: ./cli/heap.js

/**
 * Has V8 throw away what is short-lived while there is little of it. In work that goes over thousands of small things, it
 * would let that grow to more than 100 MB before it looks, and is no quicker for it. V8 reads this whenever it wants more
 * room, so that it may be set at any time.
 */
function keepHeapSmall() {
    (0,external_node_v8_namespaceObject.setFlagsFromString)('--semi-space-growth-factor=1');
}

;// CONCATENATED MODULE: ./cli/verify.js
/** `nix-seed verify`: whether as many independent builders as a policy asks for attested a seed. */










const { 'rekor-url': _searched, ...SUMMARY_OPTIONS } = SIGNING_OPTIONS;
const PUBLIC_LOG = 'https://rekor.sigstore.dev';
const NONE = 'none';
const verifyCommand = {
    name: 'verify',
    summary: 'verify a seed: do enough independent builders attest it?',
    synopsis: 'REFERENCE@DIGEST --policy POLICY [OPTION]…',
    positionals: { min: 1, max: 1 },
    options: {
        policy: { value: 'POLICY', help: 'whose word counts, and how many must agree: FILE or FLAKE#ATTRIBUTE' },
        threshold: { value: 'N', help: 'how many, in place of what the policy says' },
        commit: { value: 'SHA', help: 'the commit it must have been built from, all digits of it' },
        bundle: { value: 'PATH', multiple: true, help: 'look at this bundle too, or at the bundles in this folder' },
        'trusted-root': { value: 'FILE', help: "what to trust in place of the public Sigstore's root" },
        'rekor-url': {
            value: 'URL',
            help: 'the log to search for entries that have no bundle here, or none (default: see below)'
        },
        offline: { help: 'ask nobody: read what is on this machine alone' },
        attach: { help: 'if it is verified, attach the bundles of --bundle that are not attached yet' },
        annotate: { help: 'if it is verified, hang a mark for people on the image; nobody has signed it' },
        sign: { help: 'if it is verified, sign a summary that says so, and attach it' },
        ...SUMMARY_OPTIONS,
        insecure: { help: 'speak plain HTTP to the registry (loopback addresses always are)' },
        json: { help: 'print the result as JSON' }
    },
    details: [
        'Looks at every bundle that hangs on the image, and at those of --bundle, and counts the builders of the policy that attest this digest. It is verified if as many of them as the policy asks for differ from each other in all that the policy names. What is wrong with one bundle changes nothing for the others.',
        policy_file.POLICY_DETAILS,
        'Certificates, signatures and proofs are checked without asking anyone. What is fetched are the bundles and the public trust root, that where the policy needs it. With --offline its copy of an earlier run is used, no log is searched, and of an image in a registry nothing is seen but the files of --bundle; oci:DIR is read.',
        `A log is searched for entries about the image whose bundles nobody has attached. They count for nothing, and neither does a log that cannot be searched: both are told. The default is ${PUBLIC_LOG} where the policy trusts the public root, and none with --trusted-root.`,
        '--sign takes the options of `nix-seed attest`, and the summary (SLSA VSA) is entered in the log of $SIGSTORE_REKOR_URL, else of --rekor-url, else in the public one. A summary is no vote. The mark of --annotate is an artifact that tools like `oras discover` show: anyone who may write to the repository can make one, and this command never reads it.',
        'Exit codes: 0 verified, 3 not verified, 2 wrong use or a policy that is not valid, 4 a trust root or key that cannot be used, 5 registry or network. --json prints one document in every case: the verdict with all bundles, and "error" where the exit code is not 0.'
    ],
    examples: [
        {
            line: 'nix-seed verify ghcr.io/org/repo/seed@sha256:… --policy seed-policy.jsonc --commit "$(git rev-parse HEAD)"',
            meaning: 'is it what the builders make of this commit?'
        },
        {
            line: 'nix-seed verify ghcr.io/org/repo/seed@sha256:… --policy .#seedCfg.policy --threshold 2',
            meaning: 'with the policy in the flake in this folder, and two builders for now'
        },
        {
            line: 'nix-seed verify HOST/seed@sha256:… --policy seed-policy.jsonc --bundle ./bundles --attach --annotate',
            meaning: 'bundles that came as files: look at them, and attach them if all is well'
        },
        {
            line: 'nix-seed verify oci:./seed@sha256:… --policy seed-policy.jsonc --trusted-root root.json --offline --json',
            meaning: 'on a machine without a network, for a script'
        }
    ],
    run: runVerify
};
async function runVerify(args, io) {
    keepHeapSmall();
    const name = (0,oci_name/* parseName */.$q)(args.positionals[0] ?? '');
    const options = await readOptions(name, args, io);
    const isReached = name.kind === 'layout' || !args.flag('offline');
    const repository = isReached ? openRepository(name, repositoryOptions(io, args)) : undefined;
    try {
        const digest = await requireDigest(name, repository, 'is verified');
        const signing = await verify_readSigning(args, io);
        const policy = await readPolicy(options.policy, options.threshold, args, io);
        if (signing)
            await (await Promise.all(/* import() */[__nccwpck_require__.e(137), __nccwpck_require__.e(154), __nccwpck_require__.e(282), __nccwpck_require__.e(839), __nccwpck_require__.e(829)]).then(__nccwpck_require__.bind(__nccwpck_require__, 6896))).checkSigning(signing, io.ports);
        const { verifySeed } = await Promise.all(/* import() */[__nccwpck_require__.e(137), __nccwpck_require__.e(154), __nccwpck_require__.e(575), __nccwpck_require__.e(939), __nccwpck_require__.e(911), __nccwpck_require__.e(124)]).then(__nccwpck_require__.bind(__nccwpck_require__, 6911));
        const rekorUrl = logToSearch(policy, args);
        const verification = await verifySeed({
            reference: (0,oci_name/* formatName */.nD)({ ...withoutTag(name), digest }),
            digest,
            policy,
            paths: options.paths,
            ...(repository && { repository }),
            ...(options.commit !== undefined && { commit: options.commit }),
            ...(rekorUrl !== undefined && { rekorUrl })
        }, io.ports);
        const target = { name, digest, ...(repository && { repository }) };
        await conclude(verification, target, signing, args, io);
    }
    finally {
        await repository?.close();
    }
}
/** Acts on the verdict, shows it and all that was done, and fails where the seed is not verified or something was not done. */
async function conclude(verification, target, signing, args, io) {
    const { requireVerified } = await Promise.all(/* import() */[__nccwpck_require__.e(137), __nccwpck_require__.e(154), __nccwpck_require__.e(575), __nccwpck_require__.e(939), __nccwpck_require__.e(911), __nccwpck_require__.e(124)]).then(__nccwpck_require__.bind(__nccwpck_require__, 6911));
    const result = { ...verification };
    let failure;
    try {
        requireVerified(verification);
        await act(result, target, signing, args, io);
    }
    catch (error) {
        failure = { error: error instanceof errors/* SeedError */.uV ? explained(error, verification, args) : error };
    }
    if (args.flag('json')) {
        if (failure?.error instanceof errors/* SeedError */.uV)
            result.error = errorData(failure.error);
        io.print(`${JSON.stringify(result, null, 2)}\n`);
    }
    else {
        const { describeVerification } = await Promise.all(/* import() */[__nccwpck_require__.e(137), __nccwpck_require__.e(755)]).then(__nccwpck_require__.bind(__nccwpck_require__, 2136));
        io.print(describeVerification(result, io.cwd));
        if (!verification.verified && failure?.error instanceof errors/* SeedError */.uV)
            throw withoutReason(failure.error);
    }
    if (failure)
        throw failure.error;
}
/** The reason stands in the line above. */
function withoutReason(error) {
    const { code, hint } = error;
    return new errors/* SeedError */.uV(code, 'the policy is not met', { ...(hint !== undefined && { hint }), cause: error });
}
/** What was asked for in the case of a pass. `result` tells what was done, also where the next thing fails. */
async function act(result, { repository }, signing, args, io) {
    if (repository === undefined)
        return;
    const verification = result;
    if (args.flag('attach')) {
        const { attachVerified } = await Promise.all(/* import() */[__nccwpck_require__.e(137), __nccwpck_require__.e(154), __nccwpck_require__.e(575), __nccwpck_require__.e(939), __nccwpck_require__.e(911), __nccwpck_require__.e(809)]).then(__nccwpck_require__.bind(__nccwpck_require__, 9516));
        result.attached = await attachVerified(repository, verification);
    }
    if (signing) {
        const { attestVerification } = await Promise.all(/* import() */[__nccwpck_require__.e(137), __nccwpck_require__.e(154), __nccwpck_require__.e(575), __nccwpck_require__.e(282), __nccwpck_require__.e(939), __nccwpck_require__.e(911), __nccwpck_require__.e(839), __nccwpck_require__.e(236)]).then(__nccwpck_require__.bind(__nccwpck_require__, 7236));
        const files = bundleFolder(args, io);
        const { bundle, ...summary } = await attestVerification({ verification, repository, signing, files }, io.ports);
        result.summary = { ...summary, digest: bundle.digest };
    }
    if (args.flag('annotate')) {
        const { markVerified } = await Promise.all(/* import() */[__nccwpck_require__.e(137), __nccwpck_require__.e(154), __nccwpck_require__.e(575), __nccwpck_require__.e(939), __nccwpck_require__.e(911), __nccwpck_require__.e(548)]).then(__nccwpck_require__.bind(__nccwpck_require__, 8919));
        const { descriptor, existed } = await markVerified(repository, verification);
        result.mark = { digest: descriptor.digest, existed };
    }
}
const ACTIONS = { attach: 'attached', annotate: 'annotated', sign: 'signed' };
/** The same error, with what its reader has to know beside. */
function explained(error, { verified }, args) {
    if (verified)
        return withHint(error, 'The seed is verified: only what was to be done after that has failed.');
    const asked = Object.entries(ACTIONS).flatMap(([option, done]) => (args.flag(option) ? [done] : []));
    return asked.length > 0 ? withHint(error, `Nothing was ${asked.join(' or ')}.`) : error;
}
/** All that is wrong with the options is told before anybody is asked for anything. */
async function readOptions(name, args, io) {
    const { isCommit } = await Promise.all(/* import() */[__nccwpck_require__.e(137), __nccwpck_require__.e(154), __nccwpck_require__.e(575), __nccwpck_require__.e(939), __nccwpck_require__.e(743)]).then(__nccwpck_require__.bind(__nccwpck_require__, 6939));
    const [policy, threshold, commit] = [args.text('policy'), args.text('threshold'), args.text('commit')];
    if (!policy)
        throw (0,cli_command/* usage */.CI)(verifyCommand, 'whose word counts? --policy is missing; `nix-seed policy init` writes one');
    if (threshold !== undefined && !/^\d{1,9}$/.test(threshold)) {
        throw (0,cli_command/* usage */.CI)(verifyCommand, `--threshold is a whole number from 1, not ${JSON.stringify(threshold)}`);
    }
    if (commit !== undefined && !isCommit(commit)) {
        throw (0,cli_command/* usage */.CI)(verifyCommand, '--commit takes all 40 or 64 digits of a commit, in lower case');
    }
    const paths = args.list('bundle').map(path => (0,external_node_path_.resolve)(io.cwd, path));
    if (args.flag('attach') && paths.length === 0) {
        throw (0,cli_command/* usage */.CI)(verifyCommand, '--attach attaches the bundles of --bundle, and there is none');
    }
    checkLog(args.text('rekor-url'));
    if (!args.flag('sign'))
        refuseSigningOptions(verifyCommand, withLog(args, undefined));
    if (args.flag('offline'))
        checkOffline(name, paths, args);
    return {
        policy,
        paths,
        ...(threshold !== undefined && { threshold: Number(threshold) }),
        ...(commit !== undefined && { commit })
    };
}
function checkOffline(name, paths, args) {
    const isRegistry = name.kind === 'registry';
    if (args.text('rekor-url') !== undefined)
        throw (0,cli_command/* usage */.CI)(verifyCommand, '--offline searches no log: leave out --rekor-url');
    if (args.flag('sign'))
        throw (0,cli_command/* usage */.CI)(verifyCommand, '--offline signs nothing: a signature is entered in a log');
    const needsRegistry = ['attach', 'annotate'].find(option => args.flag(option));
    if (isRegistry && needsRegistry !== undefined) {
        throw (0,cli_command/* usage */.CI)(verifyCommand, `--offline asks no registry, and --${needsRegistry} writes to it`);
    }
    if (isRegistry && paths.length === 0) {
        throw (0,cli_command/* usage */.CI)(verifyCommand, '--offline asks no registry: the bundles have to come from files, see --bundle');
    }
}
function checkLog(text) {
    if (text === undefined || text === NONE)
        return;
    const url = URL.parse(text);
    if (url === null || !/^https?:$/.test(url.protocol))
        throw (0,cli_command/* usage */.CI)(verifyCommand, '--rekor-url is no URL of the web');
    if (url.username !== '' || url.password !== '') {
        throw (0,cli_command/* usage */.CI)(verifyCommand, '--rekor-url holds credentials, which are not used');
    }
}
function logToSearch({ policy }, args) {
    const given = args.text('rekor-url');
    if (given !== undefined)
        return given === NONE ? undefined : given;
    const trustsPublic = policy.builders.some(({ trustRoot }) => trustRoot === 'public');
    return trustsPublic && !args.flag('offline') && args.text('trusted-root') === undefined ? PUBLIC_LOG : undefined;
}
/** The log that is searched is the one that a summary is entered in, unless the environment of the job names another. */
async function verify_readSigning(args, io) {
    if (!args.flag('sign'))
        return undefined;
    const { readSigning: read } = await Promise.all(/* import() */[__nccwpck_require__.e(137), __nccwpck_require__.e(154), __nccwpck_require__.e(282), __nccwpck_require__.e(839), __nccwpck_require__.e(762)]).then(__nccwpck_require__.bind(__nccwpck_require__, 9023));
    const searched = args.text('rekor-url');
    const isSet = (io.env['SIGSTORE_REKOR_URL'] ?? '') !== '';
    return read(verifyCommand, withLog(args, isSet || searched === NONE ? undefined : searched), io);
}
/** `--rekor-url` as the options for signing have it. */
function withLog(args, url) {
    return { ...args, text: name => (name === 'rekor-url' ? url : args.text(name)) };
}
async function readPolicy(text, threshold, args, io) {
    const [{ loadPolicy }, { readTrust }, { resolvePolicy }, { PUBLIC_TRUST_ROOT }] = await Promise.all([
        Promise.resolve(/* import() */).then(__nccwpck_require__.bind(__nccwpck_require__, 7610)),
        Promise.resolve(/* import() */).then(__nccwpck_require__.bind(__nccwpck_require__, 7443)),
        Promise.all(/* import() */[__nccwpck_require__.e(137), __nccwpck_require__.e(154), __nccwpck_require__.e(575), __nccwpck_require__.e(445)]).then(__nccwpck_require__.bind(__nccwpck_require__, 6445)),
        Promise.resolve(/* import() */).then(__nccwpck_require__.bind(__nccwpck_require__, 9832))
    ]);
    const { policy, source, readFile } = await loadPolicy(text, threshold, io);
    if (args.text('trusted-root') !== undefined && !policy.builders.some(each => each.trustRoot === PUBLIC_TRUST_ROOT)) {
        io.ports.log.warn('--trusted-root has no effect: every builder of the policy names a trust root of its own');
    }
    return resolvePolicy(policy, shortened(source, io.cwd), { readFile, publicTrustRoot: () => readTrust(args, io) });
}
/** A path below the current folder as people write it. */
function shortened(path, cwd) {
    const short = (0,external_node_path_.relative)(cwd, path);
    return path.startsWith('/') && short !== '' && !short.startsWith('..') ? short : path;
}

// EXTERNAL MODULE: ./attest/key.js
var attest_key = __nccwpck_require__(8291);
// EXTERNAL MODULE: ./attest/verify/file.js
var verify_file = __nccwpck_require__(1540);
// EXTERNAL MODULE: ./cli/trust.js
var cli_trust = __nccwpck_require__(7443);
;// CONCATENATED MODULE: ./cli/verify-bundle.js









const verifyBundleCommand = {
    name: 'verify-bundle',
    summary: 'verify one signed statement by hand',
    synopsis: '--bundle FILE (--certificate-… | --key FILE) [OPTION]… FILE_OR_DIGEST',
    positionals: { min: 1, max: 1 },
    options: {
        bundle: { value: 'FILE', help: 'the Sigstore bundle, version 0.1 to 0.3' },
        'certificate-identity': {
            value: 'ID',
            help: 'who must have signed: the whole identity, as the certificate has it'
        },
        'certificate-oidc-issuer': { value: 'URL', help: 'who must have vouched for that identity' },
        key: { value: 'FILE', help: 'the public key (PEM) that must have signed, in place of a certificate' },
        'trusted-root': { value: 'FILE', help: "what to trust; default: the public Sigstore's, fetched by TUF" },
        offline: { help: 'use the copy of the public trust root that an earlier run has kept' },
        type: {
            value: 'URI',
            help: 'predicate type; default: SLSA provenance 1; any: the subject alone is checked'
        },
        commit: { value: 'SHA', help: 'the commit it must have been built from, all digits of it' },
        'allow-self-hosted': { help: "accept machines that are not the CI provider's" },
        'allow-sandbox-off': { help: 'accept builds that Nix made without a sandbox, or that do not say' },
        'allow-several-subjects': { help: 'accept a statement about several things' },
        json: { help: 'print the result as JSON' }
    },
    details: [
        'Verifies that FILE is what somebody attested, or that the thing with DIGEST (sha256:…) is: the signature, the certificate and its promise to be logged, the entry in the transparency log and its proof, the times, who signed, and what the statement says. Nothing is asked of the network but the trust root, and that not with --trusted-root or --offline.',
        'Identity and issuer are compared as they are, character by character. A statement must be SLSA provenance of exactly one subject, from a hosted machine and a sandbox, unless an option allows for more. A bundle that holds the signature of a file, and no statement, takes the file itself.',
        'Exit codes: 0 verified, 2 wrong use, 4 refused; 5 where the public trust root cannot be fetched. With --json, what is printed has "verified", or "error" with "reason", one of a closed set.',
        'This is one builder alone. Whether enough independent builders agree is what a policy is for.'
    ],
    examples: [
        {
            line: 'nix-seed verify-bundle --bundle seed.json --certificate-identity "$ID" --certificate-oidc-issuer "$URL" $DIGEST',
            meaning: 'a seed that a workflow has built; DIGEST is sha256:…'
        },
        {
            line: 'nix-seed verify-bundle --bundle seed.json --key builder.pub --trusted-root root.json $DIGEST',
            meaning: 'signed with a key, and logged in another Sigstore than the public one'
        }
    ],
    run: runVerifyBundle
};
/** What the signature of a file is checked with has to be read as a whole. */
const MAX_FILE_BYTES = 1024 ** 3;
const MAX_KEY_BYTES = 64 * 1024;
async function runVerifyBundle(args, io) {
    // Loaded here, since no other command verifies.
    const { BundleRefusal, isCommit, MAX_BUNDLE_BYTES, readBundle, verifyBundle, verifyFile } = await Promise.all(/* import() */[__nccwpck_require__.e(137), __nccwpck_require__.e(154), __nccwpck_require__.e(575), __nccwpck_require__.e(939), __nccwpck_require__.e(743)]).then(__nccwpck_require__.bind(__nccwpck_require__, 6939));
    const [file, type, commit] = [args.text('bundle'), args.text('type'), args.text('commit')];
    if (file === undefined)
        throw (0,cli_command/* usage */.CI)(verifyBundleCommand, 'which bundle? --bundle is missing');
    if (type === '')
        throw (0,cli_command/* usage */.CI)(verifyBundleCommand, '--type is empty');
    if (commit !== undefined && !isCommit(commit)) {
        throw (0,cli_command/* usage */.CI)(verifyBundleCommand, '--commit takes all 40 or 64 digits of a commit, in lower case');
    }
    const signer = await expectedSigner(args, io);
    const bytes = await (0,verify_file.readUpTo)((0,external_node_path_.resolve)(io.cwd, file), MAX_BUNDLE_BYTES, 'bundle');
    const trust = await (0,cli_trust.readTrust)(args, io);
    try {
        const read = readBundle(bytes);
        if (read.bundle.content.$case === 'messageSignature') {
            if ((type ?? 'any') !== 'any' || commit !== undefined) {
                throw (0,cli_command/* usage */.CI)(verifyBundleCommand, 'the bundle holds the signature of a file, which has neither type nor commit');
            }
            print(args, io, verifyFile(read, await signedFile(args, io), signer, trust), trust);
            return;
        }
        const expectation = {
            signer,
            digest: await digestOf(args, io),
            ...(type !== undefined && { predicateType: type }),
            ...(commit !== undefined && { commit }),
            allowSelfHosted: args.flag('allow-self-hosted'),
            allowSandboxOff: args.flag('allow-sandbox-off'),
            allowSeveralSubjects: args.flag('allow-several-subjects')
        };
        print(args, io, verifyBundle(read, expectation, trust), trust);
    }
    catch (error) {
        throw error instanceof BundleRefusal ? error.with({ resource: file, ...hintOf(error.reason) }) : error;
    }
}
async function expectedSigner(args, io) {
    const [identity, issuer, key] = [
        args.text('certificate-identity'),
        args.text('certificate-oidc-issuer'),
        args.text('key')
    ];
    if (key !== undefined) {
        if (identity !== undefined || issuer !== undefined) {
            throw (0,cli_command/* usage */.CI)(verifyBundleCommand, '--key and --certificate-… exclude each other');
        }
        const pem = await (0,verify_file.readUpTo)((0,external_node_path_.resolve)(io.cwd, key), MAX_KEY_BYTES, 'key');
        return { kind: 'key', publicKey: (0,attest_key/* readPublicKey */.RR)(pem.toString('utf8')) };
    }
    if (!identity || !issuer) {
        throw (0,cli_command/* usage */.CI)(verifyBundleCommand, 'who must have signed? It takes --certificate-identity and --certificate-oidc-issuer, or --key');
    }
    return { kind: 'certificate', identity, issuer };
}
/** `sha256:…` as given, unless a file has this name; or that of the file. */
async function digestOf(args, { cwd }) {
    const [artifact = ''] = args.positionals;
    const path = (0,external_node_path_.resolve)(cwd, artifact);
    if (/^sha256:[0-9a-f]{64}$/.test(artifact) && !(await verify_bundle_isThere(path)))
        return artifact;
    const hash = (0,external_node_crypto_.createHash)('sha256');
    try {
        for await (const chunk of (0,external_node_fs_.createReadStream)(path))
            hash.update(chunk);
    }
    catch (error) {
        throw noArtifact(error, artifact);
    }
    return `sha256:${hash.digest('hex')}`;
}
async function signedFile(args, { cwd }) {
    const [artifact = ''] = args.positionals;
    const path = (0,external_node_path_.resolve)(cwd, artifact);
    if (/^sha256:/.test(artifact) && !(await verify_bundle_isThere(path))) {
        throw (0,cli_command/* usage */.CI)(verifyBundleCommand, 'the bundle holds the signature of a file: it takes the file, a digest is not enough');
    }
    const bytes = await (0,verify_file.readUpTo)(path, MAX_FILE_BYTES, 'file');
    if (bytes.length > MAX_FILE_BYTES)
        throw (0,cli_command/* usage */.CI)(verifyBundleCommand, `${artifact} is larger than ${MAX_FILE_BYTES} bytes`);
    return bytes;
}
async function verify_bundle_isThere(path) {
    return (0,promises_.stat)(path).then(() => true, () => false);
}
function noArtifact(error, artifact) {
    const isMissing = (0,errors/* systemCode */.xU)(error) === 'ENOENT';
    return new errors/* SeedError */.uV(isMissing ? 'USAGE' : 'FILE_SYSTEM', isMissing ? 'there is no such file' : 'cannot read the file', {
        resource: artifact,
        hint: 'Give a file, or a digest: sha256: and 64 hexadecimal digits in lower case.',
        cause: error
    });
}
const HINTS = {
    'self-hosted': '--allow-self-hosted accepts it.',
    'sandbox-off': '--allow-sandbox-off accepts it.',
    'subject-count': '--allow-several-subjects accepts a statement about several things.',
    'predicate-type': '--type names the predicate type that you expect.',
    'log-unknown': 'Is it the trust root of this Sigstore? --trusted-root names another.',
    'certificate-untrusted': 'Is it the trust root of this Sigstore? --trusted-root names another.',
    'time-in-future': "Check this machine's clock."
};
function hintOf(reason) {
    return { hint: HINTS[reason] ?? 'Do not trust what it is about, unless you know why.' };
}
function print(args, io, verified, trust) {
    const data = verify_bundle_asData(verified, trust);
    io.print(args.flag('json') ? `${JSON.stringify(data, null, 2)}\n` : verify_bundle_render(data));
}
function verify_bundle_asData(verified, trust) {
    const { mediaType, signer, times, entries } = verified;
    return {
        verified: true,
        ...('statement' in verified
            ? {
                digests: verified.digests,
                predicateType: verified.statement.predicateType,
                ...(verified.commit !== undefined && { commit: verified.commit }),
                ...(verified.provenance && { builder: verified.provenance.builderId }),
                ...(verified.provenance?.sandbox !== undefined && { sandbox: verified.provenance.sandbox })
            }
            : { digests: [verified.digest] }),
        ...signerData(signer),
        times: times.map(({ at, by }) => ({ at: at.toISOString(), by })),
        log: entries.map(({ index, log, hash, kind }) => ({ index, id: log, hash, kind })),
        mediaType,
        trustRoot: trust.name
    };
}
function signerData(signer) {
    if (signer.kind === 'key')
        return { signer };
    const { identity, issuer, sourceRepository, runnerEnvironment, invocation } = signer.certificate;
    return {
        signer: { kind: signer.kind, identity, issuer },
        ...(sourceRepository !== undefined && { repository: sourceRepository }),
        ...(runnerEnvironment !== undefined && { runner: runnerEnvironment }),
        ...(invocation !== undefined && { invocation })
    };
}
function verify_bundle_render({ signer, times, log, ...data }) {
    const rows = [
        ['verified', data.digests.join(' ')],
        ['statement', data.predicateType],
        ['signer', signer.identity ?? `key ${signer.fingerprint}`],
        ['issuer', signer.issuer],
        ['commit', data.commit],
        ['repository', data.repository],
        ['builder', data.builder],
        ['runner', data.runner],
        ['sandbox', data.sandbox],
        ['run', data.invocation],
        ...times.map(({ at, by }) => ['signed at', `${at} (${by})`]),
        ...log.map(({ index, id }) => ['log entry', `${index} of ${id.slice(0, 16)}…`])
    ];
    const lines = (0,cli_command/* table */.tp)(rows.flatMap(([label, value]) => (value === undefined ? [] : [[label, verify_bundle_visible(value)]])));
    return `${lines.join('\n')}\n`;
}
/** Whoever signed is who was expected, but not all of what was signed is fit for a terminal. */
function verify_bundle_visible(text) {
    return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\ufffd');
}

;// CONCATENATED MODULE: ./cli/program.js
/** The command line as a function: arguments in, exit code out. */














const COMMANDS = [
    publishCommand,
    attestCommand,
    attestationsCommand,
    policyCommand,
    verifyCommand,
    verifyBundleCommand,
    restoreCommand,
    inspectCommand,
    keyCommand
];
/**
 * Runs one command line.
 *
 * @param argv without the program's own name
 * @returns the exit code
 */
async function runProgram(argv, outside) {
    const [name, ...rest] = argv;
    const verbosity = verbosityOf(rest);
    const out = terminal(outside.stderr, verbosity);
    const printed = { result: false };
    const print = (text) => {
        printed.result = true;
        outside.stdout.write(text);
    };
    const ports = { log: out, progress: out, env: (0,secrets/* withoutSecrets */.c)(outside.env, rest), signal: outside.signal };
    try {
        if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
            const text = (0,cli_command/* programHelp */.a8)(COMMANDS, outside.version);
            if (name === undefined) {
                outside.stderr.write(text);
                return 2;
            }
            outside.stdout.write(text);
            return 0;
        }
        if (name === '--version' || name === 'version') {
            outside.stdout.write(`nix-seed ${outside.version}\n`);
            return 0;
        }
        const command = COMMANDS.find(candidate => candidate.name === name);
        if (!command) {
            throw new errors/* SeedError */.uV('USAGE', `there is no command ${JSON.stringify(name)}`, {
                hint: `Commands: ${COMMANDS.map(candidate => candidate.name).join(', ')}. See \`nix-seed --help\`.`
            });
        }
        const args = (0,cli_command/* parseArguments */.We)(command, rest);
        if (args.flag('help'))
            outside.stdout.write((0,cli_command/* commandHelp */.bD)(command));
        else
            await command.run(args, {
                ports,
                env: outside.env,
                cwd: outside.cwd,
                print
            });
        return 0;
    }
    catch (error) {
        outside.stderr.write(describeError(error, outside.signal, verbosity));
        // For scripts that switch on the code: exit codes tell the kind alone. A command that has printed its result has
        // said there why it failed: scripts get one document.
        if (error instanceof errors/* SeedError */.uV && argv.includes('--json') && !printed.result) {
            outside.stdout.write(`${JSON.stringify({ error: errorData(error) })}\n`);
        }
        return error instanceof errors/* SeedError */.uV ? (0,errors/* exitCode */.I$)(error.code) : 1;
    }
}
function verbosityOf(argv) {
    if (argv.includes('--quiet') || argv.includes('-q'))
        return 'quiet';
    return argv.includes('--verbose') || argv.includes('-v') ? 'verbose' : 'normal';
}
/** What failed, on what, and what to do next; the chain of causes for those who asked for more. */
function describeError(error, signal, verbosity) {
    const known = error instanceof errors/* SeedError */.uV;
    if (!known && signal.aborted)
        return 'nix-seed: interrupted; run it again\n';
    const lines = [`nix-seed: ${known ? error.message : (0,errors/* redactUrl */.BO)(messageOf(error))}`];
    if (known && error.resource !== undefined && !error.message.includes(error.resource))
        lines.push(`  at: ${error.resource}`);
    if (known && error.hint !== undefined)
        lines.push(...error.hint.split('\n').map(line => `  ${line}`));
    if (!known || verbosity === 'verbose') {
        if (!known)
            lines.push('  This is a defect of nix-seed; please report it with the lines below.');
        for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++) {
            lines.push((0,errors/* redactUrl */.BO)(cause.stack ?? cause.message));
        }
    }
    return `${lines.join('\n')}\n`;
}
function messageOf(error) {
    return error instanceof Error ? error.message : String(error);
}


/***/ }),

/***/ 1756:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   O: () => (/* binding */ keyVariable),
/* harmony export */   c: () => (/* binding */ withoutSecrets)
/* harmony export */ });
/**
 * What speaks for the job or opens a key. Programs that are started would inherit it, and Nix hands variables on to
 * builds that ask for them by name.
 * https://nix.dev/manual/nix/latest/language/advanced-attributes#adv-attr-impureEnvVars
 */
const HIDDEN = /^(?:SIGSTORE_ID_TOKEN|ACTIONS_ID_TOKEN_REQUEST_(?:TOKEN|URL)|ACTIONS_RUNTIME_TOKEN|CIRCLE_OIDC_TOKEN(?:_V2)?|NIX_SEED_KEY_PASSPHRASE)$/;
/** The variable that an option names as `env:NAME`; others than letters, digits and `_` no shell can set. */
function keyVariable(option) {
    return /^env:(\w+)$/.exec(option)?.[1];
}
/** The environment as programs may see it. What signs is given the whole one. */
function withoutSecrets(env, argv) {
    const keys = new Set(argv.map(argument => keyVariable(argument.replace(/^-[\w-]+=/, ''))));
    return Object.fromEntries(Object.entries(env).filter(([name]) => !HIDDEN.test(name) && !keys.has(name)));
}


/***/ }),

/***/ 7443:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

__nccwpck_require__.r(__webpack_exports__);
/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   readTrust: () => (/* binding */ readTrust)
/* harmony export */ });
/* harmony import */ var node_os__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(8161);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(6760);
/** What bundles are checked against: a file, or the public Sigstore's trust root, of which this machine keeps a copy. */


/**
 * The trust root in `--trusted-root`, else the public one; with `--offline` the copy of it that an earlier run has kept.
 *
 * @throws SeedError USAGE where there is no such file, TRUST_ROOT_INVALID, FILE_SYSTEM; SIGSTORE_UNREACHABLE where the
 *   public one cannot be fetched or was not kept yet, SIGSTORE_FAILED where what its repository says does not hold
 */
async function readTrust(args, { cwd, env, ports }) {
    // Loaded here, since most commands trust nobody.
    const file = args.text('trusted-root');
    if (file !== undefined) {
        const { readTrustRoot } = await Promise.all(/* import() */[__nccwpck_require__.e(137), __nccwpck_require__.e(154), __nccwpck_require__.e(575), __nccwpck_require__.e(271)]).then(__nccwpck_require__.bind(__nccwpck_require__, 9271));
        return readTrustRoot((0,node_path__WEBPACK_IMPORTED_MODULE_1__.resolve)(cwd, file));
    }
    const { publicTrustRoot } = await Promise.all(/* import() */[__nccwpck_require__.e(137), __nccwpck_require__.e(154), __nccwpck_require__.e(575), __nccwpck_require__.e(485)]).then(__nccwpck_require__.bind(__nccwpck_require__, 5485));
    const cache = env['XDG_CACHE_HOME'];
    const base = cache !== undefined && (0,node_path__WEBPACK_IMPORTED_MODULE_1__.isAbsolute)(cache) ? cache : (0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(env['HOME'] ?? (0,node_os__WEBPACK_IMPORTED_MODULE_0__.homedir)(), '.cache');
    const root = await publicTrustRoot({
        cacheFolder: (0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(base, 'nix-seed', 'sigstore'),
        offline: args.flag('offline')
    });
    ports.log.info(`trusting ${root.name}`);
    return root;
}


/***/ }),

/***/ 8645:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   BO: () => (/* reexport safe */ _address_js__WEBPACK_IMPORTED_MODULE_0__.BO),
/* harmony export */   I$: () => (/* binding */ exitCode),
/* harmony export */   uV: () => (/* binding */ SeedError),
/* harmony export */   xU: () => (/* binding */ systemCode)
/* harmony export */ });
/* harmony import */ var _address_js__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(9740);


/**
 * An error made for people: what failed, on which resource, and what to do next.
 *
 * @throws nothing itself; the constructor redacts `resource`.
 */
class SeedError extends Error {
    name = 'SeedError';
    code;
    resource;
    hint;
    constructor(code, message, options = {}) {
        super(message, options.cause === undefined ? {} : { cause: options.cause });
        this.code = code;
        if (options.resource !== undefined)
            this.resource = (0,_address_js__WEBPACK_IMPORTED_MODULE_0__/* .redactUrl */ .BO)(options.resource);
        if (options.hint !== undefined)
            this.hint = options.hint;
    }
}
/** The system's error code of `error` (`ENOENT`, `ENOSPC`, …), looked up through its causes. */
function systemCode(error) {
    // Not `instanceof`: in tests, errors of Node itself belong to another realm.
    for (let e = error, depth = 0; Error.isError(e) && depth < 8; e = e.cause, depth++) {
        const code = e.code;
        if (typeof code === 'string' && !(e instanceof SeedError))
            return code;
    }
    return undefined;
}
/** Exit codes of the command line: 0 done, 1 failed, 2 wrong use, 3 policy not met, 4 cryptography, 5 registry or network. */
function exitCode(code) {
    switch (code) {
        case 'USAGE':
        case 'REFERENCE_INVALID':
        case 'POLICY_INVALID':
            return 2;
        case 'SEED_REFUSED':
        case 'POLICY_UNMET':
            return 3;
        case 'IDENTITY_INVALID':
        case 'KEY_INVALID':
        case 'SIGNING_FAILED':
        case 'TRUST_ROOT_INVALID':
        case 'BUNDLE_REFUSED':
            return 4;
        case 'SIGSTORE_UNREACHABLE':
        case 'SIGSTORE_FAILED':
        case 'FORGE_UNREACHABLE':
        case 'FORGE_DENIED':
        case 'FORGE_LIMITED':
        case 'FORGE_CONFLICT':
        case 'FORGE_FAILED':
        case 'REGISTRY_UNREACHABLE':
        case 'REGISTRY_DENIED':
        case 'REGISTRY_FAILED':
        case 'NOT_FOUND':
        case 'DOWNLOAD_FAILED':
        case 'DIGEST_MISMATCH':
            return 5;
        default:
            return 1;
    }
}


/***/ }),

/***/ 9632:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {


// EXPORTS
__nccwpck_require__.d(__webpack_exports__, {
  Qq: () => (/* binding */ HttpClient),
  JW: () => (/* binding */ ensureStatus),
  x8: () => (/* binding */ readBody)
});

;// CONCATENATED MODULE: external "node:http"
const external_node_http_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:http");
;// CONCATENATED MODULE: external "node:https"
const external_node_https_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:https");
// EXTERNAL MODULE: ./errors.js
var errors = __nccwpck_require__(8645);
// EXTERNAL MODULE: ./http/error.js
var error = __nccwpck_require__(3227);
// EXTERNAL MODULE: ./http/proxy.js
var proxy = __nccwpck_require__(4257);
// EXTERNAL MODULE: ./version.js + 1 modules
var version = __nccwpck_require__(9085);
;// CONCATENATED MODULE: ./http.js






const ERROR_BODY_BYTES = 64 * 1024;
const DISCARD_BYTES = 64 * 1024;
// What may wait in memory for a slow peer. One socket buffer at a time would stop and start the source for each chunk.
const SEND_BUFFER_BYTES = 1024 * 1024;
/** A client that keeps its connections: one exchange per call, no redirects, no retries (see http/retry.ts). */
class HttpClient {
    #options;
    #direct;
    #proxied;
    constructor(options = {}) {
        this.#options = {
            env: {},
            userAgent: `nix-seed/${version/* VERSION */.x}`,
            connectTimeoutMs: 30_000,
            idleTimeoutMs: 60_000,
            answerTimeoutMs: 300_000,
            ...options
        };
        const agents = (proxyEnv) => {
            const settings = { keepAlive: true, ...(proxyEnv && { proxyEnv }) };
            return { http: new external_node_http_namespaceObject.Agent(settings), https: new external_node_https_namespaceObject.Agent(settings) };
        };
        this.#direct = agents();
        this.#proxied = agents((0,proxy/* readProxies */.rq)(this.#options.env));
    }
    get userAgent() {
        return this.#options.userAgent;
    }
    get connectTimeoutMs() {
        return this.#options.connectTimeoutMs;
    }
    get idleTimeoutMs() {
        return this.#options.idleTimeoutMs;
    }
    /** Whether any request may go through a proxy. */
    get hasProxies() {
        return Object.keys((0,proxy/* readProxies */.rq)(this.#options.env)).length > 0;
    }
    /**
     * One request and the head of its answer, of whatever status.
     * A refusal (300 and up) that comes while the body is still being sent ends the sending.
     *
     * @throws HttpError (retriable) if there is no answer; what the body's source throws; the signal's reason.
     */
    async send(request) {
        const { signal, idleTimeoutMs, answerTimeoutMs } = this.#options;
        signal?.throwIfAborted();
        const url = new URL(request.url);
        url.username = url.password = ''; // node:http would make an Authorization header of them
        const plain = url.protocol === 'http:';
        const agents = (0,proxy/* usesProxy */.Bb)(url, this.#options.env) ? this.#proxied : this.#direct;
        const exchange = (plain ? external_node_http_namespaceObject : external_node_https_namespaceObject).request(url, {
            method: request.method ?? 'GET',
            headers: { 'user-agent': this.#options.userAgent, 'accept-encoding': 'identity', ...request.headers },
            agent: plain ? agents.http : agents.https,
            ...(signal && { signal })
        });
        const peer = this.#watch(exchange, url);
        const answer = new Promise((resolve, reject) => {
            exchange
                .once('response', resolve)
                .on('error', cause => reject(connectionError(cause, url, exchange.reusedSocket)));
        });
        answer.catch(() => { }); // it is awaited below, but perhaps only after the body
        try {
            if (request.body instanceof Uint8Array || !request.body)
                exchange.end(request.body);
            else
                await sendBody(request.body, exchange, peer);
            peer.expected(answerTimeoutMs);
            const message = await answer;
            peer.expected(idleTimeoutMs);
            return receive(message, exchange, url, peer, signal);
        }
        catch (error) {
            exchange.destroy();
            throw signal?.aborted ? signal.reason : error;
        }
    }
    /** Closes the connections that are kept. */
    close() {
        for (const agents of [this.#direct, this.#proxied]) {
            agents.http.destroy();
            agents.https.destroy();
        }
    }
    /** Destroys `exchange` when its peer stalls. A slow source or reader on our side is not the peer's fault. */
    #watch(exchange, url) {
        const { connectTimeoutMs, idleTimeoutMs } = this.#options;
        const stalled = (what, ms) => {
            peer.failure = new error/* HttpError */.j(`${what} for ${ms / 1000} s from ${url.host}`, { url });
            exchange.destroy(peer.failure);
        };
        const connecting = setTimeout(stalled, connectTimeoutMs, 'no connection', connectTimeoutMs);
        let patienceMs = idleTimeoutMs;
        let awaitedSince = performance.now();
        let socket;
        // The socket's own timer starts anew with every byte that it moves, but knows nothing of whose turn it is.
        const onTimeout = () => {
            if (awaitedSince !== undefined && performance.now() - awaitedSince >= patienceMs)
                stalled('nothing', patienceMs);
            else
                socket?.setTimeout(patienceMs);
        };
        exchange.once('socket', s => {
            socket = s.on('timeout', onTimeout).setTimeout(patienceMs);
            if (s.connecting)
                s.once('connect', () => clearTimeout(connecting));
            else
                clearTimeout(connecting);
        });
        exchange.once('close', () => {
            clearTimeout(connecting);
            socket?.off('timeout', onTimeout);
        });
        const peer = {
            expected(ms) {
                awaitedSince = performance.now();
                if (ms === undefined || ms === patienceMs)
                    return;
                patienceMs = ms;
                socket?.setTimeout(ms);
            },
            unexpected() {
                awaitedSince = undefined;
            }
        };
        return peer;
    }
}
async function sendBody(body, exchange, peer) {
    let over = false;
    let wake = () => { };
    exchange.on('drain', () => wake());
    exchange.once('close', () => {
        over = true;
        wake();
    });
    exchange.once('response', (answer) => {
        if ((answer.statusCode ?? 0) < 300)
            return;
        over = true;
        wake();
        // The server may never read what was sent or is on its way: the connection is of no more use.
        const { socket } = answer;
        answer.once('end', () => socket.destroy());
    });
    peer.unexpected();
    for await (const chunk of body) {
        // The answer or the failure is the caller's to see. A source that never waits would keep the events from coming.
        if (over || exchange.destroyed)
            return;
        if (exchange.write(chunk) || exchange.writableLength < SEND_BUFFER_BYTES)
            continue;
        peer.expected();
        await new Promise(resolve => (wake = resolve));
        peer.unexpected();
    }
    exchange.end();
}
function receive(message, exchange, url, peer, signal) {
    async function* chunks() {
        try {
            for await (const chunk of message) {
                peer.unexpected();
                yield chunk;
                peer.expected();
            }
            // Only then is the connection free for the next request, which would open another one.
            if (!exchange.closed)
                await new Promise(resolve => exchange.once('close', resolve));
        }
        catch (cause) {
            signal?.throwIfAborted();
            throw peer.failure ?? new error/* HttpError */.j(`${url.host} cut the connection`, { url, cause });
        }
        finally {
            if (!message.complete)
                exchange.destroy();
        }
    }
    const body = chunks();
    const discard = async () => {
        let left = DISCARD_BYTES;
        try {
            for await (const chunk of body)
                if ((left -= chunk.length) < 0)
                    break;
        }
        catch {
            // its connection is gone, which is as good
        }
    };
    return { status: message.statusCode ?? 0, headers: message.headers, url, body, discard };
}
function connectionError(cause, url, reused) {
    if (cause instanceof error/* HttpError */.j)
        return cause;
    const code = (0,errors/* systemCode */.xU)(cause) ?? '';
    // A kept connection that the server has closed meanwhile says nothing about the server: no pause.
    const retryAfterMs = reused && (code === 'ECONNRESET' || code === 'EPIPE') ? 0 : undefined;
    return new error/* HttpError */.j(`no answer from ${url.host}`, {
        url,
        cause,
        retriable: !isLasting(code, cause.message),
        ...(retryAfterMs !== undefined && { retryAfterMs })
    });
}
/** Whether a connection that failed with `code` would fail again: no such host, no TLS or no trust, a proxy's refusal. */
function isLasting(code, message) {
    if (code === 'ERR_PROXY_TUNNEL')
        return !/ (?:408|429|5\d\d)\b/.test(message);
    if (code === 'ENOTFOUND' || code === 'EPROTO')
        return true;
    return /CERT|SIGNED|ISSUER|ALTNAME|^ERR_INVALID|^HPE_(?!INVALID_EOF_STATE)/.test(code);
}
/** Passes on an answer of one of `statuses`. @throws HttpError for any other. */
async function ensureStatus(response, ...statuses) {
    if (statuses.includes(response.status))
        return response;
    const body = await readBody(response, ERROR_BODY_BYTES, true).catch(() => Buffer.alloc(0));
    const { url } = response;
    throw new error/* HttpError */.j(`${url.host} answered with status ${response.status}`, { url, response, body: body.toString() });
}
/** The whole body, at most `limit` bytes; what is over is cut off if `cut` is set. @throws HttpError if it is longer. */
async function readBody(response, limit, cut = false) {
    const chunks = [];
    let size = 0;
    for await (const chunk of response.body) {
        size += chunk.length;
        chunks.push(chunk);
        if (size <= limit)
            continue;
        if (cut)
            break;
        const { url } = response;
        throw new error/* HttpError */.j(`${url.host} answered with more than ${limit} bytes`, { url, retriable: false });
    }
    return Buffer.concat(chunks).subarray(0, limit);
}


/***/ }),

/***/ 3227:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   j: () => (/* binding */ HttpError)
/* harmony export */ });
/* unused harmony export parseRetryAfterMs */
/* harmony import */ var _errors_js__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(8645);

/** An exchange that failed: with `status` if there was an answer, without one if there was none. */
class HttpError extends Error {
    name = 'HttpError';
    status;
    headers;
    /** Start of the answer, unchecked and not redacted. */
    body;
    url;
    retryAfterMs;
    /** Worth another try: always set for 408, 429, 5xx and connections that broke. */
    retriable;
    /** Set once all tries were had, so that a retry around a retry does not multiply them. */
    givenUp = false;
    constructor(message, options) {
        super(message, options.cause === undefined ? {} : { cause: options.cause });
        const { response } = options;
        this.url = (0,_errors_js__WEBPACK_IMPORTED_MODULE_0__/* .redactUrl */ .BO)(options.url.href);
        this.headers = response?.headers ?? {};
        this.body = options.body ?? '';
        this.retriable = options.retriable ?? (response ? isRetriableStatus(response.status) : true);
        const retryAfterMs = options.retryAfterMs ?? parseRetryAfterMs(this.headers['retry-after']);
        if (response)
            this.status = response.status;
        if (retryAfterMs !== undefined)
            this.retryAfterMs = retryAfterMs;
    }
}
function isRetriableStatus(status) {
    return status === 408 || status === 429 || (status >= 500 && status !== 501 && status !== 505);
}
/** https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3: seconds or a date. */
function parseRetryAfterMs(value, now = Date.now()) {
    if (value === undefined)
        return undefined;
    if (/^\s*\d+\s*$/.test(value))
        return Number(value) * 1000;
    const date = Date.parse(value);
    return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}


/***/ }),

/***/ 4257:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   Bb: () => (/* binding */ usesProxy),
/* harmony export */   U9: () => (/* binding */ isLoopback),
/* harmony export */   rq: () => (/* binding */ readProxies)
/* harmony export */ });
/* harmony import */ var node_net__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(7030);
/* harmony import */ var _errors_js__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(8645);


/** Whether `hostname` (as in URL.hostname) is this machine by name: localhost, 127.0.0.0/8 or [::1]. */
function isLoopback(hostname) {
    return hostname === 'localhost' || hostname === '[::1]' || ((0,node_net__WEBPACK_IMPORTED_MODULE_0__.isIP)(hostname) === 4 && hostname.startsWith('127.'));
}
function variable(env, name) {
    return (env[name.toLowerCase()] ?? env[name] ?? '').trim();
}
/** Proxies in the form that Node's agents read; a proxy without a scheme is an http one, as for curl and Go. */
function readProxies(env) {
    const proxies = {};
    for (const name of ['HTTP_PROXY', 'HTTPS_PROXY']) {
        const value = variable(env, name);
        if (value === '')
            continue;
        const url = /^\w+:\/\//.test(value) ? value : `http://${value}`;
        if (!/^https?:/i.test(url) || !URL.canParse(url)) {
            throw new _errors_js__WEBPACK_IMPORTED_MODULE_1__/* .SeedError */ .uV('USAGE', `${name} names no http or https proxy`, { resource: url });
        }
        proxies[name] = url;
    }
    return proxies;
}
/**
 * Whether requests to `url` go through a proxy. Read as Go programs read it, so that docker, skopeo and this client
 * agree: a name covers its subdomains, `.name` only those, addresses may be ranges, and loopback never goes to a proxy.
 */
function usesProxy(url, env) {
    if (!variable(env, url.protocol === 'http:' ? 'HTTP_PROXY' : 'HTTPS_PROXY') || isLoopback(url.hostname))
        return false;
    const port = url.port || (url.protocol === 'http:' ? '80' : '443');
    const exceptions = variable(env, 'NO_PROXY').split(',');
    return !exceptions.some(exception => isException(exception.trim().toLowerCase(), url.hostname, port));
}
function isException(exception, hostname, port) {
    if (!exception)
        return false;
    if (exception === '*')
        return true;
    const [, name = exception, onlyPort] = /^(.*?)(?::(\d+))?$/.exec(exception.replace(/^(?![[])(.*:.*:.*)$/, '[$1]')) ?? [];
    if (onlyPort !== undefined && onlyPort !== port)
        return false;
    const address = hostname.replace(/^\[|\]$/g, '');
    const [network = '', prefix] = name.replace(/^\[|\]$/g, '').split('/');
    const family = (0,node_net__WEBPACK_IMPORTED_MODULE_0__.isIP)(network);
    if (family !== 0)
        return (0,node_net__WEBPACK_IMPORTED_MODULE_0__.isIP)(address) === family && isInRange(address, network, family, prefix);
    const suffix = name.replace(/^\*?\./, '.');
    return suffix.startsWith('.') ? hostname.endsWith(suffix) : hostname === suffix || hostname.endsWith(`.${suffix}`);
}
function isInRange(address, network, family, prefix) {
    const type = family === 4 ? 'ipv4' : 'ipv6';
    const bits = prefix === undefined ? (family === 4 ? 32 : 128) : Number(prefix);
    if (!(bits >= 0 && bits <= (family === 4 ? 32 : 128)))
        return false;
    const range = new node_net__WEBPACK_IMPORTED_MODULE_0__.BlockList();
    range.addSubnet(network, bits, type);
    return range.check(address, type);
}


/***/ }),

/***/ 6367:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   R$: () => (/* binding */ retrying),
/* harmony export */   VU: () => (/* binding */ DEFAULT_BACKOFF),
/* harmony export */   mV: () => (/* binding */ Retrier)
/* harmony export */ });
/* unused harmony export delayMs */
/* harmony import */ var node_timers_promises__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(8500);
/* harmony import */ var _error_js__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(3227);


const DEFAULT_BACKOFF = { attempts: 5, firstMs: 500, factor: 2, maxMs: 30_000, jitter: 0.5 };
/** Counts the failures of one task and pauses after each. */
class Retrier {
    #failures = 0;
    #options;
    constructor(options = {}) {
        this.#options = options;
    }
    /** Forgets past failures: the task moves on. */
    progressed() {
        this.#failures = 0;
    }
    /** Returns after a pause if it is worth another try. @throws `error` if it is not; the signal's reason. */
    async pause(error) {
        const { backoff = DEFAULT_BACKOFF, signal, onRetry } = this.#options;
        if (!(error instanceof _error_js__WEBPACK_IMPORTED_MODULE_1__/* .HttpError */ .j) || !error.retriable || error.givenUp)
            throw error;
        if (++this.#failures >= backoff.attempts) {
            error.givenUp = true;
            throw error;
        }
        const delay = delayMs(backoff, this.#failures, error.retryAfterMs);
        onRetry?.(error, delay);
        await (0,node_timers_promises__WEBPACK_IMPORTED_MODULE_0__.setTimeout)(delay, undefined, signal ? { signal } : {}).catch(() => signal?.throwIfAborted());
    }
}
/** Runs `action` until it succeeds: again after connection failures, 408, 429 and 5xx, and after nothing else. */
async function retrying(action, options = {}) {
    const retrier = new Retrier(options);
    for (let attempt = 0;; attempt++) {
        try {
            return await action(attempt);
        }
        catch (error) {
            await retrier.pause(error);
        }
    }
}
/** The pause after failure number `failure` (from 1). What the server asks for goes before, within `maxMs`. */
function delayMs(backoff, failure, retryAfterMs, random = Math.random) {
    if (retryAfterMs !== undefined)
        return Math.min(retryAfterMs, backoff.maxMs);
    const full = Math.min(backoff.firstMs * backoff.factor ** (failure - 1), backoff.maxMs);
    return Math.round(full * (1 - backoff.jitter * random()));
}


/***/ }),

/***/ 1489:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   K: () => (/* binding */ queryClosure)
/* harmony export */ });
/* unused harmony export parsePathInfo */
/* harmony import */ var _errors_js__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(8645);
/* harmony import */ var _command_js__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(5649);
/* harmony import */ var _hash_js__WEBPACK_IMPORTED_MODULE_2__ = __nccwpck_require__(7078);
/* harmony import */ var _json_shape_js__WEBPACK_IMPORTED_MODULE_3__ = __nccwpck_require__(752);
/* harmony import */ var _store_path_js__WEBPACK_IMPORTED_MODULE_4__ = __nccwpck_require__(4433);





const shape = (0,_json_shape_js__WEBPACK_IMPORTED_MODULE_3__/* .shapeOf */ .F)('nix path-info', 'TOOL_FAILED');
/**
 * The runtime closure of `paths`: they and everything that they refer to, over any number of steps.
 *
 * @returns one entry for each store path, sorted by path, with every reference among the entries.
 * @throws SeedError STORE_INVALID where a path is not valid in the store.
 */
async function queryClosure(paths, ports) {
    const roots = [...new Set(paths.map(_store_path_js__WEBPACK_IMPORTED_MODULE_4__/* .storePath */ .TJ))].sort(_store_path_js__WEBPACK_IMPORTED_MODULE_4__/* .compareText */ .n6);
    const format = (0,_command_js__WEBPACK_IMPORTED_MODULE_1__/* .isAtLeast */ .du)(await (0,_command_js__WEBPACK_IMPORTED_MODULE_1__/* .nixVersion */ .oX)(ports), 2, 34) ? ['--json-format', '1'] : [];
    const found = new Map();
    for (const chunk of (0,_command_js__WEBPACK_IMPORTED_MODULE_1__/* .argumentChunks */ .qi)(roots)) {
        const args = ['path-info', '--recursive', '--json', ...format, ...chunk];
        const output = await (0,_command_js__WEBPACK_IMPORTED_MODULE_1__/* .nix */ .wF)(args, ports, { code: 'NIX_BUILD', task: 'could not ask Nix for the closure' }).catch((error) => {
            throw invalidPath(error) ?? error;
        });
        for (const info of parsePathInfo((0,_command_js__WEBPACK_IMPORTED_MODULE_1__/* .parseNixJson */ .f7)(output, 'nix path-info')))
            found.set(info.path, info);
    }
    return assertClosed([...found.values()].sort((a, b) => (0,_store_path_js__WEBPACK_IMPORTED_MODULE_4__/* .compareText */ .n6)(a.path, b.path)));
}
/**
 * Reads what `nix path-info --json` prints: a list (until Nix 2.18), an object keyed by path (2.19 and later), or
 * format 2, whose object stands under `info` and whose paths are base names.
 *
 * @throws SeedError STORE_INVALID for a path that is not valid, TOOL_FAILED for another shape.
 */
function parsePathInfo(json) {
    if (Array.isArray(json)) {
        return json.map((entry, i) => {
            const info = shape.object(entry, `[${i}]`);
            return pathInfo(shape.text(info.path, `[${i}].path`), info);
        });
    }
    const document = shape.object(json, 'the document');
    const infos = (0,_json_shape_js__WEBPACK_IMPORTED_MODULE_3__/* .isObject */ .G)(document.info) ? document.info : document;
    return Object.entries(infos).map(([path, info]) => pathInfo(path, info));
}
function pathInfo(name, entry) {
    const path = (0,_store_path_js__WEBPACK_IMPORTED_MODULE_4__/* .storePath */ .TJ)(name);
    const info = (0,_json_shape_js__WEBPACK_IMPORTED_MODULE_3__/* .isObject */ .G)(entry) ? entry : {};
    if (info.narHash === undefined || info.valid === false)
        throw notValid(path);
    const ca = contentAddress(info.ca, path);
    return {
        path,
        narHash: (0,_hash_js__WEBPACK_IMPORTED_MODULE_2__/* .sha256Hex */ .f)(info.narHash),
        narSize: shape.count(info.narSize, `narSize of ${path}`),
        references: shape.texts(info.references, `references of ${path}`).map(_store_path_js__WEBPACK_IMPORTED_MODULE_4__/* .storePath */ .TJ).sort(_store_path_js__WEBPACK_IMPORTED_MODULE_4__/* .compareText */ .n6),
        ...(ca === undefined ? {} : { ca })
    };
}
/** A failure of Nix that is about a path that is not in the store. */
function invalidPath(error) {
    const path = error instanceof _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .SeedError */ .uV ? /path '([^']+)' is not valid/.exec(error.message)?.[1] : undefined;
    return path === undefined ? undefined : notValid(path, error);
}
function notValid(path, cause) {
    return new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .SeedError */ .uV('STORE_INVALID', `${path} is not valid in the store`, {
        resource: path,
        hint: `Realise it first: nix-store --realise ${path}`,
        cause
    });
}
/** The content address as the database writes it; the structured format spells out what that text abbreviates. */
function contentAddress(ca, path) {
    if (ca === undefined || ca === null || ca === '')
        return undefined;
    if (typeof ca === 'string')
        return ca;
    return structuredContentAddress(shape.object(ca, `ca of ${path}`), path);
}
function structuredContentAddress(ca, path) {
    const prefix = { text: 'text:', flat: 'fixed:', nar: 'fixed:r:', git: 'fixed:git:' }[String(ca.method)];
    if (prefix === undefined)
        return shape.fail(`ca.method of ${path}`, 'a known method');
    return prefix + caHash(ca.hash, path);
}
function caHash(hash, path) {
    if (typeof hash === 'string' && hash.includes(':'))
        return hash;
    const sri = typeof hash === 'string' ? /^([a-z0-9]+)-(.+)$/.exec(hash) : null;
    const fields = (0,_json_shape_js__WEBPACK_IMPORTED_MODULE_3__/* .isObject */ .G)(hash) ? hash : {};
    const algorithm = sri?.[1] ?? shape.text(fields.algorithm, `ca.hash.algorithm of ${path}`);
    const digest = Buffer.from(sri?.[2] ?? shape.text(fields.hash, `ca.hash.hash of ${path}`), 'base64');
    return `${algorithm}:${(0,_hash_js__WEBPACK_IMPORTED_MODULE_2__/* .encodeBase32 */ .z)(digest)}`;
}
/** Checks that every reference is an entry too; a store where it is not would make a seed that cannot run. */
function assertClosed(closure) {
    const paths = new Set(closure.map(info => info.path));
    for (const { path, references } of closure) {
        const missing = references.find(reference => !paths.has(reference));
        if (missing === undefined)
            continue;
        throw new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .SeedError */ .uV('STORE_INVALID', `${path} refers to ${missing}, which is not valid in the store`, {
            resource: missing,
            hint: 'Check the store with "nix-store --verify --repair".'
        });
    }
    return closure;
}


/***/ }),

/***/ 5649:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   du: () => (/* binding */ isAtLeast),
/* harmony export */   f7: () => (/* binding */ parseNixJson),
/* harmony export */   jI: () => (/* binding */ nixMessage),
/* harmony export */   nz: () => (/* binding */ nixStore),
/* harmony export */   oX: () => (/* binding */ nixVersion),
/* harmony export */   qi: () => (/* binding */ argumentChunks),
/* harmony export */   wF: () => (/* binding */ nix)
/* harmony export */ });
/* unused harmony export parseNixVersion */
/* harmony import */ var _errors_js__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(8645);
/* harmony import */ var _process_js__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(1313);


/** Nix answers with large JSON documents: a derivation graph of 10,000 nodes takes about 60 MB. */
const MAX_STDOUT_BYTES = 500 * 1024 * 1024;
/** Evaluation traces and build logs are worth showing whole, within reason. */
const STDERR_TAIL_BYTES = 64 * 1024;
/** Characters of store paths or installables on one command line: well below the 1 MiB that macOS allows. */
const MAX_ARGUMENT_CHARACTERS = 200_000;
/**
 * Runs `nix` with the new command line and flakes enabled, and returns its standard output.
 *
 * @throws SeedError TOOL_MISSING, INTERRUPTED, or `options.code` with Nix's own error text.
 */
function nix(args, ports, options = {}) {
    return command('nix', ['--extra-experimental-features', 'nix-command flakes', ...args], ports, options);
}
/** Runs `nix-store`, whose command line is the same in all versions. Fails as {@link nix} does. */
function nixStore(args, ports, options = {}) {
    return command('nix-store', args, ports, options);
}
async function command(tool, args, ports, options) {
    try {
        const { stdout } = await (0,_process_js__WEBPACK_IMPORTED_MODULE_1__/* .run */ .eF)(tool, args, {
            env: ports.env,
            signal: ports.signal,
            maxStdoutBytes: MAX_STDOUT_BYTES,
            stderrTailBytes: STDERR_TAIL_BYTES,
            onStderr: line => {
                options.onLine?.(line);
                if (isProgress(line))
                    ports.log.info(line);
                else
                    ports.log.debug(line);
            },
            ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
            ...(options.input === undefined ? {} : { input: options.input })
        });
        return stdout.toString('utf8');
    }
    catch (error) {
        throw error instanceof _process_js__WEBPACK_IMPORTED_MODULE_1__/* .ToolFailure */ .XY ? nixFailure(tool, error, options) : error;
    }
}
function nixFailure(tool, failure, options) {
    const { code = 'NIX_EVALUATION', task = `${tool} failed` } = options;
    return new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .SeedError */ .uV(code, `${task}:\n${nixMessage(failure.stderr)}`, {
        cause: failure,
        ...(options.resource === undefined ? {} : { resource: options.resource }),
        ...(options.hint === undefined ? {} : { hint: options.hint })
    });
}
/** Nix's own error text in what it printed: from the first line that begins with `error:`, or everything else but warnings. */
function nixMessage(stderr) {
    const lines = stderr.split('\n');
    const first = lines.findIndex(line => line.startsWith('error:'));
    const kept = first < 0 ? lines.filter(line => !line.startsWith('warning:')) : lines.slice(first);
    return kept.join('\n').trim() || 'Nix printed no message';
}
/** Whether a line of Nix's standard error says what is being built or fetched; all else is for `--verbose`. */
function isProgress(line) {
    return /^(building|copying path|copying \d|downloading|fetching|unpacking) ['"/\d]|^th(?:is|ese) .*will be (?:built|fetched)/.test(line);
}
const versions = new WeakMap();
/** The version of the installed Nix, asked once for each environment. */
function nixVersion(ports) {
    const known = versions.get(ports.env);
    if (known !== undefined)
        return known;
    const asked = command('nix', ['--version'], ports, { task: 'could not ask Nix for its version' }).then(parseNixVersion);
    versions.set(ports.env, asked);
    asked.catch(() => versions.delete(ports.env));
    return asked;
}
/**
 * Reads the output of `nix --version`: `nix (Nix) 2.34.8`, `nix (Determinate Nix 3.11.2) 2.31.2`,
 * `nix (Lix, like Nix) 2.93.0`. Lix counts as 2.18, where it left: its own numbers mean something else.
 */
function parseNixVersion(output) {
    const [line = ''] = output.trim().split('\n');
    const match = /(\d+)\.(\d+)[^\s)]*$/.exec(line);
    if (match === null) {
        throw new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .SeedError */ .uV('TOOL_FAILED', `"nix --version" printed no version: ${line}`, {
            hint: 'Put Nix 2.8 or later on PATH.'
        });
    }
    if (/\bLix\b/.test(line))
        return { text: match[0], major: 2, minor: 18 };
    return { text: match[0], major: Number(match[1]), minor: Number(match[2]) };
}
function isAtLeast(version, major, minor) {
    return version.major > major || (version.major === major && version.minor >= minor);
}
/** Splits `values` so that each part fits on a command line. */
function argumentChunks(values) {
    const chunks = [];
    let size = MAX_ARGUMENT_CHARACTERS;
    for (const value of values) {
        size += value.length + 1;
        if (size > MAX_ARGUMENT_CHARACTERS) {
            chunks.push([]);
            size = value.length + 1;
        }
        chunks.at(-1)?.push(value);
    }
    return chunks;
}
/** Parses JSON that a Nix command printed. */
function parseNixJson(text, what) {
    try {
        return JSON.parse(text);
    }
    catch (cause) {
        throw new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .SeedError */ .uV('TOOL_FAILED', `${what} printed no JSON`, { cause });
    }
}


/***/ }),

/***/ 3145:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   J9: () => (/* binding */ requisites),
/* harmony export */   Yb: () => (/* binding */ realise),
/* harmony export */   dg: () => (/* binding */ evalJson),
/* harmony export */   pg: () => (/* binding */ evalExpression),
/* harmony export */   tX: () => (/* binding */ currentSystem),
/* harmony export */   z7: () => (/* binding */ nixString)
/* harmony export */ });
/* unused harmony exports buildPaths, parseBuilt */
/* harmony import */ var _errors_js__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(8645);
/* harmony import */ var _command_js__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(5649);
/* harmony import */ var _store_path_js__WEBPACK_IMPORTED_MODULE_2__ = __nccwpck_require__(4433);



/**
 * The value of an installable (`.#packages.x86_64-linux.seed`) as JSON; the flake's lock file is not changed.
 *
 * @throws SeedError NIX_EVALUATION with Nix's own message.
 */
function evalJson(installable, ports, options = {}) {
    const apply = options.apply === undefined ? [] : ['--apply', options.apply];
    return evaluate(['--no-update-lock-file', installable, ...apply], ports, options);
}
/** The value of a Nix expression as JSON. Fails as {@link evalJson} does. */
function evalExpression(expression, ports, options = {}) {
    return evaluate(['--expr', expression], ports, options);
}
async function evaluate(what, ports, options) {
    const { apply: _, impure, args = [], ...rest } = options;
    const output = await (0,_command_js__WEBPACK_IMPORTED_MODULE_1__/* .nix */ .wF)(['eval', '--json', ...(impure === true ? ['--impure'] : []), ...args, ...what], ports, {
        task: 'evaluation failed',
        ...rest
    });
    return (0,_command_js__WEBPACK_IMPORTED_MODULE_1__/* .parseNixJson */ .f7)(output, 'nix eval');
}
/** `text` as a string literal of the Nix language. */
function nixString(text) {
    return `"${text
        .replace(/["\\]|\$(?=\{)/g, '\\$&')
        .replaceAll('\n', '\\n')
        .replaceAll('\r', '\\r')}"`;
}
/**
 * The system that Nix builds for here, such as `x86_64-linux`.
 *
 * @throws SeedError STORE_INVALID where Nix was configured for a store directory other than /nix/store.
 */
async function currentSystem(ports) {
    const value = await evalExpression('[ builtins.currentSystem builtins.storeDir ]', ports, { impure: true });
    const [system, directory] = Array.isArray(value) ? value : [];
    if (directory !== _store_path_js__WEBPACK_IMPORTED_MODULE_2__/* .storeDir */ .rT) {
        throw new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .SeedError */ .uV('STORE_INVALID', `the store directory of this Nix is ${String(directory)}`, {
            hint: `Only ${_store_path_js__WEBPACK_IMPORTED_MODULE_2__/* .storeDir */ .rT} is supported: unset NIX_STORE_DIR, or use a Nix that was built for it.`
        });
    }
    return String(system);
}
/**
 * Builds or fetches installables and returns the paths of their outputs, sorted. No `result` link is left behind.
 *
 * @throws SeedError NIX_BUILD with Nix's own message.
 */
async function buildPaths(installables, ports, options = {}) {
    const output = await nix(['build', '--no-link', '--json', '--no-update-lock-file', ...installables], ports, {
        code: 'NIX_BUILD',
        task: 'could not build',
        ...options
    });
    return parseBuilt(parseNixJson(output, 'nix build'));
}
/** Reads what `nix build --json` prints: `[{drvPath, outputs: {out: path}}]`, or `[{path}]` for a plain store path. */
function parseBuilt(json) {
    const paths = new Set();
    for (const built of Array.isArray(json) ? json : []) {
        const outputs = typeof built === 'string' ? [built] : (built.outputs ?? [built.path]);
        for (const path of Object.values(outputs))
            paths.add(storePath(String(path)));
    }
    return [...paths].sort(compareText);
}
/**
 * Builds or fetches outputs of derivations.
 *
 * @returns the store paths of just those outputs, sorted.
 * @throws SeedError NIX_BUILD with Nix's own message.
 */
async function realise(wanted, ports) {
    const paths = new Set();
    for (const chunk of (0,_command_js__WEBPACK_IMPORTED_MODULE_1__/* .argumentChunks */ .qi)(wanted.map(({ drvPath, outputs }) => `${drvPath}!${outputs.join(',')}`))) {
        // Without build output on standard error, the end of it is in Nix's error.
        const args = ['--realise', '--no-build-output', ...chunk];
        const output = await (0,_command_js__WEBPACK_IMPORTED_MODULE_1__/* .nixStore */ .nz)(args, ports, { code: 'NIX_BUILD', task: 'could not build' });
        for (const line of output.split('\n'))
            if (line !== '')
                paths.add((0,_store_path_js__WEBPACK_IMPORTED_MODULE_2__/* .storePath */ .TJ)(line));
    }
    return [...paths].sort(_store_path_js__WEBPACK_IMPORTED_MODULE_2__/* .compareText */ .n6);
}
/** The store paths that `paths` depend on; of `.drv` files: all derivations and sources behind them, themselves included. */
async function requisites(paths, ports) {
    const found = new Set();
    for (const chunk of (0,_command_js__WEBPACK_IMPORTED_MODULE_1__/* .argumentChunks */ .qi)(paths)) {
        const output = await (0,_command_js__WEBPACK_IMPORTED_MODULE_1__/* .nixStore */ .nz)(['--query', '--requisites', ...chunk], ports, { task: 'could not query the store' });
        for (const line of output.split('\n'))
            if (line !== '')
                found.add((0,_store_path_js__WEBPACK_IMPORTED_MODULE_2__/* .storePath */ .TJ)(line));
    }
    return found;
}


/***/ }),

/***/ 841:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   JV: () => (/* binding */ SEED_INPUT),
/* harmony export */   Xb: () => (/* binding */ readFlakeLock),
/* harmony export */   ck: () => (/* binding */ seedSelfNode),
/* harmony export */   n3: () => (/* binding */ isRelative),
/* harmony export */   np: () => (/* binding */ reachableNodes),
/* harmony export */   q1: () => (/* binding */ parseFlakeLock),
/* harmony export */   xI: () => (/* binding */ resolveInput)
/* harmony export */ });
/* harmony import */ var node_fs_promises__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(1455);
/* harmony import */ var _errors_js__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(8645);
/* harmony import */ var _json_shape_js__WEBPACK_IMPORTED_MODULE_2__ = __nccwpck_require__(752);
/* harmony import */ var _store_path_js__WEBPACK_IMPORTED_MODULE_3__ = __nccwpck_require__(4433);




/** The input that pins a project's own seed. */
const SEED_INPUT = 'seed-self';
const HINT = 'Write it again with "nix flake lock" and commit it.';
/**
 * Reads a lock file.
 *
 * @throws SeedError LOCK_MISSING (a flake without inputs has none), LOCK_INVALID.
 */
async function readFlakeLock(file) {
    let text;
    try {
        text = await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_0__.readFile)(file, 'utf8');
    }
    catch (cause) {
        const code = (0,_errors_js__WEBPACK_IMPORTED_MODULE_1__/* .systemCode */ .xU)(cause);
        if (code !== 'ENOENT' && code !== 'ENOTDIR') {
            throw new _errors_js__WEBPACK_IMPORTED_MODULE_1__/* .SeedError */ .uV('FILE_SYSTEM', 'could not read the lock file', { resource: file, cause });
        }
        throw new _errors_js__WEBPACK_IMPORTED_MODULE_1__/* .SeedError */ .uV('LOCK_MISSING', 'the flake has no flake.lock', {
            resource: file,
            hint: 'Run "nix flake lock" and commit the file. A flake without inputs gets none: give it an input, such as nixpkgs.',
            cause
        });
    }
    return parseFlakeLock(text, file);
}
/**
 * Parses a lock file strictly: every name that it uses must lead to a node.
 *
 * @param resource what the text was read from, for the error.
 * @throws SeedError LOCK_INVALID with what is wrong and where.
 */
function parseFlakeLock(text, resource) {
    let json;
    try {
        json = JSON.parse(text);
    }
    catch (cause) {
        const conflict = /^(<{7}|={7}|>{7})/m.test(text) ? 'it holds conflict markers of a merge' : 'it is not JSON';
        throw new _errors_js__WEBPACK_IMPORTED_MODULE_1__/* .SeedError */ .uV('LOCK_INVALID', `flake.lock: ${conflict}`, { resource, hint: HINT, cause });
    }
    const shape = (0,_json_shape_js__WEBPACK_IMPORTED_MODULE_2__/* .shapeOf */ .F)('flake.lock', 'LOCK_INVALID', resource);
    const document = shape.object(json, 'the document');
    if (document.version !== 7) {
        throw new _errors_js__WEBPACK_IMPORTED_MODULE_1__/* .SeedError */ .uV('LOCK_INVALID', `flake.lock: version is ${JSON.stringify(document.version)} and not 7`, {
            resource,
            hint: 'Write it again with a current Nix: nix flake lock'
        });
    }
    const root = shape.text(document.root, 'root');
    const nodes = Object.create(null);
    for (const [name, node] of Object.entries(shape.object(document.nodes, 'nodes'))) {
        nodes[name] = parseNode(shape, name, node, name === root);
    }
    if (nodes[root] === undefined)
        shape.fail(`root (${JSON.stringify(root)})`, 'the name of a node');
    const lock = { version: 7, root, nodes };
    assertResolvable(lock, shape);
    return lock;
}
function parseNode(shape, name, value, isRoot) {
    const where = `nodes.${name}`;
    const raw = shape.object(value, where);
    const inputs = Object.create(null);
    for (const [input, target] of Object.entries(raw.inputs === undefined ? {} : shape.object(raw.inputs, `${where}.inputs`))) {
        inputs[input] = typeof target === 'string' ? target : shape.texts(target, `${where}.inputs.${input}`);
    }
    const flake = raw.flake ?? true;
    if (typeof flake !== 'boolean')
        return shape.fail(`${where}.flake`, 'true or false');
    if (isRoot)
        return { inputs, flake, raw };
    const locked = shape.object(raw.locked, `${where}.locked`);
    shape.text(locked.type, `${where}.locked.type`);
    return { inputs, locked, flake, raw };
}
function assertResolvable(lock, shape) {
    for (const [name, node] of Object.entries(lock.nodes)) {
        for (const [input, target] of Object.entries(node.inputs)) {
            const found = typeof target === 'string' ? lock.nodes[target] : resolveInput(lock, target);
            if (found === undefined)
                shape.fail(`nodes.${name}.inputs.${input}`, 'the name of a node or a path of inputs to one');
        }
    }
}
/**
 * The name of the node that a path of input names leads to from the root, `follows` resolved; `[]` is the root.
 * Undefined where there is no such input, or where inputs follow each other in a circle.
 */
function resolveInput(lock, path, depth = 0) {
    if (depth > 100)
        return undefined;
    let name = lock.root;
    for (const input of path) {
        const target = name === undefined ? undefined : lock.nodes[name]?.inputs[input];
        name = Array.isArray(target) ? resolveInput(lock, target, depth + 1) : target;
    }
    return name;
}
/** The node that the flake's own seed is pinned by, where it has one. */
function seedSelfNode(lock) {
    const name = resolveInput(lock, [SEED_INPUT]);
    const node = name === undefined ? undefined : lock.nodes[name];
    return name === undefined || node === undefined ? undefined : { name, node };
}
/**
 * The names of all nodes that can be reached from the root, sorted, the root itself left out.
 *
 * @param without inputs of the root that are not entered.
 */
function reachableNodes(lock, { without = [] } = {}) {
    const seen = new Set();
    const visit = (name) => {
        if (seen.has(name))
            return;
        seen.add(name);
        for (const [input, target] of Object.entries(lock.nodes[name]?.inputs ?? {})) {
            if (name === lock.root && without.includes(input))
                continue;
            const next = typeof target === 'string' ? target : resolveInput(lock, target);
            if (next !== undefined)
                visit(next);
        }
    };
    visit(lock.root);
    seen.delete(lock.root);
    return [...seen].sort(_store_path_js__WEBPACK_IMPORTED_MODULE_3__/* .compareText */ .n6);
}
/** Whether a node is a folder of its parent's source tree (`path:./sub`) and so has no tree of its own. */
function isRelative(node) {
    const { type, path } = node?.locked ?? {};
    return type === 'path' && typeof path === 'string' && !path.startsWith('/');
}


/***/ }),

/***/ 2817:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   B$: () => (/* binding */ inputSources),
/* harmony export */   Bv: () => (/* binding */ evalOutputs),
/* harmony export */   ZC: () => (/* binding */ sourceTrees),
/* harmony export */   aH: () => (/* binding */ readFlake),
/* harmony export */   xB: () => (/* binding */ pathReference)
/* harmony export */ });
/* unused harmony export parseFlakeMetadata */
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(3024);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(6760);
/* harmony import */ var _errors_js__WEBPACK_IMPORTED_MODULE_2__ = __nccwpck_require__(8645);
/* harmony import */ var _command_js__WEBPACK_IMPORTED_MODULE_3__ = __nccwpck_require__(5649);
/* harmony import */ var _evaluate_js__WEBPACK_IMPORTED_MODULE_4__ = __nccwpck_require__(3145);
/* harmony import */ var _flake_lock_js__WEBPACK_IMPORTED_MODULE_5__ = __nccwpck_require__(841);
/* harmony import */ var _json_shape_js__WEBPACK_IMPORTED_MODULE_6__ = __nccwpck_require__(752);
/* harmony import */ var _store_path_js__WEBPACK_IMPORTED_MODULE_7__ = __nccwpck_require__(4433);








const shape = (0,_json_shape_js__WEBPACK_IMPORTED_MODULE_6__/* .shapeOf */ .F)('nix flake metadata', 'TOOL_FAILED');
/**
 * Brings a flake's source tree into the store and says what it is. Its lock file is not changed.
 *
 * @param reference as `nix build` takes it, without `#` and attribute.
 * @throws SeedError FLAKE_MISSING, LOCK_MISSING, LOCK_INVALID (it does not fit flake.nix), NIX_EVALUATION.
 */
async function readFlake(reference, ports, options = {}) {
    let output;
    try {
        output = await (0,_command_js__WEBPACK_IMPORTED_MODULE_3__/* .nix */ .wF)(['flake', 'metadata', '--json', '--no-update-lock-file', reference], ports, {
            task: 'could not read the flake',
            resource: reference,
            ...options
        });
    }
    catch (error) {
        throw await metadataFailure(error, reference, options.cwd ?? '.');
    }
    return parseFlakeMetadata((0,_command_js__WEBPACK_IMPORTED_MODULE_3__/* .parseNixJson */ .f7)(output, 'nix flake metadata'));
}
/** Reads what `nix flake metadata --json` prints. */
function parseFlakeMetadata(json) {
    const document = shape.object(json, 'the document');
    const locked = (0,_json_shape_js__WEBPACK_IMPORTED_MODULE_6__/* .isObject */ .G)(document.locked) ? document.locked : {};
    const dir = [locked, document.resolved, document.original].map(dirOf).find(found => found !== '') ?? '';
    const sourcePath = (0,_store_path_js__WEBPACK_IMPORTED_MODULE_7__/* .storePath */ .TJ)(shape.text(document.path, 'path'));
    const url = shape.text(document.url ?? document.resolvedUrl, 'url');
    const resolvedUrl = shape.text(document.resolvedUrl, 'resolvedUrl');
    const rev = locked.rev ?? document.revision;
    const lockFile = `${sourcePath}/${dir === '' ? '' : `${dir}/`}flake.lock`;
    return {
        // Fetching a local repository at a commit would clone it; as it stands it is read in place.
        reference: typeof rev === 'string' && !resolvedUrl.startsWith('git+file:') ? url : resolvedUrl,
        url: (0,_errors_js__WEBPACK_IMPORTED_MODULE_2__/* .redactUrl */ .BO)(url),
        sourcePath,
        narHash: shape.text(locked.narHash, 'locked.narHash'),
        dir,
        lockFile,
        lock: (0,_flake_lock_js__WEBPACK_IMPORTED_MODULE_5__/* .parseFlakeLock */ .q1)(JSON.stringify(document.locks), lockFile),
        type: typeof locked.type === 'string' ? locked.type : 'path',
        lastModified: Number(document.lastModified ?? locked.lastModified ?? 0),
        ...(typeof rev === 'string' ? { rev } : {}),
        ...(typeof locked.dirtyRev === 'string' ? { dirtyRev: locked.dirtyRev } : {}),
        ...(typeof locked.revCount === 'number' ? { revCount: locked.revCount } : {})
    };
}
function dirOf(attributes) {
    const dir = (0,_json_shape_js__WEBPACK_IMPORTED_MODULE_6__/* .isObject */ .G)(attributes) ? attributes.dir : undefined;
    return typeof dir === 'string' ? dir.replace(/^\/+|\/+$/g, '') : '';
}
/** Tells the failures that have a code of their own from those that are Nix's to explain. */
async function metadataFailure(error, reference, cwd) {
    if (!(error instanceof _errors_js__WEBPACK_IMPORTED_MODULE_2__/* .SeedError */ .uV) || error.code !== 'NIX_EVALUATION')
        return error;
    const { message, cause } = error;
    const make = (code, text, hint) => new _errors_js__WEBPACK_IMPORTED_MODULE_2__/* .SeedError */ .uV(code, `${text}:\n${message.slice(message.indexOf('\n') + 1)}`, { resource: reference, hint, cause });
    if (/flake\.nix.*not tracked|could not find a flake\.nix|does not contain a .*flake\.nix/.test(message)) {
        return make('FLAKE_MISSING', 'there is no flake here', 'Name a folder whose flake.nix is tracked by Git.');
    }
    if (/No such file or directory|does not exist/.test(message) && !/while evaluating|while calling/.test(message)) {
        return make('FLAKE_MISSING', 'there is no flake here', 'Check the path and name a folder that has a flake.nix.');
    }
    // Versions of Nix say many things about a broken lock file, and some end with an assertion.
    const lockFailure = await lockFailureOf(reference, cwd);
    if (lockFailure?.code === 'LOCK_INVALID')
        return lockFailure;
    if (!/requires lock file changes/.test(message))
        return error;
    const hint = 'Run "nix flake lock" and commit flake.lock; in a Git tree, "git add" it first.';
    return lockFailure?.code === 'LOCK_MISSING'
        ? make('LOCK_MISSING', 'the flake has no flake.lock', hint)
        : make('LOCK_INVALID', 'flake.lock does not fit flake.nix', hint);
}
/** What is wrong with the lock file of a local flake as it stands on the disk; Nix looks for `flake.nix` in the folders above too. */
async function lockFailureOf(reference, cwd) {
    const [, path, query] = /^(?:path:|git\+file:(?:\/\/)?)?([./][^?#]*)(?:\?([^#]*))?/.exec(reference) ?? [];
    if (path === undefined)
        return undefined;
    let folder = (0,node_path__WEBPACK_IMPORTED_MODULE_1__.resolve)(cwd, path, new URLSearchParams(query).get('dir') ?? '');
    while (!(0,node_fs__WEBPACK_IMPORTED_MODULE_0__.existsSync)((0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(folder, 'flake.nix')) && folder !== (0,node_path__WEBPACK_IMPORTED_MODULE_1__.dirname)(folder))
        folder = (0,node_path__WEBPACK_IMPORTED_MODULE_1__.dirname)(folder);
    return (0,_flake_lock_js__WEBPACK_IMPORTED_MODULE_5__/* .readFlakeLock */ .Xb)((0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(folder, 'flake.lock')).then(() => undefined, (error) => (error instanceof _errors_js__WEBPACK_IMPORTED_MODULE_2__/* .SeedError */ .uV ? error : undefined));
}
/**
 * All outputs of a flake, given to the Nix function `apply`, as JSON. They are evaluated as `nix build` does it: pure.
 *
 * @throws SeedError NIX_EVALUATION with Nix's own message.
 */
async function evalOutputs(reference, apply, ports, options = {}) {
    try {
        // The dot keeps Nix from looking for a package of that name first; with nothing behind it, it is all outputs.
        return await (0,_evaluate_js__WEBPACK_IMPORTED_MODULE_4__/* .evalJson */ .dg)(`${reference}#.`, ports, { ...options, apply });
    }
    catch (error) {
        if (!(error instanceof _errors_js__WEBPACK_IMPORTED_MODULE_2__/* .SeedError */ .uV) || !/does not provide attribute .*'\.'/.test(error.message))
            throw error;
    }
    // Nix 2.8 knows no such dot, but takes a flake whose hash is known in a pure expression.
    const flake = lockedReference(await readFlake(reference, ports));
    return (0,_evaluate_js__WEBPACK_IMPORTED_MODULE_4__/* .evalExpression */ .pg)(`(${apply}) (builtins.getFlake ${(0,_evaluate_js__WEBPACK_IMPORTED_MODULE_4__/* .nixString */ .z7)(flake)}).outputs`, ports, options);
}
/** A reference to the source tree in the store that says all that is known of it: pure evaluation may use it. */
function lockedReference({ sourcePath, narHash, lastModified, rev, revCount, dir }) {
    return pathReference(sourcePath, { narHash, lastModified, rev, revCount, dir });
}
/**
 * A flake reference to a folder. `path:` takes as parameters what another fetcher would have found out, so that the flake
 * sees the same of itself.
 *
 * @param path absolute, without links on the way: Nix follows none.
 */
function pathReference(path, attributes) {
    const parameters = Object.entries(attributes).filter(([, value]) => value !== undefined && value !== '');
    const query = parameters.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join('&');
    return `path:${path.split('/').map(encodeURIComponent).join('/')}${query === '' ? '' : `?${query}`}`;
}
/**
 * The store paths of the source trees of all locked inputs, fetched where they are not in the store yet. The tree of
 * the project's own seed is left out, with all that is only reached through it.
 *
 * @returns sorted store paths.
 */
async function inputSources(flake, ports) {
    const names = (0,_flake_lock_js__WEBPACK_IMPORTED_MODULE_5__/* .reachableNodes */ .np)(flake.lock, { without: [_flake_lock_js__WEBPACK_IMPORTED_MODULE_5__/* .SEED_INPUT */ .JV] });
    const trees = await sourceTrees(flake.lock, names, ports);
    return [...new Set(trees.values())].sort(_store_path_js__WEBPACK_IMPORTED_MODULE_7__/* .compareText */ .n6);
}
/** Nodes of a lock file that one evaluation fetches: their attributes must fit on a command line. */
const NODES_PER_CALL = 100;
/**
 * Fetches nodes of a lock file as evaluation does.
 *
 * @returns store paths by node name, without the nodes that are folders of their parents.
 * @throws SeedError NIX_EVALUATION where one cannot be fetched.
 */
async function sourceTrees(lock, names, ports) {
    const found = new Map();
    const own = names.filter(name => lock.nodes[name]?.locked !== undefined && !(0,_flake_lock_js__WEBPACK_IMPORTED_MODULE_5__/* .isRelative */ .n3)(lock.nodes[name]));
    for (let i = 0; i < own.length; i += NODES_PER_CALL) {
        const attributes = Object.fromEntries(own.slice(i, i + NODES_PER_CALL).map(name => [name, treeOf(lock, name)]));
        const fetch = `builtins.mapAttrs (_: tree: (builtins.fetchTree tree).outPath)`;
        const expression = `${fetch} (builtins.fromJSON ${(0,_evaluate_js__WEBPACK_IMPORTED_MODULE_4__/* .nixString */ .z7)(JSON.stringify(attributes))})`;
        const paths = await (0,_evaluate_js__WEBPACK_IMPORTED_MODULE_4__/* .evalExpression */ .pg)(expression, ports, { task: 'could not fetch the inputs of the flake' });
        for (const [name, path] of Object.entries(paths))
            found.set(name, (0,_store_path_js__WEBPACK_IMPORTED_MODULE_7__/* .storePath */ .TJ)(String(path)));
    }
    return found;
}
/** What `fetchTree` takes: the locked attributes, less the folder of the flake in the tree. */
function treeOf(lock, name) {
    const { dir: _, ...attributes } = lock.nodes[name]?.locked ?? {};
    return attributes;
}


/***/ }),

/***/ 7078:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   f: () => (/* binding */ sha256Hex),
/* harmony export */   z: () => (/* binding */ encodeBase32)
/* harmony export */ });
/* harmony import */ var _errors_js__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(8645);

/** Nix's own base 32: no e, o, t or u, least significant digit last, read backwards. */
const BASE32 = '0123456789abcdfghijklmnpqrsvwxyz';
/**
 * Brings a SHA-256 into the form `sha256:<64 hex digits>`. Reads all forms that versions of Nix print:
 * SRI (`sha256-<base64>`), `sha256:` with hex, base 32 or base 64, and the object of the structured JSON format.
 *
 * @throws SeedError STORE_INVALID for another algorithm or anything that is no hash.
 */
function sha256Hex(value) {
    if (typeof value === 'string') {
        const match = /^sha256[:-](.+)$/.exec(value);
        const digest = match?.[1] === undefined ? undefined : decode(match[1]);
        if (digest !== undefined)
            return `sha256:${digest.toString('hex')}`;
    }
    else if (typeof value === 'object' && value !== null) {
        const { algorithm, algo, hash } = value;
        if ((algorithm ?? algo) === 'sha256' && typeof hash === 'string')
            return sha256Hex(`sha256:${hash}`);
    }
    throw new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .SeedError */ .uV('STORE_INVALID', `not a SHA-256 hash: ${JSON.stringify(value)}`);
}
function decode(text) {
    if (/^[0-9a-f]{64}$/.test(text))
        return Buffer.from(text, 'hex');
    if (/^[0-9a-df-np-sv-z]{52}$/.test(text))
        return decodeBase32(text);
    if (/^[0-9A-Za-z+/]{43}=$/.test(text))
        return Buffer.from(text, 'base64');
    return undefined;
}
function decodeBase32(text) {
    let number = 0n;
    for (const digit of text)
        number = number * 32n + BigInt(BASE32.indexOf(digit));
    // 52 digits hold 260 bits; the topmost four must be unused.
    if (number >> 256n !== 0n)
        return undefined;
    return Buffer.from(number.toString(16).padStart(64, '0'), 'hex').reverse();
}
/** `digest` in Nix's base 32, as content addresses are written. */
function encodeBase32(digest) {
    let number = BigInt(`0x${Buffer.from(digest).reverse().toString('hex')}`);
    let text = '';
    for (let i = Math.ceil((digest.length * 8) / 5); i > 0; i--, number >>= 5n) {
        text = BASE32.charAt(Number(number & 31n)) + text;
    }
    return text;
}


/***/ }),

/***/ 752:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   F: () => (/* binding */ shapeOf),
/* harmony export */   G: () => (/* binding */ isObject)
/* harmony export */ });
/* harmony import */ var _errors_js__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(8645);

/** Makes the readers for a document of another program; misses are `code` errors that name `document`. */
function shapeOf(document, code, resource) {
    const fail = (where, expected) => {
        throw new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .SeedError */ .uV(code, `${document}: ${where} is not ${expected}`, resource === undefined ? {} : { resource });
    };
    const text = (value, where) => (typeof value === 'string' ? value : fail(where, 'a string'));
    return {
        fail,
        text,
        object: (value, where) => (isObject(value) ? value : fail(where, 'an object')),
        count: (value, where) => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : fail(where, 'a whole number'),
        texts: (value, where) => Array.isArray(value) ? value.map((item, i) => text(item, `${where}[${i}]`)) : fail(where, 'a list')
    };
}
function isObject(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}


/***/ }),

/***/ 6317:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   CZ: () => (/* binding */ schemaVersion),
/* harmony export */   DU: () => (/* binding */ indexes),
/* harmony export */   um: () => (/* binding */ tables)
/* harmony export */ });
/** The tables of a Nix store database, `/nix/var/nix/db/db.sqlite`. */
/** What stands in `/nix/var/nix/db/schema` beside the database. Nix upgrades a lower number and refuses a higher one. */
const schemaVersion = '10';
/**
 * The tables that a store of schema 10 has. Nix creates what is missing on every start, and rewrites the file for it,
 * so everything is here, the empty table of migrations too.
 */
const tables = `
  create table ValidPaths (
    id integer primary key autoincrement not null,
    path text unique not null,
    hash text not null,
    registrationTime integer not null,
    deriver text,
    narSize integer,
    ultimate integer,
    sigs text,
    ca text
  );
  create table Refs (
    referrer integer not null,
    reference integer not null,
    primary key (referrer, reference),
    foreign key (referrer) references ValidPaths(id) on delete cascade,
    foreign key (reference) references ValidPaths(id) on delete restrict
  );
  create table DerivationOutputs (
    drv integer not null,
    id text not null,
    path text not null,
    primary key (drv, id),
    foreign key (drv) references ValidPaths(id) on delete cascade
  );
  create table SchemaMigrations (migration text primary key not null);
`;
/** Made after the rows are in: filling a sorted index at once leaves its pages full. */
const indexes = `
  create index IndexReferrer on Refs(referrer);
  create index IndexReference on Refs(reference);
  create trigger DeleteSelfRefs before delete on ValidPaths
  begin
    delete from Refs where referrer = old.id and reference = old.id;
  end;
  create index IndexDerivationOutputs on DerivationOutputs(path);
`;


/***/ }),

/***/ 4433:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   HE: () => (/* binding */ sourceTreePath),
/* harmony export */   TJ: () => (/* binding */ storePath),
/* harmony export */   n6: () => (/* binding */ compareText),
/* harmony export */   rT: () => (/* binding */ storeDir)
/* harmony export */ });
/* unused harmony export containingStorePath */
/* harmony import */ var node_crypto__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(7598);
/* harmony import */ var _errors_js__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(8645);
/* harmony import */ var _hash_js__WEBPACK_IMPORTED_MODULE_2__ = __nccwpck_require__(7078);



/** The only store directory that is supported: paths of another one have other hashes, so nothing could be shared. */
const storeDir = '/nix/store';
const BASE_NAME = /^[0-9a-df-np-sv-z]{32}-[0-9A-Za-z+\-._?=]{1,211}$/;
/**
 * Returns the full store path of `text`, which is a store path or the base name of one (newer JSON of Nix has those).
 *
 * @throws SeedError STORE_INVALID for anything else, a path of another store directory among them.
 */
function storePath(text) {
    const base = text.startsWith(`${storeDir}/`) ? text.slice(storeDir.length + 1) : text;
    if (BASE_NAME.test(base))
        return `${storeDir}/${base}`;
    throw new _errors_js__WEBPACK_IMPORTED_MODULE_1__/* .SeedError */ .uV('STORE_INVALID', `not a path in ${storeDir}: ${JSON.stringify(text)}`, {
        resource: text,
        hint: `Only Nix stores whose directory is ${storeDir} are supported.`
    });
}
/**
 * The store path of a source tree with a given NAR hash, as fetchers name it ("fixed:r:sha256" with the name `source`;
 * Nix manual, "Store path specification").
 *
 * @param narHash in any form that {@link sha256Hex} reads.
 */
function sourceTreePath(narHash) {
    const digest = (0,node_crypto__WEBPACK_IMPORTED_MODULE_0__.createHash)('sha256')
        .update(`source:${(0,_hash_js__WEBPACK_IMPORTED_MODULE_2__/* .sha256Hex */ .f)(narHash)}:${storeDir}:source`)
        .digest();
    const folded = Buffer.alloc(20);
    digest.forEach((byte, i) => (folded[i % 20] = (folded[i % 20] ?? 0) ^ byte));
    return `${storeDir}/${(0,_hash_js__WEBPACK_IMPORTED_MODULE_2__/* .encodeBase32 */ .z)(folded)}-source`;
}
/** The store path that `path` is or lies in. Fails as {@link storePath} does. */
function containingStorePath(path) {
    return storePath(path.split('/').slice(0, 4).join('/'));
}
/** Orders by bytes, as every list of paths in this project is: the same in every locale. */
function compareText(a, b) {
    return a < b ? -1 : a > b ? 1 : 0;
}


/***/ }),

/***/ 5934:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   Ap: () => (/* binding */ notedContent),
/* harmony export */   R9: () => (/* binding */ readArtifact),
/* harmony export */   gg: () => (/* binding */ noteLayer),
/* harmony export */   zA: () => (/* binding */ attachArtifacts)
/* harmony export */ });
/* unused harmony exports ARTIFACT_BYTES, artifactManifest */
/* harmony import */ var _errors_js__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(8645);
/* harmony import */ var _digest_js__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(2096);
/* harmony import */ var _manifest_js__WEBPACK_IMPORTED_MODULE_2__ = __nccwpck_require__(4209);
/* harmony import */ var _types_js__WEBPACK_IMPORTED_MODULE_3__ = __nccwpck_require__(2215);




/** What one artifact may hold; attestations have kilobytes, a bill of materials of a large closure a few megabytes. */
const ARTIFACT_BYTES = 64 * 1024 * 1024;
/** https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md#guidance-for-an-empty-descriptor */
const EMPTY = Buffer.from('{}');
const EMPTY_CONFIG = {
    mediaType: _types_js__WEBPACK_IMPORTED_MODULE_3__/* .MEDIA_TYPE */ .A.empty,
    digest: (0,_digest_js__WEBPACK_IMPORTED_MODULE_1__/* .digestOf */ .ol)(EMPTY),
    size: EMPTY.length,
    data: EMPTY.toString('base64')
};
/**
 * The manifest that hangs `artifact` on `subject`, a pure function of both, and its descriptor as lists of referrers
 * show it.
 * https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md#guidelines-for-artifact-usage
 */
function artifactManifest(subject, artifact) {
    const { artifactType, mediaType, bytes: content } = artifact;
    const annotations = Object.fromEntries(Object.entries(artifact.annotations).sort(([a], [b]) => (a < b ? -1 : 1)));
    const manifest = {
        schemaVersion: 2,
        mediaType: _types_js__WEBPACK_IMPORTED_MODULE_3__/* .MEDIA_TYPE */ .A.manifest,
        artifactType,
        config: EMPTY_CONFIG,
        layers: [{ mediaType, digest: (0,_digest_js__WEBPACK_IMPORTED_MODULE_1__/* .digestOf */ .ol)(content), size: content.length }],
        subject: { mediaType: subject.mediaType, digest: subject.digest, size: subject.size },
        annotations
    };
    const bytes = Buffer.from(JSON.stringify(manifest));
    const descriptor = { mediaType: _types_js__WEBPACK_IMPORTED_MODULE_3__/* .MEDIA_TYPE */ .A.manifest, digest: (0,_digest_js__WEBPACK_IMPORTED_MODULE_1__/* .digestOf */ .ol)(bytes), size: bytes.length };
    return { descriptor: { ...descriptor, artifactType, annotations }, bytes };
}
/**
 * Stores `artifacts` beside `subject`, all of them before `announce` enters them in the list of its referrers: who
 * finds one listed can read it.
 *
 * @param announce told the manifests, and whether all of them had been there before.
 * @throws NOT_FOUND if `repository` does not hold the subject; CONTENT_INVALID for one too large to be read again
 */
async function attachArtifacts(repository, subject, artifacts, announce) {
    artifacts.forEach(checkSize);
    const found = await repository.getManifest(subject.digest);
    if (!found) {
        throw new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .SeedError */ .uV('NOT_FOUND', `there is no image ${subject.digest} to attach to`, {
            resource: repository.name,
            hint: 'Publish it to this repository first.'
        });
    }
    if (artifacts.length === 0)
        return [];
    const parts = artifacts.map(({ bytes, ...artifact }) => ({
        content: bytes,
        ...artifactManifest(found.descriptor, { bytes, ...artifact })
    }));
    const existed = await Promise.all(parts.map(async ({ descriptor }) => (await repository.getManifest(descriptor.digest)) !== undefined));
    const fresh = parts.filter((_, i) => !existed[i]);
    const blobs = fresh.length > 0 ? [EMPTY, ...fresh.map(({ content }) => content)] : [];
    await Promise.all(blobs.map(bytes => putBytes(repository, bytes)));
    // One after another: an image layout lists them in this order.
    for (const { bytes, descriptor } of fresh)
        await repository.putManifest(bytes, descriptor.mediaType);
    await announce(found.descriptor.digest, parts, fresh.length === 0);
    return parts.map(({ descriptor }, i) => ({ descriptor, existed: existed[i] === true }));
}
/**
 * Reads what hangs on an image: the one layer of an artifact's manifest. The manifest is not fetched again for a descriptor
 * that `referrers` has given out.
 *
 * @param limit bytes it may have.
 * @throws NOT_FOUND; DIGEST_MISMATCH; CONTENT_INVALID if it has no or several layers, or is too large
 */
async function readArtifact(repository, descriptor, limit = ARTIFACT_BYTES) {
    const { mediaType, digest, size } = known.get(descriptor) ?? (await fetchLayer(repository, descriptor.digest));
    if (size > limit)
        throw invalid(repository, descriptor.digest, `has ${size} bytes; ${limit} are read at most`);
    const chunks = [];
    for await (const chunk of repository.getBlob({ digest, size }))
        chunks.push(chunk);
    return { bytes: Buffer.concat(chunks), mediaType };
}
/** By descriptors that come of a manifest that was read: the layer, if it has one. */
/** https://www.rfc-editor.org/rfc/rfc6838#section-4.2 allows twice 127 and a slash. */
const MEDIA_TYPE_CHARACTERS = 255;
const known = new WeakMap();
/** Spares whoever reads the artifact the manifest. A manifest that is no artifact's is left for `readArtifact` to refuse. */
function noteLayer(descriptor, manifest) {
    const layer = layerOf(manifest);
    // A media type may be as long as a manifest, and many of these are kept.
    if (typeof layer !== 'string' && layer.mediaType.length <= MEDIA_TYPE_CHARACTERS)
        known.set(descriptor, layer);
}
/** The digest of the content, as far as {@link noteLayer} has noted it. */
function notedContent(descriptor) {
    return known.get(descriptor)?.digest;
}
async function fetchLayer(repository, digest) {
    const found = await repository.getManifest(digest);
    if (!found)
        throw new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .SeedError */ .uV('NOT_FOUND', `there is no artifact ${digest}`, { resource: repository.name });
    const layer = layerOf((0,_manifest_js__WEBPACK_IMPORTED_MODULE_2__/* .parseManifest */ .Ng)(found.bytes, digest, repository.name));
    if (typeof layer === 'string')
        throw invalid(repository, digest, layer);
    return layer;
}
/** @returns what is wrong with the manifest, if it is no artifact's */
function layerOf({ layers }) {
    if (!Array.isArray(layers) || layers.length !== 1)
        return 'has not exactly one layer';
    const { mediaType, digest, size } = (layers[0] ?? {});
    const isDescribed = typeof mediaType === 'string' && typeof digest === 'string' && (0,_digest_js__WEBPACK_IMPORTED_MODULE_1__/* .isDigest */ .Bc)(digest);
    return isDescribed && typeof size === 'number' && size >= 0
        ? { mediaType, digest, size }
        : 'describes its layer wrongly';
}
function invalid({ name }, digest, what) {
    return new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .SeedError */ .uV('CONTENT_INVALID', `the artifact ${digest} ${what}`, { resource: name });
}
function checkSize({ artifactType, bytes }) {
    if (bytes.length <= ARTIFACT_BYTES)
        return;
    throw new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .SeedError */ .uV('CONTENT_INVALID', `an artifact ${artifactType} of ${bytes.length} bytes is not attached: ${ARTIFACT_BYTES} are read again at most`);
}
async function putBytes(repository, bytes) {
    await repository.putBlob({ digest: (0,_digest_js__WEBPACK_IMPORTED_MODULE_1__/* .digestOf */ .ol)(bytes), size: bytes.length }, async function* () {
        yield bytes;
    });
}


/***/ }),

/***/ 2096:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   Bc: () => (/* binding */ isDigest),
/* harmony export */   J4: () => (/* binding */ mismatch),
/* harmony export */   OP: () => (/* binding */ Hasher),
/* harmony export */   oM: () => (/* binding */ checkedDigest),
/* harmony export */   ol: () => (/* binding */ digestOf),
/* harmony export */   zr: () => (/* binding */ verified)
/* harmony export */ });
/* harmony import */ var node_crypto__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(7598);
/* harmony import */ var _errors_js__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(8645);


/** Whether `text` is a SHA-256 digest as OCI writes it; other algorithms are not supported. */
function isDigest(text) {
    return /^sha256:[0-9a-f]{64}$/.test(text);
}
/** `digest` if it is one. It becomes a part of paths and URLs and may come from a manifest: nothing else may get there. */
function checkedDigest(digest) {
    if (isDigest(digest))
        return digest;
    throw new _errors_js__WEBPACK_IMPORTED_MODULE_1__/* .SeedError */ .uV('CONTENT_INVALID', `"${digest.slice(0, 80)}" is no SHA-256 digest`);
}
function digestOf(bytes) {
    return `sha256:${(0,node_crypto__WEBPACK_IMPORTED_MODULE_0__.createHash)('sha256').update(bytes).digest('hex')}`;
}
/** Digest and size of bytes that come one chunk after another. */
class Hasher {
    #hash = (0,node_crypto__WEBPACK_IMPORTED_MODULE_0__.createHash)('sha256');
    /** Bytes so far. */
    size = 0;
    update(chunk) {
        this.#hash.update(chunk);
        this.size += chunk.length;
    }
    /** Passes `stream` on, each chunk once it is counted. */
    async *through(stream) {
        for await (const chunk of stream) {
            this.update(chunk);
            yield chunk;
        }
    }
    /** Ends the hash: to be called once. */
    result() {
        return { digest: `sha256:${this.#hash.digest('hex')}`, size: this.size };
    }
}
/**
 * Passes `stream` on as long as it can still be the blob, and ends only if it was.
 *
 * @throws DIGEST_MISMATCH as soon as there is a byte too many, and in place of the end if one is missing or wrong.
 */
async function* verified(stream, blob) {
    const hasher = new Hasher();
    for await (const chunk of stream) {
        hasher.update(chunk);
        if (hasher.size > blob.size)
            throw mismatch(blob.digest, `is longer than its ${blob.size} bytes`);
        yield chunk;
    }
    const { digest, size } = hasher.result();
    if (size !== blob.size)
        throw mismatch(blob.digest, `ended after ${size} of ${blob.size} bytes`);
    if (digest !== blob.digest)
        throw mismatch(blob.digest, `has other content: ${digest}`);
}
/** The error for bytes that are not what `digest` says. */
function mismatch(digest, what, resource) {
    return new _errors_js__WEBPACK_IMPORTED_MODULE_1__/* .SeedError */ .uV('DIGEST_MISMATCH', `${digest} ${what}`, {
        ...(resource !== undefined && { resource }),
        hint: 'The bytes were damaged on the way or where they are stored: run it again, and publish again if it persists.'
    });
}


/***/ }),

/***/ 4209:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   FK: () => (/* binding */ describeManifest),
/* harmony export */   Ng: () => (/* binding */ parseManifest),
/* harmony export */   _P: () => (/* binding */ MANIFEST_TYPES),
/* harmony export */   g$: () => (/* binding */ tooLarge),
/* harmony export */   ms: () => (/* binding */ MANIFEST_BYTES)
/* harmony export */ });
/* harmony import */ var _errors_js__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(8645);
/* harmony import */ var _digest_js__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(2096);
/* harmony import */ var _types_js__WEBPACK_IMPORTED_MODULE_2__ = __nccwpck_require__(2215);



/** https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md: registries refuse more than 4 MiB; be generous. */
const MANIFEST_BYTES = 16 * 1024 * 1024;
const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
const DOCKER_LIST = 'application/vnd.docker.distribution.manifest.list.v2+json';
/** What a reader of manifests accepts. */
const MANIFEST_TYPES = [_types_js__WEBPACK_IMPORTED_MODULE_2__/* .MEDIA_TYPE */ .A.index, _types_js__WEBPACK_IMPORTED_MODULE_2__/* .MEDIA_TYPE */ .A.manifest, DOCKER_LIST, DOCKER_MANIFEST];
/**
 * Checks the bytes of a manifest against `reference`, if that is a digest, and describes them. Its own `mediaType`
 * counts for more than what came with it (`statedType`): the digest covers it.
 *
 * @throws DIGEST_MISMATCH, CONTENT_INVALID
 */
function describeManifest(bytes, reference, statedType, resource) {
    const digest = (0,_digest_js__WEBPACK_IMPORTED_MODULE_1__/* .digestOf */ .ol)(bytes);
    if ((0,_digest_js__WEBPACK_IMPORTED_MODULE_1__/* .isDigest */ .Bc)(reference) && digest !== reference)
        throw (0,_digest_js__WEBPACK_IMPORTED_MODULE_1__/* .mismatch */ .J4)(reference, `has other content: ${digest}`, resource);
    const ownType = parseManifest(bytes, reference, resource).mediaType;
    const mediaType = typeof ownType === 'string' ? ownType : statedType?.split(';')[0]?.trim();
    if (!mediaType)
        throw invalid(reference, 'states no media type', resource);
    return { descriptor: { mediaType, digest, size: bytes.length }, bytes };
}
/** The JSON object that a manifest is. @throws CONTENT_INVALID */
function parseManifest(bytes, reference, resource) {
    try {
        const value = JSON.parse(bytes.toString());
        if (typeof value === 'object' && value !== null && !Array.isArray(value))
            return value;
    }
    catch {
        // said below
    }
    throw invalid(reference, 'is no JSON object', resource);
}
/** The error for a manifest that is not read to its end. */
function tooLarge(reference, limit, resource) {
    return invalid(reference, `has more than ${limit} bytes`, resource);
}
function invalid(reference, what, resource) {
    return new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .SeedError */ .uV('CONTENT_INVALID', `the manifest ${reference} ${what}`, resource === undefined ? {} : { resource });
}


/***/ }),

/***/ 1415:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   $q: () => (/* binding */ parseName),
/* harmony export */   dz: () => (/* binding */ isTag),
/* harmony export */   nD: () => (/* binding */ formatName),
/* harmony export */   y3: () => (/* binding */ checkedTag)
/* harmony export */ });
/* harmony import */ var _errors_js__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(8645);
/* harmony import */ var _digest_js__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(2096);


// https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pulling-manifests
const REPOSITORY = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const HOST = /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9a-fA-F:.]+\])(?::[0-9]{1,5})?$/;
const REPOSITORY_CHARACTERS = 255;
const TAG_HINT = 'A tag is up to 128 letters, digits, ".", "_" and "-", and begins with none of "." and "-".';
function isTag(text) {
    return TAG.test(text);
}
/** `text` if it is a tag. @throws REFERENCE_INVALID */
function checkedTag(text) {
    if (isTag(text))
        return text;
    throw new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .SeedError */ .uV('REFERENCE_INVALID', `"${text.slice(0, 140)}" is no tag`, { hint: TAG_HINT });
}
/**
 * Reads an image reference. Nothing is filled in: no default registry, no `library/`, no `latest`.
 *
 * After `oci:` a tag and a digest are taken off the end and the rest is the directory, whatever it holds; one whose
 * last part looks like a tag or a digest (`a:b`) is written with a slash behind it (`oci:a:b/`).
 *
 * @throws REFERENCE_INVALID
 */
function parseName(text) {
    return text.startsWith('oci:') ? parseLayout(text) : parseRegistry(text);
}
/** The reference that `parseName` reads as `name`. */
function formatName(name) {
    const suffix = (name.tag ? `:${name.tag}` : '') + (name.digest ? `@${name.digest}` : '');
    if (name.kind === 'registry')
        return `${name.host}/${name.repository}${suffix}`;
    const bare = `oci:${name.directory}`;
    const needsSlash = /(?::[A-Za-z0-9_][A-Za-z0-9._-]{0,127}|@sha256:[^/]*)$/.test(bare.slice('oci:'.length));
    return `${bare}${needsSlash ? '/' : ''}${suffix}`;
}
function parseLayout(text) {
    let directory = text.slice('oci:'.length);
    const name = {};
    const digestAt = /@(sha256:[^/]*)$/.exec(directory);
    if (digestAt?.[1] !== undefined) {
        name.digest = parseDigest(digestAt[1], text);
        directory = directory.slice(0, digestAt.index);
    }
    const tagAt = directory.lastIndexOf(':');
    if (tagAt >= 0 && isTag(directory.slice(tagAt + 1))) {
        name.tag = directory.slice(tagAt + 1);
        directory = directory.slice(0, tagAt);
    }
    if (directory === '')
        throw invalid(text, 'has no directory', 'Write oci:DIRECTORY, for example oci:./seed.');
    return { kind: 'layout', directory, ...name };
}
function parseRegistry(text) {
    if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) {
        throw invalid(text, 'is a URL', 'Write it without the scheme: HOST/REPOSITORY, or oci:DIRECTORY for a folder.');
    }
    const slash = text.indexOf('/');
    const host = slash < 0 ? '' : text.slice(0, slash);
    const example = 'Write HOST/REPOSITORY, for example ghcr.io/OWNER/REPOSITORY/seed, or oci:DIRECTORY for a folder.';
    if (host.includes('@'))
        throw invalid(text, 'holds a user name or password', 'Log in with docker login instead.');
    if (slash < 0) {
        const what = isHost(text) ? 'has a registry host but no repository' : 'names no registry host';
        throw invalid(text, what, example);
    }
    // Without this test "org/repo" would read as a host "org"; docker takes it for docker.io/org/repo.
    if (!isHost(host))
        throw invalid(text, 'names no registry host', example);
    const [path = '', digest, ...more] = text.slice(slash + 1).split('@');
    if (more.length > 0)
        throw invalid(text, 'has two digests', example);
    const colon = path.indexOf(':');
    const repository = colon < 0 ? path : path.slice(0, colon);
    if (repository === '')
        throw invalid(text, 'has a registry host but no repository', example);
    if (!REPOSITORY.test(repository) || repository.length > REPOSITORY_CHARACTERS) {
        const lower = repository.toLowerCase();
        const hint = REPOSITORY.test(lower) ? `Registries take lower case only: ${host}/${lower}` : example;
        throw invalid(text, `has an invalid repository "${repository.slice(0, 80)}"`, hint);
    }
    const name = { kind: 'registry', host, repository };
    if (colon >= 0) {
        const tag = path.slice(colon + 1);
        if (!isTag(tag))
            throw invalid(text, 'has an invalid tag', TAG_HINT);
        name.tag = tag;
    }
    if (digest !== undefined)
        name.digest = parseDigest(digest, text);
    return name;
}
function isHost(text) {
    if (!HOST.test(text) || !URL.canParse(`https://${text}`))
        return false;
    return text.includes('.') || text.includes(':') || text === 'localhost';
}
function parseDigest(digest, text) {
    if ((0,_digest_js__WEBPACK_IMPORTED_MODULE_1__/* .isDigest */ .Bc)(digest))
        return digest;
    throw invalid(text, 'has an invalid digest', 'A digest is "sha256:" and 64 lower-case hexadecimal digits.');
}
function invalid(text, what, hint) {
    const shown = text.replace(/^([^/]*:\/\/)?[^/]*@(?!sha256:)/, '$1').slice(0, 300);
    return new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .SeedError */ .uV('REFERENCE_INVALID', `the image reference "${shown}" ${what}`, { hint });
}


/***/ }),

/***/ 2215:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   A: () => (/* binding */ MEDIA_TYPE)
/* harmony export */ });
const MEDIA_TYPE = {
    index: 'application/vnd.oci.image.index.v1+json',
    manifest: 'application/vnd.oci.image.manifest.v1+json',
    config: 'application/vnd.oci.image.config.v1+json',
    layerTar: 'application/vnd.oci.image.layer.v1.tar',
    layerTarGzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
    layerTarZstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
    /** An EROFS image as it is, https://github.com/erofs/erofs-image-spec */
    erofsLayer: 'application/vnd.erofs.layer.v1',
    empty: 'application/vnd.oci.empty.v1+json'
};


/***/ }),

/***/ 1313:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   XY: () => (/* binding */ ToolFailure),
/* harmony export */   eF: () => (/* binding */ run),
/* harmony export */   ni: () => (/* binding */ start)
/* harmony export */ });
/* harmony import */ var node_child_process__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(1421);
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(3024);
/* harmony import */ var node_stream__WEBPACK_IMPORTED_MODULE_2__ = __nccwpck_require__(7075);
/* harmony import */ var node_stream_promises__WEBPACK_IMPORTED_MODULE_3__ = __nccwpck_require__(6466);
/* harmony import */ var _errors_js__WEBPACK_IMPORTED_MODULE_4__ = __nccwpck_require__(8645);





/** What a program may print before it is stopped, where the caller names no bound. */
const MAX_STDOUT_BYTES = 256 * 1024 * 1024;
/** How much of the end of standard error is kept for the error message. */
const STDERR_TAIL_BYTES = 16 * 1024;
/** How long a program has to clean up after SIGTERM before it gets SIGKILL. */
const KILL_AFTER_MS = 10_000;
/** A program that ran and failed. `stderr` is the end of what it printed there. */
class ToolFailure extends _errors_js__WEBPACK_IMPORTED_MODULE_4__/* .SeedError */ .uV {
    exitStatus;
    stderr;
    constructor(tool, exitStatus, killedBy, stderr, cause) {
        const how = killedBy === null ? `exit status ${exitStatus}` : `signal ${killedBy}`;
        const text = stderr.trim();
        super('TOOL_FAILED', text === '' ? `${tool} failed (${how})` : `${tool} failed (${how}):\n${text}`, { cause });
        this.exitStatus = exitStatus;
        this.stderr = stderr;
    }
}
/**
 * Runs `tool` to its end without a shell and returns what it printed.
 *
 * @throws SeedError TOOL_MISSING where it is not installed, ToolFailure where it fails or prints too much,
 *   INTERRUPTED after an abort. Arguments never appear in an error.
 */
async function run(tool, args, options) {
    const limit = options.maxStdoutBytes ?? MAX_STDOUT_BYTES;
    const running = start(tool, args, options);
    const chunks = [];
    let size = 0;
    running.stdout.on('data', (chunk) => {
        size += chunk.length;
        if (size <= limit)
            chunks.push(chunk);
        else
            running.stop();
    });
    try {
        const { stderr } = await running.done;
        return { stdout: Buffer.concat(chunks), stderr };
    }
    catch (error) {
        if (size <= limit)
            throw error;
        throw new _errors_js__WEBPACK_IMPORTED_MODULE_4__/* .SeedError */ .uV('TOOL_FAILED', `${tool} printed more than ${limit} bytes`, { cause: error });
    }
}
/**
 * Starts `tool` without a shell; its output is read from `stdout`.
 *
 * @throws nothing at once: every failure is reported by `done`.
 */
function start(tool, args, options) {
    if (options.signal.aborted)
        return { stdout: node_stream__WEBPACK_IMPORTED_MODULE_2__.Readable.from([]), done: rejected(interrupted(tool)), stop() { } };
    const child = (0,node_child_process__WEBPACK_IMPORTED_MODULE_0__.spawn)(tool, args, {
        cwd: options.cwd,
        env: options.env,
        stdio: ['pipe', 'pipe', 'pipe'],
        windowsHide: true
    });
    let killer;
    const stop = () => {
        if (killer !== undefined)
            return;
        child.kill('SIGTERM');
        killer = setTimeout(() => child.kill('SIGKILL'), options.killAfterMs ?? KILL_AFTER_MS);
    };
    options.signal.addEventListener('abort', stop, { once: true });
    const stderr = readLines(child.stderr, options);
    const fed = feed(child.stdin, options.input).catch((error) => {
        stop();
        throw error;
    });
    const ended = new Promise((resolve, reject) => {
        child.once('error', reject);
        child.once('close', (status, killedBy) => resolve({ status, killedBy }));
        // A grandchild that outlives a stopped program would hold its pipes open, and with them this run.
        child.once('exit', () => {
            if (killer === undefined)
                return;
            child.stdout.destroy();
            child.stderr.destroy();
        });
    });
    const done = Promise.allSettled([ended, fed]).then(([end, input]) => {
        clearTimeout(killer);
        options.signal.removeEventListener('abort', stop);
        if (options.signal.aborted)
            throw interrupted(tool);
        if (end.status === 'rejected')
            throw notStarted(tool, end.reason, options);
        if (input.status === 'rejected')
            throw input.reason;
        const { status, killedBy } = end.value;
        if (status !== 0)
            throw new ToolFailure(tool, status, killedBy, stderr.tail());
        return { stderr: stderr.tail() };
    });
    // Whoever reads the output first and awaits `done` later must not see this as unhandled in between.
    done.catch(() => { });
    return { stdout: child.stdout, done, stop };
}
/** Writes the input and closes it. A program may end without reading all of it: its exit status says whether that is well. */
async function feed(stdin, input) {
    if (input === undefined || typeof input === 'string' || input instanceof Uint8Array) {
        stdin.on('error', () => { });
        stdin.end(input);
        return;
    }
    let failure;
    const source = async function* () {
        try {
            yield* input;
        }
        catch (cause) {
            failure = { cause };
            throw cause;
        }
    };
    await (0,node_stream_promises__WEBPACK_IMPORTED_MODULE_3__.pipeline)(source, stdin).catch(() => {
        if (failure !== undefined)
            throw failure.cause;
    });
}
/** Passes the lines of `stream` on, cleaned, and remembers the last ones. */
function readLines(stream, options) {
    const limit = options.stderrTailBytes ?? STDERR_TAIL_BYTES;
    const lines = [];
    let size = 0;
    let rest = '';
    const take = (raw) => {
        const line = cleanLine(raw);
        options.onStderr?.(line);
        lines.push(line.slice(-limit));
        size += line.length + 1;
        while (size > limit && lines.length > 1)
            size -= (lines.shift()?.length ?? 0) + 1;
    };
    stream.setEncoding('utf8');
    stream.on('data', (text) => {
        const parts = (rest + text).split(/\r?\n|\r/);
        rest = (parts.pop() ?? '').slice(-limit);
        parts.forEach(take);
    });
    stream.on('end', () => {
        if (rest !== '')
            take(rest);
        rest = '';
    });
    return { tail: () => lines.join('\n') };
}
function cleanLine(line) {
    // eslint-disable-next-line no-control-regex
    return (0,_errors_js__WEBPACK_IMPORTED_MODULE_4__/* .redactUrl */ .BO)(line.replace(/\u001b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\u0007]*\u0007)/g, ''));
}
function rejected(error) {
    const promise = Promise.reject(error);
    promise.catch(() => { });
    return promise;
}
function interrupted(tool) {
    return new _errors_js__WEBPACK_IMPORTED_MODULE_4__/* .SeedError */ .uV('INTERRUPTED', `interrupted while ${tool} was running`);
}
function notStarted(tool, cause, options) {
    const code = (0,_errors_js__WEBPACK_IMPORTED_MODULE_4__/* .systemCode */ .xU)(cause);
    if (options.cwd !== undefined && !(0,node_fs__WEBPACK_IMPORTED_MODULE_1__.existsSync)(options.cwd)) {
        return new _errors_js__WEBPACK_IMPORTED_MODULE_4__/* .SeedError */ .uV('FILE_SYSTEM', 'the folder to work in does not exist', { resource: options.cwd, cause });
    }
    if (code === 'ENOENT' || code === 'EACCES') {
        const why = code === 'ENOENT' ? 'is not installed or not on PATH' : 'may not be executed';
        return new _errors_js__WEBPACK_IMPORTED_MODULE_4__/* .SeedError */ .uV('TOOL_MISSING', `${tool} ${why}`, { hint: options.hint ?? howToGet(tool), cause });
    }
    return new _errors_js__WEBPACK_IMPORTED_MODULE_4__/* .SeedError */ .uV('TOOL_FAILED', `${tool} could not be started (${code ?? 'unknown reason'})`, { cause });
}
/** The Debian and nixpkgs package of the programs that this project runs. */
const packages = {
    git: ['git', 'git'],
    'mkfs.erofs': ['erofs-utils', 'erofs-utils'],
    zstd: ['zstd', 'zstd']
};
function howToGet(tool) {
    if (tool === 'nix' || tool === 'nix-store')
        return 'Install Nix (https://nixos.org/download) and put it on PATH.';
    const known = packages[tool];
    if (known === undefined)
        return `Install ${tool} and put it on PATH.`;
    return `Install it: "apt-get install ${known[0]}", or "nix shell nixpkgs#${known[1]}".`;
}


/***/ }),

/***/ 898:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   U: () => (/* binding */ writeAttestation),
/* harmony export */   YC: () => (/* binding */ createdOf),
/* harmony export */   bj: () => (/* binding */ summaryFile),
/* harmony export */   dz: () => (/* binding */ bundleArtifact),
/* harmony export */   gH: () => (/* binding */ attestationFiles),
/* harmony export */   gI: () => (/* binding */ billBeside),
/* harmony export */   hV: () => (/* binding */ writeFiles),
/* harmony export */   rv: () => (/* binding */ SIGNED),
/* harmony export */   sE: () => (/* binding */ notAttached),
/* harmony export */   yh: () => (/* binding */ billArtifact)
/* harmony export */ });
/* unused harmony export BUNDLE_TYPE */
/* harmony import */ var node_crypto__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(7598);
/* harmony import */ var node_fs_promises__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(1455);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_2__ = __nccwpck_require__(6760);
/* harmony import */ var _attest_bill_of_materials_js__WEBPACK_IMPORTED_MODULE_3__ = __nccwpck_require__(1609);
/* harmony import */ var _errors_js__WEBPACK_IMPORTED_MODULE_4__ = __nccwpck_require__(8645);
/** The files of an attestation: on disk, where they are written before anything is sent, and as artifacts in a registry. */





/** https://github.com/sigstore/cosign/blob/main/specs/BUNDLE_SPEC.md */
const BUNDLE_TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
/** How the message of an error begins that leaves a bundle on disk. */
const SIGNED = 'signed, and could not be attached';
/** Where an attestation of the image `digest` is kept in `folder`. */
function attestationFiles(folder, digest) {
    const stem = (0,node_path__WEBPACK_IMPORTED_MODULE_2__.join)(folder, `seed-${digest.slice('sha256:'.length).slice(0, 16)}`);
    return { bundle: `${stem}.sigstore.json`, bill: `${stem}.cdx.json` };
}
/** Where the summary of a verification of the image `digest` is kept in `folder`. */
function summaryFile(folder, digest) {
    return attestationFiles(folder, digest).bundle.replace(/\.sigstore\.json$/, '.vsa.sigstore.json');
}
/** The bill of materials that was written beside a bundle. */
function billBeside(bundle) {
    return `${bundle.replace(/(?:\.sigstore)?\.json$/, '')}.cdx.json`;
}
/**
 * Writes both files; whoever sees one sees the whole of it.
 *
 * @throws SeedError DISK_FULL, FILE_SYSTEM
 */
async function writeAttestation(folder, digest, bundle, bill) {
    const files = attestationFiles(folder, digest);
    await writeFiles(folder, [
        [files.bill, bill],
        [files.bundle, bundle]
    ]);
    return files;
}
/**
 * Writes what has been signed into `folder`, which is made if it is missing, one file after the other.
 *
 * @throws SeedError DISK_FULL, FILE_SYSTEM
 */
async function writeFiles(folder, files) {
    try {
        await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_1__.mkdir)(folder, { recursive: true });
        for (const [path, content] of files)
            await writeWhole(path, content);
    }
    catch (cause) {
        const full = (0,_errors_js__WEBPACK_IMPORTED_MODULE_4__/* .systemCode */ .xU)(cause) === 'ENOSPC' || (0,_errors_js__WEBPACK_IMPORTED_MODULE_4__/* .systemCode */ .xU)(cause) === 'EDQUOT';
        throw new _errors_js__WEBPACK_IMPORTED_MODULE_4__/* .SeedError */ .uV(full ? 'DISK_FULL' : 'FILE_SYSTEM', 'the attestation could not be written', {
            resource: folder,
            hint: 'Name a folder that can be written to.',
            cause
        });
    }
}
async function writeWhole(file, content) {
    const draft = `${file}.${(0,node_crypto__WEBPACK_IMPORTED_MODULE_0__.randomBytes)(4).toString('hex')}`;
    try {
        // A new file, renamed: whatever stood there, a link even, is replaced and not written to.
        await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_1__.writeFile)(draft, content, { mode: 0o644, flag: 'wx' });
        await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_1__.rename)(draft, file);
    }
    finally {
        await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_1__.rm)(draft, { force: true }).catch(() => { });
    }
}
/** A bundle in the form that cosign 3 reads. Equal bundles make equal artifacts. */
function bundleArtifact(bytes, summary) {
    const created = createdOf(summary);
    return {
        artifactType: BUNDLE_TYPE,
        mediaType: BUNDLE_TYPE,
        bytes,
        annotations: {
            'dev.sigstore.bundle.content': 'dsse-envelope',
            ...(summary.predicateType !== undefined && { 'dev.sigstore.bundle.predicateType': summary.predicateType }),
            ...(created !== undefined && { 'org.opencontainers.image.created': created.toISOString() })
        }
    };
}
function billArtifact(bytes) {
    return { artifactType: _attest_bill_of_materials_js__WEBPACK_IMPORTED_MODULE_3__/* .BILL_TYPE */ .v, mediaType: _attest_bill_of_materials_js__WEBPACK_IMPORTED_MODULE_3__/* .BILL_TYPE */ .v, bytes, annotations: {} };
}
/** When a bundle was made, as its log or its timestamp authority says. */
function createdOf({ logs, timestamps }) {
    return timestamps[0] ?? logs.find(log => log.integratedTime !== undefined)?.integratedTime;
}
/**
 * The error for a failure to attach: what was signed is not lost, it is on disk, and attaching is all that is left to do.
 *
 * @param hints further lines on what to do next
 */
function notAttached(failure, signal, ...hints) {
    const isInterruption = signal.aborted && !(failure instanceof _errors_js__WEBPACK_IMPORTED_MODULE_4__/* .SeedError */ .uV);
    const error = isInterruption ? new _errors_js__WEBPACK_IMPORTED_MODULE_4__/* .SeedError */ .uV('INTERRUPTED', 'interrupted', { cause: failure }) : failure;
    if (!(error instanceof _errors_js__WEBPACK_IMPORTED_MODULE_4__/* .SeedError */ .uV))
        return error;
    const { code, message, resource } = error;
    const lines = [...(error.hint === undefined ? [] : [error.hint]), ...hints];
    return new _errors_js__WEBPACK_IMPORTED_MODULE_4__/* .SeedError */ .uV(code, `${SIGNED}: ${message}`, {
        ...(resource !== undefined && { resource }),
        ...(lines.length > 0 && { hint: lines.join('\n') }),
        cause: error
    });
}


/***/ }),

/***/ 7666:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   D: () => (/* binding */ commitOf),
/* harmony export */   j: () => (/* binding */ checkCheckout)
/* harmony export */ });
/* harmony import */ var _errors_js__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(8645);

/** The commit that a tree is, as Git knows it: what a reference to a plain folder says of that is anybody's word. */
function commitOf({ type, rev }) {
    return type === 'path' ? undefined : rev;
}
/**
 * A certificate names a commit, and everybody will take the image for one of that commit. A plain folder has none: Nix
 * makes one of a checkout where there is no Git, as in many containers. So it passes, and is told from a commit.
 *
 * @param source as the identity token has it; absent where it names none
 * @returns what is left open, for a warning
 * @throws SeedError USAGE where something else would be built than the certificate says
 */
function checkCheckout(tree, source) {
    const { type, url, dirtyRev } = tree;
    const commit = commitOf(tree);
    if (dirtyRev !== undefined || (type === 'git' && commit === undefined)) {
        throw refusal(url, 'the flake has changes that are not committed, so no commit could be named for what is built', 'Commit them or undo them before this step: "git status" shows them. Files that Git does not track do no harm.');
    }
    if (source === undefined)
        return undefined;
    const [repository, origin] = [placeOf(source.uri), originOf(url)];
    if (origin !== undefined && origin !== repository) {
        throw refusal(url, `the flake is from ${origin}, and the job that signs is of ${repository}`, 'A job signs for its own repository: run it there, on the checkout of the job.');
    }
    if (commit === undefined && type !== 'path') {
        throw refusal(url, `the flake names no commit, and the job that signs is of ${source.commit}`, 'Name the flake in the checkout of the job, which is a Git tree.');
    }
    if (commit !== undefined && commit !== source.commit) {
        throw refusal(url, `the flake is at commit ${commit}, and the job that signs is of ${source.commit}`, "Check out the commit that the job is run for (actions/checkout does so without the input ref), or have a job run for the flake's.");
    }
    if (commit !== undefined)
        return undefined;
    return (`the flake is in a folder that Nix knows no commit of, so nobody has compared it with ${source.commit}, which is ` +
        'signed for: the statement has the hash of the tree. Install Git in the job to have it compared');
}
function refusal(resource, message, hint) {
    return new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .SeedError */ .uV('USAGE', message, { resource, hint });
}
/** `host/owner/name` of the repository that a flake was fetched from, where its reference tells. */
function originOf(url) {
    const [, forge, owner = '', name = '', query = ''] = /^(github|gitlab):([^/?#]+)\/([^/?#]+)[^?#]*(?:\?([^#]*))?/.exec(url) ?? [];
    if (forge !== undefined) {
        const host = new URLSearchParams(query).get('host') ?? `${forge}.com`;
        // Groups in groups: their slashes are written as %2F.
        return placeOf(`https://${host}/${decode(owner)}/${decode(name)}`);
    }
    // By SSH, hosts have other names.
    return /^git\+https?:/.test(url) ? placeOf(url) : undefined;
}
/** @param uri `git+https://host/owner/name@ref` */
function placeOf(uri) {
    const [, place = ''] = /^(?:git\+)?https?:\/\/(?:[^/@]*@)?([^?#@]*)/.exec(uri) ?? [];
    return place
        .replace(/\/+$/, '')
        .replace(/\.git$/, '')
        .toLowerCase();
}
function decode(text) {
    try {
        return decodeURIComponent(text);
    }
    catch {
        return text;
    }
}


/***/ }),

/***/ 4847:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   BA: () => (/* binding */ parseDescriptor),
/* harmony export */   Dr: () => (/* binding */ ociPlatform),
/* harmony export */   bc: () => (/* binding */ ATTRIBUTE)
/* harmony export */ });
/* harmony import */ var _errors_js__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(8645);
/** The descriptor: the small JSON that `lib.mkSeed` produces and from which the packer makes an image. */

const STORE_PATH = /^\/nix\/store\/[0-9a-df-np-sv-z]{32}-[0-9a-zA-Z+\-._?=]+$/;
/** The attribute of a flake's output: kind, system and name. A name may be almost anything that can be shown. */
const ATTRIBUTE = /^[a-zA-Z]+\.[a-z0-9_]+-[a-z]+\.[^\p{Cc}]+$/u;
const IN_STORE = /^\/nix\/store\/[0-9a-df-np-sv-z]{32}-[0-9a-zA-Z+\-._?=]+\/[^\0]+$/;
/**
 * Parses a descriptor strictly: it decides what runs in people's jobs.
 *
 * @throws SeedError NOT_A_SEED naming the field that is wrong.
 */
function parseDescriptor(text, resource) {
    const wrong = (what) => new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .SeedError */ .uV('NOT_A_SEED', `not a seed descriptor: ${what}`, {
        resource,
        hint: 'Make the seed with `lib.mkSeed` of this release of Nix Seed.'
    });
    let value;
    try {
        value = JSON.parse(text);
    }
    catch (cause) {
        throw new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .SeedError */ .uV('NOT_A_SEED', 'not a seed descriptor: no JSON', { resource, cause });
    }
    if (!isRecord(value))
        throw wrong('not an object');
    if (value['version'] !== 1)
        throw wrong(`version ${JSON.stringify(value['version'])} is not 1`);
    const isStorePath = (path) => typeof path === 'string' && STORE_PATH.test(path);
    const { name, system, rootfs, config, directories, tools, licenses = {}, outputs = {} } = value;
    if (typeof name !== 'string' || name === '')
        throw wrong('`name` is missing');
    if (typeof system !== 'string' || !/^[a-z0-9_]+-[a-z]+$/.test(system))
        throw wrong('`system` is not a Nix system');
    for (const key of ['roots', 'inputs']) {
        const list = value[key];
        if (!Array.isArray(list) || !list.every(isStorePath))
            throw wrong(`\`${key}\` is not a list of store paths`);
    }
    if (!isStorePath(rootfs))
        throw wrong('`rootfs` is not a store path');
    if (!isRecord(config))
        throw wrong('`config` is not an object');
    for (const key of ['Env', 'Cmd']) {
        if (config[key] !== undefined && !isStrings(config[key]))
            throw wrong(`\`config.${key}\` is not a list of strings`);
    }
    if (!Array.isArray(directories) || !directories.every(isDirectory))
        throw wrong('`directories` is malformed');
    if (!isRecord(tools) || typeof tools['zstd'] !== 'string')
        throw wrong('`tools.zstd` is missing');
    for (const [tool, path] of Object.entries(tools)) {
        if (path !== null && !(typeof path === 'string' && IN_STORE.test(path))) {
            throw wrong(`\`tools.${tool}\` is not a program in the store`);
        }
    }
    if (!isRecord(licenses))
        throw wrong('`licenses` is not an object');
    for (const [path, names] of Object.entries(licenses)) {
        if (!isStorePath(path) || !isStrings(names))
            throw wrong(`\`licenses\` is malformed at ${JSON.stringify(path)}`);
    }
    if (!isRecord(outputs))
        throw wrong('`outputs` is not an object');
    const roots = new Set(value['roots']);
    for (const [attribute, paths] of Object.entries(outputs)) {
        const isValid = ATTRIBUTE.test(attribute) && isStrings(paths) && paths.every(path => roots.has(path));
        if (!isValid)
            throw wrong(`\`outputs\` is malformed at ${JSON.stringify(attribute)}`);
    }
    return value;
}
/**
 * The platform of an image in OCI's (that is, Go's) names.
 *
 * @throws SeedError NOT_A_SEED for systems that no container runs on.
 */
function ociPlatform(system) {
    const architecture = ARCHITECTURES[system];
    if (architecture !== undefined)
        return { os: 'linux', architecture };
    throw new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .SeedError */ .uV('NOT_A_SEED', `seed images for the system ${system} are not supported`, {
        hint: `Supported are ${Object.keys(ARCHITECTURES).join(' and ')}.`
    });
}
const ARCHITECTURES = { 'x86_64-linux': 'amd64', 'aarch64-linux': 'arm64' };
function isRecord(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}
function isStrings(value) {
    return Array.isArray(value) && value.every(item => typeof item === 'string');
}
function isDirectory(value) {
    return (isRecord(value) &&
        typeof value['path'] === 'string' &&
        /^(\/[^/\0]+)+$/.test(value['path']) &&
        !value['path'].split('/').includes('..') &&
        typeof value['mode'] === 'string' &&
        /^[0-7]{3,4}$/.test(value['mode']));
}


/***/ }),

/***/ 2676:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {


// EXPORTS
__nccwpck_require__.d(__webpack_exports__, {
  CL: () => (/* binding */ builtSeed),
  QC: () => (/* binding */ invocationOf),
  MH: () => (/* binding */ readFacts),
  vz: () => (/* binding */ sourceOf)
});

// UNUSED EXPORTS: earlierSeed

// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __nccwpck_require__(7598);
// EXTERNAL MODULE: external "node:fs/promises"
var promises_ = __nccwpck_require__(1455);
// EXTERNAL MODULE: ./errors.js
var errors = __nccwpck_require__(8645);
// EXTERNAL MODULE: ./nix/closure.js
var closure = __nccwpck_require__(1489);
// EXTERNAL MODULE: ./nix/command.js
var nix_command = __nccwpck_require__(5649);
// EXTERNAL MODULE: ./address.js
var address_0 = __nccwpck_require__(9740);
// EXTERNAL MODULE: ./nix/json-shape.js
var json_shape = __nccwpck_require__(752);
;// CONCATENATED MODULE: ./nix/store-info.js


const shape = (0,json_shape/* shapeOf */.F)('nix store info', 'TOOL_FAILED');
/** Asks Nix for its store. @throws SeedError TOOL_FAILED, TOOL_MISSING, NIX_EVALUATION where the store cannot be reached */
async function storeInfo(ports) {
    const options = { task: 'could not ask Nix for its store' };
    if ((0,nix_command/* isAtLeast */.du)(await (0,nix_command/* nixVersion */.oX)(ports), 2, 19)) {
        const output = await (0,nix_command/* nix */.wF)(['store', 'info', '--json'], ports, options);
        const { url, trusted } = shape.object((0,nix_command/* parseNixJson */.f7)(output, 'nix store info'), 'the document');
        return describe(typeof url === 'string' ? url : '', trusted);
    }
    // It was called `ping`, had no JSON at first, and printed on standard error.
    const lines = [];
    const output = await (0,nix_command/* nix */.wF)(['store', 'ping'], ports, { ...options, onLine: line => void lines.push(line) });
    const valueOf = (name) => [...lines, ...output.split('\n')].find(line => line.startsWith(`${name}: `))?.slice(name.length + 2);
    return describe(valueOf('Store URL')?.trim() ?? '', valueOf('Trusted')?.trim());
}
/** Versions differ in whether trust is a number or a truth value. */
function describe(url, trusted) {
    if (trusted === undefined || trusted === null)
        return { url };
    return { url, trusted: trusted === true || trusted === 1 || trusted === '1' };
}

;// CONCATENATED MODULE: ./nix/configuration.js
/** The configuration that Nix works with, as it says itself. https://nix.dev/manual/nix/latest/command-ref/conf-file */




const configuration_shape = (0,json_shape/* shapeOf */.F)('the configuration of Nix', 'TOOL_FAILED');
/**
 * Asks Nix for its configuration, and whether that is the one that builds are made with.
 *
 * @throws SeedError TOOL_FAILED, TOOL_MISSING, NIX_EVALUATION
 */
async function nixConfiguration(ports) {
    const command = (0,nix_command/* isAtLeast */.du)(await (0,nix_command/* nixVersion */.oX)(ports), 2, 20) ? ['config', 'show'] : ['show-config'];
    const [output, store] = await Promise.all([
        (0,nix_command/* nix */.wF)([...command, '--json'], ports, { task: 'could not ask Nix for its configuration' }),
        storeInfo(ports)
    ]);
    const configuration = parseConfiguration((0,nix_command/* parseNixJson */.f7)(output, `nix ${command.join(' ')}`));
    if (isObeyed(store))
        return configuration;
    const { sandboxFallback: _, ...rest } = configuration;
    return { ...rest, sandbox: 'unknown' };
}
/** A daemon passes over what users say whom it does not trust, and a machine that is reached by SSH over what anybody says. */
function isObeyed({ url, trusted }) {
    if (/^(?:local(?:[:?]|$)|\/)/.test(url))
        return true;
    return /^(?:daemon|unix:)/.test(url) && trusted === true;
}
/** Reads `{ NAME: { value } }`, the form of all versions. */
function parseConfiguration(json) {
    const settings = configuration_shape.object(json, 'the document');
    const valueOf = (name) => {
        const setting = settings[name];
        return (0,json_shape/* isObject */.G)(setting) ? setting.value : undefined;
    };
    const words = (name) => {
        const value = valueOf(name);
        if (typeof value === 'string')
            return value.split(/\s+/).filter(word => word !== '');
        return configuration_shape.texts(value, name);
    };
    const sandbox = valueOf('sandbox');
    return {
        // Versions differ in whether a choice is a string, a truth value or a number.
        sandbox: { 0: 'false', 1: 'true', 2: 'relaxed' }[String(sandbox)] ?? configuration_shape.text(asText(sandbox), 'sandbox'),
        sandboxFallback: valueOf('sandbox-fallback') === true,
        substituters: words('substituters').map(address_0/* publicAddress */.Wq),
        trustedPublicKeys: words('trusted-public-keys')
    };
}
function asText(value) {
    return typeof value === 'boolean' ? String(value) : value;
}

// EXTERNAL MODULE: ./nix/flake-lock.js
var flake_lock = __nccwpck_require__(841);
// EXTERNAL MODULE: ./nix/flake.js
var nix_flake = __nccwpck_require__(2817);
// EXTERNAL MODULE: ./nix/store-path.js
var store_path = __nccwpck_require__(4433);
;// CONCATENATED MODULE: ./nix/locked-input.js
/** Locked inputs of a flake as others can fetch them: under which name, from where, and with which content. */



/**
 * All inputs that have a source tree of their own, each once, sorted by name.
 *
 * @param without inputs of the root that are not entered
 */
function lockedInputs(lock, { without = [] } = {}) {
    const inputs = [];
    for (const [node, name] of shortestPaths(lock, without)) {
        const { locked } = lock.nodes[node] ?? {};
        if (locked === undefined || (0,flake_lock/* isRelative */.n3)(lock.nodes[node]))
            continue;
        const { narHash } = locked;
        inputs.push({ name, node, uri: lockedUri(locked), ...(typeof narHash === 'string' && { narHash }) });
    }
    return inputs.sort((a, b) => (0,store_path/* compareText */.n6)(a.name, b.name));
}
/** Breadth first, inputs in order of their names: the same for everybody. */
function shortestPaths(lock, without) {
    const found = new Map([[lock.root, '']]);
    for (const [node, path] of found) {
        for (const [input, target] of sortedInputs(lock.nodes[node])) {
            if (node === lock.root && without.includes(input))
                continue;
            const next = typeof target === 'string' ? target : (0,flake_lock/* resolveInput */.xI)(lock, target);
            // A map goes through what is added on the way, too.
            if (next !== undefined && !found.has(next))
                found.set(next, path === '' ? input : `${path}/${input}`);
        }
    }
    return found;
}
function sortedInputs(node) {
    return Object.entries(node?.inputs ?? {}).sort(([a], [b]) => (0,store_path/* compareText */.n6)(a, b));
}
/** Attributes that say where the flake is in the tree, or which tree it is beside the revision. */
const PARAMETERS = ['dir', 'host', 'ref', 'submodules'];
/**
 * Locked attributes as a flake reference.
 * https://nix.dev/manual/nix/latest/command-ref/new-cli/nix3-flake#types
 */
function lockedUri(locked) {
    const text = (name) => {
        const value = locked[name];
        return typeof value === 'string' ? value : typeof value === 'boolean' ? String(Number(value)) : undefined;
    };
    const type = text('type') ?? 'unknown';
    const rev = text('rev');
    const isForge = text('owner') !== undefined && text('repo') !== undefined;
    const base = isForge
        ? `${type}:${text('owner')}/${text('repo')}${rev === undefined ? '' : `/${rev}`}`
        : addressOf(type, text('url') ?? text('path') ?? '');
    const query = PARAMETERS.flatMap(name => {
        // Neither is a host a place for credentials.
        const value = name === 'host' ? text(name)?.replace(/^.*@/s, '') : text(name);
        // A forge takes a revision or a branch, not both.
        return value === undefined || (isForge && name === 'ref') ? [] : [`${name}=${encodeURIComponent(value)}`];
    });
    if (!isForge && rev !== undefined)
        query.push(`rev=${rev}`);
    return query.length === 0 ? base : `${base}?${query.join('&')}`;
}
function addressOf(type, address) {
    if (type === 'path')
        return `path:${address.split('/').map(encodeURIComponent).join('/')}`;
    const bare = (0,address_0/* publicAddress */.Wq)(address);
    // An archive or a file is known by its address alone, a repository needs to be told which kind it is.
    return (type === 'git' || type === 'hg') && bare !== address_0/* UNREADABLE_ADDRESS */.Dn ? `${type}+${bare}` : bare;
}

// EXTERNAL MODULE: ./oci/name.js
var oci_name = __nccwpck_require__(1415);
// EXTERNAL MODULE: ./version.js + 1 modules
var version_0 = __nccwpck_require__(9085);
// EXTERNAL MODULE: ./seed/checkout.js
var checkout = __nccwpck_require__(7666);
// EXTERNAL MODULE: ./seed/image.js
var seed_image = __nccwpck_require__(3181);
;// CONCATENATED MODULE: ./nix/nar.js


/**
 * The NAR hash of a folder that holds `files` and nothing else, as `narHash` of a flake.lock has it: the SHA-256 of the
 * folder's Nix archive, written `sha256-BASE64`.
 * https://nix.dev/manual/nix/latest/protocols/nix-archive.html
 *
 * @throws SeedError STORE_INVALID where the paths are not those of one folder.
 */
function nar_narHashOfTree(files) {
    const hash = createHash('sha256');
    hash.update(nar_text('nix-archive-1'));
    for (const piece of node(treeOf(files)))
        hash.update(piece);
    return `sha256-${hash.digest('base64')}`;
}
function treeOf(files) {
    const root = new Map();
    for (const file of files) {
        const parts = file.path.split('/');
        const name = parts.pop() ?? '';
        if (![...parts, name].every(isName))
            throw invalid(file.path, 'is no relative path');
        let folder = root;
        for (const part of parts) {
            const child = folder.get(part) ?? new Map();
            if (!(child instanceof Map))
                throw invalid(file.path, 'lies in a file');
            folder.set(part, child);
            folder = child;
        }
        if (folder.has(name))
            throw invalid(file.path, 'is there twice');
        folder.set(name, file);
    }
    return root;
}
function isName(name) {
    return name !== '' && name !== '.' && name !== '..' && !name.includes('\0');
}
function invalid(path, what) {
    return new SeedError('STORE_INVALID', `a tree cannot hold ${JSON.stringify(path)}: it ${what}`);
}
function* node(item) {
    if (!(item instanceof Map)) {
        yield nar_text('(', 'type', 'regular', ...(item.executable === true ? ['executable', ''] : []), 'contents');
        yield* string(item.bytes);
        yield nar_text(')');
        return;
    }
    yield nar_text('(', 'type', 'directory');
    // Entries stand in the order of their names' bytes, which is not that of UTF-16.
    const entries = [...item].map(([name, child]) => ({ name: Buffer.from(name), child }));
    for (const { name, child } of entries.sort((a, b) => Buffer.compare(a.name, b.name))) {
        yield nar_text('entry', '(', 'name');
        yield* string(name);
        yield nar_text('node');
        yield* node(child);
        yield nar_text(')');
    }
    yield nar_text(')');
}
function nar_text(...words) {
    return Buffer.concat(words.flatMap(word => [...string(Buffer.from(word))]));
}
/** Length as 64 bits, least significant byte first, the bytes, and zeros up to a multiple of eight. */
function* string(bytes) {
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(bytes.length));
    yield length;
    yield bytes;
    yield Buffer.alloc((8 - (bytes.length % 8)) % 8);
}

// EXTERNAL MODULE: ./oci/digest.js
var digest = __nccwpck_require__(2096);
;// CONCATENATED MODULE: ./seed/pin.js
/**
 * The pin: how a project names the seed that its jobs start from. `flake.lock` locks the input `seed-self`, a branch of
 * the project's own repository, by commit and NAR hash; the one file of that branch, `seed.json`, names an image for
 * each system, by digest. So nothing that can be changed in place is on the way from the lock file to the layers.
 */








/** The branch that holds the pins, and nothing but them. */
const SEED_BRANCH = 'nix-seed';
const SEED_FILE = 'seed.json';
const SYSTEM = /^[a-z0-9_]{1,32}-[a-z0-9_]{1,32}$/;
/**
 * Parses `seed.json`.
 *
 * @throws SeedError PIN_INVALID with what is wrong and where.
 */
function parseSeedPins(bytes, resource) {
    const wrong = (what, cause) => new SeedError('PIN_INVALID', `${SEED_FILE}: ${what}`, {
        resource,
        hint: `Publish the seed again in seed mode: it writes the file. If it still fails, remove the branch ${SEED_BRANCH} first.`,
        cause
    });
    let json;
    try {
        json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    }
    catch (cause) {
        throw wrong('it is not JSON', cause);
    }
    if (!isObject(json))
        throw wrong('the document is not an object');
    if (json.version !== 1) {
        throw new SeedError('PIN_INVALID', `${SEED_FILE}: version is ${shown(json.version)}, known is 1`, {
            resource,
            hint: 'It was written by another release of Nix Seed: use that one, or a newer.'
        });
    }
    if (!isObject(json.systems))
        throw wrong('systems is not an object');
    const systems = Object.entries(json.systems).map(([system, seed]) => {
        if (!SYSTEM.test(system))
            throw wrong(`systems has a member ${shown(system)}, which is no system`);
        return [system, parseSeed(seed, `systems.${system}`, wrong)];
    });
    return { ...json, version: 1, systems: Object.fromEntries(systems) };
}
function parseSeed(seed, where, wrong) {
    if (!isObject(seed))
        throw wrong(`${where} is not an object`);
    const { image, lockKey, closure } = seed;
    if (typeof image !== 'string')
        throw wrong(`${where}.image is not a string`);
    try {
        pinnedImage(image);
    }
    catch (cause) {
        throw wrong(`${where}.image: ${cause instanceof Error ? cause.message : ''}`, cause);
    }
    if (typeof lockKey !== 'string' || !/^[0-9a-f]{64}$/.test(lockKey))
        throw wrong(`${where}.lockKey is not 64 hex digits`);
    if (typeof closure !== 'string' || !isDigest(closure))
        throw wrong(`${where}.closure is not "sha256:" and 64 hex digits`);
    return { ...seed, image, lockKey, closure };
}
/** @throws SeedError REFERENCE_INVALID for all but an image in a registry, by digest alone. */
function pinnedImage(image) {
    const name = parseName(image);
    const { kind, digest } = name;
    if (kind !== 'registry')
        throw new SeedError('REFERENCE_INVALID', `${shown(image)} is not in a registry`);
    if (digest === undefined)
        throw new SeedError('REFERENCE_INVALID', `${shown(image)} has no digest`);
    if (name.tag !== undefined)
        throw new SeedError('REFERENCE_INVALID', `${shown(image)} has a tag`);
    return name;
}
/** The bytes of `seed.json`: members sorted, two spaces, a line end at the end. Equal pins have equal bytes. */
function formatSeedPins(pins) {
    return Buffer.from(`${JSON.stringify(sorted(pins), undefined, 2)}\n`);
}
function sorted(value) {
    if (Array.isArray(value))
        return value.map(sorted);
    if (!isObject(value))
        return value;
    const members = Object.entries(value).sort(([a], [b]) => compareText(a, b));
    return Object.fromEntries(members.map(([name, member]) => [name, sorted(member)]));
}
/** `pins` with `seed` for `system`; the seeds of other systems stay. */
function mergeSeedPins(pins, system, seed) {
    return { ...pins, version: 1, systems: { ...pins?.systems, [system]: seed } };
}
/**
 * The hash of a closure: what the store paths of a seed are, whatever the image that carries them looks like. It is the
 * SHA-256 of one line for each path, `PATH NARHASH` and a line end, sorted by bytes, with the NAR hash as `sha256:` and
 * 64 hex digits. Anyone can compute it:
 *
 *     nix-seed inspect IMAGE --json | jq -r '.paths[] | "\(.path) \(.narHash)"' | LC_ALL=C sort | sha256sum
 */
function closureHash(closure) {
    const lines = closure.map(({ path, narHash }) => `${path} ${narHash}\n`).sort(store_path/* compareText */.n6);
    return `sha256:${(0,external_node_crypto_.createHash)('sha256').update(lines.join('')).digest('hex')}`;
}
const HOST = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*(?::[0-9]{1,5})?$/i;
const OWNER = /^[A-Za-z0-9_][A-Za-z0-9_-]{0,99}$/;
const REPO = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/;
/** What Nix takes for a ref; https://github.com/NixOS/nix/blob/2.34.0/src/libutil/url.cc has more. */
const REF = /^(?!.*(?:\.\.|\/\/|\/$|\.lock$))[A-Za-z0-9@][A-Za-z0-9_./@+-]{0,254}$/;
const REV = /^[0-9a-f]{40}$/;
const NAR_HASH = /^sha256-[A-Za-z0-9+/]{43}=$/;
/** The attribute that a flake.nix gets among its inputs, in one line. */
function seedInput({ host, owner, repo, ref }) {
    const server = host === undefined || host === 'github.com' ? '' : `?host=${host}`;
    return `${SEED_INPUT} = { url = "github:${owner}/${repo}/${ref}${server}"; flake = false; };`;
}
/**
 * Where a lock file pins the project's seed.
 *
 * @param resource the lock file, for the error.
 * @param branch where the project's seeds are pinned, for the hint.
 * @throws SeedError PIN_MISSING where the lock file has no input `seed-self`, PIN_INVALID where it is something else than
 *   a branch on GitHub, or malformed.
 */
function pinLocation(lock, resource, branch = EXAMPLE) {
    const found = seedSelfNode(lock);
    if (found === undefined) {
        throw new SeedError('PIN_MISSING', `flake.lock has no input ${SEED_INPUT}, so no seed is pinned`, {
            resource,
            hint: howToPin(branch)
        });
    }
    const { name, node } = found;
    const { locked = {} } = node;
    const wrong = (what) => new SeedError('PIN_INVALID', `flake.lock: ${what}`, {
        resource,
        hint: `Write inputs.${seedInput(branch)} in flake.nix, and run: nix flake update ${SEED_INPUT}`
    });
    if (name === lock.root)
        throw wrong(`the input ${SEED_INPUT} is the flake itself`);
    if (locked.type !== 'github')
        throw wrong(`the input ${SEED_INPUT} has the type ${shown(locked.type)} and not "github"`);
    if (node.flake)
        throw wrong(`the input ${SEED_INPUT} is taken for a flake: flake = false is missing`);
    const member = (key, form) => {
        const value = locked[key];
        if (typeof value === 'string' && form.test(value))
            return value;
        throw wrong(`nodes.${name}.locked.${key} is ${value === undefined ? 'missing' : `${shown(value)}, which it cannot be`}`);
    };
    const ref = refOf(node, name, wrong);
    return {
        host: locked.host === undefined ? undefined : member('host', HOST),
        owner: member('owner', OWNER),
        repo: member('repo', REPO),
        ...(ref === undefined ? {} : { ref }),
        rev: member('rev', REV),
        narHash: member('narHash', NAR_HASH),
        node: name
    };
}
/** The branch, which stands in what flake.nix asks for; what is locked has a commit in its place. */
function refOf({ raw }, name, wrong) {
    const ref = isObject(raw.original) ? raw.original.ref : undefined;
    if (ref === undefined || (typeof ref === 'string' && REF.test(ref)))
        return ref;
    throw wrong(`nodes.${name}.original.ref is ${shown(ref)}, which it cannot be`);
}
const EXAMPLE = { owner: 'OWNER', repo: 'REPOSITORY', ref: SEED_BRANCH };
/** The order matters: Nix cannot lock a branch that is not there, and a flake with such an input fails altogether. */
function howToPin(branch) {
    return (`Run seed mode once, which makes the branch ${branch.ref}; then add inputs.${seedInput(branch)} to flake.nix ` +
        `(and ${SEED_INPUT} or "..." to the arguments of outputs), run "nix flake lock", and commit both files.`);
}
/**
 * Reads `seed.json` as it came from where a lock file pins it.
 *
 * @throws SeedError PIN_INVALID where the bytes are not what the lock file's NAR hash says, or no pins.
 */
function readPins(bytes, location, resource) {
    const found = narHashOfTree([{ path: SEED_FILE, bytes }]);
    if (found === location.narHash)
        return parseSeedPins(bytes, resource);
    const commit = location.rev.slice(0, 12);
    throw new SeedError('PIN_INVALID', `${SEED_FILE} is not what flake.lock pins: expected ${location.narHash}, found ${found}. Either commit ${commit} ` +
        `holds other files beside it, or somebody tampered with the file or with flake.lock`, {
        resource,
        hint: `See what the commit holds and who changed the lock. If nothing is wrong there, let the branch hold ${SEED_FILE} alone and run: nix flake update ${SEED_INPUT}`
    });
}
/** The seed for `system`. @throws SeedError PIN_MISSING naming the systems that have one. */
function pinnedSeed(pins, system, resource) {
    const seed = Object.hasOwn(pins.systems, system) ? pins.systems[system] : undefined;
    if (seed !== undefined)
        return seed;
    const others = Object.keys(pins.systems).sort(compareText);
    const pinned = others.length === 0 ? 'none is pinned for any system' : `pinned are those for ${others.join(', ')}`;
    throw new SeedError('PIN_MISSING', `no seed is pinned for ${system}: ${pinned}`, {
        resource,
        hint: `Run seed mode in a job on ${system} too.`
    });
}
/**
 * The image that a pin names, if it is in a repository that the workflow trusts. A pin comes out of the repository, from
 * a fork too; what it names becomes the software that runs first in the job, and may be asked for with credentials.
 *
 * @param trusted images as HOST/REPOSITORY. They are compared as a whole, the host without regard to case.
 * @throws SeedError SEED_REFUSED for any other; PIN_INVALID where the pin is no image with a digest; REFERENCE_INVALID
 *   where a trusted one is none.
 */
function trustedImage(image, trusted) {
    const accepted = trusted.map(trustedName);
    let name;
    try {
        name = pinnedImage(image);
    }
    catch (cause) {
        throw new SeedError('PIN_INVALID', 'the pin names no image by digest', { resource: image, cause });
    }
    if (accepted.includes(repositoryOf(name)))
        return name;
    throw new SeedError('SEED_REFUSED', `the pin names an image that is not trusted: ${repositoryOf(name)}`, {
        resource: image,
        hint: `Trusted ${accepted.length === 1 ? 'is' : 'are'} ${accepted.join(', ') || 'none'}. ` +
            `If this one is right, add ${repositoryOf(name)} to the input trusted-images of the action.`
    });
}
function trustedName(text) {
    const name = parseName(text);
    if (name.kind === 'registry' && name.tag === undefined && name.digest === undefined)
        return repositoryOf(name);
    throw new SeedError('REFERENCE_INVALID', `${shown(text)} is no repository of a registry`, {
        hint: 'Write trusted images as HOST/REPOSITORY, without a tag or a digest.'
    });
}
function repositoryOf({ host, repository }) {
    return formatName({ kind: 'registry', host: host.toLowerCase(), repository });
}
/** A value out of a JSON file that may be anybody's, short enough for a message. */
function shown(value) {
    const text = value === undefined ? 'missing' : JSON.stringify(value);
    return text.length <= 120 ? text : `${text.slice(0, 120)}…`;
}

;// CONCATENATED MODULE: ./seed/facts.js
/** What a builder can say about a seed that it built: out of the image, the flake and Nix. */














/** Gathers what is true of a seed that this machine has built. */
async function readFacts(image, { flake, built, startedFrom }, ports) {
    const { closure } = (0,seed_image/* readTable */.xz)(image.config[seed_image/* SEED_FIELD */.H8]);
    const [lock, inputs, nix, version] = await Promise.all([
        (0,promises_.readFile)(flake.lockFile),
        inputsOf(flake, ports),
        nixConfiguration(ports),
        (0,nix_command/* nixVersion */.oX)(ports)
    ]);
    const commit = (0,checkout/* commitOf */.D)(flake);
    return {
        lockSha256: (0,external_node_crypto_.createHash)('sha256').update(lock).digest('hex'),
        ...(flake.dir !== '' && { lockPath: `${flake.dir}/flake.lock` }),
        inputs,
        checkout: { narHash: flake.narHash, ...(commit !== undefined && { rev: commit }) },
        system: image.config[seed_image/* SEED_FIELD */.H8].system,
        derivation: built.derivation,
        ...(startedFrom !== undefined && { startedFrom: earlierSeed(startedFrom) }),
        closureHash: closureHash(closure),
        versions: { 'nix-seed': version_0/* VERSION */.x, nix: version.text, ...built.tools },
        nix
    };
}
/** @throws SeedError REFERENCE_INVALID */
function earlierSeed(reference) {
    const { tag: _, digest, ...name } = (0,oci_name/* parseName */.$q)(reference);
    if (digest === undefined) {
        throw new errors/* SeedError */.uV('REFERENCE_INVALID', 'the seed that the job started from is named without a digest', {
            resource: reference
        });
    }
    return { uri: name.kind === 'registry' ? `oci://${(0,oci_name/* formatName */.nD)(name)}` : (0,oci_name/* formatName */.nD)(name), digest };
}
/** @param hasErofs the image has EROFS layers */
function builtSeed(derivation, { descriptor }, hasErofs) {
    return { derivation, tools: toolVersions(descriptor.tools, hasErofs) };
}
/** Versions of the programs that made bytes of the image. */
function toolVersions(tools, hasErofs) {
    const used = ['zstd', ...(hasErofs ? ['erofs-utils'] : [])];
    return Object.fromEntries(used.flatMap(tool => versionIn(tools[tool] ?? '').map(version => [tool, version])));
}
/** The version in a store path's name, as Nix itself splits it: from the first dash that no letter follows. */
function versionIn(program) {
    const name = program.split('/')[3]?.slice('0123456789abcdfghijklmnpqrsvwxyz-'.length) ?? '';
    const version = /-(?![a-zA-Z])(.+?)(?:-bin|-out)?$/.exec(name)?.[1];
    return version === undefined ? [] : [version];
}
/** The locked inputs, but the project's own seed. */
async function inputsOf(flake, ports) {
    const inputs = lockedInputs(flake.lock, { without: [flake_lock/* SEED_INPUT */.JV] });
    const hashes = await missingHashes(flake, inputs, ports);
    return inputs.map(({ name, uri, node, narHash = hashes.get(node) ?? '' }) => ({ name, uri, narHash }));
}
/** Some versions of Nix lock a revision alone: the hash is that of the tree that it leads to. */
async function missingHashes(flake, inputs, ports) {
    const nodes = inputs.filter(({ narHash }) => narHash === undefined).map(({ node }) => node);
    if (nodes.length === 0)
        return new Map();
    const trees = await (0,nix_flake/* sourceTrees */.ZC)(flake.lock, nodes, ports);
    const infos = new Map((await (0,closure/* queryClosure */.K)([...trees.values()], ports)).map(info => [info.path, info.narHash]));
    const sri = (hash = '') => `sha256-${Buffer.from(hash.slice('sha256:'.length), 'hex').toString('base64')}`;
    return new Map([...trees].map(([node, path]) => [node, sri(infos.get(path))]));
}
/** Where the flake is from, for a builder whom no certificate tells that: a repository on the web and a commit of it. */
function sourceOf({ rev, url }, annotations) {
    if (rev === undefined)
        return undefined;
    const published = annotations['org.opencontainers.image.source'];
    // A checkout on this machine is a place that nobody else knows.
    const uri = published !== undefined ? `git+${published}` : url.startsWith('git+file:') ? undefined : url;
    return uri === undefined ? undefined : { uri, commit: rev };
}
/** Variables that hold the address of this run of a job, at CI providers whose jobs sign with keys. */
const RUN_VARIABLES = ['CI_JOB_URL', 'CIRCLE_BUILD_URL', 'BUILD_URL', 'CODEBUILD_BUILD_ARN'];
/** The address of this run, for a builder whom no certificate tells that. */
function invocationOf(env) {
    return RUN_VARIABLES.map(name => (0,errors/* redactUrl */.BO)(env[name] ?? '')).find(text => /^[!-~]+$/.test(text) && URL.canParse(text));
}


/***/ }),

/***/ 3181:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   Cu: () => (/* binding */ ANNOTATION_SYSTEM),
/* harmony export */   DE: () => (/* binding */ CREATED),
/* harmony export */   H8: () => (/* binding */ SEED_FIELD),
/* harmony export */   IE: () => (/* binding */ ANNOTATION_LAYER_KEY),
/* harmony export */   Ph: () => (/* binding */ EROFS_FEATURE),
/* harmony export */   Rb: () => (/* binding */ ANNOTATION_IDENTITY),
/* harmony export */   WV: () => (/* binding */ ANNOTATION_LOCK_KEY),
/* harmony export */   _l: () => (/* binding */ ANNOTATION_CONTENT),
/* harmony export */   d: () => (/* binding */ makeTable),
/* harmony export */   kH: () => (/* binding */ erofsEntry),
/* harmony export */   xz: () => (/* binding */ readTable),
/* harmony export */   zJ: () => (/* binding */ readSeedImage)
/* harmony export */ });
/* harmony import */ var _errors_js__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(8645);
/* harmony import */ var _nix_store_path_js__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(4433);
/* harmony import */ var _oci_types_js__WEBPACK_IMPORTED_MODULE_2__ = __nccwpck_require__(2215);
/* harmony import */ var _descriptor_js__WEBPACK_IMPORTED_MODULE_3__ = __nccwpck_require__(4847);
/**
 * The seed image: how a seed is written down in OCI's formats, and read back from them.
 *
 * The image config carries one field of our own, as the specification allows: the seed's table of store paths, with all
 * that a Nix store database needs to know of them and the layer that holds each. So an image can be inspected, compared
 * and restored beside an existing store without a layer being read.
 * https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md
 */




const SEED_FIELD = 'dev.nix-seed';
/** On a layer: what it was made from and with; equal keys mean equal bytes. */
const ANNOTATION_LAYER_KEY = 'dev.nix-seed.layer-key';
/** On a layer: what it holds, for people. */
const ANNOTATION_CONTENT = 'dev.nix-seed.content';
/** On the index: what the seed was built from, so that an unchanged one is found without building it. */
const ANNOTATION_IDENTITY = 'dev.nix-seed.identity';
const ANNOTATION_LOCK_KEY = 'dev.nix-seed.lock-key';
const ANNOTATION_SYSTEM = 'dev.nix-seed.system';
/** What the platform of an image with EROFS layers says that a client has to be able to do. */
const EROFS_FEATURE = 'erofs';
/** Fixed, so that an image depends on its content alone; the second after the epoch, which all tools take for a date. */
const CREATED = '1970-01-01T00:00:01Z';
const STORE = '/nix/store/';
/**
 * Makes the table of a seed.
 *
 * @param nix store path of the Nix that the seed brings
 * @param layers for each layer of the image, the store paths that it holds
 * @param licenses by store path; others than those of the closure do not matter
 * @param outputs by attribute of the flake, the roots that it needs and not every job does
 */
function makeTable(name, system, roots, nix, closure, layers, licenses = {}, outputs) {
    const indexes = new Map(closure.map((info, i) => [info.path, i]));
    const layerOf = new Map(layers.flatMap((paths, layer) => paths.map(info => [info.path, layer])));
    const indexOf = (path) => {
        const index = indexes.get(path);
        if (index === undefined)
            throw new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .SeedError */ .uV('STORE_INVALID', 'a reference leads out of the closure', { resource: path });
        return index;
    };
    const indexesOf = (paths) => [...new Set(paths.map(indexOf))].sort((a, b) => a - b);
    const needs = Object.entries(outputs ?? {}).sort(([a], [b]) => (0,_nix_store_path_js__WEBPACK_IMPORTED_MODULE_1__/* .compareText */ .n6)(a, b));
    return {
        version: 1,
        name,
        system,
        roots: indexesOf(roots),
        ...(nix === undefined ? {} : { nix: indexOf(nix) }),
        ...(outputs && { outputs: Object.fromEntries(needs.map(([name, paths]) => [name, indexesOf(paths)])) }),
        paths: closure.map(info => ({
            name: info.path.slice(STORE.length),
            narHash: info.narHash,
            narSize: info.narSize,
            references: info.references.map(indexOf).sort((a, b) => a - b),
            ...(info.ca === undefined ? {} : { ca: info.ca }),
            layer: layerOf.get(info.path) ?? 0,
            ...license(licenses[info.path])
        }))
    };
}
function license(names = []) {
    return names.length === 0 ? {} : { license: [...new Set(names)].sort() };
}
/** The closure that a table describes, sorted by path, and the layer of each path. */
function readTable(table) {
    const path = (i) => STORE + (table.paths[i]?.name ?? '');
    return {
        closure: table.paths.map(row => ({
            path: STORE + row.name,
            narHash: row.narHash,
            narSize: row.narSize,
            references: row.references.map(path),
            ...(row.ca === undefined ? {} : { ca: row.ca })
        })),
        roots: table.roots.map(path),
        ...(table.nix === undefined ? {} : { nix: path(table.nix) }),
        ...(table.outputs && { outputs: new Map(Object.entries(table.outputs).map(([name, at]) => [name, at.map(path)])) }),
        layerOf: new Map(table.paths.map(row => [STORE + row.name, row.layer])),
        licenses: new Map(table.paths.flatMap(({ name, license }) => (license ? [[STORE + name, license]] : [])))
    };
}
const MAX_CONFIG_BYTES = 64 * 1024 * 1024;
/**
 * Reads the documents of a seed image: index, manifest and config, each checked against its digest and form.
 *
 * @param reference a digest or a tag; none for the only image of an image layout
 * @throws SeedError NOT_FOUND, NOT_A_SEED, or what the repository throws
 */
async function readSeedImage(repository, reference) {
    const separator = reference?.startsWith('sha256:') ? '@' : ':';
    const resource = repository.name + (reference === undefined ? '' : separator + reference);
    const top = await repository.getManifest(reference);
    if (!top) {
        throw new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .SeedError */ .uV('NOT_FOUND', 'there is no such image', {
            resource,
            hint: 'Check the reference; `nix-seed publish` prints the right one.'
        });
    }
    const notSeed = (what) => new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .SeedError */ .uV('NOT_A_SEED', `the image is no seed: ${what}`, {
        resource,
        hint: 'Only images that `nix-seed publish` made from a descriptor can be restored or inspected as seeds.'
    });
    const index = parseDocument(top.bytes);
    if (!Array.isArray(index?.manifests))
        throw notSeed('it is not an image index');
    const entry = index.manifests[0];
    if (!entry)
        throw notSeed('its index is empty');
    const mountable = erofsEntry(index.manifests);
    const [raw, erofsRaw] = await Promise.all([
        repository.getManifest(entry.digest),
        mountable && repository.getManifest(mountable.digest)
    ]);
    if (!raw)
        throw new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .SeedError */ .uV('NOT_FOUND', 'the index names a manifest that is not there', { resource });
    const manifest = parseDocument(raw.bytes);
    if (!Array.isArray(manifest?.layers) || typeof manifest.config?.digest !== 'string')
        throw notSeed('it has no layers');
    if (manifest.config.mediaType !== _oci_types_js__WEBPACK_IMPORTED_MODULE_2__/* .MEDIA_TYPE */ .A.config || manifest.config.size > MAX_CONFIG_BYTES) {
        throw notSeed('its config is of another kind');
    }
    const config = parseDocument(await collect(repository.getBlob(manifest.config)));
    if (config?.[SEED_FIELD] === undefined)
        throw notSeed('its config holds no table of store paths');
    checkTable(config[SEED_FIELD], manifest.layers.length, notSeed);
    const erofs = erofsRaw && readErofs(erofsRaw, manifest.layers.length, notSeed);
    return {
        index: top.descriptor,
        indexAnnotations: index.annotations ?? {},
        manifest: raw.descriptor,
        layers: manifest.layers,
        config,
        ...(erofs && { erofs })
    };
}
/** The entry of an index whose layers are EROFS images. */
function erofsEntry(entries) {
    return entries.find(entry => entry.platform?.['os.features']?.includes(EROFS_FEATURE));
}
function readErofs(raw, layers, wrong) {
    const manifest = parseDocument(raw.bytes);
    const isComplete = Array.isArray(manifest?.layers) &&
        manifest.layers.length === layers &&
        manifest.layers.every(layer => layer.mediaType === _oci_types_js__WEBPACK_IMPORTED_MODULE_2__/* .MEDIA_TYPE */ .A.erofsLayer);
    if (!isComplete)
        throw wrong('its EROFS layers are not those of its ordinary ones');
    return { manifest: raw.descriptor, layers: manifest.layers };
}
const NAME = /^[0-9a-df-np-sv-z]{32}-[0-9a-zA-Z+\-._?=]+$/;
function checkTable(table, layers, wrong) {
    if (table.version !== 1)
        throw wrong(`its table has version ${JSON.stringify(table.version)}, known is 1`);
    if (!Array.isArray(table.paths) || !Array.isArray(table.roots))
        throw wrong('its table is malformed');
    const isIndex = (i) => Number.isInteger(i) && i >= 0 && i < table.paths.length;
    let previous = '';
    for (const row of table.paths) {
        const valid = typeof row.name === 'string' &&
            NAME.test(row.name) &&
            row.name > previous &&
            /^sha256:[0-9a-f]{64}$/.test(row.narHash) &&
            Number.isSafeInteger(row.narSize) &&
            Array.isArray(row.references) &&
            row.references.every(isIndex) &&
            Number.isInteger(row.layer) &&
            row.layer >= 0 &&
            row.layer < layers &&
            (row.ca === undefined || (typeof row.ca === 'string' && /^[ -~]+$/.test(row.ca))) &&
            (row.license === undefined || (Array.isArray(row.license) && row.license.every(isText)));
        if (!valid)
            throw wrong(`its table is malformed at ${JSON.stringify(row.name)}`);
        previous = row.name;
    }
    if (!table.roots.every(isIndex) || !(table.nix === undefined || isIndex(table.nix))) {
        throw wrong('its table is malformed');
    }
    const roots = new Set(table.roots);
    const { outputs = {} } = table;
    const isOutput = ([attribute, at]) => _descriptor_js__WEBPACK_IMPORTED_MODULE_3__/* .ATTRIBUTE */ .bc.test(attribute) && Array.isArray(at) && at.every(i => roots.has(i));
    const isObject = typeof outputs === 'object' && outputs !== null && !Array.isArray(outputs);
    if (!isObject || !Object.entries(outputs).every(isOutput))
        throw wrong('its table of outputs is malformed');
}
function isText(value) {
    return typeof value === 'string' && value !== '';
}
function parseDocument(bytes) {
    try {
        return JSON.parse(bytes.toString('utf8'));
    }
    catch {
        return undefined;
    }
}
async function collect(stream) {
    const pieces = [];
    for await (const piece of stream)
        pieces.push(piece);
    return Buffer.concat(pieces);
}


/***/ }),

/***/ 9075:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   dj: () => (/* binding */ canonicalJson),
/* harmony export */   tS: () => (/* binding */ readLockKey)
/* harmony export */ });
/* unused harmony export lockKey */
/* harmony import */ var node_crypto__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(7598);
/* harmony import */ var _nix_flake_lock_js__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(841);


/**
 * The lock key: what a seed is a function of, as far as the lock file says. The pin of the seed itself is left out, so
 * that pinning a seed does not make it stale. Anyone can compute it:
 *
 * 1. Parse `flake.lock`. Remove `seed-self` from the inputs of the root node, and `inputs` itself where it is then empty.
 * 2. Remove every node that can no longer be reached from the root by going through inputs, `follows` resolved as they
 *    stood in the whole file.
 * 3. Write the object of the three members `nodes`, `root` and `version` as canonical JSON (RFC 8785: members sorted,
 *    no white space), in UTF-8.
 * 4. Take the SHA-256 of those bytes, in lower-case hex.
 *
 * @returns 64 hex digits.
 */
function lockKey(lock) {
    const kept = (0,_nix_flake_lock_js__WEBPACK_IMPORTED_MODULE_1__/* .reachableNodes */ .np)(lock, { without: [_nix_flake_lock_js__WEBPACK_IMPORTED_MODULE_1__/* .SEED_INPUT */ .JV] });
    const nodes = kept.map(name => [name, lock.nodes[name]?.raw]);
    nodes.push([lock.root, withoutSeed(lock.nodes[lock.root]?.raw ?? {})]);
    const document = { nodes: Object.fromEntries(nodes), root: lock.root, version: lock.version };
    return (0,node_crypto__WEBPACK_IMPORTED_MODULE_0__.createHash)('sha256').update(canonicalJson(document)).digest('hex');
}
/** The lock key of a lock file. Throws LOCK_MISSING and LOCK_INVALID as reading it does. */
async function readLockKey(file) {
    return lockKey(await (0,_nix_flake_lock_js__WEBPACK_IMPORTED_MODULE_1__/* .readFlakeLock */ .Xb)(file));
}
function withoutSeed(root) {
    const { inputs, ...rest } = root;
    const kept = Object.entries((inputs ?? {})).filter(([name]) => name !== _nix_flake_lock_js__WEBPACK_IMPORTED_MODULE_1__/* .SEED_INPUT */ .JV);
    return kept.length === 0 ? rest : { ...rest, inputs: Object.fromEntries(kept) };
}
/**
 * Canonical JSON of a value that came out of `JSON.parse` (RFC 8785, JSON Canonicalization Scheme): the members of
 * objects sorted by UTF-16 code units, no white space, numbers and strings as ECMAScript writes them.
 */
function canonicalJson(value) {
    if (Array.isArray(value))
        return `[${value.map(canonicalJson).join(',')}]`;
    if (typeof value === 'object' && value !== null) {
        const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
        return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(',')}}`;
    }
    return JSON.stringify(value);
}


/***/ }),

/***/ 9544:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   I9: () => (/* binding */ recall),
/* harmony export */   Q0: () => (/* binding */ memoOf),
/* harmony export */   h2: () => (/* binding */ NO_MEMO)
/* harmony export */ });
/* harmony import */ var _image_js__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(3181);

const NO_MEMO = new Map();
/** The layers of `image` by their keys. */
function memoOf(image) {
    const { diff_ids: diffIds } = image.config.rootfs;
    const entry = ({ digest, size, annotations }, diffId) => {
        const key = annotations?.[_image_js__WEBPACK_IMPORTED_MODULE_0__/* .ANNOTATION_LAYER_KEY */ .IE];
        return key === undefined || diffId === undefined ? [] : [[key, { digest, size, diffId }]];
    };
    return new Map([
        ...image.layers.flatMap((layer, i) => entry(layer, diffIds[i])),
        ...(image.erofs?.layers ?? []).flatMap(layer => entry(layer, layer.digest))
    ]);
}
/** The layer with `key`, if it is known and still in the repository. */
async function recall(memo, key, repository) {
    const known = memo.get(key);
    if (known === undefined)
        return undefined;
    const size = await repository.headBlob(known.digest);
    return size === known.size || Number.isNaN(size) ? known : undefined; // some registries say no size
}


/***/ }),

/***/ 2569:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {


// EXPORTS
__nccwpck_require__.d(__webpack_exports__, {
  H: () => (/* binding */ packSeed)
});

// EXTERNAL MODULE: ./oci/digest.js
var digest = __nccwpck_require__(2096);
// EXTERNAL MODULE: ./oci/types.js
var types = __nccwpck_require__(2215);
// EXTERNAL MODULE: ./seed/descriptor.js
var seed_descriptor = __nccwpck_require__(4847);
// EXTERNAL MODULE: external "node:child_process"
var external_node_child_process_ = __nccwpck_require__(1421);
// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __nccwpck_require__(7598);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __nccwpck_require__(6760);
// EXTERNAL MODULE: ./errors.js
var errors = __nccwpck_require__(8645);
;// CONCATENATED MODULE: ./oci/tar.js
/**
 * A canonical tar writer: one byte sequence for one tree, whoever packs it, wherever and with whatever Node.js.
 *
 * Format: POSIX ustar (IEEE Std 1003.1, pax), with exactly one extension: a pax extended header in front of an entry
 * whose name or link target is longer than 100 bytes or whose size needs more than 11 octal digits. The ustar prefix
 * field is never used, so every path has one possible encoding. Owner 0:0 without names, modification time 1 (as in
 * the Nix store), no hard links, no device numbers. Names are bytes: what is not UTF-8 goes through unchanged.
 */
const BLOCK = 512;
const MAX_FIELD = 100;
const MAX_OCTAL_SIZE = 0o77777777777;
const TYPE_FLAG = { file: '0', directory: '5', symlink: '2', pax: 'x' };
/** Two zero blocks end an archive. */
const TAR_END = Buffer.alloc(2 * BLOCK);
/** Number of zero bytes that follow `size` bytes of content. */
function tarPadding(size) {
    return (BLOCK - (size % BLOCK)) % BLOCK;
}
/**
 * The header of one entry: 512 bytes, or more where a pax header precedes it.
 *
 * @throws RangeError if a path is empty, absolute or holds a NUL byte, which no file system yields.
 */
function tarHeader(entry) {
    const { type, mode } = entry;
    const size = type === 'file' ? entry.size : 0;
    const name = type === 'directory' ? Buffer.concat([entry.path, SLASH]) : entry.path;
    const target = entry.target ?? EMPTY;
    if (entry.path.length === 0 || entry.path[0] === SLASH[0] || entry.path.includes(0) || target.includes(0)) {
        throw new RangeError(`not a tar path: ${JSON.stringify(entry.path.toString('latin1'))}`);
    }
    const records = [];
    if (name.length > MAX_FIELD)
        records.push(paxRecord('path', name));
    if (target.length > MAX_FIELD)
        records.push(paxRecord('linkpath', target));
    if (size > MAX_OCTAL_SIZE)
        records.push(paxRecord('size', Buffer.from(String(size))));
    const header = ustarBlock(name, TYPE_FLAG[type], mode, size > MAX_OCTAL_SIZE ? 0 : size, target);
    if (records.length === 0)
        return header;
    const body = Buffer.concat(records);
    return Buffer.concat([
        ustarBlock(PAX_NAME, TYPE_FLAG.pax, 0o644, body.length, EMPTY),
        body,
        Buffer.alloc(tarPadding(body.length)),
        header
    ]);
}
const EMPTY = Buffer.alloc(0);
const SLASH = Buffer.from('/');
const PAX_NAME = Buffer.from('././@PaxHeader');
/** `LENGTH KEY=VALUE\n`, where LENGTH counts the whole record, itself included. */
function paxRecord(key, value) {
    const rest = Buffer.byteLength(key) + value.length + 3; // blank, equals sign, newline
    let length = rest + String(rest).length;
    if (rest + String(length).length !== length)
        length = rest + String(length).length;
    return Buffer.concat([Buffer.from(`${length} ${key}=`), value, Buffer.from('\n')]);
}
function ustarBlock(name, typeFlag, mode, size, target) {
    const block = Buffer.alloc(BLOCK);
    name.copy(block, 0, 0, MAX_FIELD);
    writeOctal(block, 100, 8, mode);
    writeOctal(block, 108, 8, 0); // uid
    writeOctal(block, 116, 8, 0); // gid
    writeOctal(block, 124, 12, size);
    writeOctal(block, 136, 12, 1); // modification time
    block.fill(0x20, 148, 156); // the checksum counts its own field as blanks
    block.write(typeFlag, 156, 'latin1');
    target.copy(block, 157, 0, MAX_FIELD);
    block.write('ustar\x0000', 257, 'latin1');
    let checksum = 0;
    for (const byte of block)
        checksum += byte;
    block.write(`${checksum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
    return block;
}
function writeOctal(block, offset, width, value) {
    block.write(value.toString(8).padStart(width - 1, '0'), offset, 'latin1');
}

// EXTERNAL MODULE: ./process.js
var process = __nccwpck_require__(1313);
;// CONCATENATED MODULE: ./seed/compress.js
/** Compression by an outside zstd: the one that the project's lock pins, since zstd's bytes differ between versions. */


/**
 * One level for all layers. Of libraries and programs (python and a JDK, zstd 1.5, one thread), level 1 makes 8 % more
 * bytes than level 3 in 57 % of the time, level 2 makes 3 % more in 69 %. A seed is packed once and fetched by every
 * job, so bytes count for more.
 */
const ZSTD_LEVEL = 3;
/**
 * Fixed for reproducibility: one thread, since the thread setting changes the bytes, and no checksum of zstd's own, since
 * every blob has a SHA-256 digest.
 */
const ZSTD_ARGUMENTS = [`-${ZSTD_LEVEL}`, '--single-thread', '--no-check', '--quiet', '--stdout'];
/**
 * Streams `source` through the zstd program at `tool`. Both ends are bounded by the pipes; nothing is kept.
 *
 * @throws SeedError TOOL_MISSING or TOOL_FAILED; whatever `source` throws; the reason of `signal`.
 */
async function* zstd(source, tool, signal) {
    signal.throwIfAborted();
    // No shell and no inherited environment: nothing of the outside (ZSTD_CLEVEL, ZSTD_NBTHREADS) may change the bytes.
    const child = (0,external_node_child_process_.spawn)(tool, ZSTD_ARGUMENTS, { stdio: ['pipe', 'pipe', 'pipe'], env: {}, signal });
    const exited = new Promise((resolve, reject) => {
        child.once('error', reject);
        child.once('close', resolve);
    });
    let complaint = '';
    child.stderr.on('data', (piece) => {
        complaint = (complaint + piece.toString()).slice(-2000);
    });
    child.stdin.on('error', () => { }); // a broken pipe shows as the exit status
    const failures = [];
    const feeding = (async () => {
        try {
            for await (const piece of source) {
                if (!(await written(child.stdin, piece)))
                    break;
            }
            child.stdin.end();
        }
        catch (error) {
            failures.push(error);
            child.kill('SIGKILL');
        }
    })();
    exited.catch(() => { });
    try {
        for await (const piece of child.stdout)
            yield piece;
        await feeding;
        const status = await exited;
        if (failures.length > 0)
            throw failures[0];
        if (status !== 0)
            throw new errors/* SeedError */.uV('TOOL_FAILED', `zstd failed: ${complaint.trim()}`, { resource: tool });
    }
    catch (error) {
        if (failures.length > 0)
            throw failures[0];
        if (error.code === 'ENOENT') {
            throw new errors/* SeedError */.uV('TOOL_MISSING', 'the zstd program that the seed pins is not in the store', {
                resource: tool,
                hint: 'Build the seed again; the program is part of its derivation.',
                cause: error
            });
        }
        throw error;
    }
    finally {
        if (child.exitCode === null && child.signalCode === null)
            child.kill('SIGKILL');
    }
}
/** Resolves when the system has taken the whole piece, so that its buffer may be used again; false if nobody reads. */
function written(stream, piece) {
    return new Promise(resolve => {
        stream.write(piece, error => {
            resolve(!error);
        });
    });
}

;// CONCATENATED MODULE: ./seed/erofs.js
/**
 * Layers as EROFS images, which a kernel mounts as they are. They are made by the mkfs.erofs that the project's lock pins,
 * since its bytes differ between versions, out of the very tar stream of the ordinary layer.
 * https://docs.kernel.org/filesystems/erofs.html
 */







/**
 * What decides the bytes, and so a part of the key of each layer.
 *
 * Compression: zstd, in extents of 256 KiB of content. Without a bound on extents mkfs.erofs searches for the content that
 * just fills a compressed cluster, and compresses it some ten times over to find it; with one, it compresses once.
 * `docs/design.md` has the figures, and why small files are not packed together. The rest is fixed so that an image depends
 * on its layer alone: blocks of 4 KiB whatever the page size of this machine, one time for everything, no extended
 * attributes, no threads.
 */
const ARGUMENTS = ['-b4096', '-T1', '-x-1', '-zzstd,level=3', '-C1048576', '--max-extent-bytes=262144', '--tar=f'];
/** Compresses in the main thread; programs that were built without threads do not know the option. */
const NO_THREADS = '--workers=0';
const BUILD_AGAIN = 'Build the seed again; the program is part of its derivation.';
const NEEDED = ['--tar=', '--max-extent-bytes=', 'zstd'];
/**
 * The program that makes EROFS layers, and how it is called; undefined where none are to be made.
 *
 * @param program mkfs.erofs, where the seed's descriptor has it
 * @param format by default EROFS layers are made where the program can
 * @throws SeedError TOOL_MISSING where they are asked for and it cannot
 */
async function erofsTool(program, format, ports) {
    if (format === 'oci')
        return undefined;
    const help = typeof program === 'string' ? await helpOf(program, ports) : undefined;
    const lacking = help && NEEDED.filter(word => !help.includes(word));
    if (typeof program === 'string' && help && lacking?.length === 0) {
        return { program, arguments: help.includes('--workers=') ? [...ARGUMENTS, NO_THREADS] : ARGUMENTS };
    }
    const problem = lacking ? `the mkfs.erofs of the seed lacks ${lacking.join(', ')}` : 'the seed has no mkfs.erofs';
    if (format === undefined) {
        ports.log.debug(`${problem}, so there are no EROFS layers`);
        return undefined;
    }
    throw new errors/* SeedError */.uV('TOOL_MISSING', `EROFS layers cannot be made: ${problem}`, {
        ...(typeof program === 'string' && { resource: program }),
        hint: 'Take a nixpkgs whose erofs-utils is 1.8 or later, or publish with --format oci.'
    });
}
async function helpOf(program, { signal }) {
    return (await (0,process/* run */.eF)(program, ['--help'], { env: {}, signal, hint: BUILD_AGAIN })).stdout.toString();
}
/**
 * Starts to make the image of a layer out of a tar stream.
 *
 * @param file where the image goes. Beside it there is, for as long as the program runs, a nameless file with the content.
 * @param key of the layer: the image's UUID is made from it. It has to be another one for each layer, since overlay tells
 *   the file systems below it apart by it.
 * @throws from the methods: SeedError TOOL_MISSING or TOOL_FAILED; the reason of `signal`
 */
function startErofs(file, key, tool, signal) {
    // No inherited environment: nothing of the outside (SOURCE_DATE_EPOCH) may change the bytes.
    const child = (0,external_node_child_process_.spawn)(tool.program, [...tool.arguments, '--quiet', `-U${uuidOf(key)}`, file], {
        stdio: ['pipe', 'ignore', 'pipe'],
        env: { TMPDIR: (0,external_node_path_.dirname)(file) }
    });
    let complaint = '';
    child.stderr.on('data', (piece) => {
        complaint = (complaint + piece.toString()).slice(-2000);
    });
    child.stdin.on('error', () => { }); // a broken pipe shows as the exit status
    const kill = () => void child.kill('SIGKILL');
    signal.addEventListener('abort', kill, { once: true });
    const closed = new Promise(resolve => child.once('close', () => resolve()));
    const done = new Promise((resolve, reject) => {
        child.once('error', cause => reject(notStarted(tool, cause)));
        child.once('close', status => {
            signal.removeEventListener('abort', kill);
            if (status === 0)
                resolve();
            else
                reject(signal.aborted ? signal.reason : failed(tool, complaint));
        });
    });
    done.catch(() => { });
    const write = async (piece) => {
        // It need not read what follows the archive's end; any other reason is its failure.
        if (!(await written(child.stdin, piece)))
            await done;
    };
    // The tar stream of a layer has no entry for its root, which would get a mode of mkfs.erofs' own choice.
    const root = write(tarHeader({ path: Buffer.from('.'), type: 'directory', mode: 0o755, size: 0 }));
    root.catch(() => { });
    return {
        async write(piece) {
            await root;
            await write(piece);
        },
        async end() {
            child.stdin.end();
            await done;
        },
        async stop() {
            if (child.exitCode === null && child.signalCode === null)
                kill();
            if (child.pid !== undefined)
                await closed;
        }
    };
}
/** A UUID of version 8, which leaves the bits to us. https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-8 */
function uuidOf(key) {
    const hex = (0,external_node_crypto_.createHash)('sha256').update(key).digest('hex');
    return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(12, 15)}`, `8${hex.slice(15, 18)}`, hex.slice(18, 30)].join('-');
}
function notStarted({ program }, cause) {
    if ((0,errors/* systemCode */.xU)(cause) !== 'ENOENT')
        return new errors/* SeedError */.uV('TOOL_FAILED', 'mkfs.erofs cannot be run', { resource: program, cause });
    return new errors/* SeedError */.uV('TOOL_MISSING', 'the mkfs.erofs program that the seed pins is not in the store', {
        resource: program,
        hint: BUILD_AGAIN,
        cause
    });
}
function failed({ program }, complaint) {
    return new errors/* SeedError */.uV('TOOL_FAILED', `mkfs.erofs failed: ${complaint.trim()}`, {
        resource: program,
        hint: 'It needs room for the largest layers in the folder for temporary files: set TMPDIR to one that has it.'
    });
}

// EXTERNAL MODULE: ./seed/image.js
var seed_image = __nccwpck_require__(3181);
// EXTERNAL MODULE: ./nix/schema.js
var schema = __nccwpck_require__(6317);
// EXTERNAL MODULE: ./nix/store-path.js
var store_path = __nccwpck_require__(4433);
;// CONCATENATED MODULE: ./nix/database.js


/**
 * Registration times are the same everywhere, or the image would not be reproducible. Nix asks them only for `--delete`
 * and `nix path-info`.
 */
const REGISTRATION_TIME = 1;
const PAGE_SIZE_BYTES = 4096;
/** SQLite file format, section 1.3: write version and read version. 2 is WAL, which Nix switches to otherwise. */
const VERSION_OFFSET = 18;
const WAL_VERSION = 2;
/**
 * Makes the Nix store database of an image, in which exactly the paths of `closure` are valid. The bytes are a function
 * of the closure alone: the database engine is part of this project, and ids, times and the order of rows are fixed.
 * Derivers and signatures are left out, for they say who built a path and not what it is.
 *
 * @param closure closed under references, as {@link queryClosure} returns it; its order does not matter.
 * @returns the file, in WAL mode with an empty log: Nix opens it as it is, and a copy without `-wal` is complete.
 */
async function makeDatabase(closure) {
    // Only when it is needed: it is a megabyte, and most commands and phases never write an image.
    const { default: initialize } = await Promise.resolve(/* import() */).then(__nccwpck_require__.bind(__nccwpck_require__, 5084));
    const { Database } = await initialize();
    const database = new Database();
    try {
        database.run(`pragma page_size = ${PAGE_SIZE_BYTES}`);
        database.run('begin');
        database.run(schema/* tables */.um);
        fill(database, [...closure].sort((a, b) => (0,store_path/* compareText */.n6)(a.path, b.path)));
        database.run(schema/* indexes */.DU);
        database.run('commit');
        const bytes = database.export();
        bytes[VERSION_OFFSET] = WAL_VERSION;
        bytes[VERSION_OFFSET + 1] = WAL_VERSION;
        return bytes;
    }
    finally {
        database.close();
    }
}
function fill(database, sorted) {
    const ids = new Map(sorted.map(({ path }, index) => [path, index + 1]));
    const valid = database.prepare('insert into ValidPaths (id, path, hash, registrationTime, narSize, ca) values (?, ?, ?, ?, ?, ?)');
    for (const { path, narHash, narSize, ca } of sorted) {
        valid.run([ids.get(path) ?? null, path, narHash, REGISTRATION_TIME, narSize, ca ?? null]);
    }
    valid.free();
    const refers = database.prepare('insert into Refs (referrer, reference) values (?, ?)');
    for (const { path, references } of sorted) {
        for (const reference of [...references].sort(store_path/* compareText */.n6)) {
            refers.run([ids.get(path) ?? null, ids.get(reference) ?? null]);
        }
    }
    refers.free();
}

;// CONCATENATED MODULE: ./seed/plan.js
/** Container engines refuse more than 127 layers; this leaves room for what users put on top. */
const MAX_LAYERS = 100;
/** Layers that the packer adds to the plan: store database and root file system. */
const RESERVED_LAYERS = 2;
const SOURCE_LAYERS = 8;
/**
 * Plans the layers of a closure.
 *
 * @param closure every path of the seed with all of its references
 * @param sources store paths of flake inputs' source trees, a subset of `closure`. They change with every update of the
 *   lock, so they stand apart, on top of all others.
 */
function planLayers(closure, sources) {
    const trees = sourceLayers(closure.filter(info => sources.has(info.path)));
    const drafts = draftLayers(closure)
        .filter(({ paths: [info] }) => info && !sources.has(info.path))
        .sort(neighbours);
    mergeDrafts(drafts, MAX_LAYERS - RESERVED_LAYERS - trees.length);
    // Lowest what changes least: engines fetch everything above a changed layer again.
    drafts.sort((a, b) => a.risk - b.risk || byName(a.paths[0], b.paths[0]));
    return [...drafts.map(draft => draft.paths), ...trees].map(paths => ({
        label: labelOf(paths),
        paths: [...paths].sort(byPath)
    }));
}
/** The name of a store path's package: no hash, no version, no output; `python3-3.12.4-dev` is `python3`. */
function packageName(storePath) {
    const name = storePath.slice(storePath.lastIndexOf('/') + 34); // 32 digits of hash and a hyphen
    return /^(.+?)-\d/.exec(name)?.[1] ?? name;
}
/** The largest trees (nixpkgs above all) stand alone; the rest share the last layer. */
function sourceLayers(trees) {
    const sorted = [...trees].sort((a, b) => b.narSize - a.narSize || byPath(a, b));
    const alone = sorted.slice(0, SOURCE_LAYERS - 1).map(info => [info]);
    const rest = sorted.slice(SOURCE_LAYERS - 1);
    return rest.length > 0 ? [...alone, rest] : alone;
}
/** A layer for each path. */
function draftLayers(closure) {
    const order = dependenciesFirst(closure);
    const numbers = new Map(order.map((info, number) => [info.path, number]));
    const drafts = [];
    order.forEach((info, number) => {
        const causes = new Uint32Array(Math.ceil(order.length / 32));
        causes[number >>> 5] = 1 << (number & 31);
        for (const path of info.references) {
            const below = drafts[numbers.get(path) ?? number]?.causes ?? [];
            below.forEach((word, at) => (causes[at] = (causes[at] ?? 0) | word));
        }
        drafts.push({ paths: [info], bytes: rounded(info.narSize), causes, risk: countBits(causes) });
    });
    return drafts;
}
/** Merges neighbours, always the two that cost least, until no more than `limit` layers are left. */
function mergeDrafts(drafts, limit) {
    const costs = drafts.slice(1).map((draft, at) => mergeCost(drafts[at] ?? draft, draft));
    const weigh = (at) => {
        const [first, second] = [drafts[at], drafts[at + 1]];
        if (first && second)
            costs[at] = mergeCost(first, second);
    };
    while (drafts.length > limit) {
        let cheapest = 0;
        for (let at = 1; at < costs.length; at++) {
            if ((costs[at] ?? 0) < (costs[cheapest] ?? 0))
                cheapest = at;
        }
        const [first, second] = drafts.slice(cheapest, cheapest + 2);
        if (!first || !second)
            return;
        drafts.splice(cheapest, 2, merged(first, second));
        costs.splice(cheapest, 1);
        weigh(cheapest - 1);
        weigh(cheapest);
    }
}
/** What merging adds to the sum of bytes × risk. */
function mergeCost(a, b) {
    let risk = 0;
    a.causes.forEach((word, at) => (risk += bitsOf(word | (b.causes[at] ?? 0))));
    return (a.bytes + b.bytes) * risk - a.bytes * a.risk - b.bytes * b.risk;
}
function merged(a, b) {
    const causes = a.causes.map((word, at) => word | (b.causes[at] ?? 0));
    return { paths: [...a.paths, ...b.paths], bytes: a.bytes + b.bytes, causes, risk: countBits(causes) };
}
/** Alike in size, then in risk. */
function neighbours(a, b) {
    return a.bytes - b.bytes || a.risk - b.risk || byName(a.paths[0], b.paths[0]);
}
/** The power of two that is nearest. */
function rounded(bytes) {
    return 2 ** Math.round(Math.log2(Math.max(bytes, 1)));
}
/** `closure`, each path after everything that it refers to. */
function dependenciesFirst(closure) {
    const infos = new Map(closure.map(info => [info.path, info]));
    const order = new Set();
    // Depth first without recursion: chains can be thousands of paths long.
    for (const start of closure) {
        const stack = [{ info: start, left: [...start.references] }];
        for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
            const path = top.left.pop();
            const below = path === undefined || path === top.info.path ? undefined : infos.get(path);
            if (below && !order.has(below))
                stack.push({ info: below, left: [...below.references] });
            if (path !== undefined)
                continue;
            order.add(top.info);
            stack.pop();
        }
    }
    return [...order];
}
function countBits(words) {
    return words.reduce((sum, word) => sum + bitsOf(word), 0);
}
/** The bits of a word of 32: added up in pairs, then in fours, then in bytes. */
function bitsOf(word) {
    const pairs = word - ((word >>> 1) & 0x55555555);
    const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
    return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
function labelOf(paths) {
    const first = packageName([...paths].sort(byPath)[0]?.path ?? '');
    return paths.length === 1 ? first : `${first} and ${paths.length - 1} more`;
}
/** By the package, which an update leaves as it is, and only then by hash and version. */
function byName(a, b) {
    return compare(packageName(a?.path ?? ''), packageName(b?.path ?? '')) || compare(a?.path ?? '', b?.path ?? '');
}
function byPath(a, b) {
    return compare(a.path, b.path);
}
function compare(a, b) {
    return a < b ? -1 : a > b ? 1 : 0;
}

// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __nccwpck_require__(3024);
;// CONCATENATED MODULE: ./seed/tree.js
/**
 * Trees on disk as canonical tar members: what the NAR format keeps of a tree and nothing else, that is names, contents,
 * link targets and the executable bit, in byte order of names.
 */



/** As in the Nix store. */
const STORE_MODES = { directory: 0o555, file: 0o444, executable: 0o555 };
/** As in the rest of a file system. */
const SYSTEM_MODES = { directory: 0o755, file: 0o644, executable: 0o755 };
const SYMLINK_MODE = 0o777;
const CHUNK_BYTES = 256 * 1024;
const tree_SLASH = Buffer.from('/');
/**
 * The members of the tree at `source`, the top one included, as they appear under `path` in an archive.
 *
 * @throws SeedError STORE_INVALID for sockets, devices and pipes, which the Nix store cannot hold.
 */
function* walkTree(source, path, modes = STORE_MODES) {
    const stat = (0,external_node_fs_.lstatSync)(source);
    if (stat.isDirectory()) {
        yield { type: 'directory', path, mode: modes.directory };
        yield* walkChildren(source, path, modes);
    }
    else
        yield leaf(stat, source, path, modes);
}
/** The members below the directory at `source`, without itself; `path` is empty for the root of the archive. */
function* walkChildren(source, path, modes = STORE_MODES) {
    const entries = (0,external_node_fs_.readdirSync)(source, { withFileTypes: true, encoding: 'buffer' });
    entries.sort((a, b) => Buffer.compare(a.name, b.name));
    for (const entry of entries) {
        const childSource = join(source, entry.name);
        const childPath = path.length === 0 ? entry.name : join(path, entry.name);
        if (entry.isDirectory()) {
            yield { type: 'directory', path: childPath, mode: modes.directory };
            yield* walkChildren(childSource, childPath, modes);
        }
        else
            yield leaf(entry, childSource, childPath, modes);
    }
}
function leaf(kind, source, path, modes) {
    if (kind.isFile())
        return { type: 'file', path, source, modes };
    if (kind.isSymbolicLink())
        return { type: 'symlink', path, target: (0,external_node_fs_.readlinkSync)(source, { encoding: 'buffer' }) };
    throw new errors/* SeedError */.uV('STORE_INVALID', 'neither a file, a directory nor a symbolic link', {
        resource: source.toString(),
        hint: 'Remove it, or repair the store with `nix-store --verify --check-contents --repair`.'
    });
}
/**
 * Streams `members` as a tar archive in pieces of at most 256 KiB. All pieces share one buffer: each is valid until the
 * next is asked for. Files are read as they are reached, so memory stays flat whatever their size.
 *
 * @throws SeedError STORE_INVALID if a file changes while it is read.
 */
async function* tarStream(members) {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    let filled = 0;
    function* append(bytes) {
        for (let at = 0; at < bytes.length;) {
            if (filled === chunk.length)
                yield* flush();
            const take = bytes.copy(chunk, filled, at);
            filled += take;
            at += take;
        }
    }
    function* flush() {
        if (filled > 0)
            yield chunk.subarray(0, filled);
        filled = 0;
    }
    function* appendFile(path, source, modes) {
        const file = (0,external_node_fs_.openSync)(source, 'r');
        try {
            const { size, mode } = (0,external_node_fs_.fstatSync)(file);
            yield* append(tarHeader({ path, type: 'file', size, mode: mode & 0o100 ? modes.executable : modes.file }));
            let remaining = size;
            while (remaining > 0) {
                if (filled === chunk.length)
                    yield* flush();
                const count = (0,external_node_fs_.readSync)(file, chunk, filled, Math.min(remaining, chunk.length - filled), null);
                if (count === 0)
                    throw changed(source);
                filled += count;
                remaining -= count;
            }
            yield* append(ZEROS.subarray(0, tarPadding(size)));
        }
        finally {
            (0,external_node_fs_.closeSync)(file);
        }
    }
    for (const member of members) {
        const { type, path } = member;
        if (type === 'directory')
            yield* append(tarHeader({ path, type, size: 0, mode: member.mode }));
        else if (type === 'symlink') {
            yield* append(tarHeader({ path, type, size: 0, mode: SYMLINK_MODE, target: member.target }));
        }
        else if ('source' in member)
            yield* appendFile(path, member.source, member.modes);
        else {
            yield* append(tarHeader({ path, type, size: member.bytes.length, mode: member.mode }));
            yield* append(member.bytes);
            yield* append(ZEROS.subarray(0, tarPadding(member.bytes.length)));
        }
    }
    yield* append(TAR_END);
    yield* flush();
}
const ZEROS = Buffer.alloc(512);
function join(directory, name) {
    return Buffer.concat([directory, tree_SLASH, name]);
}
function changed(source) {
    return new errors/* SeedError */.uV('STORE_INVALID', 'a file in the store became shorter while it was read', {
        resource: source.toString(),
        hint: 'Something changes the store; check it with `nix-store --verify --check-contents`.'
    });
}

;// CONCATENATED MODULE: ./seed/layer-content.js
/** What each layer of a seed holds, as members of an archive, and the key that stands for it. */








/** Part of every layer key: raised whenever the packer's bytes change for the same content. */
const PACKER_VERSION = 1;
/** The layers of a seed, in the order of the image. */
async function composeLayers(descriptor, roots, closure, erofs) {
    const keyOf = (...made) => (0,external_node_crypto_.createHash)('sha256')
        .update(JSON.stringify([PACKER_VERSION, ...made]))
        .digest('hex');
    const keys = (content) => ({
        key: keyOf(types/* MEDIA_TYPE */.A.layerTarZstd, ZSTD_LEVEL, descriptor.tools.zstd, content),
        ...(erofs && { erofsKey: keyOf(types/* MEDIA_TYPE */.A.erofsLayer, erofs.arguments, erofs.program, content) })
    });
    const layers = planLayers(closure, new Set(descriptor.inputs)).map(({ label, paths }) => ({
        label,
        ...keys(paths.map(info => [info.path, info.narHash])),
        paths,
        weight: paths.reduce((total, info) => total + info.narSize, 0),
        members: () => storeMembers(paths)
    }));
    const database = Buffer.from(await makeDatabase(closure));
    const databaseMembers = stateMembers(database, roots);
    layers.push({
        label: 'store database',
        ...keys(['database', (0,digest/* digestOf */.ol)(database), roots]),
        paths: [],
        weight: database.length,
        members: () => databaseMembers
    });
    const rootfs = closure.find(info => info.path === descriptor.rootfs);
    layers.push({
        label: 'root file system',
        ...keys(['rootfs', descriptor.rootfs, rootfs?.narHash, descriptor.directories]),
        paths: [],
        weight: rootfs?.narSize ?? 0,
        members: () => systemMembers(descriptor)
    });
    return layers;
}
const directory = (path, mode = 0o755) => ({ type: 'directory', path: Buffer.from(path), mode });
function* storeMembers(paths) {
    yield directory('nix');
    yield directory('nix/store');
    for (const { path } of paths)
        yield* walkTree(Buffer.from(path), Buffer.from(path.slice(1)));
}
/** Nix's own state: the database, and the roots that keep its garbage collector away from the seed. */
function stateMembers(database, roots) {
    const file = (path, bytes) => ({ type: 'file', path: Buffer.from(path), bytes, mode: 0o644 });
    return [
        directory('nix'),
        directory('nix/var'),
        directory('nix/var/nix'),
        directory('nix/var/nix/db'),
        file('nix/var/nix/db/db.sqlite', database),
        file('nix/var/nix/db/schema', Buffer.from(schema/* schemaVersion */.CZ)),
        directory('nix/var/nix/gcroots'),
        directory('nix/var/nix/gcroots/nix-seed'),
        ...roots.map((root) => {
            const name = root.slice(root.lastIndexOf('/') + 1);
            return { type: 'symlink', path: Buffer.from(`nix/var/nix/gcroots/nix-seed/${name}`), target: Buffer.from(root) };
        })
    ];
}
function* systemMembers(descriptor) {
    const modes = new Map(descriptor.directories.map(({ path, mode }) => [path.slice(1), parseInt(mode, 8)]));
    for (const member of walkChildren(Buffer.from(descriptor.rootfs), Buffer.alloc(0), SYSTEM_MODES)) {
        const mode = member.type === 'directory' ? modes.get(member.path.toString()) : undefined;
        modes.delete(member.path.toString());
        yield mode === undefined ? member : { ...member, type: 'directory', mode };
    }
    for (const [path, mode] of [...modes].sort(([a], [b]) => (a < b ? -1 : 1)))
        yield directory(path, mode);
}

// EXTERNAL MODULE: external "node:fs/promises"
var promises_ = __nccwpck_require__(1455);
// EXTERNAL MODULE: external "node:os"
var external_node_os_ = __nccwpck_require__(8161);
// EXTERNAL MODULE: ./seed/memo.js
var seed_memo = __nccwpck_require__(9544);
;// CONCATENATED MODULE: ./seed/layer-store.js
/**
 * Stores layers straight from the Nix store in a repository: tar, hash, compress, hash, send, all at once and several layers
 * side by side. There is no tarball on disk, and memory holds a few pieces a layer. An EROFS image cannot be written in
 * one go, so it is in a temporary folder until it is sent.
 */












/** Stores all layers, the heaviest first so that none is left for the end alone. They come back in the given order. */
async function storeLayers(layers, packing, ports) {
    const total = layers.reduce((sum, layer) => sum + layer.weight, 0);
    let done = 0;
    const stored = [];
    const queue = layers
        .map((layer, at) => ({ layer, at }))
        .sort((a, b) => b.layer.weight - a.layer.weight || a.at - b.at);
    // One failure ends the others too, before the error is reported.
    const abort = new AbortController();
    const signal = AbortSignal.any([ports.signal, abort.signal]);
    const folder = packing.erofs && (await (0,promises_.mkdtemp)((0,external_node_path_.join)((0,external_node_os_.tmpdir)(), 'nix-seed-erofs-')));
    const work = async () => {
        for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
            signal.throwIfAborted();
            const { layer, at } = job;
            let reported = 0;
            const file = folder && (0,external_node_path_.join)(folder, String(at));
            stored[at] = await storeLayer(layer, packing, file, signal, bytes => {
                done += bytes - reported;
                reported = bytes;
                ports.progress.update('packing', Math.min(done, total), total);
            });
        }
    };
    const workers = Array.from({ length: Math.min((0,external_node_os_.availableParallelism)(), 8, layers.length) }, () => work().catch((error) => {
        abort.abort(error);
        throw error;
    }));
    const results = await Promise.allSettled(workers);
    if (folder !== undefined)
        await (0,promises_.rm)(folder, { recursive: true, force: true });
    ports.progress.end('packing');
    ports.signal.throwIfAborted();
    // The first failure is the reason of the abort; the others are its echo.
    if (results.some(result => result.status === 'rejected'))
        throw abort.signal.reason;
    return stored;
}
/**
 * @param file where an EROFS image goes until it is sent; it is gone afterwards
 * @param onBytes takes how much of the layer's weight is done
 */
async function storeLayer(layer, packing, file, signal, onBytes) {
    const { erofsKey, weight } = layer;
    const { repository, memo, ...tools } = packing;
    const known = await recallLayer(layer, memo, repository);
    if (known) {
        onBytes(weight);
        return known;
    }
    let diffId;
    let making;
    async function* content() {
        diffId = undefined;
        await making?.stop(); // of a try that the registry did not take
        if (tools.erofs && file !== undefined && erofsKey !== undefined) {
            making = startErofs(file, erofsKey, tools.erofs, signal);
        }
        const hash = (0,external_node_crypto_.createHash)('sha256');
        let bytes = 0;
        for await (const piece of tarStream(layer.members())) {
            hash.update(piece);
            bytes += piece.length;
            onBytes(Math.min(bytes, weight) * (making ? 0.5 : 1));
            const taken = making?.write(piece);
            taken?.catch(() => { });
            yield piece;
            await taken;
        }
        diffId = `sha256:${hash.digest('hex')}`;
    }
    try {
        const blob = await repository.putStream(() => zstd(content(), tools.zstd, signal));
        await making?.end();
        const image = making && file !== undefined ? await storeFile(file, repository) : undefined;
        onBytes(weight);
        if (diffId === undefined)
            throw new Error('a layer was stored without having been read'); // cannot happen
        return {
            diffId,
            isKnown: false,
            descriptor: describe(types/* MEDIA_TYPE */.A.layerTarZstd, blob, layer.label, layer.key),
            ...(image && erofsKey !== undefined && { erofs: describe(types/* MEDIA_TYPE */.A.erofsLayer, image, layer.label, erofsKey) })
        };
    }
    finally {
        await making?.stop();
        if (file !== undefined)
            await (0,promises_.rm)(file, { force: true });
    }
}
/** A layer that is known in every form in which it is wanted. */
async function recallLayer(layer, memo, repository) {
    const { label, key, erofsKey } = layer;
    const ordinary = await (0,seed_memo/* recall */.I9)(memo, key, repository);
    const image = ordinary && erofsKey !== undefined ? await (0,seed_memo/* recall */.I9)(memo, erofsKey, repository) : undefined;
    if (!ordinary || (erofsKey !== undefined && !image))
        return undefined;
    return {
        diffId: ordinary.diffId,
        isKnown: true,
        descriptor: describe(types/* MEDIA_TYPE */.A.layerTarZstd, ordinary, label, key),
        ...(image && erofsKey !== undefined && { erofs: describe(types/* MEDIA_TYPE */.A.erofsLayer, image, label, erofsKey) })
    };
}
/** In this order, whatever repository it is: the manifest's digest depends on it. */
function describe(mediaType, { digest, size }, label, key) {
    return { mediaType, digest, size, annotations: { [seed_image/* ANNOTATION_CONTENT */._l]: label, [seed_image/* ANNOTATION_LAYER_KEY */.IE]: key } };
}
async function storeFile(file, repository) {
    const open = () => (0,external_node_fs_.createReadStream)(file, { highWaterMark: READ_BYTES });
    const hasher = new digest/* Hasher */.OP();
    for await (const piece of open())
        hasher.update(piece);
    const blob = hasher.result();
    await repository.putBlob(blob, open);
    return blob;
}
const READ_BYTES = 1024 * 1024;

;// CONCATENATED MODULE: ./seed/pack.js








/**
 * Packs the closure of a descriptor and pushes it. The index is written last, so that an interrupted run leaves no tag
 * and no index behind, only blobs that the next run or the registry's clean-up takes care of.
 *
 * @param closure every path of the seed, sorted, closed under references
 * @throws SeedError of the store, the compressor or the repository
 */
async function packSeed(descriptor, roots, closure, repository, options, ports) {
    const platform = (0,seed_descriptor/* ociPlatform */.Dr)(descriptor.system);
    const { zstd, 'erofs-utils': mkfs } = descriptor.tools;
    const erofs = await erofsTool(mkfs, options.format, ports);
    const layers = await composeLayers(descriptor, roots, closure, erofs);
    const stored = await storeLayers(layers, { repository, zstd, erofs, memo: options.memo ?? seed_memo/* NO_MEMO */.h2 }, ports);
    ports.signal.throwIfAborted();
    const labels = { ...descriptor.config.Labels, ...options.labels };
    const table = seed_image/* makeTable */.d(descriptor.name, descriptor.system, roots, nixOf(descriptor, closure), closure, layers.map(layer => layer.paths), descriptor.licenses, descriptor.outputs);
    const putImage = async (platform, stored, diffIds) => {
        const config = {
            created: seed_image/* CREATED */.DE,
            ...platform,
            config: { ...descriptor.config, ...(Object.keys(labels).length > 0 ? { Labels: sorted(labels) } : {}) },
            rootfs: { type: 'layers', diff_ids: diffIds },
            history: layers.map(layer => ({ created: seed_image/* CREATED */.DE, created_by: 'nix-seed', comment: layer.label })),
            [seed_image/* SEED_FIELD */.H8]: table
        };
        const manifest = {
            schemaVersion: 2,
            mediaType: types/* MEDIA_TYPE */.A.manifest,
            config: await putDocument(repository, config, types/* MEDIA_TYPE */.A.config),
            layers: stored
        };
        return { ...(await repository.putManifest(encode(manifest), types/* MEDIA_TYPE */.A.manifest)), platform };
    };
    const ordinary = stored.map(layer => layer.descriptor);
    const mountable = stored.flatMap(layer => layer.erofs ?? []);
    const diffIds = stored.map(layer => layer.diffId);
    // Clients take the first entry that they can run. What is in an EROFS layer is not compressed as a whole, so its digest
    // is that of its content too.
    const manifests = [await putImage(platform, ordinary, diffIds)];
    if (erofs) {
        const mounted = { ...platform, 'os.features': [seed_image/* EROFS_FEATURE */.Ph] };
        manifests.push(await putImage(mounted, mountable, mountable.map(layer => layer.digest))); // prettier-ignore
    }
    const index = {
        schemaVersion: 2,
        mediaType: types/* MEDIA_TYPE */.A.index,
        manifests,
        annotations: sorted({
            ...options.labels,
            [seed_image/* ANNOTATION_IDENTITY */.Rb]: options.identity,
            [seed_image/* ANNOTATION_SYSTEM */.Cu]: descriptor.system,
            ...(options.lockKey === undefined ? {} : { [seed_image/* ANNOTATION_LOCK_KEY */.WV]: options.lockKey })
        })
    };
    return {
        index: await repository.putManifest(encode(index), types/* MEDIA_TYPE */.A.index, options.tags),
        layers: ordinary,
        knownLayers: stored.filter(layer => layer.isKnown).length,
        narBytes: sum(closure.map(info => info.narSize)),
        layerBytes: sum(ordinary.map(layer => layer.size)),
        erofsBytes: sum(mountable.map(layer => layer.size))
    };
}
/** The store path of the descriptor's `nix` program, if the seed has it. */
function nixOf(descriptor, closure) {
    const program = descriptor.tools['nix'];
    return closure.find(info => program?.startsWith(`${info.path}/`))?.path;
}
async function putDocument(repository, value, mediaType) {
    const bytes = encode(value);
    const blob = { digest: (0,digest/* digestOf */.ol)(bytes), size: bytes.length };
    await repository.putBlob(blob, async function* () {
        yield bytes;
    });
    return { mediaType, ...blob };
}
function encode(value) {
    return Buffer.from(JSON.stringify(value));
}
function sorted(record) {
    return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
function sum(numbers) {
    return numbers.reduce((total, n) => total + n, 0);
}


/***/ }),

/***/ 2005:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {


// EXPORTS
__nccwpck_require__.d(__webpack_exports__, {
  e: () => (/* binding */ resolveSource)
});

// UNUSED EXPORTS: DEFAULT_ATTRIBUTE

// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __nccwpck_require__(7598);
// EXTERNAL MODULE: external "node:fs/promises"
var promises_ = __nccwpck_require__(1455);
// EXTERNAL MODULE: ./errors.js
var errors = __nccwpck_require__(8645);
// EXTERNAL MODULE: ./nix/evaluate.js
var evaluate = __nccwpck_require__(3145);
// EXTERNAL MODULE: ./nix/flake.js
var nix_flake = __nccwpck_require__(2817);
// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __nccwpck_require__(3024);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __nccwpck_require__(6760);
// EXTERNAL MODULE: external "node:url"
var external_node_url_ = __nccwpck_require__(3136);
;// CONCATENATED MODULE: ./seed/automatic.js
/** The constant part of a seed for a flake that declares none, by the project's own Nix library. */






/**
 * Instantiates the descriptor of a seed without cut for `flake`, and returns its derivation's path.
 *
 * @throws SeedError NIX_EVALUATION, among others where no input of the flake is a nixpkgs
 */
async function automaticDerivation(flake, system, ports) {
    const file = (0,external_node_path_.join)(nixLibrary(), 'automatic.nix');
    const expression = `(import ${(0,evaluate/* nixString */.z7)(file)} {
    flake = ${(0,evaluate/* nixString */.z7)(flake.reference)};
    system = ${(0,evaluate/* nixString */.z7)(system)};
  }).drvPath`;
    return (await (0,evaluate/* evalExpression */.pg)(expression, ports, {
        impure: true,
        task: 'prepare a seed for the flake',
        resource: flake.reference
    }));
}
/** The function of the Nix library that finds licences, as an expression: a pure evaluation may read no file. */
async function licensesFunction() {
    return `(${await (0,promises_.readFile)((0,external_node_path_.join)(nixLibrary(), 'licenses.nix'), 'utf8')})`;
}
/** The folder of the Nix library: beside the bundle (`dist/nix`) or, where the sources run unbuilt, the project's own. */
function nixLibrary() {
    const here = (0,external_node_path_.dirname)((0,external_node_url_.fileURLToPath)(import.meta.url));
    const folder = [(0,external_node_path_.join)(here, '../nix'), (0,external_node_path_.join)(here, '../../nix')].find(path => (0,external_node_fs_.existsSync)((0,external_node_path_.join)(path, 'automatic.nix')));
    if (folder !== undefined)
        return folder;
    throw new errors/* SeedError */.uV('FILE_SYSTEM', 'the Nix library of nix-seed is not beside the program', {
        resource: (0,external_node_path_.join)(here, '../nix'),
        hint: 'Install nix-seed again, with the whole of its dist folder.'
    });
}

// EXTERNAL MODULE: ./nix/command.js
var command = __nccwpck_require__(5649);
// EXTERNAL MODULE: ./nix/json-shape.js
var json_shape = __nccwpck_require__(752);
// EXTERNAL MODULE: ./nix/store-path.js
var store_path = __nccwpck_require__(4433);
;// CONCATENATED MODULE: ./nix/derivation.js



const shape = (0,json_shape/* shapeOf */.F)('nix derivation show', 'TOOL_FAILED');
/**
 * What the derivations `drvPaths` say, and with `recursive` everything that they depend on at build time.
 *
 * @returns derivations by `.drv` path.
 */
async function showDerivations(drvPaths, ports, { recursive = false } = {}) {
    const verb = (0,command/* isAtLeast */.du)(await (0,command/* nixVersion */.oX)(ports), 2, 15) ? ['derivation', 'show'] : ['show-derivation'];
    const found = new Map();
    for (const chunk of (0,command/* argumentChunks */.qi)([...new Set(drvPaths.map(store_path/* storePath */.TJ))])) {
        const args = [...verb, ...(recursive ? ['--recursive'] : []), ...chunk];
        const output = await (0,command/* nix */.wF)(args, ports, { task: 'could not read derivations' });
        for (const [path, drv] of parseDerivations((0,command/* parseNixJson */.f7)(output, 'nix derivation show')))
            found.set(path, drv);
    }
    return found;
}
/**
 * Reads what `nix derivation show` prints: an object keyed by `.drv` path (`inputDrvs` holds lists of output names
 * until Nix 2.17, objects later), or the newer document whose derivations stand under `derivations`, name their inputs
 * under `inputs`, and write store paths as base names.
 *
 * @returns derivations by full `.drv` path.
 * @throws SeedError TOOL_FAILED for another shape, and for dynamic derivations, which cannot be known before a build.
 */
function parseDerivations(json) {
    const document = shape.object(json, 'the document');
    const all = (0,json_shape/* isObject */.G)(document.derivations) ? document.derivations : document;
    return new Map(Object.entries(all).map(([name, value]) => {
        const path = (0,store_path/* storePath */.TJ)(name);
        return [path, derivation(path, shape.object(value, path))];
    }));
}
function derivation(path, drv) {
    const inputs = (0,json_shape/* isObject */.G)(drv.inputs) ? drv.inputs : { drvs: drv.inputDrvs, srcs: drv.inputSrcs };
    const drvs = shape.object(inputs.drvs, `input derivations of ${path}`);
    const outputs = shape.object(drv.outputs, `outputs of ${path}`);
    const env = (0,json_shape/* isObject */.G)(drv.env) ? drv.env : {};
    return {
        path,
        name: typeof drv.name === 'string' ? drv.name : path.slice(44, -'.drv'.length),
        system: shape.text(drv.system, `system of ${path}`),
        outputs: new Map(Object.entries(outputs).map(([name, output]) => [name, outputPath(output, env[name])])),
        inputDrvs: new Map(Object.entries(drvs).map(([input, wanted]) => [(0,store_path/* storePath */.TJ)(input), outputNames(wanted, path)])),
        inputSrcs: shape.texts(inputs.srcs, `input sources of ${path}`).map(store_path/* storePath */.TJ).sort(store_path/* compareText */.n6),
        env
    };
}
/** Of outputs that are fixed by a hash, newer versions print that alone; the builder is still told their path. */
function outputPath(output, variable) {
    if ((0,json_shape/* isObject */.G)(output) && typeof output.path === 'string')
        return (0,store_path/* storePath */.TJ)(output.path);
    // Of outputs whose path only the build decides, the variable holds a placeholder that lies in no store.
    return typeof variable === 'string' && variable.startsWith(`${store_path/* storeDir */.rT}/`) ? (0,store_path/* storePath */.TJ)(variable) : undefined;
}
function outputNames(wanted, path) {
    if (Array.isArray(wanted))
        return shape.texts(wanted, `input derivations of ${path}`).sort(store_path/* compareText */.n6);
    const { outputs, dynamicOutputs } = shape.object(wanted, `input derivations of ${path}`);
    if ((0,json_shape/* isObject */.G)(dynamicOutputs) && Object.keys(dynamicOutputs).length > 0) {
        shape.fail(`the inputs of ${path}`, 'known before the build (dynamic derivations are not supported)');
    }
    return shape.texts(outputs, `input derivations of ${path}`).sort(store_path/* compareText */.n6);
}
/** Puts the outputs of the same derivation together; sorted by `.drv` path. */
function mergeOutputs(wanted) {
    const merged = new Map();
    for (const { drvPath, outputs } of wanted) {
        merged.set(drvPath, new Set([...(merged.get(drvPath) ?? []), ...outputs]));
    }
    return [...merged]
        .map(([drvPath, outputs]) => ({ drvPath, outputs: [...outputs].sort(store_path/* compareText */.n6) }))
        .sort((a, b) => (0,store_path/* compareText */.n6)(a.drvPath, b.drvPath));
}

// EXTERNAL MODULE: ./nix/flake-lock.js
var flake_lock = __nccwpck_require__(841);
;// CONCATENATED MODULE: ./seed/flipped-tree.js




/**
 * Makes a private copy of a flake's source tree in which the executable bit of every file is flipped, calls `use` with
 * a flake reference to it, and removes it again, whatever happens.
 *
 * The NAR hash of every file and folder that evaluation copies into the store differs from the original's, since the
 * bit is part of it, and yet every file that evaluation reads has the same text. So a derivation differs between the two
 * trees exactly where the project's own files, and not what they say as configuration, are what it is made from. What
 * `self` says of the commit differs too: revision, revision count and time.
 *
 * @throws SeedError INTERRUPTED, DISK_FULL, FILE_SYSTEM, and whatever `use` throws.
 */
async function withFlippedTree(flake, ports, use) {
    const folder = await inFileSystem(() => makeFolder(ports));
    try {
        const tree = `${folder}/source`;
        await inFileSystem(async () => {
            await copyTree(Buffer.from(flake.sourcePath), Buffer.from(tree), ports.signal);
            // The newest time in the tree becomes `self.lastModified`.
            const later = Math.max(flake.lastModified, Math.floor(Date.now() / 1000)) + 60;
            await (0,promises_.utimes)(tree, later, later);
        });
        return await use(flippedReference(flake, tree));
    }
    finally {
        await (0,promises_.rm)(folder, { recursive: true, force: true });
    }
}
/** mkdtemp makes the folder with mode 0700. Its real path is needed: Nix follows no link in a `path:` reference. */
async function makeFolder(ports) {
    return (0,promises_.mkdtemp)(`${await (0,promises_.realpath)(ports.env.TMPDIR ?? '/tmp')}/nix-seed-`);
}
/** The reference to the copy: what `self` says of the commit is there where it may be asked for, and is another one. */
function flippedReference(flake, tree) {
    // A dirty tree of today is a commit in the next job, so it gets a revision too.
    const unknown = flake.type === 'git' ? '0'.repeat(40) : undefined;
    const rev = flake.rev ?? flake.dirtyRev?.replace(/-dirty$/, '') ?? unknown;
    return (0,nix_flake/* pathReference */.xB)(tree, {
        // Every digit is another one, so every part of it is.
        rev: rev?.replace(/[0-9a-f]/g, digit => (15 - parseInt(digit, 16)).toString(16)),
        revCount: flake.revCount === undefined ? undefined : flake.revCount + 1,
        dir: flake.dir
    });
}
/** Names are bytes: they need not be text. */
async function copyTree(from, to, signal) {
    await (0,promises_.mkdir)(to, { mode: 0o700 });
    for (const entry of await (0,promises_.readdir)(from, { encoding: 'buffer', withFileTypes: true })) {
        if (signal.aborted)
            throw new errors/* SeedError */.uV('INTERRUPTED', 'interrupted while the source tree was copied');
        const source = join(from, entry.name);
        const target = join(to, entry.name);
        if (entry.isDirectory())
            await copyTree(source, target, signal);
        else if (entry.isSymbolicLink())
            await (0,promises_.symlink)(await (0,promises_.readlink)(source, 'buffer'), target);
        else
            await copyFlipped(source, target);
    }
}
async function copyFlipped(source, target) {
    const { mode } = await (0,promises_.stat)(source);
    await (0,promises_.copyFile)(source, target, external_node_fs_.constants.COPYFILE_FICLONE);
    await (0,promises_.chmod)(target, (mode & 0o100) === 0 ? 0o755 : 0o644);
}
function join(folder, name) {
    return Buffer.concat([folder, Buffer.from('/'), name]);
}
async function inFileSystem(action) {
    try {
        return await action();
    }
    catch (cause) {
        if (cause instanceof errors/* SeedError */.uV)
            throw cause;
        const { code, path } = cause;
        throw new errors/* SeedError */.uV(code === 'ENOSPC' ? 'DISK_FULL' : 'FILE_SYSTEM', 'could not copy the source tree', {
            hint: 'The folder for temporary files ($TMPDIR, or /tmp) must hold a copy of it.',
            ...(path === undefined ? {} : { resource: path }),
            cause
        });
    }
}

// EXTERNAL MODULE: ./process.js
var process = __nccwpck_require__(1313);
;// CONCATENATED MODULE: ./seed/targets.js






const MARK = 'the seed needs the output';
/**
 * Evaluates the packages, checks, apps and dev shells that a flake has for `system`, all at once. Outputs that are seeds
 * themselves (`isNixSeed`) are left out and not evaluated any further. What evaluation itself builds and reads is known
 * from those versions of Nix that have the option `trace-import-from-derivation` only.
 *
 * @param licenses Nix function that finds licences (`nix/licenses.nix`); without it, none are looked for
 * @throws SeedError NIX_EVALUATION that names the output and shows Nix's message.
 */
async function evaluateTargets(reference, system, ports, { licenses } = {}) {
    const imports = new Map();
    let found;
    try {
        found = (await (0,nix_flake/* evalOutputs */.Bv)(reference, targetsExpression(system, licenses), ports, {
            // Tracing names the output that fails; the option makes newer versions tell what evaluation builds.
            args: ['--show-trace', '--option', 'eval-cache', 'false', '--option', 'trace-import-from-derivation', 'true'],
            onLine: line => {
                const target = parseImport(line);
                if (target !== undefined)
                    imports.set(`${target.drvPath}!${target.outputs.join()}`, target);
            }
        }));
    }
    catch (error) {
        throw evaluationFailure(error, reference);
    }
    const { answers } = found;
    const targets = answers.flatMap(({ kind, attribute, derivations = [] }) => derivations.map(({ drvPath, outputs }) => ({
        kind,
        attribute,
        drvPath: (0,store_path/* storePath */.TJ)(drvPath),
        outputs: [...outputs].sort(store_path/* compareText */.n6)
    })));
    const outputs = answers
        .filter(({ skip }) => skip === undefined)
        .map(({ attribute, sources = [] }) => [attribute, sources.map(store_path/* storePath */.TJ)]);
    const skipped = answers.flatMap(({ attribute, skip }) => (skip === undefined ? [] : [`${attribute}: ${skip}`]));
    return {
        targets: [...targets, ...imports.values()],
        outputs: new Map(outputs),
        skipped,
        licenses: found.licenses
    };
}
/**
 * The function that all outputs are given to. Strings lose their context on the way to JSON, so an app is asked for the
 * context of its program: the derivations that it starts from.
 */
function targetsExpression(system, licenses = '(_: { })') {
    return `
outputs:
let
  system = ${(0,evaluate/* nixString */.z7)(system)};
  of = set: (outputs.\${set} or { }).\${system} or { };
  path = builtins.unsafeDiscardStringContext;
  default = drv:
    let all = drv.outputs or [ "out" ]; in
    if drv.outputSpecified or false then [ drv.outputName ]
    else drv.meta.outputsToInstall or [ (if builtins.elem "out" all then "out" else builtins.head all) ];
  derivation = select: drv:
    if drv.isNixSeed or false then { skip = "it is a seed"; }
    else if (drv.type or null) != "derivation" then { skip = "it is no derivation"; }
    else { derivations = [ { drvPath = path drv.drvPath; outputs = select drv; } ]; };
  app = value:
    if (value.type or null) != "app" then derivation default value
    else
      let
        context = builtins.getContext "\${value.program}";
        names = builtins.attrNames context;
        built = builtins.filter (name: context.\${name} ? outputs) names;
      in {
        derivations = map (name: { drvPath = name; inherit (context.\${name}) outputs; }) built;
        sources = builtins.filter (name: context.\${name} ? path) names;
      };
  each = kind: set: read: map
    (name:
      let
        attribute = "\${set}.\${system}.\${name}";
        answer = { inherit kind attribute; } // read (of set).\${name};
      in builtins.addErrorContext "${MARK} '\${attribute}'" (builtins.deepSeq answer answer))
    (builtins.attrNames (of set));
in {
  answers = each "package" "packages" (derivation default)
    ++ each "check" "checks" (derivation (drv: drv.outputs or [ "out" ]))
    ++ each "app" "apps" app
    ++ each "devShell" "devShells" (derivation default);
  licenses = ${licenses} {
    derivations = builtins.concatMap (set: builtins.attrValues (of set)) [ "packages" "checks" "apps" "devShells" ];
  };
}`;
}
/** Reads the line by which Nix tells that evaluation needed a build: `.drv^out,dev`. */
function parseImport(line) {
    const match = /^warning: built '([^'^]+\.drv)\^([^']+)' during evaluation due to an import from derivation/.exec(line);
    if (match?.[1] === undefined || match[2] === undefined)
        return undefined;
    const outputs = match[2].split(',').sort(store_path/* compareText */.n6);
    return { kind: 'import', attribute: 'import from derivation', drvPath: (0,store_path/* storePath */.TJ)(match[1]), outputs };
}
/** Names the output that fails, and leaves out the trace, most of which is about the function above. */
function evaluationFailure(error, reference) {
    if (!(error instanceof errors/* SeedError */.uV) || error.code !== 'NIX_EVALUATION')
        return error;
    const stderr = error.cause instanceof process/* ToolFailure */.XY ? error.cause.stderr : error.message;
    const attribute = new RegExp(`… ${MARK} '([^\\n]+)'`).exec(stderr)?.[1];
    if (attribute === undefined)
        return error;
    return new errors/* SeedError */.uV('NIX_EVALUATION', `could not evaluate the output ${attribute}:\n${withoutTrace(stderr)}`, {
        resource: reference,
        hint: `See the whole trace with: nix eval --show-trace '.#${attribute}'`,
        cause: error
    });
}
/**
 * Nix's errors without the trace: the innermost error with its place in the source, which stands last (first until
 * Nix 2.18), and what failed before it, such as a build that evaluation needed.
 */
function withoutTrace(stderr) {
    const blocks = (0,command/* nixMessage */.jI)(stderr).split(/\n(?=\s*error:|\s*…)/);
    return blocks
        .filter(block => /^\s*error: /.test(block))
        .map(block => block.trim())
        .join('\n');
}

;// CONCATENATED MODULE: ./seed/cut.js










/**
 * Cuts the build graph of a flake between the derivations that depend on the project's own source (tainted) and the rest:
 * wanted are the outputs that a tainted derivation uses of one that is not. An output of the flake that is not tainted is
 * wanted itself. A dev shell is never built, so it is always cut at its own inputs, and gets the `bashInteractive` of
 * nixpkgs that `nix develop` starts.
 *
 * @param options.system the current system by default.
 * @throws SeedError NIX_EVALUATION that names the output, LOCK_INVALID, INTERRUPTED, and those of the file system.
 */
async function makeCut(flake, ports, options = {}) {
    const system = options.system ?? (await (0,evaluate/* currentSystem */.tX)(ports));
    const [{ found, bash }, flipped, inputs] = await together(ports, [
        inner => evaluateFlake(flake, system, inner),
        inner => evaluateFlipped(flake, system, inner),
        inner => (0,nix_flake/* inputSources */.B$)(flake, inner)
    ]);
    for (const skipped of found.skipped)
        ports.log.info(`left out: ${skipped}`);
    const graph = await compare(found.targets, flipped.targets, ports);
    const { outputs, imports } = needsOfOutputs(found, flipped, graph);
    const shared = merge([imports, { wanted: bash, sources: [] }], flake);
    for (const [attribute, needs] of outputs)
        outputs.set(attribute, merge([needs], flake));
    const licenses = foreignLicenses(found.licenses, graph);
    const cut = { outputs, shared, ...merge([...outputs.values(), shared], flake), inputs, licenses };
    return { system, ...cut, targets: found.targets, identity: identify(cut, graph) };
}
async function evaluateFlake(flake, system, ports) {
    const found = await evaluateTargets(flake.reference, system, ports, { licenses: await licensesFunction() });
    const hasShell = found.targets.some(({ kind }) => kind === 'devShell');
    return { found, bash: hasShell ? await interactiveBash(flake, system, ports) : [] };
}
async function evaluateFlipped(flake, system, ports) {
    try {
        return await withFlippedTree(flake, ports, reference => evaluateTargets(reference, system, ports));
    }
    catch (error) {
        if (!(error instanceof errors/* SeedError */.uV) || error.code !== 'NIX_EVALUATION')
            throw error;
        throw new errors/* SeedError */.uV('NIX_EVALUATION', `a copy of the flake with other file modes fails: ${error.message}`, {
            resource: flake.url,
            hint: 'The automatic cut needs that copy. Declare what the seed holds with lib.mkSeed instead.',
            cause: error
        });
    }
}
/**
 * Runs tasks at once. If some fail, the first of them in order decides: the others are stopped, and have ended when this
 * throws.
 */
async function together(ports, tasks) {
    const stop = new AbortController();
    const inner = { ...ports, signal: AbortSignal.any([ports.signal, stop.signal]) };
    const running = [tasks[0](inner), tasks[1](inner), tasks[2](inner)];
    const ended = Promise.allSettled(running);
    try {
        return [await running[0], await running[1], await running[2]];
    }
    finally {
        stop.abort();
        await ended;
    }
}
/**
 * A derivation that both trees have is not tainted. One that differs still is not where its outputs are the same: they
 * are fixed by a hash (vendored dependencies, fetched for the project's own lock file), or depend on such alone.
 */
async function compare(real, flipped, ports) {
    const [ours, theirs] = (await Promise.all([real, flipped].map(targets => (0,evaluate/* requisites */.J9)(unique(targets.map(({ drvPath }) => drvPath)), ports))));
    const onlyIn = (one, other) => [...one].filter(path => path.endsWith('.drv') && !other.has(path)).sort(store_path/* compareText */.n6);
    const shells = real.filter(({ kind }) => kind === 'devShell').map(({ drvPath }) => drvPath);
    const differing = onlyIn(ours, theirs);
    const [shown, others] = await Promise.all([
        showDerivations(unique([...differing, ...shells]), ports),
        showDerivations(onlyIn(theirs, ours), ports)
    ]);
    const same = new Set([...others.values()].flatMap(({ outputs }) => [...outputs.values()]));
    const isTainted = (drvPath) => [...(shown.get(drvPath)?.outputs.values() ?? [])].some(path => path === undefined || !same.has(path));
    return { shared: theirs, shown, tainted: new Set(differing.filter(isTainted)) };
}
/** What each output needs, and what was built and read while all of them were evaluated. */
function needsOfOutputs(found, flipped, graph) {
    const byAttribute = Map.groupBy(found.targets, ({ attribute, kind }) => (kind === 'import' ? undefined : attribute));
    const foreign = new Set([...flipped.outputs.values()].flat());
    const outputs = [...found.outputs]
        .sort(([a], [b]) => (0,store_path/* compareText */.n6)(a, b))
        .map(([attribute, starts]) => {
        const { wanted, sources } = walk(byAttribute.get(attribute) ?? [], graph);
        return [attribute, { wanted, sources: [...sources, ...starts.filter(path => foreign.has(path))] }];
    });
    return { outputs: new Map(outputs), imports: walk(byAttribute.get(undefined) ?? [], graph) };
}
/** Walks from the targets through the tainted derivations and collects what they use beyond those. */
function walk(targets, graph) {
    const wanted = [];
    const sources = new Set();
    const entered = new Set();
    const enter = (drvPath) => {
        const queue = [drvPath];
        for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
            if (entered.has(next))
                continue;
            entered.add(next);
            const derivation = graph.shown.get(next);
            if (derivation === undefined)
                throw new errors/* SeedError */.uV('STORE_INVALID', `${next} is not known`, { resource: next });
            for (const source of derivation.inputSrcs)
                if (graph.shared.has(source))
                    sources.add(source);
            for (const [input, outputs] of derivation.inputDrvs) {
                if (graph.tainted.has(input))
                    queue.push(input);
                else
                    wanted.push({ drvPath: input, outputs });
            }
        }
    };
    for (const { kind, drvPath, outputs } of targets) {
        if (kind === 'devShell' || graph.tainted.has(drvPath))
            enter(drvPath);
        else
            wanted.push({ drvPath, outputs });
    }
    return { wanted, sources: [...sources] };
}
/**
 * The shell that `nix develop` starts: `bashInteractive` of the input named nixpkgs. Where there is none of that name,
 * the first input that has one is as good. Nix itself does without where it finds none.
 */
async function interactiveBash(flake, system, ports) {
    const { lock } = flake;
    const inputs = Object.keys(lock.nodes[lock.root]?.inputs ?? {}).sort(store_path/* compareText */.n6);
    const candidates = inputs.includes('nixpkgs') ? ['nixpkgs'] : inputs.filter(name => name !== (0,flake_lock/* seedSelfNode */.ck)(lock)?.name);
    for (const name of candidates) {
        const node = (0,flake_lock/* resolveInput */.xI)(lock, [name]);
        if (node === undefined || lock.nodes[node]?.flake === false)
            continue;
        const found = await bashOf(flake, node, system, ports);
        if (found !== undefined)
            return [found];
    }
    ports.log.debug('no input has bashInteractive: nix develop will start the bash that it finds on PATH');
    return [];
}
async function bashOf(flake, node, system, ports) {
    const tree = (await (0,nix_flake/* sourceTrees */.ZC)(flake.lock, [node], ports)).get(node);
    const { narHash, dir } = flake.lock.nodes[node]?.locked ?? {};
    if (tree === undefined || typeof narHash !== 'string')
        return undefined;
    const folder = typeof dir === 'string' ? dir : undefined;
    const apply = `outputs:
    let
      packages = (outputs.legacyPackages or { }).${(0,evaluate/* nixString */.z7)(system)} or { };
      bash = packages.bashInteractive;
    in if packages ? bashInteractive
      then { drvPath = builtins.unsafeDiscardStringContext bash.drvPath; outputs = bash.meta.outputsToInstall or [ "out" ]; }
      else null`;
    try {
        const found = await (0,nix_flake/* evalOutputs */.Bv)((0,nix_flake/* pathReference */.xB)(tree, { narHash, dir: folder }), apply, ports);
        return (found ?? undefined);
    }
    catch (error) {
        // An input need not be fit to be evaluated on its own. `nix develop` goes on without it as well.
        if (!(error instanceof errors/* SeedError */.uV) || error.code === 'INTERRUPTED')
            throw error;
        ports.log.debug(`no bashInteractive in the input ${node}: ${error.message}`);
        return undefined;
    }
}
/**
 * All needs together, each once and sorted. Without the tree of the pinned seed, which changes with every publish: a seed
 * that held it would never come to rest.
 */
function merge(needs, flake) {
    const narHash = (0,flake_lock/* seedSelfNode */.ck)(flake.lock)?.node.locked?.narHash;
    const pinned = typeof narHash === 'string' ? (0,store_path/* sourceTreePath */.HE)(narHash) : undefined;
    return {
        wanted: mergeOutputs(needs.flatMap(({ wanted }) => wanted)),
        sources: unique(needs.flatMap(({ sources }) => sources)).filter(path => path !== pinned)
    };
}
/** Without what the project itself makes: those paths are in no seed, and change with its source. Sorted. */
function foreignLicenses(licenses, { shown, tainted }) {
    const own = new Set([...tainted].flatMap(drvPath => [...(shown.get(drvPath)?.outputs.values() ?? [])]));
    const foreign = Object.entries(licenses).filter(([path]) => !own.has(path));
    return Object.fromEntries(foreign.sort(([a], [b]) => (0,store_path/* compareText */.n6)(a, b)).map(([path, names]) => [path, unique(names)]));
}
/**
 * Where a derivation differs with the source and its outputs do not, those stand for it. Which output of the flake needs
 * what is in the image, so that counts too. Licences are in the image and in no derivation. Which paths the image will have
 * is known after the build only, so all of them count.
 */
function identify(cut, graph) {
    const identified = ({ wanted, sources }) => {
        const outputs = wanted.map(({ drvPath, outputs }) => {
            const derivation = graph.shared.has(drvPath) ? undefined : graph.shown.get(drvPath);
            return outputs.map(output => derivation?.outputs.get(output) ?? `${drvPath}!${output}`);
        });
        return [unique(outputs.flat()), sources];
    };
    const outputs = [...cut.outputs].map(([attribute, needs]) => [attribute, identified(needs)]);
    const parts = [outputs, identified(cut.shared), cut.inputs, Object.entries(cut.licenses)];
    return (0,external_node_crypto_.createHash)('sha256').update(JSON.stringify(parts)).digest('hex');
}
function unique(paths) {
    return [...new Set(paths)].sort(store_path/* compareText */.n6);
}

// EXTERNAL MODULE: ./seed/descriptor.js
var seed_descriptor = __nccwpck_require__(4847);
// EXTERNAL MODULE: ./seed/key.js
var key = __nccwpck_require__(9075);
;// CONCATENATED MODULE: ./seed/realisation.js




/**
 * Builds or fetches what a cut wants.
 *
 * @throws SeedError NIX_BUILD with Nix's own message.
 */
async function realiseCut(cut, ports) {
    const realised = await (0,evaluate/* realise */.Yb)(cut.wanted, ports);
    const pathOf = await outputPaths(cut.wanted, ports);
    const pathsOf = ({ wanted, sources }) => realisation_unique([...wanted.flatMap(({ drvPath, outputs }) => outputs.map(name => pathOf(drvPath, name))), ...sources]);
    const forAll = new Set([...pathsOf(cut.shared), ...cut.inputs]);
    const own = (needs) => pathsOf(needs).filter(path => !forAll.has(path));
    return {
        roots: realisation_unique([...realised, ...cut.inputs, ...cut.sources]),
        outputs: new Map([...cut.outputs].map(([attribute, needs]) => [attribute, own(needs)]))
    };
}
/** Where outputs are that have been realised. */
async function outputPaths(wanted, ports) {
    const drvPaths = wanted.map(({ drvPath }) => drvPath);
    const shown = await showDerivations(drvPaths, ports);
    const paths = new Map();
    for (const { drvPath, outputs } of wanted) {
        for (const name of outputs) {
            // Of some, only the build decides it. Realising one that is there tells it.
            const path = shown.get(drvPath)?.outputs.get(name) ?? (await (0,evaluate/* realise */.Yb)([{ drvPath, outputs: [name] }], ports))[0];
            if (path === undefined) {
                throw new errors/* SeedError */.uV('STORE_INVALID', `the output ${name} of a derivation is not known`, { resource: drvPath });
            }
            paths.set(`${drvPath}!${name}`, path);
        }
    }
    return (drvPath, name) => paths.get(`${drvPath}!${name}`) ?? '';
}
function realisation_unique(paths) {
    return [...new Set(paths)].sort(store_path/* compareText */.n6);
}

;// CONCATENATED MODULE: ./seed/source.js
/**
 * What to publish: finds out what an installable is without building anything.
 *
 * - declared: the flake has a seed made with `lib.mkSeed`;
 * - automatic: the flake declares none, and the cut is made for it;
 * - archive: a derivation that builds a docker archive, published as it is.
 */










/** Attribute that is looked for where the installable names none. */
const DEFAULT_ATTRIBUTE = 'seed';
// `isNixSeed` stands beside the derivation's attributes, so nothing is forced to find it. The answer has no attribute
// `outPath`: as JSON, a set that has one is that path alone.
const CLASSIFY = `value:
  let paths = kind: drv: { inherit kind; inherit (drv) drvPath; output = builtins.unsafeDiscardStringContext drv.outPath; };
  in if (value.isNixSeed or false) then paths "seed" value.descriptor
  else if (value.type or null) == "derivation" then paths "derivation" value
  else { kind = "other"; }`;
/**
 * Resolves an installable of `flake`.
 *
 * @param attribute as after `#` in an installable; the default is `seed`, or the automatic cut where there is no such
 *   attribute
 * @throws SeedError NOT_A_SEED, LOCK_MISSING, LOCK_INVALID, NIX_EVALUATION
 */
async function resolveSource(flake, attribute, system, ports) {
    const lockKey = await (0,key/* readLockKey */.tS)(flake.lockFile);
    if (attribute === undefined && !(await hasDefault(flake, system, ports)))
        return automatic(flake, lockKey, system, ports);
    const installable = `${flake.reference}#${attribute ?? `packages.${system}.${DEFAULT_ATTRIBUTE}`}`;
    const { kind, drvPath, output } = (await (0,evaluate/* evalJson */.dg)(installable, ports, { apply: CLASSIFY }));
    if (kind === 'other' || drvPath === undefined || output === undefined)
        throw notSeed(installable);
    // The output's path, not the derivation's: what fixed-output derivations are made from does not matter to the seed.
    const identity = output;
    if (kind === 'seed') {
        return {
            kind: 'declared',
            identity,
            derivation: drvPath,
            lockKey,
            system,
            build: () => buildDeclared(drvPath, installable, ports)
        };
    }
    return {
        kind: 'archive',
        identity,
        derivation: drvPath,
        lockKey,
        system,
        build: async () => {
            const file = await buildOne(drvPath, ports);
            await assertFile(file, installable);
            return { kind: 'archive', file };
        }
    };
}
/** Whether the flake has `packages.SYSTEM.seed`; looks at names alone, so that no package is evaluated for it. */
async function hasDefault(flake, system, ports) {
    const apply = `outputs: ((outputs.packages or { }).${(0,evaluate/* nixString */.z7)(system)} or { }) ? ${DEFAULT_ATTRIBUTE}`;
    return (await (0,nix_flake/* evalOutputs */.Bv)(flake.reference, apply, ports)) === true;
}
async function buildDeclared(drvPath, installable, ports) {
    const file = await buildOne(drvPath, ports);
    const descriptor = (0,seed_descriptor/* parseDescriptor */.BA)(await (0,promises_.readFile)(file, 'utf8'), installable);
    return { kind: 'seed', descriptor, roots: source_unique([...descriptor.roots, ...descriptor.inputs, descriptor.rootfs]) };
}
async function automatic(flake, lockKey, system, ports) {
    ports.log.info(`no packages.${system}.${DEFAULT_ATTRIBUTE}: what the outputs need is found out from their derivations`);
    const drvPath = await automaticDerivation(flake, system, ports);
    const cut = await makeCut(flake, ports, { system });
    const identity = (0,external_node_crypto_.createHash)('sha256').update(`${drvPath} ${cut.identity}`).digest('hex');
    return {
        kind: 'automatic',
        identity: `automatic-${identity}`,
        derivation: drvPath,
        lockKey,
        system,
        build: async () => {
            const base = await buildDeclared(drvPath, flake.reference, ports);
            const realised = await realiseCut(cut, ports);
            const licenses = { ...base.descriptor.licenses, ...cut.licenses };
            const outputs = ownNeeds(realised, base.roots);
            return {
                kind: 'seed',
                descriptor: { ...base.descriptor, inputs: cut.inputs, licenses, outputs },
                roots: source_unique([...base.roots, ...realised.roots])
            };
        }
    };
}
/** What each output needs and not every job does. An output whose name cannot be shown is left out. */
function ownNeeds({ outputs }, base) {
    const constant = new Set(base);
    const shown = [...outputs].filter(([attribute]) => seed_descriptor/* ATTRIBUTE */.bc.test(attribute));
    return Object.fromEntries(shown.map(([name, paths]) => [name, paths.filter(path => !constant.has(path))]));
}
async function buildOne(drvPath, ports) {
    const [path] = await (0,evaluate/* realise */.Yb)([{ drvPath, outputs: ['out'] }], ports);
    if (path === undefined)
        throw new errors/* SeedError */.uV('NIX_BUILD', 'the derivation has no output', { resource: drvPath });
    return path;
}
async function assertFile(file, installable) {
    // A folder cannot be an archive; saying so here is clearer than a read error later.
    const isFolder = await (0,promises_.access)(`${file}/.`).then(() => true, () => false);
    if (isFolder)
        throw notSeed(installable);
}
function notSeed(installable) {
    return new errors/* SeedError */.uV('NOT_A_SEED', 'this is no seed', {
        resource: installable,
        hint: 'Name an attribute made with `lib.mkSeed`, a docker archive, or none at all for the automatic cut.'
    });
}
function source_unique(paths) {
    return [...new Set(paths)].sort();
}


/***/ }),

/***/ 9085:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {


// EXPORTS
__nccwpck_require__.d(__webpack_exports__, {
  x: () => (/* binding */ VERSION)
});

;// CONCATENATED MODULE: ../package.json
const package_namespaceObject = {"rE":"0.1.0"};
;// CONCATENATED MODULE: ./version.js

/** The release, as in package.json. */
const VERSION = package_namespaceObject.rE;


/***/ })

/******/ });
/************************************************************************/
/******/ // The module cache
/******/ var __webpack_module_cache__ = {};
/******/ 
/******/ // The require function
/******/ function __nccwpck_require__(moduleId) {
/******/ 	// Check if module is in cache
/******/ 	var cachedModule = __webpack_module_cache__[moduleId];
/******/ 	if (cachedModule !== undefined) {
/******/ 		return cachedModule.exports;
/******/ 	}
/******/ 	// Create a new module (and put it into the cache)
/******/ 	var module = __webpack_module_cache__[moduleId] = {
/******/ 		// no module.id needed
/******/ 		// no module.loaded needed
/******/ 		exports: {}
/******/ 	};
/******/ 
/******/ 	// Execute the module function
/******/ 	var threw = true;
/******/ 	try {
/******/ 		__webpack_modules__[moduleId].call(module.exports, module, module.exports, __nccwpck_require__);
/******/ 		threw = false;
/******/ 	} finally {
/******/ 		if(threw) delete __webpack_module_cache__[moduleId];
/******/ 	}
/******/ 
/******/ 	// Return the exports of the module
/******/ 	return module.exports;
/******/ }
/******/ 
/******/ // expose the modules object (__webpack_modules__)
/******/ __nccwpck_require__.m = __webpack_modules__;
/******/ 
/************************************************************************/
/******/ /* webpack/runtime/asset-relocator-loader */
/******/ if (typeof __nccwpck_require__ !== 'undefined') __nccwpck_require__.ab = decodeURIComponent(new URL('.', import.meta.url).pathname).slice(import.meta.url.match(/^file:\/\/\/\w:/) ? 1 : 0, -1) + "/";
/******/ 
/******/ /* webpack/runtime/async module */
/******/ (() => {
/******/ 	var webpackQueues = typeof Symbol === "function" ? Symbol("webpack queues") : "__webpack_queues__";
/******/ 	var webpackExports = typeof Symbol === "function" ? Symbol("webpack exports") : "__webpack_exports__";
/******/ 	var webpackError = typeof Symbol === "function" ? Symbol("webpack error") : "__webpack_error__";
/******/ 	var resolveQueue = (queue) => {
/******/ 		if(queue && queue.d < 1) {
/******/ 			queue.d = 1;
/******/ 			queue.forEach((fn) => (fn.r--));
/******/ 			queue.forEach((fn) => (fn.r-- ? fn.r++ : fn()));
/******/ 		}
/******/ 	}
/******/ 	var wrapDeps = (deps) => (deps.map((dep) => {
/******/ 		if(dep !== null && typeof dep === "object") {
/******/ 			if(dep[webpackQueues]) return dep;
/******/ 			if(dep.then) {
/******/ 				var queue = [];
/******/ 				queue.d = 0;
/******/ 				dep.then((r) => {
/******/ 					obj[webpackExports] = r;
/******/ 					resolveQueue(queue);
/******/ 				}, (e) => {
/******/ 					obj[webpackError] = e;
/******/ 					resolveQueue(queue);
/******/ 				});
/******/ 				var obj = {};
/******/ 				obj[webpackQueues] = (fn) => (fn(queue));
/******/ 				return obj;
/******/ 			}
/******/ 		}
/******/ 		var ret = {};
/******/ 		ret[webpackQueues] = x => {};
/******/ 		ret[webpackExports] = dep;
/******/ 		return ret;
/******/ 	}));
/******/ 	__nccwpck_require__.a = (module, body, hasAwait) => {
/******/ 		var queue;
/******/ 		hasAwait && ((queue = []).d = -1);
/******/ 		var depQueues = new Set();
/******/ 		var exports = module.exports;
/******/ 		var currentDeps;
/******/ 		var outerResolve;
/******/ 		var reject;
/******/ 		var promise = new Promise((resolve, rej) => {
/******/ 			reject = rej;
/******/ 			outerResolve = resolve;
/******/ 		});
/******/ 		promise[webpackExports] = exports;
/******/ 		promise[webpackQueues] = (fn) => (queue && fn(queue), depQueues.forEach(fn), promise["catch"](x => {}));
/******/ 		module.exports = promise;
/******/ 		body((deps) => {
/******/ 			currentDeps = wrapDeps(deps);
/******/ 			var fn;
/******/ 			var getResult = () => (currentDeps.map((d) => {
/******/ 				if(d[webpackError]) throw d[webpackError];
/******/ 				return d[webpackExports];
/******/ 			}))
/******/ 			var promise = new Promise((resolve) => {
/******/ 				fn = () => (resolve(getResult));
/******/ 				fn.r = 0;
/******/ 				var fnQueue = (q) => (q !== queue && !depQueues.has(q) && (depQueues.add(q), q && !q.d && (fn.r++, q.push(fn))));
/******/ 				currentDeps.map((dep) => (dep[webpackQueues](fnQueue)));
/******/ 			});
/******/ 			return fn.r ? promise : getResult();
/******/ 		}, (err) => ((err ? reject(promise[webpackError] = err) : outerResolve(exports)), resolveQueue(queue)));
/******/ 		queue && queue.d < 0 && (queue.d = 0);
/******/ 	};
/******/ })();
/******/ 
/******/ /* webpack/runtime/create fake namespace object */
/******/ (() => {
/******/ 	var getProto = Object.getPrototypeOf ? (obj) => (Object.getPrototypeOf(obj)) : (obj) => (obj.__proto__);
/******/ 	var leafPrototypes;
/******/ 	// create a fake namespace object
/******/ 	// mode & 1: value is a module id, require it
/******/ 	// mode & 2: merge all properties of value into the ns
/******/ 	// mode & 4: return value when already ns object
/******/ 	// mode & 16: return value when it's Promise-like
/******/ 	// mode & 8|1: behave like require
/******/ 	__nccwpck_require__.t = function(value, mode) {
/******/ 		if(mode & 1) value = this(value);
/******/ 		if(mode & 8) return value;
/******/ 		if(typeof value === 'object' && value) {
/******/ 			if((mode & 4) && value.__esModule) return value;
/******/ 			if((mode & 16) && typeof value.then === 'function') return value;
/******/ 		}
/******/ 		var ns = Object.create(null);
/******/ 		__nccwpck_require__.r(ns);
/******/ 		var def = {};
/******/ 		leafPrototypes = leafPrototypes || [null, getProto({}), getProto([]), getProto(getProto)];
/******/ 		for(var current = mode & 2 && value; typeof current == 'object' && !~leafPrototypes.indexOf(current); current = getProto(current)) {
/******/ 			Object.getOwnPropertyNames(current).forEach((key) => (def[key] = () => (value[key])));
/******/ 		}
/******/ 		def['default'] = () => (value);
/******/ 		__nccwpck_require__.d(ns, def);
/******/ 		return ns;
/******/ 	};
/******/ })();
/******/ 
/******/ /* webpack/runtime/define property getters */
/******/ (() => {
/******/ 	// define getter functions for harmony exports
/******/ 	__nccwpck_require__.d = (exports, definition) => {
/******/ 		for(var key in definition) {
/******/ 			if(__nccwpck_require__.o(definition, key) && !__nccwpck_require__.o(exports, key)) {
/******/ 				Object.defineProperty(exports, key, { enumerable: true, get: definition[key] });
/******/ 			}
/******/ 		}
/******/ 	};
/******/ })();
/******/ 
/******/ /* webpack/runtime/ensure chunk */
/******/ (() => {
/******/ 	__nccwpck_require__.f = {};
/******/ 	// This file contains only the entry chunk.
/******/ 	// The chunk loading function for additional chunks
/******/ 	__nccwpck_require__.e = (chunkId) => {
/******/ 		return Promise.all(Object.keys(__nccwpck_require__.f).reduce((promises, key) => {
/******/ 			__nccwpck_require__.f[key](chunkId, promises);
/******/ 			return promises;
/******/ 		}, []));
/******/ 	};
/******/ })();
/******/ 
/******/ /* webpack/runtime/get javascript chunk filename */
/******/ (() => {
/******/ 	// This function allow to reference async chunks
/******/ 	__nccwpck_require__.u = (chunkId) => {
/******/ 		// return url for filenames based on template
/******/ 		return "" + chunkId + ".index.js";
/******/ 	};
/******/ })();
/******/ 
/******/ /* webpack/runtime/hasOwnProperty shorthand */
/******/ (() => {
/******/ 	__nccwpck_require__.o = (obj, prop) => (Object.prototype.hasOwnProperty.call(obj, prop))
/******/ })();
/******/ 
/******/ /* webpack/runtime/make namespace object */
/******/ (() => {
/******/ 	// define __esModule on exports
/******/ 	__nccwpck_require__.r = (exports) => {
/******/ 		if(typeof Symbol !== 'undefined' && Symbol.toStringTag) {
/******/ 			Object.defineProperty(exports, Symbol.toStringTag, { value: 'Module' });
/******/ 		}
/******/ 		Object.defineProperty(exports, '__esModule', { value: true });
/******/ 	};
/******/ })();
/******/ 
/******/ /* webpack/runtime/import chunk loading */
/******/ (() => {
/******/ 	// no baseURI
/******/ 	
/******/ 	// object to store loaded and loading chunks
/******/ 	// undefined = chunk not loaded, null = chunk preloaded/prefetched
/******/ 	// [resolve, Promise] = chunk loading, 0 = chunk loaded
/******/ 	var installedChunks = {
/******/ 		792: 0
/******/ 	};
/******/ 	
/******/ 	var installChunk = (data) => {
/******/ 		var {ids, modules, runtime} = data;
/******/ 		// add "modules" to the modules object,
/******/ 		// then flag all "ids" as loaded and fire callback
/******/ 		var moduleId, chunkId, i = 0;
/******/ 		for(moduleId in modules) {
/******/ 			if(__nccwpck_require__.o(modules, moduleId)) {
/******/ 				__nccwpck_require__.m[moduleId] = modules[moduleId];
/******/ 			}
/******/ 		}
/******/ 		if(runtime) runtime(__nccwpck_require__);
/******/ 		for(;i < ids.length; i++) {
/******/ 			chunkId = ids[i];
/******/ 			if(__nccwpck_require__.o(installedChunks, chunkId) && installedChunks[chunkId]) {
/******/ 				installedChunks[chunkId][0]();
/******/ 			}
/******/ 			installedChunks[ids[i]] = 0;
/******/ 		}
/******/ 	
/******/ 	}
/******/ 	
/******/ 	__nccwpck_require__.f.j = (chunkId, promises) => {
/******/ 			// import() chunk loading for javascript
/******/ 			var installedChunkData = __nccwpck_require__.o(installedChunks, chunkId) ? installedChunks[chunkId] : undefined;
/******/ 			if(installedChunkData !== 0) { // 0 means "already installed".
/******/ 	
/******/ 				// a Promise means "currently loading".
/******/ 				if(installedChunkData) {
/******/ 					promises.push(installedChunkData[1]);
/******/ 				} else {
/******/ 					if(true) { // all chunks have JS
/******/ 						// setup Promise in chunk cache
/******/ 						var promise = import("./" + __nccwpck_require__.u(chunkId)).then(installChunk, (e) => {
/******/ 							if(installedChunks[chunkId] !== 0) installedChunks[chunkId] = undefined;
/******/ 							throw e;
/******/ 						});
/******/ 						var promise = Promise.race([promise, new Promise((resolve) => (installedChunkData = installedChunks[chunkId] = [resolve]))])
/******/ 						promises.push(installedChunkData[1] = promise);
/******/ 					}
/******/ 				}
/******/ 			}
/******/ 	};
/******/ 	
/******/ 	// no prefetching
/******/ 	
/******/ 	// no preloaded
/******/ 	
/******/ 	// no external install chunk
/******/ 	
/******/ 	// no on chunks loaded
/******/ })();
/******/ 
/************************************************************************/
/******/ 
/******/ // startup
/******/ // Load entry module and return exports
/******/ // This entry module used 'module' so it can't be inlined
/******/ var __webpack_exports__ = __nccwpck_require__(7414);
/******/ __webpack_exports__ = await __webpack_exports__;
/******/ 
