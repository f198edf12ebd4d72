var __webpack_exports__ = {};
// Runs before the job's first step, so it must not fail a job that may not need a seed.
console.log('Nix Seed: nothing is restored yet; this action is not released.');


