# Builds with ninja where a configuration made files for it, and makes CMake do so.
export CMAKE_GENERATOR=${CMAKE_GENERATOR-Ninja}
ninjaRun() {
  local -a flags=("-j$NIX_BUILD_CORES")
  mapfile -t -O ${#flags[@]} flags < <(words ninjaFlags)
  ninja "${flags[@]}" "$@"
}
ninjaBuildPhase() { runHook preBuild; ninjaRun; runHook postBuild; }
ninjaInstallPhase() { runHook preInstall; ninjaRun install; runHook postInstall; }
ninjaCheckPhase() { runHook preCheck; ninjaRun "${checkTarget:-test}"; runHook postCheck; }
if [[ -z "${dontUseNinjaBuild-}" && -z "${buildPhase-}" ]]; then buildPhase=ninjaBuildPhase; fi
if [[ -z "${dontUseNinjaInstall-}" && -z "${installPhase-}" ]]; then installPhase=ninjaInstallPhase; fi
if [[ -z "${dontUseNinjaCheck-}" && -z "${checkPhase-}" ]]; then checkPhase=ninjaCheckPhase; fi
