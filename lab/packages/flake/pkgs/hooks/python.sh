# Makes the modules of the inputs importable.
addPythonPath() {
  local folder
  for folder in "$1"/lib/python3/dist-packages "$1"/lib/python3.*/site-packages; do addToSearchPath PYTHONPATH "$folder"; done
}
addEnvHooks "$hostOffset" addPythonPath
