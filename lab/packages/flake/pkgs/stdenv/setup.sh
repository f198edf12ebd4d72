# Sourced by every builder and by `nix develop`: puts the inputs into the environment and defines the phases.
set -eu -o pipefail
shopt -s nullglob
: "${outputs:=out}"
NIX_STORE=${NIX_STORE:-/nix/store}

if [[ -n "${NIX_ATTRS_SH_FILE-}" && -e "${NIX_ATTRS_SH_FILE-}" ]]; then
  source "$NIX_ATTRS_SH_FILE"
  for _name in "${!outputs[@]}"; do export "$_name=${outputs[$_name]}"; done
  outputNames="${!outputs[*]}"
else
  outputNames=$outputs
fi

# Words of a variable, whether it is a list of structured attributes or a string.
words() {
  local -n _ref=$1 2>/dev/null || return 0
  if [[ -z "${_ref[*]-}" ]]; then return 0; fi
  if [[ "$(declare -p "$1" 2>/dev/null)" == "declare -"*a* ]]; then printf '%s\n' "${_ref[@]}"; else printf '%s\n' ${_ref}; fi
}

# ---- hooks

runHook() {
  local name=$1 hook
  shift
  local list="${name}Hooks"
  if declare -p "$list" &>/dev/null; then
    local -n _hooks=$list
    for hook in "${_hooks[@]}"; do callHook "$hook" "$@"; done
  fi
  callHook "$name" "$@"
}

# A hook is a function, or a text to evaluate.
callHook() {
  local name=$1
  shift
  if declare -F "$name" >/dev/null; then
    "$name" "$@"
  elif [[ -n "${!name-}" ]]; then
    eval "${!name}"
  elif [[ "$name" == *[[:space:]]* ]]; then
    eval "$name"
  fi
}

runOneHook() { runHook "$@"; }
hostOffset=0 targetOffset=1
addEnvHooks() { shift; envHooks+=("$@"); }
declare -a envHooks=() preFixupHooks=() fixupOutputHooks=() postFixupHooks=() preConfigureHooks=() \
  postPatchHooks=() postUnpackHooks=() preBuildHooks=() preInstallHooks=() postInstallHooks=() exitHooks=() failureHooks=()

# ---- inputs

declare -A seenInputs=()
declare -a allInputs=()

addToSearchPathWithCustomDelimiter() {
  if [[ -d "$3" ]]; then export "$2=${!2-}${!2:+$1}$3"; fi
}
addToSearchPath() { addToSearchPathWithCustomDelimiter ":" "$@"; }

findInput() {
  local input=$1 file next
  if [[ -z "$input" || -n "${seenInputs[$input]-}" ]]; then return 0; fi
  if [[ ! -e "$input" ]]; then echo "build input $input does not exist" >&2; exit 1; fi
  seenInputs[$input]=1
  if [[ -f "$input" ]]; then source "$input"; return 0; fi
  allInputs+=("$input")
  for file in "$input/nix-support/propagated-build-inputs" "$input/nix-support/propagated-native-build-inputs"; do
    if [[ -f "$file" ]]; then for next in $(<"$file"); do findInput "$next"; done; fi
  done
}

useInput() {
  local input=$1 hook
  if [[ -d "$input/bin" ]]; then PATH="${PATH-}${PATH:+:}$input/bin"; fi
  if [[ -f "$input/nix-support/setup-hook" ]]; then source "$input/nix-support/setup-hook"; fi
}

addInputFlags() {
  local input=$1 triplet=@triplet@
  # The compiler's own headers and libraries come from its wrapper, in the right order.
  if [[ -e "$input/nix-support/is-toolchain" ]]; then return 0; fi
  if [[ -d "$input/include" ]]; then NIX_CFLAGS_COMPILE+=" -isystem $input/include"; fi
  if [[ -d "$input/include/$triplet" ]]; then NIX_CFLAGS_COMPILE+=" -isystem $input/include/$triplet"; fi
  if [[ -d "$input/lib/$triplet" ]]; then NIX_LDFLAGS+=" -L$input/lib/$triplet"; fi
  if [[ -d "$input/lib" ]]; then NIX_LDFLAGS+=" -L$input/lib"; fi
  addToSearchPath PKG_CONFIG_PATH "$input/lib/$triplet/pkgconfig"
  addToSearchPath PKG_CONFIG_PATH "$input/lib/pkgconfig"
  addToSearchPath PKG_CONFIG_PATH "$input/share/pkgconfig"
  addToSearchPath XDG_DATA_DIRS "$input/share"
  if [[ -d "$input/lib" || -d "$input/include" ]]; then addToSearchPath CMAKE_PREFIX_PATH "$input"; fi
}

