# Configures with CMake, unless the project brings its own phase.
cmakeConfigurePhase() {
  runHook preConfigure
  if [[ -z "${dontUseCmakeBuildDir-}" ]]; then
    mkdir -p "${cmakeBuildDir:=build}"
    cd "$cmakeBuildDir"
    : "${cmakeDir:=..}"
  fi
  local -a flags=(
    "-DCMAKE_INSTALL_PREFIX=${prefix:-$out}"
    "-DCMAKE_BUILD_TYPE=${cmakeBuildType:-Release}"
    -DCMAKE_INSTALL_LIBDIR=lib
    # The linker's wrapper sets the run path, and installing must leave it.
    -DCMAKE_SKIP_BUILD_RPATH=ON
    -DCMAKE_EXPORT_NO_PACKAGE_REGISTRY=ON
    -DCMAKE_POLICY_DEFAULT_CMP0025=NEW
  )
  mapfile -t -O ${#flags[@]} flags < <(words cmakeFlags)
  echoCmd "cmake flags" "${flags[@]}"
  cmake "${cmakeDir:-.}" "${flags[@]}"
  if [[ "${cmakeFlags[*]-}" != *-GNinja* && -z "${CMAKE_GENERATOR-}" ]]; then enableParallelBuilding=${enableParallelBuilding-1}; fi
  runHook postConfigure
}
if [[ -z "${dontUseCmakeConfigure-}" && -z "${configurePhase-}" ]]; then configurePhase=cmakeConfigurePhase; fi
