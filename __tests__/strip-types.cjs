'use strict'
// Jest runs the sources as Node.js itself would: types are erased, nothing else is changed.
const { stripTypeScriptTypes } = require('node:module')
module.exports = { process: (/** @type {string} */ source) => ({ code: stripTypeScriptTypes(source) }) }