PATH=
for _input in @initialPath@; do PATH="$PATH${PATH:+:}$_input/bin"; done
_initialPath=$PATH
PATH=
SHELL=@shell@
export SHELL CONFIG_SHELL=@shell@
export NIX_CFLAGS_COMPILE=${NIX_CFLAGS_COMPILE-} NIX_LDFLAGS=${NIX_LDFLAGS-} PKG_CONFIG_PATH=${PKG_CONFIG_PATH-}
export CMAKE_PREFIX_PATH=${CMAKE_PREFIX_PATH-} XDG_DATA_DIRS=${XDG_DATA_DIRS-}
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-315532800} LC_ALL=${LC_ALL:-C} TZ=${TZ:-UTC} ZERO_AR_DATE=1
export PYTHONHASHSEED=0 DETERMINISTIC_BUILD=1

for _list in depsBuildBuild nativeBuildInputs depsBuildTarget depsHostHost buildInputs depsTargetTarget \
  propagatedNativeBuildInputs propagatedBuildInputs; do
  for _input in $(words $_list); do findInput "$_input"; done
done
for _input in @defaultNativeBuildInputs@; do findInput "$_input"; done
PATH=${PATH-}
for _input in "${allInputs[@]}"; do useInput "$_input"; done
for _input in "${allInputs[@]}"; do
  addInputFlags "$_input"
  for _hook in "${envHooks[@]}"; do "$_hook" "$_input"; done
done
PATH="${PATH}${PATH:+:}$_initialPath"
export PATH
export NIX_BUILD_CORES=${NIX_BUILD_CORES:-1}
if [[ "$NIX_BUILD_CORES" == 0 ]]; then NIX_BUILD_CORES=$(nproc 2>/dev/null || echo 1); fi
if [[ -z "${HOME-}" || "${HOME-}" == /homeless-shelter ]]; then export HOME=/homeless-shelter; fi
unset _input _list _hook _name _initialPath

# ---- tools for phases

echoCmd() { printf '%s:' "$1"; shift; printf ' %q' "$@"; echo; }

substituteStream() {
  local text=$1 description=$2
  shift 2
  while (($#)); do
    case $1 in
      --replace | --replace-fail | --replace-warn | --replace-quiet)
        if [[ "${!text}" != *"$2"* && "$1" == --replace-fail ]]; then
          echo "substitute: pattern '$2' not in $description" >&2
          return 1
        fi
        printf -v "$text" '%s' "${!text//"$2"/"$3"}"
        shift 3
        ;;
      --subst-var)
        printf -v "$text" '%s' "${!text//"@$2@"/"${!2}"}"
        shift 2
        ;;
      --subst-var-by)
        printf -v "$text" '%s' "${!text//"@$2@"/"$3"}"
        shift 3
        ;;
      *)
        echo "substitute: unknown argument $1" >&2
        return 1
        ;;
    esac
  done
}

substitute() {
  local input=$1 output=$2 content
  shift 2
  # The dot keeps line ends at the end of the file.
  content=$(cat "$input" && printf .)
  content=${content%.}
  substituteStream content "$input" "$@" || return 1
  printf '%s' "$content" >"$output"
}

