var __webpack_exports__ = {};
// `main` has said all there is to say; nothing was set up, so nothing is to be cleaned up.


