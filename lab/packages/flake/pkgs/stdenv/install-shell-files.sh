installBin() { mkdir -p "${bin:-$out}/bin"; for _file in "$@"; do install -m755 "$_file" "${bin:-$out}/bin/$(stripHash "$_file")"; done; }
installManPage() { :; }
installShellCompletion() { :; }