substituteInPlace() {
  local -a files=()
  while (($#)) && [[ "$1" != --* ]]; do files+=("$1"); shift; done
  local file
  for file in "${files[@]}"; do
    if [[ ! -e "$file" ]]; then echo "substituteInPlace: no file $file" >&2; return 1; fi
    substitute "$file" "$file" "$@"
  done
}

substituteAll() {
  local args=() name
  while IFS= read -r name; do args+=(--subst-var "$name"); done < <(compgen -e)
  substitute "$1" "$2" "${args[@]}"
}
substituteAllInPlace() { substituteAll "$1" "$1"; }

patchShebangs() {
  local path file line interpreter argument found
  for path in "$@"; do
    case $path in --*) continue ;; esac
    [[ -e "$path" ]] || continue
    while IFS= read -r -d '' file; do
      IFS= read -r -n 256 line <"$file" 2>/dev/null || true
      [[ "${line-}" == '#!'* && "$line" != '#!'*"$NIX_STORE"* ]] || continue
      read -r interpreter argument <<<"${line#\#!}" || true
      if [[ "${interpreter##*/}" == env ]]; then
        argument=${argument#-S }
        interpreter=${argument%% *}
        if [[ "$argument" == *" "* ]]; then argument=${argument#* }; else argument=; fi
      fi
      found=$(type -P "${interpreter##*/}" || true)
      [[ -n "$found" ]] || continue
      sed -i "1s|.*|#!$found${argument:+ $argument}|" "$file"
    done < <(find "$path" -type f -perm -0100 -print0)
  done
}

makeWrapper() {
  local original=$1 wrapper=$2 kind
  shift 2
  mkdir -p "$(dirname "$wrapper")"
  {
    echo "#!@shell@ -e"
    while (($#)); do
      kind=$1
      case $kind in
        --set) printf 'export %s=%q\n' "$2" "$3"; shift 3 ;;
        --set-default) printf 'export %s=${%s-%q}\n' "$2" "$2" "$3"; shift 3 ;;
        --unset) printf 'unset %s\n' "$2"; shift 2 ;;
        --prefix) printf 'export %s=%q${%s:+%q$%s}\n' "$2" "$4" "$2" "$3" "$2"; shift 4 ;;
        --suffix) printf 'export %s=${%s:+$%s%q}%q\n' "$2" "$2" "$2" "$3" "$4"; shift 4 ;;
        --run) printf '%s\n' "$2"; shift 2 ;;
        --chdir) printf 'cd %q\n' "$2"; shift 2 ;;
        --add-flags) flags="${flags-} $2"; shift 2 ;;
        --add-flag) flags="${flags-} $(printf %q "$2")"; shift 2 ;;
        --inherit-argv0) shift ;;
        --argv0) shift 2 ;;
        *) echo "makeWrapper: unknown argument $kind" >&2; return 1 ;;
      esac
    done
    printf 'exec %q %s "$@"\n' "$original" "${flags-}"
  } >"$wrapper"
  unset flags
  chmod +x "$wrapper"
}

wrapProgram() {
  local program=$1 hidden
  shift
  hidden="$(dirname "$program")/.$(basename "$program")-wrapped"
  mv "$program" "$hidden"
  makeWrapper "$hidden" "$program" "$@"
}

# ---- phases

unpackFile() {
  case $1 in
    *.tar | *.tar.* | *.tgz | *.txz | *.tbz2) tar xf "$1" ;;
    *)
      if [[ -d "$1" ]]; then
        local name
        name=$(stripHash "$1")
        cp -r --preserve=mode,timestamps,links -- "$1" "$name"
      else
        echo "do not know how to unpack $1" >&2
        return 1
      fi
      ;;
  esac
}

stripHash() {
  local name
  name=$(basename -- "$1")
  if [[ "$name" =~ ^[a-z0-9]{32}- ]]; then name=${name:33}; fi
  printf '%s\n' "$name"
}

