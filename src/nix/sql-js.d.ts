/** The same module as `sql.js`, with the WebAssembly inside: there is no second file to find, bundled or not. */
declare module 'sql.js/dist/sql-wasm-inline.js' {
  import initSqlJs from 'sql.js'
  export default initSqlJs
}
