var __webpack_exports__ = {};
// The phases of the action are not there yet. A job that relies on them must not look as if they had run.
console.log('::error title=Nix Seed::This action is not released yet and has done nothing. ' +
    'Use the command line until then: nix-seed publish and nix-seed restore, see the README.');
process.exitCode = 1;