unpackPhase() {
  runHook preUnpack
  local -a list=()
  local before after path
  if [[ -n "${srcs[*]-}" ]]; then mapfile -t list < <(words srcs); elif [[ -n "${src-}" ]]; then list=("$src"); fi
  if ((${#list[@]} == 0)); then echo 'variable $src or $srcs should point to the source' >&2; exit 1; fi
  before=" $(echo */) "
  for path in "${list[@]}"; do unpackFile "$path"; done
  if [[ -z "${sourceRoot-}" ]]; then
    for path in */; do
      if [[ "$before" != *" $path "* ]]; then sourceRoot=${sourceRoot:+$sourceRoot }${path%/}; fi
    done
  fi
  if [[ -z "${sourceRoot-}" ]]; then echo "unpacker appears to have produced no directories" >&2; exit 1; fi
  if [[ -n "${setSourceRoot-}" ]]; then callHook setSourceRoot; fi
  echo "source root is $sourceRoot"
  chmod -R u+w -- "$sourceRoot"
  runHook postUnpack
}

patchPhase() {
  runHook prePatch
  local file
  for file in $(words patches); do
    echo "applying patch $file"
    case $file in
      *.gz) gzip -dc "$file" ;;
      *.xz) xz -dc "$file" ;;
      *) cat "$file" ;;
    esac | patch ${patchFlags:--p1}
  done
  runHook postPatch
}

configurePhase() {
  runHook preConfigure
  local script=${configureScript-}
  if [[ -z "$script" && -x ./configure ]]; then script=./configure; fi
  if [[ -n "$script" ]]; then
    local -a flags=()
    if [[ -z "${dontAddPrefix-}" ]]; then flags+=("${prefixKey:---prefix=}${prefix:-$out}"); fi
    mapfile -t -O ${#flags[@]} flags < <(words configureFlags)
    echoCmd "configure flags" "${flags[@]}"
    $script "${flags[@]}"
  else
    echo "no configure script, doing nothing"
  fi
  runHook postConfigure
}

hasMakefile() { [[ -n "${makefile-}" || -e Makefile || -e makefile || -e GNUmakefile ]]; }

runMake() {
  local -a flags=("SHELL=$SHELL")
  local name
  if [[ -n "${enableParallelBuilding-}" ]]; then flags+=("-j$NIX_BUILD_CORES"); fi
  if [[ -n "${makefile-}" ]]; then flags+=(-f "$makefile"); fi
  for name in makeFlags "$@"; do mapfile -t -O ${#flags[@]} flags < <(words "$name"); done
  # Flags may name variables such as $(out) or ${PREFIX}, which are the shell's here.
  make "${flags[@]}"
}

buildPhase() {
  runHook preBuild
  if hasMakefile; then runMake buildFlags; else echo "no Makefile, doing nothing"; fi
  runHook postBuild
}

checkPhase() {
  runHook preCheck
  local target=${checkTarget-}
  if hasMakefile; then
    if [[ -z "$target" ]]; then
      if make -n check >/dev/null 2>&1; then target=check; elif make -n test >/dev/null 2>&1; then target=test; fi
    fi
    if [[ -n "$target" ]]; then checkTargets=$target; runMake checkFlags checkTargets; fi
  fi
  runHook postCheck
}

installPhase() {
  runHook preInstall
  if hasMakefile; then
    mkdir -p "${prefix:-$out}"
    installTargets=${installTargets-install}
    if [[ -z "${configureScript-}" && ! -x ./configure ]]; then export prefix PREFIX=${prefix:-$out}; fi
    runMake installFlags installTargets
  else
    echo "no Makefile, doing nothing"
  fi
  runHook postInstall
}

fixupPhase() {
  local name hook
  for name in $outputNames; do
    if [[ -e "${!name}" && -d "${!name}" ]]; then chmod -R u+w,go-w "${!name}" 2>/dev/null || true; fi
  done
  runHook preFixup
  for name in $outputNames; do
    if [[ -d "${!name}" ]]; then fixupOutput "${!name}"; fi
    for hook in "${fixupOutputHooks[@]}"; do prefix=${!name} callHook "$hook"; done
  done
  propagateInputs
  runHook postFixup
}

fixupOutput() {
  local path=$1 file
  if [[ -z "${dontPatchShebangs-}" ]]; then patchShebangs "$path"; fi
  if [[ -d "$path/sbin" && ! -L "$path/sbin" && -z "${dontMoveSbin-}" ]]; then
    mkdir -p "$path/bin"
    mv "$path"/sbin/* "$path/bin/"
    rmdir "$path/sbin"
    ln -s bin "$path/sbin"
  fi
  [[ -n "${dontStrip-}${dontPatchELF-}" ]] || type -P strip patchelf >/dev/null || return 0
  while IFS= read -r -d '' file; do
    [[ "$(head -c 4 "$file" | tr -d '\0')" == $'\x7fELF' ]] || continue
    if [[ -z "${dontStrip-}" ]] && type -P strip >/dev/null; then strip -S "$file" 2>/dev/null || true; fi
    if [[ -z "${dontPatchELF-}" ]] && type -P patchelf >/dev/null; then
      if patchelf --print-rpath "$file" >/dev/null 2>&1; then patchelf --shrink-rpath "$file" || true; fi
    fi
  done < <(find "$path" -type f \( -perm -0100 -o -name '*.so*' \) -print0)
}

propagateInputs() {
  local target=${dev:-${out-}} list name
  [[ -n "$target" && ! -f "$target" ]] || return 0
  for name in propagatedBuildInputs:propagated-build-inputs propagatedNativeBuildInputs:propagated-native-build-inputs; do
    list=$(words "${name%%:*}" | tr '\n' ' ')
    if [[ -n "$list" ]]; then
      mkdir -p "$target/nix-support"
      printf '%s' "$list" >"$target/nix-support/${name#*:}"
    fi
  done
  if [[ -n "${setupHook-}" ]]; then
    mkdir -p "$target/nix-support"
    substituteAll "$setupHook" "$target/nix-support/setup-hook"
  fi
}

installCheckPhase() {
  runHook preInstallCheck
  if [[ -n "${installCheckTarget-}" ]]; then runMake installCheckFlags installCheckTarget; fi
  runHook postInstallCheck
}

distPhase() { runHook preDist; runHook postDist; }

showPhaseHeader() { echo "Running phase: $1"; }

runPhase() {
  local phase=$1
  case $phase in
    unpackPhase) [[ -z "${dontUnpack-}" ]] || return 0 ;;
    patchPhase) [[ -z "${dontPatch-}" ]] || return 0 ;;
    configurePhase) [[ -z "${dontConfigure-}" ]] || return 0 ;;
    buildPhase) [[ -z "${dontBuild-}" ]] || return 0 ;;
    checkPhase) [[ -n "${doCheck-}" ]] || return 0 ;;
    installPhase) [[ -z "${dontInstall-}" ]] || return 0 ;;
    fixupPhase) [[ -z "${dontFixup-}" ]] || return 0 ;;
    installCheckPhase) [[ -n "${doInstallCheck-}" ]] || return 0 ;;
    distPhase) [[ -n "${doDist-}" ]] || return 0 ;;
  esac
  showPhaseHeader "$phase"
  # A text given as attribute outranks the function of the same name.
  if [[ -n "${!phase-}" ]]; then eval "${!phase}"; else "$phase"; fi
  if [[ "$phase" == unpackPhase && -n "${sourceRoot-}" ]]; then cd "$sourceRoot"; fi
}

definePhases() {
  if [[ -n "${phases[*]-}" ]]; then return 0; fi
  phases="${prePhases-} unpackPhase patchPhase ${preConfigurePhases-} configurePhase ${preBuildPhases-} buildPhase \
    checkPhase ${preInstallPhases-} installPhase ${preFixupPhases-} fixupPhase installCheckPhase ${preDistPhases-} \
    distPhase ${postPhases-}"
}

genericBuild() {
  local phase
  export TMPDIR=${TMPDIR:-$NIX_BUILD_TOP}
  if [[ -n "${buildCommandPath-}" ]]; then source "$buildCommandPath"; return; fi
  if [[ -n "${buildCommand-}" ]]; then eval "$buildCommand"; return; fi
  definePhases
  for phase in $(words phases); do runPhase "$phase"; done
}

runHook addInputsHook
runHook preHook
if [[ -n "${userHook-}" ]]; then eval "$userHook"; fi
# `nix develop` and people's own shells go on after this file: leave their settings alone.
set +u
if [[ -n "${IN_NIX_SHELL-}" ]]; then set +e; shopt -u nullglob; fi
